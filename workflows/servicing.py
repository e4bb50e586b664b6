"""Money that comes in for a loan (还款): taken once for each bank reference, used in policy order, what is over kept.

A receipt is booked twice: into `bank.unapplied`, then out of it for what it settles (LOAN-21). Interest of a loan that
no longer accrues goes straight into income and off the list beside the balance sheet (CLS-16). A loan that owes nothing
any more is settled at once: guarantee, pledges, contract and application follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.lending.allocation import Allocation, Due, DueKind, allocate
from models.lending.facts import Paid
from models.loan import Loan, Receipt, ReceiptPart
from models.loan_facts import LooseReceipt
from models.policies.rules import ServicingRules
from models.queries.loan_course import PREPAYMENT, REPAYMENT, facts_of
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import Actor, Role
from models.values.money import ZERO, Money, total
from models.values.rate import MILLION, Rate
from workflows import day_aside, loan_account, moves
from workflows.booking import book
from workflows.classifying import LoanNotOwed, classify, clear_suspended, cure, mark_default
from workflows.funding import AmountNotAboveNought
from workflows.given import said
from workflows.numbering import Series, next_number
from workflows.recomputing import Cause, HistoryNotReplayable, adopt, course, standing
from workflows.reversing import refund_surplus, reverse_receipt
from workflows.settling import SettlementQuote, settle_loan, settlement_quote
from workflows.value_days import check_how_far, check_value_day, comes_last

__all__ = [
    "LoanNotOwed",
    "ReceiptKnown",
    "SettlementQuote",
    "apply_surplus",
    "classify",
    "cure",
    "mark_default",
    "receive",
    "refund_surplus",
    "reverse_receipt",
    "settle_loan",
    "settlement_quote",
]


class ReceiptKnown(Refusal):
    """Money under this bank reference was taken in before."""


@dataclass(frozen=True, slots=True)
class _Used:
    """What a payment did: dues with what was paid of each, costs and fees, early principal, and what is over."""

    parts: tuple[tuple[loan_account.OpenDue, Money], ...]
    costs: Money
    early: Money
    surplus: Money

    def paid(self, *kinds: DueKind) -> Money:
        return total(paid for due, paid in self.parts if due.kind in kinds)


def receive(
    session: Session,
    *,
    loan: Loan,
    amount: Money,
    bank_ref: str,
    prepay: bool = False,
    costs: Money = ZERO,
    value_on: date | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Receipt:
    """Take a payment in and use it: enforcement costs to be borne by the debtor first, then what is due in policy order,
    the oldest first; for a loan that no longer accrues in the order for bad loans (LOAN-21).

    `prepay` uses what is over for principal not due yet, or settles the loan if it is enough for that (LOAN-17); without
    it the rest is kept for the next due. A payment counts from `value_on`, the day the money reached the bank; if that
    is an earlier day than today, the loan ends as if it had been taken in then, and the difference is booked today.

    Refuses with ReceiptKnown for a bank reference taken in before, LoanNotOwed, DaysNotRun or DayOver when the loan's
    days are missing; with ValueDayAhead, BeforePayOut, TooFarBack and ValueDayClosed for a day it cannot count from, and
    with HistoryNotReplayable or FactNotPossible where nothing can be put in between.
    """
    moves.require(by, "receipt.receive", Role.LOAN_OFFICER)
    return take(
        session, loan=loan, amount=amount, bank_ref=bank_ref, prepay=prepay, costs=costs, value_on=value_on, by=by,
        on=on, at=at,
    )  # fmt: skip


def take(
    session: Session,
    *,
    loan: Loan,
    amount: Money,
    bank_ref: str,
    prepay: bool = False,
    costs: Money = ZERO,
    value_on: date | None = None,
    loose: LooseReceipt | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Receipt:
    """As `receive`, for the counter or for money that lay in the bank unidentified (`loose`) and is assigned now."""
    if amount <= ZERO:
        raise AmountNotAboveNought(field="amount", amount=amount)
    bank_ref = said(bank_ref, "bank_ref")
    refuse_known(session, bank_ref, but=loose)
    _refuse_not_owed(loan)
    value_on = on if value_on is None else value_on
    check_value_day(session, loan, value_on, on)
    if value_on != on and loose is None:
        check_how_far(session, value_on, on)
    aside = day_aside.of_loan(session, loan.key) is not None
    if not aside:
        loan_account.check_day(session, loan, on)
    fact = Paid(value_on, bank_ref, amount.fen, prepay, costs.fen)
    before = after = None
    if not aside and (not comes_last(session, loan, fact) or value_on != on):
        try:
            before = standing(session, loan, on)
            after = course(session, loan, on, [*facts_of(session, loan), fact])
        except HistoryNotReplayable:
            if value_on != on:
                raise
    receipt = Receipt.model_validate(
        {
            "number": next_number(session, Series.RECEIPT, on),
            "loan_id": loan.key,
            "amount": amount,
            "received_on": value_on,
            "bank_ref": bank_ref,
            "kind": PREPAYMENT if prepay else REPAYMENT,
            "taken_by": by.user_id,
            "booked_on": on if value_on != on else None,
            "costs": costs,
        }
    )
    session.add(receipt)
    session.flush()
    book(
        session,
        "loose_receipt_assigned" if loose is not None else "receipt_taken",
        key=f"receipt:{receipt.number}",
        cause=f"{receipt.number} {loan.number}",
        amounts={"amount": amount},
        parts={"loan": loan.number} | ({"receipt": loose.number} if loose is not None else {}),
        by=by,
        on=on,
        at=at,
    )
    moves.note(session, receipt, "receive", by=by, on=on, at=at, case=f"application:{loan.application_id}")
    if before is not None and after is not None:
        cause = Cause("receipt", receipt.number, value_on, f"adjust:{receipt.number}")
        adopt(session, loan, before, after, cause, cash=amount, by=by, on=on, at=at)
        return receipt
    if aside:  # what the loan owes cannot be reckoned now; the end of day uses the money once it can
        receipt.surplus = amount
        session.add(receipt)
        session.flush()
        return receipt
    _use(
        session,
        loan,
        receipt,
        amount,
        costs=costs,
        prepay=prepay,
        key=f"allocate:{receipt.number}",
        by=by,
        on=on,
        at=at,
    )
    return receipt


def refuse_known(session: Session, bank_ref: str, *, but: LooseReceipt | None = None) -> None:
    """Refuse with ReceiptKnown money under a bank reference that was taken in before, for a loan or for nobody yet."""
    known = session.exec(select(Receipt).where(Receipt.bank_ref == bank_ref)).first()
    loose = session.exec(select(LooseReceipt).where(LooseReceipt.bank_ref == bank_ref)).first()
    if known is not None:
        raise ReceiptKnown(bank_ref=bank_ref, number=known.number, amount=known.amount)
    if loose is not None and (but is None or loose.id != but.id):
        raise ReceiptKnown(bank_ref=bank_ref, number=loose.number, amount=loose.amount)


def apply_surplus(session: Session, *, loan: Loan, by: Actor, on: date, at: datetime) -> Money:
    """Use what earlier receipts left over for what is due today, the oldest receipt first; returns what was used.

    The end of day does it, so that nobody pays penalty interest while the bank holds his money.
    """
    _refuse_not_owed(loan)
    kept = session.exec(
        select(Receipt).where(Receipt.loan_id == loan.key, col(Receipt.surplus) > ZERO).order_by(col(Receipt.id))
    ).all()
    used = ZERO
    for receipt in kept:
        if not loan.stage.owed or not loan_account.dues(session, loan, on):
            break
        before = receipt.surplus
        key = f"allocate:{receipt.number}:{on:%Y-%m-%d}"
        _use(session, loan, receipt, before, costs=ZERO, prepay=False, key=key, by=by, on=on, at=at)
        used += before - receipt.surplus
    return used


def _refuse_not_owed(loan: Loan) -> None:
    if not loan.stage.owed:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)


def _use(
    session: Session,
    loan: Loan,
    receipt: Receipt,
    amount: Money,
    *,
    costs: Money,
    prepay: bool,
    key: str,
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    """Use an amount that lies in `bank.unapplied` under a receipt: books, rows, account, and the loan's end if it was
    the last of it."""
    rules = rules_in_force(session, ServicingRules, on)
    used = _told_apart(session, loan, amount, costs=costs, prepay=prepay, rules=rules, on=on)
    interest = used.paid(DueKind.INTEREST, DueKind.PENALTY, DueKind.COMPOUND)
    suspended = interest if loan.non_accrual else ZERO
    principal = used.paid(DueKind.PRINCIPAL) + used.early
    book(
        session,
        "receipt_allocated",
        key=key,
        cause=f"{receipt.number} {loan.number}",
        amounts={
            "amount": amount - used.surplus,
            "interest": interest - suspended,
            "suspended": suspended,
            "costs": used.costs,
            "principal": principal,
        },
        parts={"loan": loan.number, "product": loan.product.value},
        by=by,
        on=on,
        at=at,
    )
    clear_suspended(session, loan, suspended, key=f"cleared:{key}", by=by, on=on, at=at)
    receipt.surplus = used.surplus
    session.add(receipt)
    _keep_parts(session, receipt, used)
    loan_account.settle_dues(session, loan, used.parts, on=on, by=by, at=at)
    if used.early:
        loan_account.lower_principal(session, loan, used.early, on=on, by=by, at=at, reason="prepayment")
    if not loan.outstanding and not loan_account.owed(session, loan, on).total:
        settle_loan(session, loan=loan, by=by, on=on, at=at)


def _told_apart(
    session: Session, loan: Loan, amount: Money, *, costs: Money, prepay: bool, rules: ServicingRules, on: date
) -> _Used:
    """Policy order first; then, if the borrower wants to pay early, interest of the running period and principal."""
    order = rules.alloc_order_npl if loan.non_accrual else rules.alloc_order
    dues = loan_account.dues(session, loan, on)
    parts, charged, left = _allocated(amount, dues, costs, order, on)
    if not prepay or not left:
        return _Used(parts, charged, ZERO, left)
    ahead = loan.outstanding - total(due.amount for due in dues if due.kind is DueKind.PRINCIPAL)
    early, fee = _early(left, ahead, rules.prepay_fee_rate)
    if early == ahead:
        # The loan can be paid off: the running period's interest is for the days actually used (LOAN-17).
        dues = loan_account.dues(session, loan, on, accrued=True)
        parts, charged, left = _allocated(amount, dues, costs, order, on)
        early, fee = _early(left, ahead, rules.prepay_fee_rate)
    return _Used(parts, charged + fee, early, left - early - fee)


def use_of(session: Session, loan: Loan, amount: Money, *, on: date) -> _Used:
    """What an early payment of this amount would be used for today; nothing is written."""
    rules = rules_in_force(session, ServicingRules, on)
    return _told_apart(session, loan, amount, costs=ZERO, prepay=True, rules=rules, on=on)


def _allocated(
    amount: Money, dues: Sequence[loan_account.OpenDue], costs: Money, order: Sequence[DueKind], on: date
) -> tuple[tuple[tuple[loan_account.OpenDue, Money], ...], Money, Money]:
    """Dues with what was paid of each, the costs that were paid, and what is left."""
    asked = [Due(place, due.kind, due.due_on, due.amount.fen) for place, due in enumerate(dues)]
    asked.append(Due(len(asked), DueKind.COSTS, on, costs.fen))
    told: Allocation = allocate(amount.fen, asked, order=order)
    parts = tuple(
        (dues[one.due.instalment], Money(one.paid_fen)) for one in told.settled if one.due.kind is not DueKind.COSTS
    )
    return parts, Money(told.paid_fen(DueKind.COSTS)), Money(told.surplus_fen)


def _early(left: Money, ahead: Money, rate: Rate) -> tuple[Money, Money]:
    """How much principal not due yet `left` repays together with its fee, and that fee (LOAN-17)."""
    early = min(ahead, Money(left.fen * MILLION // (MILLION + rate.ppm)))
    fee = min(rate.of_amount(early), left - early)
    return early, fee


def _keep_parts(session: Session, receipt: Receipt, used: _Used) -> None:
    rows = [
        (due.instalment.key if due.instalment is not None else None, due.kind, paid) for due, paid in used.parts if paid
    ]
    rows += [
        (None, kind, paid) for kind, paid in ((DueKind.COSTS, used.costs), (DueKind.PRINCIPAL, used.early)) if paid
    ]
    for instalment_id, kind, paid in rows:
        session.add(
            ReceiptPart.model_validate(
                {"receipt_id": receipt.key, "instalment_id": instalment_id, "kind": kind, "amount": paid}
            )
        )
    session.flush()
