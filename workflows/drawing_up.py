"""What every contract goes through, the first one and a renewal: who may borrow, at what price, by which terms; and the
loan's account that the signature opens (LOAN-09, LOAN-31, TB-02)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.application import Application
from models.decision import Decision, Outcome
from models.firm import Firm
from models.guarantee import Guarantee
from models.lending.repricing import Repricing
from models.lending.terms import Frequency, PlannedPrincipal, RepaymentMethod, TermsNotValid
from models.loan import Contract, Loan, LoanMeter
from models.policies.rules import CreditRules, ServicingRules
from models.queries.parties import best_designations
from models.queries.rules import lpr_quotes, rules_in_force
from models.refusals import BadInput, Refusal
from models.roles import Actor
from models.states.aftercare import GuaranteeStage
from models.states.application import Stage
from models.values.calendar import add_months
from models.values.lpr import NoLprInForce, lpr_in_force
from models.values.money import Money
from models.values.rate import PPM_PER_BASIS_POINT, Rate
from workflows import moves
from workflows.agreed_terms import plan_kept, terms_of
from workflows.numbering import Series, next_number


class OfferExpired(Refusal):
    """The approved offer was valid until a day that has passed."""


class NotApproved(Refusal):
    """The application has no approval that a contract could rest on."""


class FirmNotFounded(Refusal):
    """The firm does not exist yet: without its credit code there is nobody to sign (TB-02)."""


class StartInThePast(BadInput):
    """A contract does not begin before it is drawn up."""


class PlanNotValid(BadInput):
    """The agreed days and amounts of principal do not repay the loan by its last day."""


class RateOffTheGrid(BadInput):
    """A contract's rate is the LPR plus whole basis points (LOAN-09)."""


class NoQuotation(Refusal):
    """No LPR (or benchmark rate) had been published by this day; the contract must name one (LOAN-31)."""


