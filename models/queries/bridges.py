"""The re-lending fund: what it has, what is out and overdue, how it turned over, and the lists of bridges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.books.chart import Kind
from models.bridge import Bridge
from models.firm import Firm
from models.loan import Loan
from models.queries.books import balance, trial_balance
from models.refusals import NotThere
from models.roles import Institution
from models.states.aftercare import BridgeStage
from models.values.money import Money

PAGE = 50


@dataclass(frozen=True, slots=True)
class FundPosition:
    """Where the fund stands (BRG-09, BRG-10): its size by its own books, cash, what is reserved of it, what is free,
    what is out, and what of that is overdue on the day."""

    size: Money
    cash: Money
    reserved: Money
    outstanding: Money
    overdue: Money
    bridges: int
    overdue_bridges: int

    @property
    def free(self) -> Money:
        """What may still be promised."""
        return self.cash - self.reserved

    @property
    def overdue_share(self) -> Fraction:
        """Overdue over the fund's size (BRG-09)."""
        return Fraction(self.overdue.fen, self.size.fen) if self.size.fen > 0 else Fraction(0)

    @property
    def use(self) -> Fraction:
        """Lent and reserved over the fund's size."""
        taken = self.outstanding + self.reserved
        return Fraction(taken.fen, self.size.fen) if self.size.fen > 0 else Fraction(0)


def fund_position(session: Session, on: date) -> FundPosition:
    """The fund as its books stand now; overdue is what was due before `on` and is not back."""
    owned = (Kind.EQUITY, Kind.INCOME, Kind.EXPENSE)
    lines = trial_balance(session, Institution.RELENDER)
    size = Money(-sum(line.net.fen for account, line in lines if account.kind in owned))
    cash = balance(session, "relender.cash")
    late = col(Bridge.due_on) < on
    fen = sa.type_coerce(col(Bridge.amount), sa.BigInteger)
    row = (
        session.connection()
        .execute(
            sa.select(
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(fen), 0),
                sa.func.coalesce(sa.func.sum(sa.case((late, 1), else_=0)), 0),
                sa.func.coalesce(sa.func.sum(sa.case((late, fen), else_=0)), 0),
            ).where(col(Bridge.stage) == BridgeStage.PAID)
        )
        .one()
    )
    return FundPosition(size, cash.net, Money(cash.held), Money(int(row[1])), Money(int(row[3])), row[0], int(row[2]))


def used_days(session: Session, since: date, until: date) -> list[tuple[Money, int]]:
    """Amount and days of each bridge paid in the half-open period [since, until): to the day it came back, or to
    `until` for one that is still out (BRG-10)."""
    rows = session.exec(
        select(Bridge)
        .where(col(Bridge.paid_on) >= since, col(Bridge.paid_on) < until)
        .order_by(col(Bridge.paid_on), col(Bridge.id))
    )
    return [
        (row.amount, max((min(row.returned_on or until, until) - row.paid_on).days, 1)) for row in rows if row.paid_on
    ]


def bridge_of_loan(session: Session, loan_id: int) -> Bridge | None:
    """The newest bridge over a loan's maturity that was not refused and did not expire."""
    over = (BridgeStage.REFUSED, BridgeStage.EXPIRED)
    query = select(Bridge).where(Bridge.loan_id == loan_id, col(Bridge.stage).not_in(over))
    return session.exec(query.order_by(col(Bridge.id).desc())).first()


@dataclass(frozen=True, slots=True)
class BridgeLine:
    """A bridge in a list and on the fund's calendar."""

    id: int
    number: str
    loan_number: str
    firm: str
    amount: Money
    own_funds: Money
    fee: Money
    applied_on: date
    expires_on: date
    matures_on: date
    paid_on: date | None
    due_on: date | None
    returned_on: date | None
    renewed: bool
    stage: BridgeStage

    def late(self, on: date) -> bool:
        """Whether the money should be back by now (BRG-08)."""
        return self.stage is BridgeStage.PAID and self.due_on is not None and self.due_on < on


_COLUMNS: tuple[Any, ...] = (
    Bridge.id,
    Bridge.number,
    col(Loan.number).label("loan_number"),
    col(Firm.name).label("firm"),
    Bridge.amount,
    Bridge.own_funds,
    Bridge.fee,
    Bridge.applied_on,
    Bridge.expires_on,
    Loan.matures_on,
    Bridge.paid_on,
    Bridge.due_on,
    Bridge.returned_on,
    Bridge.renewed,
    Bridge.stage,
)
SORTS: dict[str, Any] = {
    "number": Bridge.id,
    "amount": Bridge.amount,
    "fee": Bridge.fee,
    "applied_on": Bridge.applied_on,
    "expires_on": Bridge.expires_on,
    "matures_on": Loan.matures_on,
    "firm": Firm.name_sort,
}
"""What the list of bridges may be sorted by; a minus in front turns the order."""


def bridge_rows(
    session: Session,
    *,
    stage: BridgeStage | None = None,
    open_only: bool = False,
    overdue_on: date | None = None,
    loan_id: int | None = None,
    text: str = "",
    sort: str = "-number",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[BridgeLine], int]:
    """A page of bridges and how many there are in all.

    `open_only` leaves out what is refused, expired or back; `overdue_on` asks for those due before that day and not
    back; `text` looks for the number of a bridge or loan by its beginning and for a firm by any part of its name.
    """
    conditions: list[sa.ColumnElement[bool]] = []
    if stage is not None:
        conditions.append(col(Bridge.stage) == stage)
    if loan_id is not None:
        conditions.append(col(Bridge.loan_id) == loan_id)
    if open_only:
        conditions.append(col(Bridge.stage).in_((BridgeStage.APPLIED, BridgeStage.RESERVED, BridgeStage.PAID)))
    if overdue_on is not None:
        conditions += [col(Bridge.stage) == BridgeStage.PAID, col(Bridge.due_on) < overdue_on]
    if text.strip():
        named = sa.select(col(Firm.id)).where(col(Firm.name).contains(text.strip(), autoescape=True))
        begins = text.strip().upper()
        conditions.append(
            sa.or_(
                col(Bridge.number).startswith(begins, autoescape=True),
                col(Loan.number).startswith(begins, autoescape=True),
                col(Loan.firm_id).in_(named),
            )
        )
    counting = select(sa.func.count()).select_from(Bridge).join(Loan, col(Loan.id) == col(Bridge.loan_id))
    total = session.exec(counting.where(*conditions)).one()
    query = sa.select(*_COLUMNS).join(Loan, col(Loan.id) == col(Bridge.loan_id))
    query = query.join(Firm, col(Firm.id) == col(Loan.firm_id)).where(*conditions)
    name, down = sort.lstrip("-"), sort.startswith("-") or sort.lstrip("-") not in SORTS
    column, tie = col(SORTS.get(name, Bridge.id)), col(Bridge.id)
    order = (column.desc(), tie.desc()) if down else (column.asc(), tie.asc())
    rows = session.execute(query.order_by(*order).limit(limit).offset(offset))
    return [BridgeLine(*row) for row in rows], int(total)


def bridge_by_number(session: Session, number: str) -> Bridge:
    """The bridge with this number; refuses with NotThere."""
    found = session.exec(select(Bridge).where(Bridge.number == number)).one_or_none()
    if found is None:
        raise NotThere(what=number)
    return found
