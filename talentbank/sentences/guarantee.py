"""What the bank says when it declines at guarantees and claims: capacity, deadlines, recoveries."""

REFUSALS = {
    "GuaranteeLimit": "超出担保公司限额（%(limit)s）：上限 %(cap)s，已用 %(used)s，本笔加权后 %(asked)s，尚余 %(headroom)s。请降低金额或担保比例。",
    "MultipleReached": "担保放大倍数超限（%(limit)s）：担保责任余额上限 %(cap)s，已用 %(used)s，本笔加权后 %(asked)s，尚余 %(headroom)s。请降低金额或担保比例，或先补充担保公司资本。",
    "SingleClientLimit": "单户担保超限（%(limit)s）：该企业上限 %(cap)s，已用 %(used)s，本笔加权后 %(asked)s，尚余 %(headroom)s。请降低金额或担保比例。",
    "ClientGroupLimit": "关联企业合计担保超限（%(limit)s）：上限 %(cap)s，已用 %(used)s，本笔加权后 %(asked)s，尚余 %(headroom)s。请降低金额或担保比例。",
    "ReservationExpired": "担保 %(number)s 的预留额度只保留到 %(reserved_to)s，已经过期。请重新报批。",
    "NoGuaranteeInForce": "贷款 %(loan)s 没有生效中的担保，不能申请代偿。",
    "ClaimTooEarly": "贷款 %(loan)s 逾期 %(days)s 天，须满 %(wait)s 天才能申请代偿。请先继续催收。",
    "GuaranteePeriodOver": "贷款 %(loan)s 的保证期间已于 %(ended)s 届满，不能再申请代偿。",
    "ClaimStands": "贷款 %(loan)s 已有代偿申请 %(claim)s（%(stage)s），不要重复申请。",
    "NothingToClaim": "贷款 %(loan)s 的借款人已经还清担保范围内的款项，代偿申请 %(claim)s 无需受理。请退回申请。",
    "NothingToRecover": "代偿 %(claim)s（%(stage)s）没有可登记的追偿：尚未支付、已全部收回，或债权已转让。",
    "RecoveryNotUnderstood": "追偿登记有误：收回金额须大于零，费用不得超过收回金额，并须填写银行流水号。请修改后重新提交。",
}