def written(
    session: Session,
    *,
    application: Application,
    decision: Decision,
    firm: Firm,
    amount: Money,
    rate: Rate | None,
    method: RepaymentMethod,
    start_on: date,
    term_months: int,
    plan: Sequence[PlannedPrincipal] = (),
    settle_freq: Frequency | None = None,
    renews: Contract | None = None,
    repricing: Repricing | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Contract:
    """Write a contract's row after its terms have been looked at: for `draw_up`, and for a renewal (`renews`), whose
    rate is the newest quotation plus the margin of the contract before. Refuses as `draw_up` does."""
    if start_on < on:
        raise StartInThePast(field="start_on", start=start_on, on=on)
    credit = rules_in_force(session, CreditRules, on)
    servicing = rules_in_force(session, ServicingRules, on)
    lpr, published = _quotation(session, term_months, on)
    price = rate if rate is not None else lpr.plus_basis_points(margin_bp(renews) if renews else 0)
    if (price.ppm - lpr.ppm) % PPM_PER_BASIS_POINT:
        raise RateOffTheGrid(field="rate", rate=price, lpr=lpr)
    settles = settle_freq or (servicing.settle_freq if method is RepaymentMethod.INTEREST_FIRST else None)
    if method not in (RepaymentMethod.INTEREST_FIRST, RepaymentMethod.FREE_FORM):
        settles = None
    contract = Contract.model_validate(
        {
            "number": next_number(session, Series.CONTRACT, on),
            "application_id": application.key,
            "decision_id": decision.key,
            "firm_id": firm.key,
            "renews_contract_id": renews.key if renews else None,
            "lender_of_record": credit.lender_of_record,
            "amount": amount,
            "rate": price,
            "lpr": lpr,
            "lpr_published": published,
            "penalty_uplift_ppm": servicing.penalty_uplift.ppm,
            "misuse_uplift_ppm": servicing.misuse_uplift.ppm,
            "day_basis": servicing.day_basis,
            "method": method,
            "settle_freq": settles,
            "settle_day": servicing.settle_day if settles else None,
            "plan": plan_kept(plan),
            "start_on": start_on,
            "end_on": add_months(start_on, term_months),
            "rules_version": f"{credit.version}, {servicing.version}",
            "repricing": repricing or (Repricing(renews.repricing) if renews else servicing.repricing),
        }
    )
    _check_terms(contract, plan)
    session.add(contract)
    session.flush()
    moves.note(session, contract, "draw_up", by=by, on=on, at=at)
    return contract


def margin_bp(contract: Contract) -> int:
    """What the contract's rate adds to the quotation it was priced on, in basis points; below nought for a discount."""
    return (contract.rate.ppm - contract.lpr.ppm) // PPM_PER_BASIS_POINT


def opened(
    session: Session, contract: Contract, application: Application, *, number: str, cover: Guarantee | None, on: date
) -> Loan:
    """The loan's account under a contract that has just been signed, nothing drawn; its guarantee is tied to it."""
    contract.signed_on = on
    firm = session.get_one(Firm, contract.firm_id)
    designation = best_designations(session, [application.talent_id], on).get(application.talent_id)
    loan = Loan.model_validate(
        {
            "number": number,
            "contract_id": contract.key,
            "application_id": application.key,
            "firm_id": contract.firm_id,
            "talent_id": application.talent_id,
            "product": application.product,
            "district": firm.district,
            "industry": firm.industry.value,
            "level": "" if designation is None else designation.level.value,
            "amount": contract.amount,
            "rate": contract.rate,
            "matures_on": contract.end_on,
            "synthetic": application.synthetic,
            "label": application.label,
        }
    )
    session.add_all([contract, loan])
    session.flush()
    session.add(LoanMeter(loan_id=loan.key))
    if cover is not None:
        cover.loan_id, cover.firm_id = loan.key, contract.firm_id
        session.add(cover)
    session.flush()
    return loan


def standing_decision(session: Session, application: Application, on: date) -> Decision:
    """The approval a contract can rest on today. Refuses with NotApproved and OfferExpired."""
    query = select(Decision).where(Decision.application_id == application.key, Decision.outcome == Outcome.APPROVED)
    decision = session.exec(query.order_by(col(Decision.id).desc())).first()
    if decision is None or application.stage is not Stage.DECIDED:
        raise NotApproved(application=application.number, stage=application.stage)
    if decision.valid_to is not None and decision.valid_to < on:
        raise OfferExpired(application=application.number, valid_to=decision.valid_to)
    return decision


def founded_firm(session: Session, application: Application) -> Firm:
    """The firm that borrows. Refuses with FirmNotFounded while there is none with a credit code (TB-02)."""
    firm = session.get(Firm, application.firm_id) if application.firm_id is not None else None
    if firm is None or not firm.exists:
        raise FirmNotFounded(application=application.number, firm=firm.name if firm else "")
    return firm


def guarantee_for(session: Session, loan_number: str) -> Guarantee | None:
    """The newest guarantee for a loan's number that has not lapsed."""
    query = select(Guarantee).where(Guarantee.loan_number == loan_number, Guarantee.stage != GuaranteeStage.LAPSED)
    return session.exec(query.order_by(col(Guarantee.id).desc())).first()


def _quotation(session: Session, term_months: int, on: date) -> tuple[Rate, date]:
    try:
        quote = lpr_in_force(lpr_quotes(session, on), on)
    except NoLprInForce:
        raise NoQuotation(on=on) from None
    return quote.for_term(term_months), quote.published


def _check_terms(contract: Contract, plan: Sequence[PlannedPrincipal]) -> None:
    if contract.method is RepaymentMethod.FREE_FORM or plan:
        # Spreading a plan would mend it without a word, so it is looked at as it was agreed.
        days = [part.due_on for part in plan]
        fits = (
            contract.method is RepaymentMethod.FREE_FORM
            and bool(plan)
            and days == sorted(set(days))
            and days[0] > contract.start_on
            and days[-1] == contract.end_on
            and all(part.principal_fen > 0 for part in plan)
            and sum(part.principal_fen for part in plan) == contract.amount.fen
        )
        if not fits:
            raise PlanNotValid(field="plan", end_on=contract.end_on, amount=contract.amount)
    try:
        terms_of(contract)
    except TermsNotValid as wrong:
        raise PlanNotValid(field=wrong.field, end_on=contract.end_on, amount=contract.amount) from None
