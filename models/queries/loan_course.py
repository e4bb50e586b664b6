"""What is known of one loan's course, as the dated facts that `models.lending.history` walks through."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import ledger
from models.books.chart import CHART
from models.lending.ageing import ClassReason
from models.lending.allocation import DueKind
from models.lending.facts import (
    Agreement,
    Classed,
    Crossed,
    Diverted,
    Fact,
    InterestStopped,
    LoanRules,
    Paid,
    PaidOut,
    RateChanged,
    Refunded,
)
from models.lending.terms import BY_MONTHS
from models.loan import ClassChange, Contract, Loan, PayOut, Receipt, ReceiptPart
from models.loan_facts import InterestStop, LoanAdjustment, LoanDiversion, LoanRateChange, LooseReceipt
from models.policies.rules import ServicingRules
from models.queries.rules import rules_of_version
from models.states.aftercare import RuleStage
from models.states.loan import DiversionStage, PayOutStage
from models.versions import RuleSet

REPAYMENT, PREPAYMENT, REVERSED = "repayment", "prepayment", "reversed"
"""The kinds of a receipt that a loan's course knows; one that was undone never happened."""


def agreement_of(session: Session, loan: Loan) -> Agreement:
    """What the contract said on the first day: before any change of its rate."""
    contract = session.get_one(Contract, loan.contract_id)
    first = session.exec(
        select(LoanRateChange).where(LoanRateChange.loan_id == loan.key).order_by(col(LoanRateChange.id)).limit(1)
    ).first()
    return Agreement(
        rate_ppm=(first.before if first else contract.rate).ppm,
        penalty_uplift_ppm=contract.penalty_uplift_ppm,
        misuse_uplift_ppm=contract.misuse_uplift_ppm,
        day_basis=contract.day_basis,
        by_months=contract.method in BY_MONTHS,
        matures_on=loan.matures_on,
    )


def loan_rules(session: Session) -> list[LoanRules]:
    """Every version of the servicing rules with the day from which it holds; of one day the last approved."""
    rows = session.exec(
        select(RuleSet)
        .where(RuleSet.kind == ServicingRules.kind, RuleSet.stage == RuleStage.APPROVED)
        .order_by(col(RuleSet.effective_from), col(RuleSet.id))
    ).all()
    found = {}
    for row in rows:
        rules = rules_of_version(session, ServicingRules, row.version)
        found[row.effective_from] = LoanRules(
            since=row.effective_from,
            alloc_order=rules.alloc_order,
            alloc_order_npl=rules.alloc_order_npl,
            prepay_fee_ppm=rules.prepay_fee_rate.ppm,
            compound_on_penalty=rules.compound_on_penalty,
            ageing=rules.ageing,
        )
    return list(found.values())


def facts_of(session: Session, loan: Loan) -> list[Fact]:
    """Everything that the loan's course hangs on, whenever the bank heard of it."""
    session.flush()
    facts: list[Fact] = [*_paid_out(session, loan), *_paid(session, loan), *_refunded(session, loan)]
    for change in session.exec(select(LoanRateChange).where(LoanRateChange.loan_id == loan.key)):
        facts.append(RateChanged(change.from_on, change.after.ppm))
    for part in diversions_of(session, loan):
        if part.stage in (DiversionStage.CONFIRMED, DiversionStage.ENDED):
            facts.append(Diverted(part.from_on, part.amount.fen))
            if part.until_on is not None:
                facts.append(Diverted(part.until_on, -part.amount.fen))
    if (stop := interest_stop_of(session, loan)) is not None:
        facts.append(InterestStopped(stop.from_on))
    for view in session.exec(select(ClassChange).where(ClassChange.loan_id == loan.key).order_by(col(ClassChange.id))):
        if view.actor_id and view.reasons == [ClassReason.ANALYST_VIEW]:
            facts.append(Classed(view.on, view.target.rank))
        elif ClassReason.OWN_NON_PERFORMING in view.reasons:
            facts.append(Crossed(view.on))
    return facts


