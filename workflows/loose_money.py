"""Money that came in and nobody knows for which loan (待查明款项): taken, assigned later with its own day, or returned.

It lies in `bank.suspense` until then. One payment of a debtor may go to several of his loans: by his choice, else by the
law's order (Civil Code art. 560).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.lending.facts import Rates
from models.lending.history import Account
from models.lending.several_debts import Debt, shared_out
from models.loan import Loan, Receipt
from models.loan_facts import LooseReceipt
from models.queries.loan_course import agreement_of, facts_of
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.states.aftercare import GuaranteeStage
from models.values.money import ZERO, Money
from models.values.rate import MILLION
from workflows import loan_account, moves
from workflows.booking import book
from workflows.classifying import LoanNotOwed
from workflows.funding import AmountNotAboveNought
from workflows.given import past, said
from workflows.moves import SameHand
from workflows.numbering import Series, next_number
from workflows.posting import take_turn
from workflows.recomputing import course
from workflows.servicing import refuse_known, take
from workflows.value_days import check_open_period


class MoreThanLeft(BadInput):
    """No more can be assigned than lies there unassigned."""


class OtherDebtor(Refusal):
    """One payment goes to loans of one debtor only."""


class NotHisLoan(BadInput):
    """The debtor chose a loan that is not among those the payment can go to."""


def take_loose(
    session: Session,
    *,
    amount: Money,
    bank_ref: str,
    payer: str = "",
    memo: str = "",
    received_on: date,
    by: Actor,
    on: date,
    at: datetime,
) -> LooseReceipt:
    """Take money in whose purpose is not known yet. Refuses with ReceiptKnown for a bank reference taken in before,
    DateAhead, and ValueDayClosed for a day of a closed period."""
    moves.require(by, "loose_receipt.take", Role.LOAN_OFFICER)
    if amount <= ZERO:
        raise AmountNotAboveNought(field="amount", amount=amount)
    bank_ref = said(bank_ref, "bank_ref")
    past(received_on, "received_on", on=on)
    take_turn(session)
    check_open_period(session, received_on)
    refuse_known(session, bank_ref)
    row = LooseReceipt.model_validate(
        {
            "number": next_number(session, Series.LOOSE_RECEIPT, on),
            "amount": amount,
            "rest": amount,
            "received_on": received_on,
            "booked_on": on,
            "bank_ref": bank_ref,
            "payer": payer.strip(),
            "memo": memo.strip(),
            "taken_by": by.user_id,
        }
    )
    session.add(row)
    session.flush()
    _book(session, row, "loose_receipt_taken", f"loose:{row.number}", amount, by=by, on=on, at=at)
    moves.note(session, row, "take", by=by, on=on, at=at, reason=row.memo)
    return row


def assign(
    session: Session,
    *,
    loose: LooseReceipt,
    loan: Loan,
    amount: Money | None = None,
    prepay: bool = False,
    by: Actor,
    on: date,
    at: datetime,
) -> Receipt:
    """The money, all that is left of it unless told, was for this loan: it counts from the day on which it came in.

    Refuses with MoreThanLeft and as a receipt with an earlier value date does, however long ago it came in.
    """
    moves.require(by, "loose_receipt.assign", Role.LOAN_OFFICER)
    take_turn(session)
    amount = loose.rest if amount is None else amount
    if amount > loose.rest:
        raise MoreThanLeft(field="amount", amount=amount, rest=loose.rest)
    started = loose.amount - loose.rest
    pieces = session.exec(select(Receipt.id).where(col(Receipt.bank_ref).startswith(f"{loose.bank_ref}#"))).all()
    whole = amount == loose.amount and not started and not pieces
    receipt = take(
        session,
        loan=loan,
        amount=amount,
        bank_ref=loose.bank_ref if whole else f"{loose.bank_ref}#{len(pieces) + 1}",
        prepay=prepay,
        value_on=loose.received_on,
        loose=loose,
        by=by,
        on=on,
        at=at,
    )
    loose.rest -= amount
    session.add(loose)
    moves.note(session, loose, "assign", by=by, on=on, at=at, reason=receipt.number)
    session.flush()
    return receipt


def share_out(
    session: Session,
    *,
    loose: LooseReceipt,
    loans: Sequence[Loan],
    chosen: Sequence[str] = (),
    by: Actor,
    on: date,
    at: datetime,
) -> list[Receipt]:
    """One payment over several loans of one debtor: those he chose first, then by the law's order, as the loans stood on
    the day the money came in. All of it or nothing.

    Refuses with OtherDebtor, NotHisLoan, LoanNotOwed, and as `assign` does.
    """
    moves.require(by, "loose_receipt.assign", Role.LOAN_OFFICER)
    if len({loan.firm_id for loan in loans}) != 1:
        raise OtherDebtor(loans=", ".join(loan.number for loan in loans))
    if strangers := set(chosen) - {loan.number for loan in loans}:
        raise NotHisLoan(field="chosen", loans=", ".join(sorted(strangers)))
    if loose.rest <= ZERO:
        raise MoreThanLeft(field="amount", amount=loose.amount, rest=loose.rest)
    debts = [_debt(session, loan, loose.received_on) for loan in loans]
    shares = shared_out(loose.rest.fen, debts, chosen=chosen)
    by_number = {loan.number: loan for loan in loans}
    return [
        assign(session, loose=loose, loan=by_number[share.number], amount=Money(share.fen), by=by, on=on, at=at)
        for share in shares
    ]


def give_back(session: Session, *, loose: LooseReceipt, reason: str, by: Actor, on: date, at: datetime) -> Money:
    """Return to the payer what is left; not by the hand that took it in. Refuses with MoreThanLeft if nothing is."""
    moves.require(by, "loose_receipt.give_back", Role.DISBURSER)
    reason = said(reason, "reason")
    if loose.taken_by == by.user_id:
        raise SameHand(act="loose_receipt.give_back", earlier="loose_receipt.take", person=by.name)
    if not loose.rest:
        raise MoreThanLeft(field="amount", amount=loose.amount, rest=loose.rest)
    amount = loose.rest
    _book(
        session,
        loose,
        "loose_receipt_returned",
        f"loose:{loose.number}:back:{loose.stamp}",
        amount,
        by=by,
        on=on,
        at=at,
    )
    loose.rest = ZERO
    session.add(loose)
    moves.note(session, loose, "give_back", by=by, on=on, at=at, reason=reason)
    session.flush()
    return amount


def _debt(session: Session, loan: Loan, value_on: date) -> Debt:
    """What was due of a loan on the morning of the day the money came in; if nothing was, all that would settle it."""
    if not loan.stage.owed:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)
    facts = facts_of(session, loan)
    then = course(session, loan, value_on, [fact for fact in facts if fact.on <= value_on])
    due, since = _due(then, value_on)
    cover = loan_account.guarantee_of(session, loan)
    held = cover.in_force if cover is not None and cover.stage is GuaranteeStage.IN_FORCE else ZERO
    secured = held.fen * MILLION // then.outstanding if then.outstanding else 0
    rates = Rates.of(agreement_of(session, loan), then.rates.contract)
    late = then.oldest_unpaid(value_on) is not None
    burden = rates.penalty if late else rates.contract
    return Debt(loan.number, due or then.owed, since, min(secured, MILLION), burden)


def _due(account: Account, on: date) -> tuple[int, date | None]:
    ended = [line for line in account.lines if line.live and line.unpaid and line.period_end <= on]
    fen = sum(line.unpaid for line in ended) + account.penalty + account.compound
    return fen, min((line.due_on for line in ended), default=on if fen else None)


def _book(
    session: Session, loose: LooseReceipt, event: str, key: str, amount: Money, *, by: Actor, on: date, at: datetime
) -> None:
    book(
        session, event, key=key, cause=loose.number, amounts={"amount": amount}, parts={"receipt": loose.number},
        by=by, on=on, at=at,
    )  # fmt: skip
