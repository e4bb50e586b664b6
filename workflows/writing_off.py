"""A bad loan written off: it leaves the books, the claim on the borrower stays (核销, 账销案存)."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, select

from models.loan import Loan, Receipt
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.loan import LOAN, LoanStage
from models.values.money import ZERO, Money
from workflows import bad_loan
from workflows.booking import book
from workflows.collecting import AmountNotPositive
from workflows.moves import move, note, require
from workflows.numbering import Series, next_number
from workflows.posting import take_turn


class NotWrittenOff(Refusal):
    """Money after a write-off can only come in for a loan that was written off."""


class ReferenceTaken(Refusal):
    """A receipt with this bank reference was entered before."""


def write_off(session: Session, *, loan: Loan, reason: str, by: Actor, on: date, at: datetime) -> Loan:
    """Take a defaulted loan out of the books: the allowance behind it is used, the rest is a loss of the year.

    Refuses with GuaranteeStands while somebody else still answers for it, and when days are missing.
    """
    take_turn(session)
    bad_loan.refuse_standing_guarantee(session, loan)
    claim = bad_loan.bank_claim(session, loan)
    cover = bad_loan.cover_of(session, loan, claim.in_books, on=on)
    move(session, LOAN, loan, "write_off", by=by, on=on, at=at, reason=reason)
    bad_loan.leave(session, loan, claim, key=loan.number, by=by, on=on, at=at)
    book(
        session,
        "written_off",
        key=f"write_off:{loan.number}",
        cause=loan.number,
        amounts={
            "allowance": cover.allowance,
            "loss": cover.loss,
            "principal": claim.principal,
            "interest": claim.interest,
        },
        parts={"loan": loan.number, "product": loan.product.value},
        by=by,
        on=on,
        at=at,
    )
    return loan


def recover_written_off(
    session: Session, *, loan: Loan, amount: Money, bank_ref: str, by: Actor, on: date, at: datetime
) -> Receipt:
    """Money comes in after the write-off: all of it is recovery income.

    Refuses with NotWrittenOff, ReferenceTaken, AmountNotPositive.
    """
    require(by, "loan.recover", Role.LOAN_OFFICER)
    if loan.stage is not LoanStage.WRITTEN_OFF:
        raise NotWrittenOff(loan=loan.number, stage=loan.stage)
    if amount <= ZERO:
        raise AmountNotPositive(field="amount", given=amount)
    if session.exec(select(Receipt.id).where(Receipt.bank_ref == bank_ref)).first() is not None:
        raise ReferenceTaken(bank_ref=bank_ref)
    receipt = Receipt.model_validate(
        {
            "number": next_number(session, Series.RECEIPT, on),
            "loan_id": loan.key,
            "amount": amount,
            "received_on": on,
            "bank_ref": bank_ref,
            "kind": "recovery",
            "taken_by": by.user_id,
        }
    )
    session.add(receipt)
    note(session, loan, "recover", by=by, on=on, at=at, reason=receipt.number)
    book(
        session,
        "recovered_after_write_off",
        key=f"recovery:{receipt.number}",
        cause=f"{receipt.number} {loan.number}",
        amounts={"amount": amount},
        parts={"loan": loan.number},
        by=by,
        on=on,
        at=at,
    )
    return receipt
