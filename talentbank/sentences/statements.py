"""What the bank says when it declines at bank statements and their matching."""

REFUSALS = {
    "StatementUnreadable": "“%(name)s”不能作为对账单读取：%(trouble)s。",
    "StatementFaulty": "对账单有 %(count)s 处错误，未导入任何流水；第一处在第 %(row)s 行“%(column)s”列。请先试读，改正后再导入。",
    "StatementKnown": "这份对账单（%(source)s，截至 %(day)s）已经导入过账户 %(account)s，无需重复导入。",
    "AccountNotTheFiles": "填写的账号 %(typed)s 与文件中的账号 %(found)s 不一致，请核对。",
    "StatementInUse": "“%(source)s”中有 %(count)s 笔流水已勾对或搁置，请先取消后再撤销导入。",
    "AlreadyMatched": "有 %(count)s 笔流水或账目已经勾对或搁置，可能刚被他人处理。请刷新页面后再试。",
    "MatchUnbalanced": "两边金额不等：流水合计 %(lines)s，账面合计 %(booked)s。请重新选择。",
    "NothingToMatch": "请至少选择一笔账目，或两笔互相抵销的流水。",
    "MatchUndone": "这次勾对（编号 %(number)s）已经取消过。",
    "LineOfAnotherDay": "流水日期 %(day)s 晚于当前业务日期 %(today)s：还不能入账，这笔流水留在清单中。",
    "SharesDiffer": "分配金额合计 %(shares)s，与流水金额 %(line)s 不符。",
    "NotMoneyIn": "只有收到的款项才能办理还款入账，这笔流水金额为 %(amount)s。",
}
