"""Receipts undone: money that bounced, and money that was too much.

A receipt that is reversed never happened: the loan ends as if it had not come, whatever came after it, and the
difference is booked on the day of the reversal (`workflows.recomputing`). Where a loan's history cannot be walked
through anew (a bridge, a guarantor's payment), only its last receipt can be undone: by mirror entries, with penalty and
compound interest of the days between made up for by one entry. Blocks of days that passed are never rewritten
(ledger.md 2.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import ledger
from models.lending.accrual import compound_interest, penalty_interest
from models.lending.allocation import DueKind
from models.lending.facts import Paid
from models.lending.history import Account
from models.loan import Contract, Instalment, Loan, Receipt, ReceiptPart
from models.loan_facts import LooseReceipt
from models.queries.loan_course import REVERSED, facts_of
from models.refusals import Refusal
from models.roles import Actor, Role
from models.values.money import ZERO, Money, total
from workflows import loan_account, moves, posting
from workflows.booking import book
from workflows.moves import SameHand
from workflows.recomputing import Cause, FactNotPossible, HistoryNotReplayable, adopt, course, standing


class ReceiptNotReversible(Refusal):
    """Something later rests on this receipt; the classes below say what."""


class ReceiptReversed(ReceiptNotReversible):
    """The receipt was undone before."""


class LoanEnded(ReceiptNotReversible):
    """The loan was settled, handed over or written off after the receipt."""


class LaterReceipt(ReceiptNotReversible):
    """Another receipt came in after it, which has to be undone first."""


class SurplusRefunded(ReceiptNotReversible):
    """What the receipt had too much was paid back to the borrower."""


class ScheduleRewritten(ReceiptNotReversible):
    """Principal was repaid early with it or after it, and the schedule written anew."""


class NoSurplus(Refusal):
    """Nothing of this receipt is left over."""


def reverse_receipt(session: Session, *, receipt: Receipt, reason: str, by: Actor, on: date, at: datetime) -> Receipt:
    """Undo a receipt whose money did not come, or not for this loan; the loan ends as if it never had.

    On a loan that the bank still holds. Refuses with a kind of ReceiptNotReversible, and when the loan's days are
    missing. What came out of unidentified money lies there again.
    """
    moves.require(by, "receipt.reverse", Role.CREDIT_REVIEWER)
    if not reason.strip():
        raise moves.ReasonNeeded(field="reason", act="receipt.reverse")
    loan = session.get_one(Loan, receipt.loan_id)
    if receipt.taken_by == by.user_id:
        raise SameHand(act="receipt.reverse", earlier="receipt.receive", person=by.name)
    _refuse_gone(loan, receipt)
    loan_account.check_day(session, loan, on)
    try:
        before = standing(session, loan, on)
    except HistoryNotReplayable:
        before = None
    if before is None:
        _undo_last(session, loan, receipt, by=by, on=on, at=at)
    else:
        _never_came(session, loan, receipt, before, by=by, on=on, at=at)
    moves.note(
        session, receipt, "reverse", by=by, on=on, at=at, reason=reason, case=f"application:{loan.application_id}"
    )
    session.flush()
    return receipt


def _never_came(
    session: Session, loan: Loan, receipt: Receipt, before: Account, *, by: Actor, on: date, at: datetime
) -> None:
    """The loan ends as if the receipt had never come; its money leaves the bank again."""
    facts = [fact for fact in facts_of(session, loan) if not (isinstance(fact, Paid) and fact.ref == receipt.bank_ref)]
    try:
        after = course(session, loan, on, facts)
    except FactNotPossible as broken:
        if broken.facts["why"] == "refunded":
            raise SurplusRefunded(receipt=receipt.number, loan=loan.number) from None
        raise
    receipt.kind, receipt.surplus = REVERSED, ZERO
    session.add(receipt)
    for part in session.exec(select(ReceiptPart).where(ReceiptPart.receipt_id == receipt.key)).all():
        session.delete(part)
    session.flush()
    cause = Cause("reversal", receipt.number, receipt.received_on, f"adjust:{receipt.number}:reversed")
    adopt(session, loan, before, after, cause, cash=-receipt.amount, by=by, on=on, at=at)
    _reverse_cash(session, loan, receipt, by=by, on=on, at=at)


def _reverse_cash(session: Session, loan: Loan, receipt: Receipt, *, by: Actor, on: date, at: datetime) -> None:
    """The mirror of the money's entry; what had been unidentified is so again."""
    key = f"receipt:{receipt.number}"
    posting.reverse(session, key, cause=f"{receipt.number} {loan.number}", by=by, on=on, at=at)
    for leg in posting.stored_entry(session, key).legs:
        if leg.account.name == "bank.suspense":
            loose = session.exec(select(LooseReceipt).where(LooseReceipt.number == leg.part)).one()
            loose.rest += receipt.amount
            session.add(loose)


def _undo_last(session: Session, loan: Loan, receipt: Receipt, *, by: Actor, on: date, at: datetime) -> None:
    """Mirror entries for all that the last receipt did, and one entry for what its dues would have borne meanwhile."""
    parts = _reversible_parts(session, loan, receipt)
    for key in _keys_of(session, receipt):
        posting.reverse(session, key, cause=f"{receipt.number} {loan.number}", by=by, on=on, at=at)
    reopened = [(line, part.kind, part.amount) for part, line in parts if part.kind is not DueKind.COSTS]
    loan_account.reopen_dues(session, loan, reopened, on=on, by=by, at=at)
    _make_up(session, loan, receipt, reopened, by=by, on=on, at=at)
    receipt.kind, receipt.surplus = REVERSED, ZERO
    session.add(receipt)


