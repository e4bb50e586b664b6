"""The watch list in pages: what is open first, the worst and most urgent on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from models.firm import Firm
from models.loan import Loan
from models.queries.firm_names import called
from models.states.aftercare import WatchStage
from models.user import User
from models.values.money import Money
from models.watch import AlarmLevel, Signal, WatchCase

PAGE = 50


@dataclass(frozen=True, slots=True)
class WatchLine:
    """A warning in a list; `owner` is empty before anybody looks after it."""

    id: int
    loan_id: int
    loan: str
    firm_id: int
    firm: str
    outstanding: Money
    signal: str
    level: AlarmLevel
    evidence: str
    raised_on: date
    due_on: date
    owner_id: int | None
    owner: str
    stage: WatchStage

    def late(self, on: date) -> bool:
        """Whether its deadline has passed and nobody has cleared it."""
        return self.stage is not WatchStage.CLEARED and self.due_on < on


_COLUMNS: tuple[Any, ...] = (
    WatchCase.id,
    WatchCase.loan_id,
    Loan.number,
    Loan.firm_id,
    Firm.name,
    Loan.outstanding,
    WatchCase.signal,
    WatchCase.level,
    WatchCase.evidence,
    WatchCase.raised_on,
    WatchCase.due_on,
    WatchCase.owner_id,
    sa.func.coalesce(col(User.name), ""),
    WatchCase.stage,
)
_SEVERITY = sa.case({level.value: rank for rank, level in enumerate(AlarmLevel)}, value=col(WatchCase.level))
_OVER = sa.case((col(WatchCase.stage) == WatchStage.CLEARED, 1), else_=0)
SORTS: dict[str, Any] = {
    "level": _SEVERITY,
    "due_on": WatchCase.due_on,
    "raised_on": WatchCase.raised_on,
    "outstanding": Loan.outstanding,
    "firm": Firm.name_sort,
}
"""What the list may be sorted by; a minus in front turns the order. `level` puts red first."""


def watch_rows(
    session: Session,
    *,
    stage: WatchStage | None = None,
    open_only: bool = False,
    level: AlarmLevel | None = None,
    signal: Signal | None = None,
    owner_id: int | None = None,
    loan_id: int | None = None,
    late_on: date | None = None,
    text: str = "",
    sort: str = "level",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[WatchLine], int]:
    """A page of warnings and how many there are in all; cleared ones come last, equals by deadline.

    `late_on` leaves those that are open past their deadline on that day; an unknown `sort` is read as `level`.
    """
    asked: tuple[tuple[Any, object], ...] = (
        (WatchCase.stage, stage),
        (WatchCase.level, level),
        (WatchCase.signal, signal),
        (WatchCase.owner_id, owner_id),
        (WatchCase.loan_id, loan_id),
    )
    conditions: list[sa.ColumnElement[bool]] = [col(one) == value for one, value in asked if value is not None]
    if open_only or late_on is not None:
        conditions.append(col(WatchCase.stage) != WatchStage.CLEARED)
    if late_on is not None:
        conditions.append(col(WatchCase.due_on) < late_on)
    if text.strip():
        conditions.append(called(text, Loan.number))
    total = session.execute(_about(sa.select(sa.func.count())).where(*conditions)).scalar_one()
    name = sort.removeprefix("-")
    chosen = _SEVERITY if name == "level" or name not in SORTS else col(SORTS[name])
    first = chosen.desc() if sort.startswith("-") and name in SORTS else chosen.asc()
    order = (_OVER, first, col(WatchCase.due_on), col(WatchCase.id))
    rows = session.execute(_about(sa.select(*_COLUMNS)).where(*conditions).order_by(*order).limit(limit).offset(offset))
    return [WatchLine(*row) for row in rows], int(total)


def _about(query: sa.Select[Any]) -> sa.Select[Any]:
    query = query.select_from(WatchCase).join(Loan, col(Loan.id) == col(WatchCase.loan_id))
    query = query.join(Firm, col(Firm.id) == col(Loan.firm_id))
    return query.outerjoin(User, col(User.id) == col(WatchCase.owner_id))


def watch_counts(session: Session) -> dict[AlarmLevel, int]:
    """How many warnings are open at each level, those with none left out."""
    query = sa.select(col(WatchCase.level), sa.func.count()).where(col(WatchCase.stage) != WatchStage.CLEARED)
    found = dict(session.execute(query.group_by(col(WatchCase.level))).all())
    return {level: int(found[level]) for level in AlarmLevel if level in found}
