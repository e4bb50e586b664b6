"""A new contract rate from a day on (利率调整), agreed with the borrower; heard of late it counts from its own day."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, select

from models.lending.facts import RateChanged
from models.loan import Loan
from models.loan_facts import LoanRateChange
from models.queries.loan_course import facts_of, interest_stop_of
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.values.money import ZERO
from models.values.rate import Rate
from workflows import loan_account, moves
from workflows.classifying import LoanNotOwed
from workflows.given import said
from workflows.recomputing import Cause, adopt, course, standing
from workflows.value_days import check_value_day

MOST_PPM = 360_000
"""A rate of more than 36% a year is a slip of the keyboard."""


class RateNotValid(BadInput):
    """A contract rate lies above nought and is no slip of the keyboard."""


class RateChangeKnown(Refusal):
    """The rate was changed from this day on already."""


class InterestHasStopped(Refusal):
    """The debtor is bankrupt and nothing bears interest any more."""


def change_rate(
    session: Session, *, loan: Loan, rate: Rate, from_on: date, reason: str, by: Actor, on: date, at: datetime
) -> LoanRateChange:
    """Let the loan bear another contract rate from the morning of `from_on`; penalty and misuse rate follow it.

    The rest of the schedule is written anew as of that day, and what accrued since at the old rate is corrected today.
    Refuses with LoanNotOwed, RateNotValid, RateChangeKnown, InterestHasStopped, as `check_value_day` does, and with
    HistoryNotReplayable or FactNotPossible where nothing can be put in between.
    """
    moves.require(by, "loan.reprice", Role.CREDIT_REVIEWER)
    reason = said(reason, "reason")
    if not loan.stage.owed:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)
    if not 0 < rate.ppm <= MOST_PPM:
        raise RateNotValid(field="rate", rate=rate, most=Rate(MOST_PPM))
    if interest_stop_of(session, loan) is not None:
        raise InterestHasStopped(loan=loan.number)
    check_value_day(session, loan, from_on, on, field="from_on")
    query = select(LoanRateChange).where(LoanRateChange.loan_id == loan.key, LoanRateChange.from_on == from_on)
    if session.exec(query).first() is not None:
        raise RateChangeKnown(loan=loan.number, day=from_on)
    before = standing(session, loan, on)
    contract = loan_account.contract_of(session, loan)
    after = course(session, loan, on, [*facts_of(session, loan), RateChanged(from_on, rate.ppm)])
    row = LoanRateChange.model_validate(
        {
            "loan_id": loan.key,
            "from_on": from_on,
            "before": contract.rate,
            "after": rate,
            "reason": reason,
            "changed_on": on,
            "changed_by": by.user_id,
        }
    )
    session.add(row)
    contract.rate = Rate(after.rates.contract)  # plans of the days to come are made at it
    session.add(contract)
    session.flush()
    cause = Cause("rate", str(rate), from_on, f"adjust:{loan.number}:rate:{from_on:%Y-%m-%d}")
    adopt(session, loan, before, after, cause, cash=ZERO, by=by, on=on, at=at)
    moves.note(session, loan, "reprice", by=by, on=on, at=at, reason=reason)
    return row
