"""The re-lending fund: what it has, what is out and overdue, how it turned over, and the lists of bridges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.books.chart import Kind
from models.bridge import Bridge
from models.queries.books import balance, trial_balance
from models.roles import Institution
from models.states.aftercare import BridgeStage
from models.values.money import Money


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
