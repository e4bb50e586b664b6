"""What every part of the bank may say: rights, stages, four eyes, the books."""

REFUSALS = {
    "NotAllowed": "您没有办理“%(act)s”的权限，需要由“%(role)s”岗位办理。",
    "NotThere": "没有找到您要查看的内容（%(what)s）。它可能不存在，或您无权查看。",
    "BadInput": "“%(field)s”填写有误：%(reason)s。请修改后重新提交。",
    "MoveNotOpen": "当前状态为“%(stage)s”，不能办理“%(verb)s”。请刷新页面查看最新状态。",
    "SameHand": "审贷分离：您已经办理过本案的“%(earlier)s”中的环节，请由另一位同事办理“%(act)s”。",
    "ReasonNeeded": "办理“%(act)s”必须填写理由。",
    "KeyUsedForAnother": "同一个办理编号（%(key)s）已用于另一笔内容不同的业务。请刷新页面后重新办理。",
    "LimitReached": "额度不足：账户 %(account)s 可用 %(available)s，本次需要 %(asked)s。请减少金额或先补足资金。",
    "PeriodClosed": "账簿 %(book)s 在 %(through)s 及以前已经结账，不能记入 %(on)s 的业务。请改用未结账的日期。",
    "AlreadyReversed": "该笔业务（%(key)s）已经冲正过，或本身就是冲正，不能再次冲正。",
    "HoldGone": "预留（%(key)s）已使用、释放或到期，剩余 %(remaining)s，本次需要 %(asked)s。请重新申请预留。",
    "FormUsedForAnother": "这张表单已经提交过，内容与这次不同。请重新打开页面，核对后再办理。",
    "StalePage": "这条记录已被更新：您打开的是第 %(seen)s 版，现在是第 %(now)s 版。请载入最新内容后再办理。",
    "FormNotTrusted": "页面已过期或请求来源不明，未做任何改动。请刷新页面后再提交。",
    "SessionOver": "登录已过期。请重新登录后再提交，您填写的内容仍保留在本页。",
    "WrongPassword": "账号、密码或动态码不正确。请重新输入。",
    "TooManyTries": "尝试次数过多，请在 %(minutes)s 分钟后再试。",
    "PostNotHeld": "您的岗位不能打开这个页面或办理这件事。可以办理的岗位：%(role)s。",
}
