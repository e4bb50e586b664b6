"""What the bank says when it declines at bad claims: selling, collecting, closing, writing off."""

REFUSALS = {
    "GuaranteeStands": "贷款 %(loan)s 的担保 %(guarantee)s（%(stage)s）尚未履行或解除，担保责任余额 %(in_force)s。请先办理代偿，或由担保公司解除担保。",
    "LoanNotBad": "贷款 %(loan)s（%(stage)s，逾期 %(days)s 天）不属于可移交的不良贷款：须已认定违约，且为不良类或逾期满 %(least)s 天。",
    "CaseUnderWay": "贷款 %(loan)s 已有未了结的处置案件 %(case)s，不要重复立案。",
    "PriceAboveClaim": "转让价格 %(price)s 高于贷款 %(loan)s 的应收债权 %(claim)s。请降低价格。",
    "AmountNotPositive": "金额填写有误（%(given)s）：金额须大于零，费用和价格不得为负。请修改后重新提交。",
    "CaseNotHeld": "处置案件 %(case)s 当前为“%(stage)s”，债权不在资产管理公司手中，不能办理。",
    "CollectedTwice": "银行流水 %(bank_ref)s 的回收款已经登记过，请核对流水号。",
    "MoreThanClaimed": "处置案件 %(case)s 剩余债权为 %(left)s，不能登记 %(asked)s 的回收款。请核对金额。",
    "NotWrittenOff": "贷款 %(loan)s 当前为“%(stage)s”，不是已核销贷款，请按正常还款办理。",
    "ReferenceTaken": "银行流水 %(bank_ref)s 已经登记过收款，请核对流水号。",
}
