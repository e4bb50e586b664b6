"""Which business days are over."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.journal import DayRun


def next_business_date(session: Session) -> date | None:
    """The day after the last finished end of day; None before the first."""
    closed = session.exec(select(sa.func.max(DayRun.on)).where(col(DayRun.finished_at).is_not(None))).one()
    return None if closed is None else closed + timedelta(days=1)
