"""Every class is looked at again at least quarterly (CLS-15): one loan by itself, or all those together whose class and floor
are what they were at the last review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from models.classification import ClassReview
from models.lending.ageing import FiveClass, days_past_due
from models.loan import Loan
from models.policies.rules import ServicingRules
from models.queries.classes import reviews_of
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from workflows import moves
from workflows.class_triggers import floor_now
from workflows.classifying import LoanNotOwed

REVIEWERS = (Role.CREDIT_REVIEWER,)


class NothingChosen(BadInput):
    """No loan was chosen to be confirmed."""


class ReviewNeedsLook(Refusal):
    """The class or its floor has changed since the last review: this loan is reviewed by itself, with a note."""


def review(session: Session, *, loan: Loan, note: str, by: Actor, on: date, at: datetime) -> ClassReview:
    """Keep that a loan stands in the right class, with what the reviewer saw. Refuses with ReasonNeeded, LoanNotOwed."""
    moves.require(by, "class_review.review", *REVIEWERS)
    if not note.strip():
        raise moves.ReasonNeeded(field="review_note", act="class_review.review")
    return _keep(session, loan, note.strip(), batch=False, by=by, on=on, at=at)


def confirm(session: Session, *, loans: Sequence[Loan], by: Actor, on: date, at: datetime) -> list[ClassReview]:
    """Confirm the classes of loans together of which nothing has changed since they were reviewed last (a loan that was
    never reviewed: that it is normal and nothing speaks against it).

    Refuses with NothingChosen, ReviewNeedsLook for the first that has changed, LoanNotOwed; then none is confirmed.
    """
    moves.require(by, "class_review.confirm", *REVIEWERS)
    if not loans:
        raise NothingChosen(field="loans")
    for loan in loans:
        before_class, before_floor = _before(session, loan)
        rules = rules_in_force(session, ServicingRules, on)
        floor = floor_now(session, loan, rules, on).five_class
        if (before_class, before_floor) != (loan.five_class, floor):
            raise ReviewNeedsLook(loan=loan.number, before=before_class, now=loan.five_class, floor=floor)
    return [_keep(session, loan, "", batch=True, by=by, on=on, at=at) for loan in loans]


def _before(session: Session, loan: Loan) -> tuple[FiveClass, FiveClass]:
    reviews = reviews_of(session, loan)
    return (reviews[-1].five_class, reviews[-1].floor) if reviews else (FiveClass.NORMAL, FiveClass.NORMAL)


def _keep(session: Session, loan: Loan, note: str, *, batch: bool, by: Actor, on: date, at: datetime) -> ClassReview:
    if not loan.stage.owed:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)
    floor = floor_now(session, loan, rules_in_force(session, ServicingRules, on), on)
    row = ClassReview.model_validate(
        {
            "loan_id": loan.key,
            "on": on,
            "five_class": loan.five_class,
            "floor": floor.five_class,
            "reasons": list(floor.reasons),
            "days_past_due": days_past_due(loan.oldest_unpaid, on),
            "note": note,
            "batch": batch,
            "actor_id": by.user_id,
            "at": at,
        }
    )
    session.add(row)
    verb = "confirm" if batch else "review"
    moves.note(session, row, verb, by=by, on=on, at=at, reason=note, case=f"application:{loan.application_id}")
    session.flush()
    return row
