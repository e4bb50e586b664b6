"""Inspections in pages: what is due first, the longest overdue on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from models.application import Application
from models.firm import Firm
from models.inspection import Inspection, InspectionKind, UseFinding
from models.loan import Loan
from models.queries.firm_names import called
from models.states.loan import LoanStage
from models.states.using import InspectionStage
from models.user import User
from models.values.money import Money

PAGE = 50
HELD = tuple(stage for stage in LoanStage if stage.owed)


@dataclass(frozen=True, slots=True)
class InspectionLine:
    """An inspection in a list; `officer` looks after the file."""

    id: int
    loan: str
    firm_id: int
    firm: str
    outstanding: Money
    kind: InspectionKind
    due_on: date
    watched: bool
    stage: InspectionStage
    held_on: date | None
    finding: UseFinding | None
    diverted: Money
    officer: str

    def late(self, on: date) -> bool:
        """Whether its day has passed and nobody has recorded it."""
        return self.stage is InspectionStage.DUE and self.due_on < on


_COLUMNS: tuple[Any, ...] = (
    Inspection.id,
    Loan.number,
    Loan.firm_id,
    Firm.name,
    Loan.outstanding,
    Inspection.kind,
    Inspection.due_on,
    Inspection.watched,
    Inspection.stage,
    Inspection.held_on,
    Inspection.finding,
    Inspection.diverted,
    sa.func.coalesce(col(User.name), ""),
)
SORTS: dict[str, Any] = {
    "due_on": Inspection.due_on,
    "held_on": Inspection.held_on,
    "outstanding": Loan.outstanding,
    "firm": Firm.name_sort,
}
"""What the list may be sorted by; a minus in front turns the order."""


def inspection_rows(
    session: Session,
    *,
    stage: InspectionStage | None = None,
    kind: InspectionKind | None = None,
    until: date | None = None,
    late_on: date | None = None,
    officer_id: int | None = None,
    diverted: bool = False,
    loan_id: int | None = None,
    text: str = "",
    sort: str = "due_on",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[InspectionLine], int]:
    """A page of inspections and how many there are in all. What is due of a loan that is over is left out.

    `until` leaves those due by a day, `late_on` those overdue on it; an unknown `sort` is read as `due_on`.
    """
    conditions: list[sa.ColumnElement[bool]] = [
        sa.or_(col(Inspection.stage) != InspectionStage.DUE, col(Loan.stage).in_(HELD))
    ]
    asked: tuple[tuple[Any, object], ...] = (
        (Inspection.stage, stage),
        (Inspection.kind, kind),
        (Inspection.loan_id, loan_id),
        (Application.officer_id, officer_id),
    )
    conditions += [col(one) == value for one, value in asked if value is not None]
    if until is not None:
        conditions.append(col(Inspection.due_on) <= until)
    if late_on is not None:
        conditions += [col(Inspection.stage) == InspectionStage.DUE, col(Inspection.due_on) < late_on]
    if diverted:
        conditions.append(col(Inspection.finding) == UseFinding.DIVERTED)
    if text.strip():
        conditions.append(called(text, Loan.number))
    total = session.execute(_about(sa.select(sa.func.count())).where(*conditions)).scalar_one()
    chosen = col(SORTS.get(sort.removeprefix("-"), Inspection.due_on))
    order = (chosen.desc() if sort.startswith("-") else chosen.asc(), col(Inspection.id))
    rows = session.execute(_about(sa.select(*_COLUMNS)).where(*conditions).order_by(*order).limit(limit).offset(offset))
    return [InspectionLine(*row) for row in rows], int(total)


def _about(query: sa.Select[Any]) -> sa.Select[Any]:
    query = query.select_from(Inspection).join(Loan, col(Loan.id) == col(Inspection.loan_id))
    query = query.join(Firm, col(Firm.id) == col(Loan.firm_id))
    query = query.join(Application, col(Application.id) == col(Inspection.application_id))
    return query.outerjoin(User, col(User.id) == col(Application.officer_id))
