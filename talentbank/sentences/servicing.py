"""What the bank says when it declines at receipts, settlement, classes and the end of day."""

REFUSALS = {
    "ReceiptKnown": "银行流水号 %(bank_ref)s 已经入账：还款 %(number)s，金额 %(amount)s。请核对，不要重复录入。",
    "LoanNotOwed": "贷款 %(loan)s 当前状态为“%(stage)s”，银行不持有该债权，不能办理。",
    "ReceiptNotReversible": "还款 %(receipt)s（贷款 %(loan)s）之后已有后续业务，不能冲正。",
    "ReceiptReversed": "还款 %(receipt)s 已经冲正过，无需重复办理。",
    "LoanEnded": "贷款 %(loan)s 已经%(stage)s，还款 %(receipt)s 不能冲正。请联系主管按差错处理。",
    "LaterReceipt": "贷款 %(loan)s 在还款 %(receipt)s 之后还有还款 %(later)s。请先冲正后一笔。",
    "SurplusRefunded": "还款 %(receipt)s 的多收款已经退回借款人，不能冲正（贷款 %(loan)s）。",
    "ScheduleRewritten": "还款 %(receipt)s 之后贷款 %(loan)s 的还款计划已重排（提前还本），不能冲正。",
    "NoSurplus": "还款 %(receipt)s 没有多收款可退。",
    "AboveFloor": "贷款 %(loan)s 已逾期 %(days)s 天，分类不得优于“%(floor)s”，不能定为“%(view)s”。",
    "ClassUnchanged": "贷款 %(loan)s 目前就是“%(view)s”类，无需调整。",
    "UpgradeTooEarly": "贷款 %(loan)s 自 %(since)s 起正常还款 %(periods)s 期，上调须连续正常还款 %(need)s 期或满 %(months)s 个月。",
    "ArrearsLeft": "贷款 %(loan)s 自 %(since)s 起仍有欠款。请还清欠款后再办理。",
    "DayAlreadyRun": "%(on)s 的日终已经办理过（已处理至 %(last)s），每个业务日只办理一次。",
    "DayOutOfOrder": "日终须逐日办理：下一个应处理的业务日是 %(next)s，不是 %(on)s。",
}
