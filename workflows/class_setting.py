"""A loan gets another class: the row and its history, accrual stopped or resumed, and who has to be looked at because of it.

Here is what every change by a person's act has in common; what the class should be is decided by the caller. The end of
day changes classes of the whole portfolio by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.firm import Firm
from models.lending.ageing import ClassReason, FiveClass
from models.loan import ClassChange, Loan
from models.policies.rules import ServicingRules
from models.queries.owed import meter_of
from models.roles import SYSTEM, Actor
from models.states.loan import LoanStage
from models.values.money import Money
from models.watch import AlarmLevel, Signal
from workflows import watch
from workflows.booking import book

_OWED = tuple(stage for stage in LoanStage if stage.owed)


def set_class(
    session: Session,
    *,
    loan: Loan,
    target: FiveClass,
    reasons: Sequence[ClassReason],
    days: int,
    rules: ServicingRules,
    by: Actor,
    on: date,
    at: datetime,
) -> ClassChange:
    """Put a loan into another class and keep why (CLS-15); income stops and starts with it (CLS-16), and a firm that goes
    bad has the other members of its group looked at (CLS-07)."""
    source = loan.five_class
    change = ClassChange.model_validate(
        {
            "loan_id": loan.key,
            "on": on,
            "source": source,
            "target": target,
            "days_past_due": days,
            "reasons": [reason.value for reason in reasons],
            "actor_id": by.user_id,
            "at": at,
        }
    )
    session.add(change)
    loan.five_class = target
    session.add(loan)
    session.flush()
    if target.non_performing and not loan.non_accrual:
        _stop_accrual(session, loan, change, by=by, on=on, at=at)
    elif loan.non_accrual and not target.non_performing and days <= rules.nonaccrual_days:
        _resume_accrual(session, loan, change, by=by, on=on, at=at)
    session.add(loan)
    session.flush()
    if target.non_performing and not source.non_performing:
        _look_at_the_group(session, loan, on=on, at=at)
    return change


def clear_suspended(
    session: Session, loan: Loan, amount: Money, *, key: str, by: Actor, on: date, at: datetime
) -> None:
    """Take interest of a non-accrual loan off the list of what is kept beside the balance sheet: it was received, or
    nobody will receive it. The caller lowers the meter."""
    book(
        session,
        "suspended_interest_cleared",
        key=key,
        cause=loan.number,
        amounts={"amount": amount},
        parts={"product": loan.product.value},
        by=by,
        on=on,
        at=at,
    )


def _look_at_the_group(session: Session, loan: Loan, *, on: date, at: datetime) -> None:
    """A prudent review of the loans of the other members of the debtor's group, never a downgrade by itself (CLS-07)."""
    firm = session.get_one(Firm, loan.firm_id)
    if firm.group_id is None:
        return
    others = select(Firm.id).where(Firm.group_id == firm.group_id, Firm.id != firm.key)
    query = select(Loan).where(col(Loan.firm_id).in_(others), col(Loan.stage).in_(_OWED)).order_by(col(Loan.id))
    for other in session.exec(query).all():
        watch.raise_case(
            session,
            loan=other,
            signal=Signal.GROUP_MEMBER_BAD,
            level=AlarmLevel.ORANGE,
            evidence=firm.name,
            by=SYSTEM,
            on=on,
            at=at,
        )


def _accrued(session: Session, loan: Loan) -> tuple[Money, Money]:
    """What has accrued on a loan and is unpaid: contract interest, and penalty with compound interest."""
    meter = meter_of(session, loan)
    return Money(meter.interest_fen), Money(meter.penalty_fen + meter.compound_fen)


def _stop_accrual(session: Session, loan: Loan, change: ClassChange, *, by: Actor, on: date, at: datetime) -> None:
    """Interest already in income goes off the balance sheet (CLS-16)."""
    loan.non_accrual = True
    interest, penalty = _accrued(session, loan)
    book(
        session,
        "interest_suspended",
        key=f"suspend:{loan.number}:change-{change.key}",
        cause=loan.number,
        amounts={"amount": interest + penalty, "interest": interest, "penalty": penalty},
        parts={"product": loan.product.value},
        by=by,
        on=on,
        at=at,
    )


def _resume_accrual(session: Session, loan: Loan, change: ClassChange, *, by: Actor, on: date, at: datetime) -> None:
    """What has accrued beside the balance sheet and is unpaid comes back into income: the loan is sound again."""
    loan.non_accrual = False
    interest, penalty = _accrued(session, loan)
    key = f"resume:{loan.number}:change-{change.key}"
    clear_suspended(session, loan, interest + penalty, key=f"{key}:memo", by=by, on=on, at=at)
    book(
        session,
        "interest_accrued",
        key=key,
        cause=loan.number,
        amounts={"amount": interest + penalty, "interest": interest, "penalty": penalty},
        parts={"product": loan.product.value},
        by=by,
        on=on,
        at=at,
    )
