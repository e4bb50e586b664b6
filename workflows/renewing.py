"""Renewal of a loan that matures (续贷, LOAN-26): a new contract before the old one ends, with a guarantee of its own.

The new loan repays the old one, usually over a bridge (BRG-06). The old guarantor is released by that (GUA-21), so the
capacity of the old guarantee is handed on to the new one, and the new contract is secured afresh (BRG-16).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from models.application import Application
from models.decision import Decision
from models.firm import Firm
from models.guarantee import Guarantee
from models.lending.ageing import FiveClass
from models.lending.terms import Frequency, PlannedPrincipal, RepaymentMethod
from models.loan import Contract, Loan
from models.policies.rules import CreditRules, IntakeRules
from models.queries.rules import rules_in_force
from models.refusals import BadInput, BrokenInvariant, Refusal
from models.roles import Actor, Role
from models.states.loan import CONTRACT, ContractStage, LoanStage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from models.values.terms import months_and_days
from workflows import guarantee
from workflows.booking import book
from workflows.drawing_up import guarantee_for, opened, written
from workflows.given import part_at_least, within
from workflows.moves import move, require
from workflows.numbering import Series, next_number


class NotRenewable(Refusal):
    """The loan does not qualify for a renewal: it must be in force, on time, of a good class and before its last day
    (LOAN-26)."""


class RenewalStands(Refusal):
    """The loan has a renewal already that is drawn up or signed."""


class RenewalTooLarge(BadInput):
    """A renewal repays what is owed; it lends nothing on top (GUA-20)."""


def draw_up_renewal(
    session: Session,
    *,
    loan: Loan,
    amount: Money,
    term_months: int,
    start_on: date,
    method: RepaymentMethod | None = None,
    plan: Sequence[PlannedPrincipal] = (),
    settle_freq: Frequency | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Contract:
    """Draw up the contract that renews a loan: at most what is owed, at today's quotation plus the old margin.

    Refuses with NotRenewable, RenewalStands, RenewalTooLarge, PartTooSmall, and as `contracting.draw_up` does.
    """
    require(by, "contract.draw_up", Role.LOAN_OFFICER)
    _check_renewable(loan, on)
    old = session.get_one(Contract, loan.contract_id)
    if (standing := renewal_of(session, old)) is not None:
        raise RenewalStands(contract=standing.number, stage=standing.stage)
    if not ZERO < amount <= loan.outstanding:
        raise RenewalTooLarge(field="amount", given=amount, owed=loan.outstanding)
    product = rules_in_force(session, IntakeRules, on).products[loan.product]
    part_at_least(amount, "amount", least=product.min_amount, left=loan.outstanding)
    return written(
        session,
        application=session.get_one(Application, loan.application_id),
        decision=session.get_one(Decision, old.decision_id),
        firm=session.get_one(Firm, loan.firm_id),
        amount=amount,
        rate=None,
        method=method or old.method,
        start_on=start_on,
        term_months=within(term_months, "term_months", least=1, most=product.max_term_months),
        plan=plan,
        settle_freq=settle_freq or (Frequency(old.settle_freq) if old.settle_freq else None),
        renews=old,
        by=by,
        on=on,
        at=at,
    )


def sign_renewal(session: Session, *, contract: Contract, by: Actor, on: date, at: datetime) -> Loan:
    """Sign a renewal that another person drew up: a loan of its own, undrawn, and its guarantee's capacity reserved.

    The guarantor still has to put the new guarantee up and in force. Refuses with NotRenewable, SameHand, and as
    `guarantee.reserve` does.
    """
    old = _renewed(session, contract)
    loan = session.exec(select(Loan).where(Loan.contract_id == old.key)).one()
    _check_renewable(loan, on)
    application = session.get_one(Application, contract.application_id)
    move(session, CONTRACT, contract, "sign", by=by, on=on, at=at)
    number = next_number(session, Series.LOAN, on)
    cover = _cover_renewed(session, contract, application, loan, number, by=by, on=on, at=at)
    new = opened(session, contract, application, number=number, cover=cover, on=on)
    book(
        session,
        "loan_approved",
        key=f"approve:{number}",
        cause=f"renewal of {loan.number}",
        amounts={"amount": contract.amount, "guaranteed": cover.amount if cover else ZERO},
        parts={"loan": number, "application": cover.number if cover else ""},
        by=by,
        on=on,
        at=at,
    )
    return new


def renewal_of(session: Session, contract: Contract) -> Contract | None:
    """The contract that renews this one, if it is drawn up or in force."""
    found = session.exec(
        select(Contract).where(
            Contract.renews_contract_id == contract.key,
            Contract.stage != ContractStage.CANCELLED,
        )
    )
    return found.first()


def _renewed(session: Session, contract: Contract) -> Contract:
    if contract.renews_contract_id is None:
        raise BrokenInvariant("the contract renews none", contract=contract.number)
    return session.get_one(Contract, contract.renews_contract_id)


def _check_renewable(loan: Loan, on: date) -> None:
    good = loan.five_class in (FiveClass.NORMAL, FiveClass.SPECIAL_MENTION)
    if loan.stage is LoanStage.ACTIVE and loan.oldest_unpaid is None and good and on <= loan.matures_on:
        return
    raise NotRenewable(
        loan=loan.number,
        stage=loan.stage,
        five_class=loan.five_class,
        matures_on=loan.matures_on,
        oldest_unpaid=loan.oldest_unpaid or "",
    )


def _cover_renewed(
    session: Session,
    contract: Contract,
    application: Application,
    loan: Loan,
    number: str,
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> Guarantee | None:
    decision = session.get_one(Decision, contract.decision_id)
    share = Rate(decision.guarantee_share_ppm)
    if not share.ppm:
        return None
    return guarantee.reserve(
        session,
        application=application,
        decision=decision,
        amount_guaranteed=share.of_amount(contract.amount),
        share_ppm=share.ppm,
        principal=contract.amount,
        term_months=months_and_days(contract.start_on, contract.end_on)[0],
        reserved_to=on + timedelta(days=rules_in_force(session, CreditRules, on).offer_valid_days),
        loan_number=number,
        replaces=guarantee_for(session, loan.number),
        by=by,
        on=on,
        at=at,
    )
