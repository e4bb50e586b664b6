"""A loan's end when everything is paid, and what it would take: guarantee, pledges, contract and application follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.application import Application
from models.lending.allocation import DueKind
from models.loan import Contract, Loan
from models.policies.rules import ServicingRules
from models.queries.rules import rules_in_force
from models.roles import Actor
from models.states.aftercare import GuaranteeStage
from models.states.application import APPLICATION, Stage
from models.states.loan import CONTRACT, LOAN, ContractStage, LoanStage
from models.values.money import ZERO, Money, total
from workflows import guarantee, loan_account, moves, pledging
from workflows.booking import book


@dataclass(frozen=True, slots=True)
class SettlementQuote:
    """What would settle a loan on a day: all principal, all interest accrued by then, and the fee for paying early."""

    on: date
    principal: Money
    interest: Money
    penalty: Money
    compound: Money
    fee: Money

    @property
    def total(self) -> Money:
        """The amount to pay."""
        return total((self.principal, self.interest, self.penalty, self.compound, self.fee))


def settlement_quote(session: Session, loan: Loan, on: date) -> SettlementQuote:
    """What would settle the loan on a day. Exact for the morning after the last day that was run; for a later day
    penalty and compound interest stand as they are now."""
    owed = loan_account.owed(session, loan, on)
    due = [due.amount for due in loan_account.dues(session, loan, on) if due.kind is DueKind.PRINCIPAL]
    rate = rules_in_force(session, ServicingRules, on).prepay_fee_rate
    fee = rate.of_amount(owed.principal - total(due))
    return SettlementQuote(on, owed.principal, owed.interest, owed.penalty, owed.compound, fee)


def settle_loan(
    session: Session, *, loan: Loan, close_application: bool = True, by: Actor, on: date, at: datetime
) -> Loan:
    """End a loan on which nothing is owed: a promise not drawn lapses, guarantee and pledges are released, the contract
    is fulfilled, and the application closed once none of its loans is alive."""
    undrawn = loan.amount - loan.disbursed
    moves.move(session, LOAN, loan, "settle", by=by, on=on, at=at)
    book(
        session,
        "approval_lapsed",
        key=f"undrawn_lapsed:{loan.number}",
        cause=loan.number,
        amounts={"amount": undrawn, "guaranteed": ZERO},
        parts={"loan": loan.number},
        by=by,
        on=on,
        at=at,
    )
    loan.amount = loan.disbursed
    session.add(loan)
    cover = loan_account.guarantee_of(session, loan)
    if cover is not None and cover.stage is GuaranteeStage.IN_FORCE:
        guarantee.release(session, guarantee=cover, by=by, on=on, at=at)
    pledging.release_pledges(session, loan=loan, by=by, on=on, at=at)
    contract = session.get_one(Contract, loan.contract_id)
    if contract.stage is ContractStage.SIGNED:
        moves.move(session, CONTRACT, contract, "fulfil", by=by, on=on, at=at)
    if close_application:
        _close_application(session, loan, by=by, on=on, at=at)
    return loan


def _close_application(session: Session, loan: Loan, *, by: Actor, on: date, at: datetime) -> None:
    alive = (LoanStage.UNDRAWN, LoanStage.ACTIVE, LoanStage.DEFAULTED, LoanStage.HANDED_OVER)
    others = session.exec(
        select(Loan.id).where(Loan.application_id == loan.application_id, col(Loan.stage).in_(alive)).limit(1)
    ).first()
    application = session.get_one(Application, loan.application_id)
    if others is None and application.stage is Stage.CONTRACTED:
        moves.move(session, APPLICATION, application, "close", by=by, on=on, at=at)
