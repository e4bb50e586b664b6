"""The observation of a restructured asset (重组观察期, CLS-09): from the first repayment day after the adjustment, at least so
many consecutive repayment periods and at least so many months; a missed payment starts it again from where it was missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.values.terms import add_months


@dataclass(frozen=True, slots=True)
class Observation:
    """How far an observation has come. `periods_end` is the day on which the periods are full, none if the loan ends
    before; `ends` the earliest day on which it may be left, none likewise."""

    since: date
    periods_end: date | None
    months_end: date
    ends: date | None

    def over(self, on: date) -> bool:
        """Whether it may be left on a day."""
        return self.ends is not None and on >= self.ends


def observation(
    first_repayment: date, due_days: Sequence[date], missed: Sequence[date], *, periods: int, months: int
) -> Observation:
    """The observation of a loan whose dues are payable on `due_days`, of which those in `missed` were not paid in time.

    EX-30: from 21 March 2025 by quarters, two periods end on 21 September and the year on 21 March 2026.
    """
    since = max([first_repayment, *(day for day in missed if day >= first_repayment)])
    later = sorted(day for day in set(due_days) if day > since)
    periods_end = later[periods - 1] if len(later) >= periods else None
    months_end = add_months(since, months)
    return Observation(since, periods_end, months_end, None if periods_end is None else max(periods_end, months_end))
