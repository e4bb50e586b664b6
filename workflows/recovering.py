"""What is recovered from the debtor after the guarantor has paid: shared by the losses borne (追偿, GUA-15)."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models.guarantee import Claim, Guarantee
from models.lending.allocation import DueKind
from models.loan import Loan
from models.refusals import BadInput, NotThere, Refusal
from models.roles import Actor, Role
from models.states.aftercare import ClaimStage
from models.states.loan import LoanStage
from models.values.money import ZERO, Money, total
from models.values.rate import MILLION, Rate
from scoring.guarantee_math import shared_recovery
from workflows import loan_account, moves, posting, servicing
from workflows.booking import book
from workflows.classifying import clear_suspended
from workflows.moves import require


class NothingToRecover(Refusal):
    """The claim was not paid, was recovered in full, or was passed on to the asset manager."""


class RecoveryNotUnderstood(BadInput):
    """A recovery needs an amount above nought, costs of at most that amount, and the bank's reference."""


def recover(
    session: Session,
    *,
    claim: Claim,
    amount: Money,
    costs: Money,
    bank_ref: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Claim:
    """Share what was recovered from the debtor: the costs of enforcement first, the rest in proportion to the losses
    borne by guarantor and bank (GUA-15). The guarantor gets back what it paid at most; what is over is the bank's.

    The bank's part pays principal, then interest, then counts as recovery income. The same reference again changes
    nothing, with other figures it is refused (KeyUsedForAnother). Refuses with NothingToRecover.
    """
    require(by, "claim.recover", Role.GUARANTEE_OFFICER)
    bank_ref = bank_ref.strip()
    if not bank_ref or amount <= ZERO or not ZERO <= costs <= amount:
        raise RecoveryNotUnderstood(field="amount", amount=amount, costs=costs, bank_ref=bank_ref)
    loan, guarantee = session.get_one(Loan, claim.loan_id), session.get_one(Guarantee, claim.guarantee_id)
    if claim.stage is not ClaimStage.PAID or loan.stage is LoanStage.HANDED_OVER:
        raise NothingToRecover(claim=claim.number, stage=claim.stage)
    key = f"recover:{claim.number}:{bank_ref}"
    if (standing := _recovered_before(session, claim, key, amount, costs)) is not None:
        return standing
    open_to_guarantor = claim.payout - claim.recovered
    if not open_to_guarantor:
        raise NothingToRecover(claim=claim.number, stage=claim.stage)
    shares = {"guarantor": Rate(guarantee.share_ppm), "bank": Rate(MILLION - guarantee.share_ppm)}
    spent, parts = shared_recovery(amount, costs, shares, residual="guarantor")
    to_guarantor = min(parts["guarantor"], open_to_guarantor)
    to_bank = amount - spent - to_guarantor
    dues, interest, principal = _bank_uses(session, loan, to_bank, on)
    suspended = interest if loan.non_accrual else ZERO
    book(
        session, "compensation_recovered", key=key, cause=_cause(claim, amount, costs),
        amounts={
            "guarantor": to_guarantor, "bank": to_bank, "principal": principal, "interest": interest - suspended,
            "suspended": suspended, "beyond": to_bank - principal - interest, "pool": ZERO,
        },
        parts={"loan": loan.number, "product": loan.product.value, "pool": "district"}, by=by, on=on, at=at,
    )  # fmt: skip
    clear_suspended(session, loan, suspended, key=f"cleared:{key}", by=by, on=on, at=at)
    claim.recovered += to_guarantor
    session.add(claim)
    moves.note(session, claim, "recover", by=by, on=on, at=at, reason=_cause(claim, amount, costs))
    _settle(session, claim, loan, dues, principal, by=by, on=on, at=at)
    return claim


def _recovered_before(session: Session, claim: Claim, key: str, amount: Money, costs: Money) -> Claim | None:
    """The claim itself if this recovery stands in the books already; another one under the same reference is refused."""
    try:
        standing = posting.stored_entry(session, key)
    except NotThere:
        return None
    if standing.cause != _cause(claim, amount, costs):
        raise posting.KeyUsedForAnother(key=key)
    return claim


def _cause(claim: Claim, amount: Money, costs: Money) -> str:
    return f"{claim.number} {amount} / {costs}"


def _bank_uses(
    session: Session, loan: Loan, amount: Money, on: date
) -> tuple[list[tuple[loan_account.OpenDue, Money]], Money, Money]:
    """What the bank's part pays: dues of interest with what is paid of each, their sum, and principal, which goes first
    as for every bad loan (LOAN-21). Nothing of a loan that the bank no longer holds."""
    if not loan.stage.owed:
        return [], ZERO, ZERO
    principal = min(amount, loan.outstanding)
    left, parts = amount - principal, []
    for due in loan_account.dues(session, loan, on, accrued=True):
        if due.kind is not DueKind.PRINCIPAL and left:
            parts.append((due, min(due.amount, left)))
            left -= parts[-1][1]
    return parts, total(paid for _, paid in parts), principal


def _settle(
    session: Session,
    claim: Claim,
    loan: Loan,
    dues: list[tuple[loan_account.OpenDue, Money]],
    principal: Money,
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    if dues:
        loan_account.settle_dues(session, loan, dues, on=on, by=by, at=at)
    if principal:
        loan_account.lower_principal(session, loan, principal, on=on, by=by, at=at, reason="recovery")
    # What secures the loan stays until the guarantor, too, has its money back.
    whole = claim.recovered == claim.payout
    if whole and loan.stage.owed and not loan_account.owed(session, loan, on).total:
        servicing.settle_loan(session, loan=loan, by=by, on=on, at=at)
