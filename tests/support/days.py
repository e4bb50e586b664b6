"""Business days that pass in a test: the real end of day, one after the other."""

from __future__ import annotations

from datetime import date, timedelta

from credit import AT
from sqlmodel import Session

from models.journal import DayRun
from models.roles import SYSTEM
from workflows.day_end import next_day, run_day


def run_until(session: Session, morning: date) -> DayRun | None:
    """Run every day that is due before `morning`, so that something can happen on it; returns the last run."""
    run, day = None, next_day(session)
    while day is not None and day < morning:
        run = run_day(session, on=day, by=SYSTEM, at=AT)
        day += timedelta(days=1)
    return run
