"""What the bank says when it declines at rules and quotations: what is wrong in which field."""

REFUSALS = {
    "UnknownRuleKind": "没有“%(kind)s”这一类规则。可选：%(known)s。",
    "RuleMissing": "缺少必填项“%(field)s”。请补充后重新提交。",
    "RuleUnknown": "规则中没有“%(field)s”这一项，可能是拼写有误。请核对后重新提交。",
    "RuleOutOfBounds": "“%(field)s”填写为 %(given)s，超出允许范围：应为 %(wanted)s。请修改后重新提交。",
    "RuleNotUnderstood": "“%(field)s”填写为“%(given)s”，无法识别。金额写作 10000000.00，比例写作 0.10，日期写作 2012-01-01。",
    "RulesIncoherent": "规则“%(field)s”各项互相矛盾：评审各维度权重之和须为 1；评级须由高到低，最后一级从 0 分开始。请核对。",
    "VersionTaken": "“%(kind)s”规则已有版本 %(version)s。请使用新的版本号。",
    "RulesReachBack": "“%(kind)s”规则自 %(effective_from)s 起生效，早于今天（%(on)s）。规则不能追溯，请改为今天或以后的日期。",
    "QuoteStands": "%(published)s 的 LPR 报价已经录入，不能重复录入。",
    "NoRulesInForce": "%(on)s 没有生效的“%(kind)s”规则。请先初始化系统，或批准一套规则。",
}
