"""What the bank says when it declines at district programmes and interest subsidies."""

REFUSALS = {
    "ProgrammeKnown": "人才计划“%(name)s”（%(starts_on)s 起）已经登记过。",
    "ProgrammeEndsEarly": "结束日 %(ends_on)s 早于开始日 %(starts_on)s。请修改后重新提交。",
    "WeightsNotWhole": "分期比例合计须为百分之百（1000000），现为 %(sum)s。请修改后重新提交。",
    "TrackingUnknown": "跟踪类别“%(given)s”无效：请选择 A（特殊跟踪）、B（重点跟踪）或 C（关注了解）。",
    "StepsReversed": "项目进度日期有误（%(days)s）：须依次为签约、开工、投产，且不晚于今天。",
    "TargetKnown": "%(place)s 的指标“%(indicator)s”（%(due_on)s）已有目标。",
    "NoSuchBenefit": "该项政策待遇（%(kind)s）不是贷款贴息。",
    "PeriodNotOver": "贴息期间 %(starts_on)s 至 %(ends_on)s 有误：须先后有序，且不晚于今天 %(on)s。",
    "SubsidyOverlaps": "贷款 %(loan)s 在 %(starts_on)s 至 %(ends_on)s 已经贴息，同一天不能重复贴息。",
    "NothingToSubsidise": "贷款 %(loan)s 在 %(starts_on)s 至 %(ends_on)s 没有可贴息的本金，或政策期已于 %(policy_end)s 届满。",
    "SubsidyPaid": "该笔贴息已经拨付，或银行流水 %(bank_ref)s 已经使用过。",
}
