"""Small worlds for tests of contracts, accounts and pay-outs: an approved application, a signed loan, days that pass."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import credit
from credit import AT, OFFICER, ON, REVIEWER, yuan
from sqlmodel import Session

from models.application import Application
from models.decision import Decision
from models.firm import Firm
from models.guarantee import Guarantee
from models.intellectual_property import IPAsset, IPKind, IPStatus, Pledge
from models.lending.terms import RepaymentMethod
from models.loan import Contract, Loan
from models.states.application import Stage
from models.values.money import Money
from models.values.rate import Rate
from workflows import contracting, guarantee, loan_account


def decided(
    session: Session,
    *,
    method: RepaymentMethod = RepaymentMethod.INTEREST_FIRST,
    rate: str = "0.0615",
    cover: bool = True,
    **more: Any,
) -> tuple[Application, Decision]:
    """An approved application that waits for its contract; its guarantee is proposed unless `cover` is false."""
    application, decision = credit.an_approval(session, **more)
    application.stage = Stage.DECIDED
    application.method = decision.method = method
    decision.rate = Rate.of(rate)
    session.add_all([application, decision])
    session.flush()
    if decision.guarantee_share_ppm:
        held = credit.a_reservation(session, application, decision)
        if cover:
            guarantee.propose(session, guarantee=held, by=credit.GUARANTEE_OFFICER, on=ON, at=AT)
    return application, decision


def drawn_up(session: Session, application: Application, *, on: date = ON, **more: Any) -> Contract:
    """The contract of an approved application, beginning today unless told."""
    given = {"start_on": on} | more
    return contracting.draw_up(session, application=application, **given, by=OFFICER, on=on, at=AT)


def signed(session: Session, contract: Contract, *, on: date = ON, in_force: bool = True) -> Loan:
    """The loan of a contract that the reviewer has signed, its guarantee in force."""
    loan = contracting.sign(session, contract=contract, by=REVIEWER, on=on, at=AT)
    cover = contracting.guarantee_for(session, loan.number)
    if in_force and cover is not None:
        guarantee.put_in_force(session, guarantee=cover, by=credit.GUARANTEE_APPROVER, on=on, at=AT)
    return loan


def a_loan(session: Session, *, plan: Any = (), settle_freq: Any = None, on: date = ON, **more: Any) -> Loan:
    """A signed loan with its guarantee in force, nothing drawn."""
    application, _ = decided(session, **more)
    return signed(session, drawn_up(session, application, plan=plan, settle_freq=settle_freq, on=on), on=on)


def cover_of(session: Session, loan: Loan) -> Guarantee:
    """The guarantee behind the loan, which there is."""
    found = contracting.guarantee_for(session, loan.number)
    assert found is not None
    return found


def days_pass(session: Session, loan: Loan, until: date) -> None:
    """Run the end of every day before `until` as far as one loan's contract interest goes."""
    meter = loan_account.meter_of(session, loan)
    assert meter.through is not None
    while meter.through < until - timedelta(days=1):
        day = meter.through + timedelta(days=1)
        tomorrow = day + timedelta(days=1)
        earned = loan_account.accrued_interest(session, loan, tomorrow)
        meter.interest_fen += (earned - loan_account.accrued_interest(session, loan, day)).fen
        meter.through = day
    session.add(meter)
    loan.oldest_unpaid = loan_account.oldest_unpaid(session, loan, until)
    session.add(loan)
    session.flush()


def unpaid_principal(session: Session, loan: Loan) -> Money:
    """What the lines in force still have to repay; always what is outstanding."""
    lines = loan_account.live_lines(session, loan)
    return Money(sum((line.principal - line.principal_paid).fen for line in lines))


def an_asset(session: Session, contract: Contract, **more: Any) -> IPAsset:
    """A granted invention of the firm, its fees paid."""
    firm = session.get_one(Firm, contract.firm_id)
    facts = {
        "talent_id": firm.founder_id,
        "firm_id": firm.key,
        "kind": IPKind.INVENTION,
        "number": f"20091012{contract.key:04d}.{len(more)}",
        "title": "一种示例材料的制备方法",
        "owner": firm.name,
        "filed_on": date(2009, 4, 20),
        "granted_on": date(2011, 6, 15),
        "expires_on": date(2029, 4, 20),
        "fees_paid_through": date(2013, 4, 20),
        "status": IPStatus.GRANTED,
    }
    asset = IPAsset.model_validate(facts | more)
    session.add(asset)
    session.flush()
    return asset


def pledged(session: Session, contract: Contract, asset: IPAsset, amount: str = "2000000", rank: int = 1) -> Pledge:
    """The right pledged for the contract, not registered yet."""
    return contracting.pledge(
        session, contract=contract, asset=asset, secured=yuan(amount), rank=rank, by=OFFICER, on=ON, at=AT
    )


def registered(session: Session, pledge: Pledge, number: str = "Y2012330000123") -> Pledge:
    """The pledge in the register."""
    return contracting.register_pledge(
        session, pledge=pledge, registration_number=number, registered_on=ON, by=OFFICER, on=ON, at=AT
    )
