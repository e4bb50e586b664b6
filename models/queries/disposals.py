"""Disposal cases in lists, counted and summed by stage; the recoveries and conversions of one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.disposal import DisposalCase, Recovery, Strategy
from models.equity import Conversion
from models.firm import Firm
from models.loan import Loan
from models.queries.firm_names import called
from models.refusals import NotThere
from models.states.aftercare import DisposalStage
from models.states.loan import LoanStage
from models.values.money import Money

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A disposal case in a list. `cost` is what the asset manager has not got back yet, `collected` what came in."""

    id: int
    number: str
    loan_id: int
    loan: str
    firm_id: int
    firm: str
    strategy: Strategy
    bank_claim: Money
    guarantor_claim: Money
    price: Money
    guarantor_price: Money
    cost: Money
    collected: Money
    stage: DisposalStage
    proposed_on: date
    handed_over_on: date | None
    closed_on: date | None


_COLLECTED = (
    sa.select(sa.func.coalesce(sa.func.sum(sa.type_coerce(col(Recovery.amount), sa.BigInteger)), 0))
    .where(col(Recovery.case_id) == col(DisposalCase.id))
    .correlate(DisposalCase)
    .scalar_subquery()
)
_COLUMNS: tuple[Any, ...] = (
    DisposalCase.id,
    DisposalCase.number,
    DisposalCase.loan_id,
    Loan.number,
    DisposalCase.firm_id,
    Firm.name,
    DisposalCase.strategy,
    DisposalCase.bank_claim,
    DisposalCase.guarantor_claim,
    DisposalCase.price,
    DisposalCase.guarantor_price,
    DisposalCase.cost,
    _COLLECTED,
    DisposalCase.stage,
    DisposalCase.proposed_on,
    DisposalCase.handed_over_on,
    DisposalCase.closed_on,
)
_COLLECTED_AT = _COLUMNS.index(_COLLECTED)
SORTS: dict[str, Any] = {
    "proposed_on": DisposalCase.proposed_on,
    "number": DisposalCase.number,
    "bank_claim": DisposalCase.bank_claim,
    "price": DisposalCase.price,
    "cost": DisposalCase.cost,
    "firm": Firm.name_sort,
}
"""What the list may be sorted by; a minus in front turns the order."""


def disposal_rows(
    session: Session,
    *,
    stage: DisposalStage | None = None,
    strategy: Strategy | None = None,
    firm_id: int | None = None,
    text: str = "",
    sort: str = "-proposed_on",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[CaseLine], int]:
    """A page of cases and how many there are in all. `text` is the beginning of a case's or loan's number or part of
    a firm's name, in characters or in pinyin."""
    conditions: list[sa.ColumnElement[bool]] = []
    for column, value in ((DisposalCase.stage, stage), (DisposalCase.strategy, strategy), (Firm.id, firm_id)):
        if value is not None:
            conditions.append(col(column) == value)
    if text.strip():
        conditions.append(called(text, DisposalCase.number, Loan.number))
    query = _about(sa.select(*_COLUMNS)).where(*conditions)
    total = session.execute(_about(sa.select(sa.func.count())).where(*conditions)).scalar_one()
    name = sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "proposed_on"
    down = sort.startswith("-") or sort.removeprefix("-") not in SORTS
    order = [col(one).desc() if down else col(one).asc() for one in (SORTS[name], DisposalCase.id)]
    rows = session.execute(query.order_by(*order).limit(limit).offset(offset))
    return [CaseLine(*_money_at(row, _COLLECTED_AT)) for row in rows], int(total)


def _about(query: sa.Select[Any]) -> sa.Select[Any]:
    query = query.select_from(DisposalCase).join(Loan, col(Loan.id) == col(DisposalCase.loan_id))
    return query.join(Firm, col(Firm.id) == col(DisposalCase.firm_id))


def _money_at(row: Any, place: int) -> tuple[Any, ...]:
    """The row with the whole fen at one place as money."""
    return (*row[:place], Money(int(row[place])), *row[place + 1 :])


@dataclass(frozen=True, slots=True)
class CaseSum:
    """How many cases stand in a stage, and what they are about together."""

    cases: int
    claims: Money
    cost: Money


def disposal_sums(session: Session) -> dict[DisposalStage, CaseSum]:
    """Counts and sums by stage, those with none left out: the tabs above the list."""
    claims = _fen(DisposalCase.bank_claim) + _fen(DisposalCase.guarantor_claim)
    rows = session.execute(
        sa.select(
            col(DisposalCase.stage), sa.func.count(), sa.func.sum(claims), sa.func.sum(_fen(DisposalCase.cost))
        ).group_by(col(DisposalCase.stage))
    )
    found = {stage: CaseSum(int(n), Money(int(claims)), Money(int(cost))) for stage, n, claims, cost in rows}
    return {stage: found[stage] for stage in DisposalStage if stage in found}


def _fen(column: Any) -> sa.ColumnElement[int]:
    return sa.type_coerce(col(column), sa.BigInteger)


def case_by_number(session: Session, number: str) -> DisposalCase:
    """The case with this number. Refuses with NotThere."""
    case = session.exec(select(DisposalCase).where(DisposalCase.number == number)).one_or_none()
    if case is None:
        raise NotThere(what=number)
    return case


def recoveries_of(session: Session, case: DisposalCase) -> list[Recovery]:
    """What came in on a case, oldest first."""
    query = select(Recovery).where(Recovery.case_id == case.key)
    return list(session.exec(query.order_by(col(Recovery.on), col(Recovery.id))))


def conversions_of(session: Session, case: DisposalCase) -> list[Conversion]:
    """The conversions that were proposed for a case, oldest first."""
    query = select(Conversion).where(Conversion.case_id == case.key)
    return list(session.exec(query.order_by(col(Conversion.id))))


def loans_without_case(session: Session, *, limit: int = PAGE) -> list[tuple[Loan, Firm]]:
    """Loans in default for which no case is under way, the largest first: what the asset manager should look at."""
    over = (DisposalStage.REFUSED, DisposalStage.CLOSED)
    under_way = select(DisposalCase.loan_id).where(col(DisposalCase.stage).not_in(over))
    query = (
        select(Loan, Firm)
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(Loan.stage == LoanStage.DEFAULTED, col(Loan.id).not_in(under_way))
        .order_by(col(Loan.outstanding).desc(), col(Loan.id))
    )
    return list(session.exec(query.limit(limit)))
