"""A bad loan as it leaves the bank, sold or written off: what is owed, what covers the loss, and the account's end.

Interest of a loan on accrual stands in the books and leaves with the principal; interest of a non-accrual loan is only
noted off balance and its note is cleared (CLS-16). The guarantee has to be called or released before: a claim that
changes hands without the guarantor would leave him behind (GUA-20).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from models.loan import Loan
from models.policies.rules import ServicingRules
from models.queries.books import balance
from models.queries.guarantees import guarantee_of_loan
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import Actor
from models.states.aftercare import GuaranteeStage
from models.values.money import ZERO, Money
from workflows import loan_account
from workflows.booking import book


class GuaranteeStands(Refusal):
    """The guarantee behind the loan is still in force or called: it is honoured or released first (GUA-14, GUA-20)."""


@dataclass(frozen=True, slots=True)
class BankClaim:
    """What the bank is owed: principal, interest in its books, and interest that is only noted off balance."""

    principal: Money
    interest: Money
    suspended: Money

    @property
    def in_books(self) -> Money:
        """What the bank's balance sheet holds."""
        return self.principal + self.interest

    @property
    def total(self) -> Money:
        """What the borrower owes the bank."""
        return self.in_books + self.suspended


@dataclass(frozen=True, slots=True)
class Cover:
    """How a gap between the books and the price is met: from the allowance, the rest as a loss."""

    allowance: Money
    loss: Money


def bank_claim(session: Session, loan: Loan) -> BankClaim:
    """What is owed to the bank, as the last end of day left it."""
    meter = loan_account.meter_of(session, loan)
    accrued = Money(meter.interest_fen + meter.penalty_fen + meter.compound_fen)
    if loan.non_accrual:
        return BankClaim(loan.outstanding, ZERO, accrued)
    return BankClaim(loan.outstanding, accrued, ZERO)


def guarantor_claim(session: Session, loan: Loan) -> Money:
    """What the guarantor has paid for the borrower and not got back yet (应收代偿款)."""
    return balance(session, "guarantor.compensation_receivable", part=loan.number).net


def refuse_standing_guarantee(session: Session, loan: Loan) -> None:
    """Refuse with GuaranteeStands while a guarantee is in force or called."""
    guarantee = guarantee_of_loan(session, loan)
    if guarantee is not None and guarantee.stage in (GuaranteeStage.IN_FORCE, GuaranteeStage.CALLED):
        raise GuaranteeStands(
            loan=loan.number, guarantee=guarantee.number, stage=guarantee.stage, in_force=guarantee.in_force
        )


def cover_of(session: Session, loan: Loan, gap: Money, *, on: date) -> Cover:
    """The allowance behind one loan: the ratio of its class times what is outstanding (CLS-12), at most what its
    product's allowance holds and never more than the gap."""
    ratio = rules_in_force(session, ServicingRules, on).allowance[loan.five_class]
    held = -balance(session, "bank.allowance", part=loan.product.value).net
    allowance = max(min(ratio.of_amount(loan.outstanding), held, gap), ZERO)
    return Cover(allowance, gap - allowance)


def leave(session: Session, loan: Loan, claim: BankClaim, *, key: str, by: Actor, on: date, at: datetime) -> None:
    """Close the loan's account, let the promise of what was never drawn lapse and clear the note of its suspended
    interest; the caller books the rest.

    `key` tells the event apart. Refuses with DaysNotRun and DayOver.
    """
    undrawn = loan.amount - loan.disbursed
    loan_account.give_up(session, loan, on=on)
    for event, event_key, amounts, parts in (
        (
            "approval_lapsed",
            f"undrawn_lapsed:{loan.number}",
            {"amount": undrawn, "guaranteed": ZERO},
            {"loan": loan.number},
        ),
        (
            "suspended_interest_cleared",
            f"suspended_cleared:{key}",
            {"amount": claim.suspended},
            {"product": loan.product.value},
        ),
    ):
        book(session, event, key=event_key, cause=loan.number, amounts=amounts, parts=parts, by=by, on=on, at=at)