def refund_surplus(session: Session, *, receipt: Receipt, by: Actor, on: date, at: datetime) -> Money:
    """Pay back what a receipt had too much; returns the amount. Not by the hand that took the money in.

    Refuses with NoSurplus, and with LimitReached if the bank lacks the cash.
    """
    moves.require(by, "receipt.refund", Role.DISBURSER)
    if receipt.taken_by == by.user_id:
        raise SameHand(act="receipt.refund", earlier="receipt.receive", person=by.name)
    if not receipt.surplus:
        raise NoSurplus(receipt=receipt.number)
    amount, loan = receipt.surplus, session.get_one(Loan, receipt.loan_id)
    book(
        session,
        "receipt_refunded",
        key=_refund_key(session, receipt),
        cause=f"{receipt.number} {loan.number}",
        amounts={"amount": amount},
        parts={"loan": loan.number},
        by=by,
        on=on,
        at=at,
    )
    receipt.surplus = ZERO
    session.add(receipt)
    moves.note(session, receipt, "refund", by=by, on=on, at=at, case=f"application:{loan.application_id}")
    session.flush()
    return amount


def _refund_key(session: Session, receipt: Receipt) -> str:
    """A receipt may have something over again after a fact heard of late: each refund has a key of its own."""
    key = f"refund:{receipt.number}"
    keys = ledger.event.c.key
    made = sa.select(sa.func.count()).where(sa.or_(keys == key, keys.startswith(f"{key}:")))
    before = session.connection().execute(made).scalar_one()
    return f"{key}:{before + 1}" if before else key


def _refuse_gone(loan: Loan, receipt: Receipt) -> None:
    names = {"receipt": receipt.number, "loan": loan.number}
    if receipt.kind == REVERSED:
        raise ReceiptReversed(**names)
    if not loan.stage.owed:
        raise LoanEnded(**names, stage=loan.stage)


def _reversible_parts(session: Session, loan: Loan, receipt: Receipt) -> list[tuple[ReceiptPart, Instalment | None]]:
    """What the receipt settled, with the instalments; refuses where something later rests on it."""
    names = {"receipt": receipt.number, "loan": loan.number}
    later = session.exec(
        select(Receipt)
        .where(Receipt.loan_id == loan.key, col(Receipt.id) > receipt.key, Receipt.kind != REVERSED)
        .order_by(col(Receipt.id).desc())
    ).first()
    if later is not None:
        raise LaterReceipt(**names, later=later.number)
    parts = session.exec(select(ReceiptPart).where(ReceiptPart.receipt_id == receipt.key)).all()
    if receipt.surplus + total(part.amount for part in parts) != receipt.amount:
        raise SurplusRefunded(**names)
    found: list[tuple[ReceiptPart, Instalment | None]] = []
    for part in parts:
        line = session.get_one(Instalment, part.instalment_id) if part.instalment_id is not None else None
        if (line is None and part.kind is DueKind.PRINCIPAL) or (line is not None and not line.live):
            raise ScheduleRewritten(**names)
        found.append((part, line))
    return found


def _keys_of(session: Session, receipt: Receipt) -> list[str]:
    """The events that the receipt made, the last one first, by the way their keys are built."""
    number = receipt.number
    keys = ledger.event.c.key
    made = sa.or_(
        keys == f"receipt:{number}",
        *(
            sa.or_(keys == start, keys.startswith(f"{start}:"))
            for start in (f"allocate:{number}", f"cleared:allocate:{number}")
        ),
    )
    query = sa.select(keys).where(made).order_by(ledger.event.c.id.desc())
    return list(session.connection().execute(query).scalars())


def _make_up(
    session: Session,
    loan: Loan,
    receipt: Receipt,
    reopened: Sequence[tuple[Instalment | None, DueKind, Money]],
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    """Penalty and compound interest for the days on which the dues seemed paid (LOAN-18, LOAN-20)."""
    contract = session.get_one(Contract, loan.contract_id)
    uplifts, basis = (contract.penalty_uplift_ppm,), contract.day_basis
    penalty = compound = 0
    for line, kind, amount in reopened:
        if line is None:
            continue
        start = max(line.payable_on, receipt.received_on)
        if kind is DueKind.PRINCIPAL:
            penalty += penalty_interest(amount.fen, contract.rate.ppm, uplifts, start, on, day_basis=basis)
        else:
            compound += compound_interest(
                amount.fen, contract.rate.ppm, uplifts, due=start, maturity=loan.matures_on, until=on, day_basis=basis
            )
    missed = Money(penalty + compound)
    if not missed:
        return
    meter = loan_account.meter_of(session, loan)
    meter.penalty_fen += penalty
    meter.compound_fen += compound
    session.add(meter)
    event, amounts = "interest_accrued", {"amount": missed, "interest": ZERO, "penalty": missed}
    if loan.non_accrual:
        event, amounts = "suspended_interest_accrued", {"amount": missed}
    book(
        session,
        event,
        key=f"made_up:{receipt.number}",
        cause=f"{receipt.number} {loan.number}",
        amounts=amounts,
        parts={"product": loan.product.value},
        by=by,
        on=on,
        at=at,
    )
