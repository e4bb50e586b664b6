"""Lists of talents and firms, paged, filtered and sorted in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.application import Application
from models.firm import Firm, Industry
from models.loan import Loan
from models.talent import Designation, Level, Talent
from models.values.money import ZERO, Money

PAGE = 50


@dataclass(frozen=True, slots=True)
class TalentLine:
    """A talent in a list: the highest designation that is valid on the day, and how much hangs on him."""

    talent: Talent
    level: Level | None
    plan: str
    firms: int
    applications: int
    outstanding: Money


@dataclass(frozen=True, slots=True)
class FirmLine:
    """A firm in a list with its founder."""

    firm: Firm
    founder: str
    applications: int
    outstanding: Money


def talent_rows(
    session: Session,
    *,
    on: date,
    text: str = "",
    level: Level | None = None,
    unverified: bool = False,
    sort: str = "name",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[TalentLine], int]:
    """One page of talents and how many there are. `text` is part of a name or of a field, `level` one held on the day;
    `unverified` leaves those with a designation that the talent office has not verified.
    """
    query = select(Talent)
    if text:
        query = query.where(sa.or_(_contains(Talent.name, text), _contains(Talent.field, text)))
    if level is not None:
        query = query.where(col(Talent.id).in_(_holders(on, level)))
    if unverified:
        waits = select(Designation.talent_id).where(col(Designation.verified_on).is_(None))
        query = query.where(col(Talent.id).in_(waits))
    total = session.exec(select(sa.func.count()).select_from(query.subquery())).one()
    orders = {"name": (Talent.name_sort, Talent.name), "field": (Talent.field,)}
    query = query.order_by(*_ordered(orders, sort, "name"), col(Talent.id)).limit(limit).offset(offset)
    found = list(session.exec(query))
    ids = [row.key for row in found]
    best = best_designations(session, ids, on)
    firms = _counts(session, Firm.founder_id, ids)
    files = _counts(session, Application.talent_id, ids)
    owed = _sums(session, Loan.talent_id, ids)
    return [
        TalentLine(
            row,
            best[row.key].level if row.key in best else None,
            best[row.key].plan if row.key in best else "",
            firms.get(row.key, 0),
            files.get(row.key, 0),
            owed.get(row.key, ZERO),
        )
        for row in found
    ], total


def firm_rows(
    session: Session,
    *,
    text: str = "",
    industry: Industry | None = None,
    planned: bool | None = None,
    sort: str = "name",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[FirmLine], int]:
    """One page of firms and how many there are. `text` is part of a name or the beginning of a credit code."""
    query = select(Firm, Talent.name).join(Talent, col(Talent.id) == col(Firm.founder_id))
    if text:
        code = col(Firm.credit_code).startswith(text.strip().upper(), autoescape=True)
        query = query.where(sa.or_(_contains(Firm.name, text), code))
    if industry is not None:
        query = query.where(Firm.industry == industry)
    if planned is not None:
        query = query.where(col(Firm.credit_code).is_(None) if planned else col(Firm.credit_code).is_not(None))
    total = session.exec(select(sa.func.count()).select_from(query.with_only_columns(col(Firm.id)).subquery())).one()
    orders = {
        "name": (Firm.name_sort, Firm.name),
        "registered_on": (Firm.registered_on,),
        "industry": (Firm.industry, Firm.name),
        "staff": (Firm.staff,),
    }
    query = query.order_by(*_ordered(orders, sort, "name"), col(Firm.id)).limit(limit).offset(offset)
    found = list(session.exec(query))
    ids = [row.key for row, _ in found]
    files = _counts(session, Application.firm_id, ids)
    owed = _sums(session, Loan.firm_id, ids)
    return [FirmLine(row, who, files.get(row.key, 0), owed.get(row.key, ZERO)) for row, who in found], total


def best_designations(session: Session, talent_ids: Sequence[int], on: date) -> dict[int, Designation]:
    """Of each talent the highest designation valid on a day; those without one are left out (TAL-01)."""
    query = select(Designation).where(col(Designation.talent_id).in_(talent_ids), _valid(on))
    best: dict[int, Designation] = {}
    for row in session.exec(query.order_by(col(Designation.selected_on).desc())):
        if row.talent_id not in best or row.level.rank < best[row.talent_id].level.rank:
            best[row.talent_id] = row
    return best


def _valid(on: date) -> sa.ColumnElement[bool]:
    still = sa.or_(col(Designation.valid_to).is_(None), col(Designation.valid_to) >= on)
    return sa.and_(col(Designation.selected_on) <= on, still)


def _holders(on: date, level: Level) -> Any:
    return select(Designation.talent_id).where(Designation.level == level, _valid(on))


def _contains(column: Any, text: str) -> sa.ColumnElement[bool]:
    return col(column).contains(text.strip(), autoescape=True)


def _ordered(orders: dict[str, tuple[Any, ...]], sort: str, usual: str) -> list[Any]:
    columns = orders.get(sort.removeprefix("-"), orders[usual])
    return [col(one).desc() if sort.startswith("-") else col(one).asc() for one in columns]


def _counts(session: Session, column: Any, ids: Sequence[int]) -> dict[int, int]:
    query = select(column, sa.func.count()).where(col(column).in_(ids)).group_by(column)
    return {int(key): int(number) for key, number in session.exec(query)}


def _sums(session: Session, column: Any, ids: Sequence[int]) -> dict[int, Money]:
    total = sa.cast(sa.func.sum(Loan.outstanding), sa.BigInteger)  # PostgreSQL sums whole numbers into decimals
    query = select(column, total).where(col(column).in_(ids)).group_by(column)
    return {int(key): Money(int(fen)) for key, fen in session.exec(query)}
