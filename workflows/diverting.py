"""Where an inspection finds that money was diverted (挪用, LOAN-19), the matter leaves the inspection here.

This is the one place that knows what follows a finding: today a red warning with an owner and a deadline. The workflow
that charges the diverted part is joined here.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models.inspection import Inspection
from models.loan import Loan
from models.roles import Actor
from models.watch import AlarmLevel, Signal, WatchCase
from workflows import watch


def hand_over(session: Session, *, inspection: Inspection, loan: Loan, by: Actor, on: date, at: datetime) -> WatchCase:
    """Open the case of diverted money: a red warning with the amount and what proves it."""
    return watch.raise_case(
        session,
        loan=loan,
        signal=Signal.USE_DIVERTED,
        level=AlarmLevel.RED,
        evidence=f"{inspection.diverted}: {inspection.proof}"[:400],
        by=by,
        on=on,
        at=at,
    )
