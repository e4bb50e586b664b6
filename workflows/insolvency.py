"""A court accepts a bankruptcy petition against the debtor: what is not due falls due, and interest stops that day
(Enterprise Bankruptcy Law art. 46)."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models.lending.facts import InterestStopped
from models.loan import Loan
from models.loan_facts import InterestStop
from models.queries.loan_course import facts_of, interest_stop_of
from models.refusals import Refusal
from models.roles import Actor, Role
from models.values.money import ZERO
from workflows import moves
from workflows.classifying import LoanNotOwed
from workflows.given import said
from workflows.recomputing import Cause, adopt, course, standing
from workflows.value_days import check_value_day


class InterestStoppedBefore(Refusal):
    """The acceptance of a petition was recorded for this loan already."""


def stop_interest(
    session: Session,
    *,
    loan: Loan,
    accepted_on: date,
    court: str,
    case_number: str,
    by: Actor,
    on: date,
    at: datetime,
) -> InterestStop:
    """Record the day on which the court accepted the petition: from that day on nothing bears interest, penalty or
    compound interest, and all principal is due. What accrued since is taken back today; the loan is a loss (CLS-05).

    Refuses with LoanNotOwed, InterestStoppedBefore, as `check_value_day` does, and with HistoryNotReplayable or
    FactNotPossible.
    """
    moves.require(by, "loan.stop_interest", Role.CREDIT_REVIEWER)
    court, case_number = said(court, "court"), said(case_number, "case_number")
    if not loan.stage.owed:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)
    if (known := interest_stop_of(session, loan)) is not None:
        raise InterestStoppedBefore(loan=loan.number, day=known.from_on, case_number=known.case_number)
    check_value_day(session, loan, accepted_on, on, field="accepted_on")
    before = standing(session, loan, on)
    after = course(session, loan, on, [*facts_of(session, loan), InterestStopped(accepted_on)])
    row = InterestStop.model_validate(
        {
            "loan_id": loan.key,
            "from_on": accepted_on,
            "court": court,
            "case_number": case_number,
            "recorded_on": on,
            "recorded_by": by.user_id,
        }
    )
    session.add(row)
    session.flush()
    cause = Cause("bankruptcy", case_number, accepted_on, f"adjust:{loan.number}:bankruptcy")
    adopt(session, loan, before, after, cause, cash=ZERO, by=by, on=on, at=at)
    moves.note(session, loan, "stop_interest", by=by, on=on, at=at, reason=f"{court} {case_number}")
    return row