def diversions_of(session: Session, loan: Loan) -> list[LoanDiversion]:
    """What was declared as diverted use of a loan, the oldest first."""
    query = select(LoanDiversion).where(LoanDiversion.loan_id == loan.key)
    return list(session.exec(query.order_by(col(LoanDiversion.from_on), col(LoanDiversion.id))))


def interest_stop_of(session: Session, loan: Loan) -> InterestStop | None:
    """The court's acceptance of a bankruptcy petition, if there is one."""
    return session.exec(select(InterestStop).where(InterestStop.loan_id == loan.key)).first()


def adjustments_of(session: Session, loan: Loan) -> list[LoanAdjustment]:
    """The corrections that facts heard of late have made, in the order in which they were booked."""
    query = select(LoanAdjustment).where(LoanAdjustment.loan_id == loan.key)
    return list(session.exec(query.order_by(col(LoanAdjustment.id))))


def loose_receipts(session: Session) -> list[LooseReceipt]:
    """Money that lies in the bank and belongs to no loan yet, the oldest first."""
    query = select(LooseReceipt).where(sa.column("rest") > 0)
    return list(session.exec(query.order_by(col(LooseReceipt.received_on), col(LooseReceipt.id))))


def _paid_out(session: Session, loan: Loan) -> list[PaidOut]:
    paid = session.exec(
        select(PayOut).where(PayOut.loan_id == loan.key, PayOut.stage == PayOutStage.PAID).order_by(col(PayOut.id))
    ).all()
    found = [PaidOut(one.paid_on, one.amount.fen) for one in paid if one.paid_on is not None]
    # A renewed loan is paid out by a bridge's return, which is no request for a pay-out.
    rest = loan.disbursed.fen - sum(one.fen for one in found)
    if rest > 0 and loan.opened_on is not None:
        found.insert(0, PaidOut(loan.opened_on, rest))
    return found


def _paid(session: Session, loan: Loan) -> list[Paid]:
    receipts = session.exec(
        select(Receipt)
        .where(Receipt.loan_id == loan.key, col(Receipt.kind).in_((REPAYMENT, PREPAYMENT)))
        .order_by(col(Receipt.id))
    ).all()
    untold = [one.key for one in receipts if one.costs is None]
    borne: dict[int, int] = {}
    for part in session.exec(
        select(ReceiptPart).where(col(ReceiptPart.receipt_id).in_(untold), ReceiptPart.kind == DueKind.COSTS)
    ):
        borne[part.receipt_id] = borne.get(part.receipt_id, 0) + part.amount.fen
    return [
        Paid(
            one.received_on,
            one.bank_ref,
            one.amount.fen,
            one.kind == PREPAYMENT,
            borne.get(one.key, 0) if one.costs is None else one.costs.fen,
        )
        for one in receipts
    ]


def _refunded(session: Session, loan: Loan) -> list[Refunded]:
    """From the books: a refund changes nothing but what is over, and its event names the receipt."""
    legs, entries, events, accounts = ledger.leg, ledger.entry, ledger.event, ledger.account
    query = (
        sa.select(events.c.cause, events.c.day, legs.c.amount)
        .select_from(accounts)
        .join(legs, legs.c.account_id == accounts.c.id)
        .join(entries, entries.c.id == legs.c.entry_id)
        .join(events, events.c.id == entries.c.event_id)
        .join(ledger.kind, ledger.kind.c.id == events.c.kind_id)
        .where(
            accounts.c.control_id == CHART["bank.unapplied"].id,
            accounts.c.part == loan.number,
            ledger.kind.c.name == "receipt_refunded",
        )
        .order_by(events.c.id)
    )
    rows = session.connection().execute(query).all()
    if not rows:
        return []
    refs = dict(session.exec(select(Receipt.number, Receipt.bank_ref).where(Receipt.loan_id == loan.key)).all())
    return [Refunded(ledger.day_of(row.day), refs.get(row.cause.split(" ")[0], ""), int(row.amount)) for row in rows]
