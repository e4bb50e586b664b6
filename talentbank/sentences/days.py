"""What is said of a day that is not the bank's to close or to look at: not due, not over, before its first."""

REFUSALS = {
    "BeforeTheBank": "%(on)s 早于本行的首日 %(first)s，此前没有任何规则和业务。请改为 %(first)s 或以后的日期。",
    "DayNotOver": "%(on)s 还没有结束，最多办理到 %(last)s 的日终。请改为 %(last)s 或更早的日期。",
    "NothingDue": "%(on)s 的日终还不能办理：当日的日终在次日办理，已过各日须按顺序逐日办理。请刷新页面查看。",
}
