"""The register of the credit committee's decisions, paged, filtered and sorted in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.application import Application, Product
from models.decision import Condition, Decision, Outcome
from models.firm import Firm
from models.queries.applications import named
from models.talent import Talent
from models.values.money import Money
from models.values.rate import Rate

PAGE = 50


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision in the register; `open_conditions` are those that nobody has proved yet."""

    number: str
    application: str
    talent: str
    firm: str
    product: Product
    asked: Money
    outcome: Outcome
    amount: Money | None
    term_months: int | None
    rate: Rate | None
    decided_on: date
    valid_to: date | None
    loan_number: str | None
    conditions: int
    open_conditions: int


SORTS: dict[str, Any] = {
    "decided_on": Decision.decided_on,
    "number": Decision.number,
    "amount": Decision.amount,
    "application": Application.number,
}


def decision_rows(
    session: Session,
    *,
    outcome: Outcome | None = None,
    text: str = "",
    sort: str = "-decided_on",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[DecisionLine], int]:
    """One page of decisions and how many there are. `text` is the beginning of an application's number or part of the
    name of its talent or firm; an unknown `sort` is read as `-decided_on`.
    """
    conditions: list[Any] = []
    if outcome is not None:
        conditions.append(col(Decision.outcome) == outcome)
    if text.strip():
        conditions.append(named(session, text.strip()))
    columns: tuple[Any, ...] = (
        Decision.number,
        Application.number,
        Talent.name,
        sa.func.coalesce(col(Firm.name), ""),
        Application.product,
        Application.amount,
        Decision.outcome,
        Decision.amount,
        Decision.term_months,
        Decision.rate,
        Decision.decided_on,
        Decision.valid_to,
        Decision.loan_number,
        _count(),
        _count(col(Condition.met_on).is_(None)),
    )
    query: sa.Select[Any] = sa.select(*columns).join(Application, col(Application.id) == col(Decision.application_id))
    query = query.join(Talent, col(Talent.id) == col(Application.talent_id))
    query = query.outerjoin(Firm, col(Firm.id) == col(Application.firm_id)).where(*conditions)
    total = session.exec(
        select(sa.func.count())
        .select_from(Decision)
        .join(Application, col(Application.id) == col(Decision.application_id))
        .where(*conditions)
    ).one()
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name not in SORTS:
        name, down = "decided_on", True
    column, tie = col(SORTS[name]), col(Decision.id)
    nulls = (column.is_(None),) if name == "amount" else ()
    order = (*nulls, column.desc() if down else column.asc(), tie.desc() if down else tie.asc())
    found = session.execute(query.order_by(*order).limit(limit).offset(offset))
    return [DecisionLine(*row) for row in found], int(total)


def _count(*which: Any) -> Any:
    own = sa.select(sa.func.count()).where(col(Condition.decision_id) == col(Decision.id), *which)
    return own.correlate(Decision).scalar_subquery()
