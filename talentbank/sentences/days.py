"""What is said of a day that is not the bank's to close or to look at: not due, not over, before its first."""

REFUSALS = {
    "LoanIsSetAside": "贷款 %(loan)s 自 %(since)s 起被日终暂挂，无法计息：原因见“日终批次”页。排除原因并办理下一个日终后再试；其间收到的还款可以照常入账，先记为暂收。",
    "BeforeTheBank": "%(on)s 早于本行的首日 %(first)s，此前没有任何规则和业务。请改为 %(first)s 或以后的日期。",
    "DayNotOver": "%(on)s 还没有结束，最多办理到 %(last)s 的日终。请改为 %(last)s 或更早的日期。",
    "NothingDue": "%(on)s 的日终还不能办理：当日的日终在次日办理，已过各日须按顺序逐日办理。请刷新页面查看。",
}
