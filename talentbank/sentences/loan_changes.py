"""What the bank says when it declines at changes of a running loan and at its papers."""

REFUSALS = {
    "NothingToChange": "合同 %(contract)s 项下已没有未到期本金，没有可以变更的内容。",
    "ChangeNotPossible": "按这样的条件（到期日 %(end_on)s）排不出还款计划。请检查期限和宽限月数。",
    "ShorterTermNotOffered": "合同 %(contract)s 的还款方式是“%(method)s”，或有一期正等待工作日，不能缩短期限。请选择减少每期还款。",
    "GraceNotOffered": "还款方式“%(method)s”在到期前不按月还本，无需本金宽限期。",
    "ExtensionTooLong": "贷款 %(loan)s 累计最多展期 %(longest)s 个月，已展期 %(so_far)s 个月，还可展期 %(left)s 个月，不能再展 %(asked)s 个月。",
    "ExtensionTooLate": "贷款 %(loan)s 已于 %(matures_on)s 到期。展期须在到期前申请，现在只能办理重组。",
    "ExtensionInArrears": "贷款 %(loan)s 自 %(since)s 起有欠款。请先还清欠款，或对全部债务办理重组。",
    "ConsentsMissing": "变更 %(number)s 还缺书面同意：%(parties)s。请登记同意函后再批准。",
    "ChangeWaits": "贷款 %(loan)s 已有变更 %(number)s 在办理中。请先办结或撤回。",
    "CapitalisationNotAllowed": "按现行规则（%(rules)s），贷款 %(loan)s 的欠息不能转为本金。",
    "RateNotLower": "重组只能降低利率：贷款 %(loan)s 现行利率 %(rate)s，不能改为 %(asked)s。",
    "NothingPrepaid": "金额 %(amount)s 只够支付贷款 %(loan)s 已到期的款项（%(due)s），不是提前还款，请按一般还款登记。",
    "EffectMoved": "变更 %(number)s 的效果与页面显示的已不一致。请重新查看后再批准。",
    "QuoteOutOfRange": "只能报 %(first)s 至 %(last)s 之间的结清金额，不能报 %(on)s 的。",
    "QuoteBeyondRepricing": "贷款 %(loan)s 将于 %(reprices)s 重定价，之后的利率尚未确定，不能报 %(on)s 的结清金额。",
    "NotSettled": "贷款 %(loan)s 当前状态为“%(stage)s”，结清后才能出具结清证明。",
    "StatementReversed": "对账单的起始日 %(since)s 晚于截止日 %(until)s。",
}
