"""What the bank says when it declines at facts heard of late, new rates, diverted use, bankruptcy and loose money."""

REFUSALS = {
    "HistoryNotReplayable": "贷款 %(loan)s 办理过转贷、代偿或其他业务，无法按日期重算，不能补记以前的事项。",
    "FactNotPossible": "补记后贷款 %(loan)s 在 %(day)s 的业务不再成立，不能办理。请核对日期和金额。",
    "ValueDayAhead": "起息日 %(day)s 晚于今天（%(on)s），不能办理。",
    "BeforePayOut": "%(day)s 早于贷款 %(loan)s 的首次放款日 %(opened_on)s，不能从该日起算。",
    "TooFarBack": "起息日 %(day)s 超过规则允许的 %(most)s 天，最早可为 %(earliest)s。",
    "ValueDayClosed": "会计期间已结账至 %(through)s，起息日不能为 %(day)s。请使用已开放期间的日期。",
    "RateNotValid": "利率 %(rate)s 无效：须大于零且不超过 %(most)s。",
    "RateChangeKnown": "贷款 %(loan)s 自 %(day)s 起的利率已经调整过。",
    "InterestHasStopped": "贷款 %(loan)s 的债务人已进入破产程序，停止计息，不能调整利率。",
    "MoreDivertedThanPaidOut": "挪用金额 %(amount)s 超过已放款金额 %(disbursed)s。",
    "InterestStoppedBefore": "贷款 %(loan)s 已登记破产受理（%(day)s，%(case_number)s），无需重复办理。",
    "MoreThanLeft": "金额 %(amount)s 超过待认领余额 %(rest)s。",
    "OtherDebtor": "一笔款项只能分配给同一债务人的贷款：%(loans)s。",
    "NotHisLoan": "指定的贷款不在可分配的贷款之内：%(loans)s。",
}
