"""What is said when an end of day is asked for that is not due."""

REFUSALS = {
    "NothingDue": "%(on)s 的日终还不能办理：当日的日终在次日办理，已过各日须按顺序逐日办理。请刷新页面查看。",
}
