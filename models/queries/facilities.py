"""Market funding in pages: facilities, their drawings, which loans a drawing funds, what falls due in which month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.facility import Drawing, Facility, Funding
from models.firm import Firm
from models.loan import Instalment, Loan
from models.queries.books import balance
from models.refusals import NotThere
from models.roles import Institution
from models.states.aftercare import FacilityStage
from models.states.loan import LoanStage
from models.values.calendar import add_months
from models.values.money import ZERO, Money

LADDER_MONTHS = 12
"""How far ahead the ladder of maturities looks."""

OWED_STAGES = tuple(stage for stage in LoanStage if stage.owed)


@dataclass(frozen=True, slots=True)
class FacilityLine:
    """A facility with what is drawn and still owed of it."""

    facility: Facility
    owed: Money

    @property
    def free(self) -> Money:
        """What may still be drawn: nothing before it is opened or after it is closed."""
        return self.facility.commitment - self.owed if self.facility.stage is FacilityStage.OPEN else ZERO


@dataclass(frozen=True, slots=True)
class DrawingLine:
    """A drawing with its facility, the principal still owed and the interest that has accrued and is unpaid."""

    drawing: Drawing
    facility: Facility
    interest_due: Money

    @property
    def owed(self) -> Money:
        """Principal that has not been repaid."""
        return self.drawing.amount - self.drawing.repaid


@dataclass(frozen=True, slots=True)
class Rung:
    """One month ahead: what the vehicle owes its lenders in it, what borrowers owe the bank, and the sum of both so far."""

    first: date
    owed: Money
    coming: Money
    gap: Money


def facility_by_number(session: Session, number: str) -> Facility:
    """The facility of a number. Refuses with NotThere."""
    found = session.exec(select(Facility).where(Facility.number == number)).first()
    if found is None:
        raise NotThere(what=number)
    return found


def drawing_by_number(session: Session, number: str) -> Drawing:
    """The drawing of a number. Refuses with NotThere."""
    found = session.exec(select(Drawing).where(Drawing.number == number)).first()
    if found is None:
        raise NotThere(what=number)
    return found


def facility_lines(session: Session) -> list[FacilityLine]:
    """Every facility, the newest first."""
    owed = {
        facility_id: Money(int(fen))
        for facility_id, fen in session.execute(
            sa.select(col(Drawing.facility_id), sa.func.sum(_left())).group_by(col(Drawing.facility_id))
        )
    }
    rows = session.exec(select(Facility).order_by(col(Facility.id).desc()))
    return [FacilityLine(row, owed.get(row.key, ZERO)) for row in rows]


def drawing_lines(session: Session, facility: Facility | None = None) -> list[DrawingLine]:
    """The drawings of a facility, or all of them, the newest first."""
    query = select(Drawing, Facility).join(Facility, col(Facility.id) == col(Drawing.facility_id))
    if facility is not None:
        query = query.where(Drawing.facility_id == facility.key)
    rows = session.exec(query.order_by(col(Drawing.id).desc())).all()
    return [drawing_line(session, drawing, of) for drawing, of in rows]


def drawing_line(session: Session, drawing: Drawing, facility: Facility) -> DrawingLine:
    """One drawing with what is owed on it."""
    return DrawingLine(drawing, facility, -balance(session, "vehicle.interest_payable", part=drawing.number).net)


def loans_funded(session: Session, drawing: Drawing) -> Sequence[tuple[Loan, str, Money]]:
    """The loans that a drawing has funded, with the firm and how much of the drawing went there."""
    amount = sa.func.sum(sa.type_coerce(col(Funding.amount), sa.BigInteger))
    query = (
        select(Loan, Firm.name, amount)
        .join(Funding, col(Funding.loan_id) == col(Loan.id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(Funding.drawing_id == drawing.key)
        .group_by(col(Loan.id), col(Firm.name))
        .order_by(col(Loan.id))
    )
    return [(loan, firm, Money(int(fen))) for loan, firm, fen in session.exec(query)]


def capital_of(session: Session, fund: Institution) -> tuple[Money, Money, Money]:
    """A fund's paid-in capital from the bureau and from its other owners, and the cash that it has now."""
    account = f"{fund}.capital"
    whole = -balance(session, account).net
    bureau = -balance(session, account, part="bureau").net
    return bureau, whole - bureau, balance(session, f"{fund}.cash").net


def ladder(session: Session, on: date) -> list[Rung]:
    """The next months from that of `on`: drawings due upstream against principal due from borrowers, and the gap so far.

    What is overdue counts in the first month on both sides.
    """
    first = on.replace(day=1)
    starts = [add_months(first, number) for number in range(LADDER_MONTHS + 1)]
    owed = _by_day(
        session, sa.select(col(Drawing.due_on), _left()).where(col(Drawing.repaid) < col(Drawing.amount)), starts
    )
    left = sa.type_coerce(col(Instalment.principal), sa.BigInteger) - sa.type_coerce(
        col(Instalment.principal_paid), sa.BigInteger
    )
    coming = _by_day(
        session,
        sa.select(col(Instalment.payable_on), left)
        .join(Loan, col(Loan.id) == col(Instalment.loan_id))
        .where(
            col(Instalment.live),
            col(Instalment.settled_on).is_(None),
            col(Instalment.payable_on) < starts[-1],
            col(Loan.stage).in_(OWED_STAGES),
            col(Loan.non_accrual).is_(False),
        ),
        starts,
    )
    rungs, gap = [], ZERO
    for start in starts[:-1]:
        gap += coming.get(start, ZERO) - owed.get(start, ZERO)
        rungs.append(Rung(start, owed.get(start, ZERO), coming.get(start, ZERO), gap))
    return rungs


def _left() -> sa.ColumnElement[int]:
    return sa.type_coerce(col(Drawing.amount), sa.BigInteger) - sa.type_coerce(col(Drawing.repaid), sa.BigInteger)


def _by_day(session: Session, query: sa.Select[date, int], starts: list[date]) -> dict[date, Money]:
    """Sums by day from the database, put into the months that begin on `starts`; earlier days into the first."""
    day, fen = query.selected_columns
    sums: dict[date, Money] = {}
    for on, amount in session.execute(query.with_only_columns(day, sa.func.sum(fen)).group_by(day)):
        if on < starts[-1]:
            start = max(on.replace(day=1), starts[0])
            sums[start] = sums.get(start, ZERO) + Money(int(amount))
    return sums
