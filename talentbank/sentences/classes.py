"""What the bank says when it declines at recorded circumstances, class reviews and the allowance."""

REFUSALS = {
    "AboveStandingFloor": "贷款 %(loan)s 有尚未解除的分类触发事项，分类不得优于“%(floor)s”，不能定为“%(view)s”。请先解除触发事项。",
    "ChargesLeft": "贷款 %(loan)s 还有未付的罚息和复利 %(amount)s。上调分类须先结清全部欠款和费用。",
    "ImpairedAssetLeft": "债务人自 %(since)s 起已认定信用减值（%(evidence)s），贷款 %(loan)s 不能上调。请先解除该事项。",
    "OtherClaimsBad": "债务人在本行的其他债权不良占比超过 %(limit)s，贷款 %(loan)s 单独上调后会再次下调。请将该企业的不良贷款一并上调。",
    "NothingToLift": "%(firm)s 没有可以一并上调的不良贷款，或目标分类仍属不良。",
    "TriggerEvidenceMissing": "请写明依据：没有依据的触发事项无法核实。",
    "TriggerMisplaced": "“%(kind)s”须登记在一笔贷款或一家企业之下；挪用、借新还旧和重组只能登记在贷款之下。",
    "TriggerShareWrong": "“%(kind)s”的比例 %(given)s 不成立：逾期债务占比须大于零、不超过 100%%，信用减值填预期损失比例，其他事项不填。",
    "TriggerDayWrong": "日期 %(given)s 不成立：知悉日不得晚于今天 %(on)s；重组须填写调整后的首个还款日，其他事项不填。",
    "TriggerStands": "“%(kind)s”自 %(since)s 起已登记在案（%(evidence)s）。情况有变时请先解除原事项。",
    "TriggerEnded": "该“%(kind)s”事项已经解除，无需重复办理。",
    "ObservationRuns": "贷款 %(loan)s 的重组观察期自 %(since)s 起算，须连续正常还款 %(periods)s 期并满 %(months)s 个月，最早 %(until)s 且没有欠款时方可解除。",
    "NothingChosen": "请至少选择一笔贷款。",
    "ReviewNeedsLook": "贷款 %(loan)s 自上次复核（“%(before)s”）以来有变化：现为“%(now)s”，下限“%(floor)s”。请单独复核并写明意见。",
    "AllowanceSetAlready": "%(on)s 的减值准备已经计提（最近一次 %(last)s），每个日期只计提一次。",
}
