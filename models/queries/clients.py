"""Who counts as one debtor with an applicant, and what they owe or were promised together (TB-11, LOAN-08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import ledger
from models.application import Application
from models.books.chart import CHART
from models.decision import Decision
from models.facility import Facility
from models.firm import Firm
from models.loan import Loan
from models.queries.guarantees import related_firms
from models.states.aftercare import FacilityStage
from models.values.money import Money, half_up
from models.values.rate import Rate

OWED = ("bank.principal", "bank.memo_undrawn")
"""What a client owes, and what the bank has promised and not yet paid out; both are kept by loan number."""


@dataclass(frozen=True, slots=True)
class Client:
    """Firms and talents that count as one debtor (关联方)."""

    firm_ids: tuple[int, ...]
    talent_ids: tuple[int, ...]


def client_of(session: Session, application: Application) -> Client:
    """The applicant with its group: the firms of the same group or founder, and their founders."""
    firm = session.get(Firm, application.firm_id) if application.firm_id is not None else None
    firms = related_firms(session, firm=firm, talent_id=application.talent_id)
    founders = session.exec(select(Firm.founder_id).where(col(Firm.id).in_(firms)))
    return Client(tuple(sorted(firms)), tuple(sorted({application.talent_id, *founders})))


def client_exposure(session: Session, client: Client) -> Money:
    """What the client owes or was promised by the books, whatever stage its files are in."""
    theirs = (col(Application.firm_id).in_(client.firm_ids), col(Application.talent_id).in_(client.talent_ids))
    approved = (
        sa.select(col(Decision.loan_number))
        .join(Application, col(Application.id) == Decision.application_id)
        .where(col(Decision.loan_number).is_not(None), sa.or_(*theirs))
    )
    loans = sa.select(col(Loan.number)).where(
        sa.or_(col(Loan.firm_id).in_(client.firm_ids), col(Loan.talent_id).in_(client.talent_ids))
    )
    row = session.connection().execute(
        sa.select(sa.func.coalesce(sa.func.sum(ledger.account.c.debit - ledger.account.c.credit), 0)).where(
            ledger.account.c.control_id.in_([CHART[name].id for name in OWED]),
            ledger.account.c.part.in_(sa.union(approved, loans)),
        )
    )
    return Money(int(row.scalar_one()))


@dataclass(frozen=True, slots=True)
class OpenFunding:
    """The open facilities together: what is committed, and their price weighted by it."""

    commitments: Money
    rate: Rate


def open_funding(session: Session) -> OpenFunding | None:
    """The facilities that are open now, or None without any (TB-11)."""
    open_ones: Sequence[Facility] = session.exec(select(Facility).where(Facility.stage == FacilityStage.OPEN)).all()
    committed = sum(facility.commitment.fen for facility in open_ones)
    if not committed:
        return None
    weighted = sum(facility.commitment.fen * facility.rate.ppm for facility in open_ones)
    return OpenFunding(Money(committed), Rate(half_up(weighted, committed)))
