"""The five classes of a loan (五级分类): what a person may say about them, when income stops and starts, the allowance.

The day's own changes come from `workflows.day_interest`; here an analyst goes below the floor (CLS-08) or lifts a loan
that has paid long enough (CLS-11), a loan is declared in default or cured, and the allowance is set at a month's end
(CLS-12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.application import Product
from models.lending.ageing import CLASSES, ClassReason, FiveClass, days_past_due, floor_by_days
from models.loan import ClassChange, Instalment, Loan
from models.policies.rules import ServicingRules
from models.queries.books import parts_of
from models.queries.owed import meter_of
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.loan import LOAN, LoanStage
from models.values.money import ZERO, Money
from models.values.terms import add_months
from workflows import moves
from workflows.booking import book


class AboveFloor(Refusal):
    """The days past due allow no class as good as this one (CLS-08)."""


class ClassUnchanged(Refusal):
    """The loan is in this class already."""


class UpgradeTooEarly(Refusal):
    """A bad loan may be lifted once arrears are paid and enough instalments or months went well (CLS-11)."""


class ArrearsLeft(Refusal):
    """The loan still has dues that are late, so it is neither cured nor lifted."""


class LoanNotOwed(Refusal):
    """The bank does not hold this claim: it is not paid out yet, or settled, handed over or written off."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one loan's class with what forced it."""

    loan_id: int
    source: FiveClass
    target: FiveClass
    days_past_due: int
    reasons: tuple[ClassReason, ...]


def keep_changes(session: Session, changes: Sequence[Change], *, on: date, by: Actor, at: datetime) -> None:
    """Write class changes into the history, many at once (CLS-15)."""
    if not changes:
        return
    rows = [
        {
            "loan_id": change.loan_id,
            "on": on,
            "source": change.source,
            "target": change.target,
            "days_past_due": change.days_past_due,
            "reasons": [reason.value for reason in change.reasons],
            "actor_id": by.user_id,
            "at": at,
            "stamp": 1,
        }
        for change in changes
    ]
    session.connection().execute(sa.insert(ClassChange), rows)


def classify(
    session: Session, *, loan: Loan, view: FiveClass, reason: str, by: Actor, on: date, at: datetime
) -> ClassChange:
    """Put a loan into the class an analyst sees it in: lower than the floor at any time, never above it (CLS-08).

    Out of the non-performing classes only a reviewer lifts a loan, and only after enough good payments; it then accrues
    into income again. Refuses with AboveFloor, ClassUnchanged, ArrearsLeft and UpgradeTooEarly.
    """
    _refuse_not_owed(loan)
    better = view.rank < loan.five_class.rank
    roles = (Role.CREDIT_REVIEWER,) if better else (Role.CREDIT_REVIEWER, Role.LOAN_OFFICER)
    moves.require(by, "loan.classify", *roles)
    if not reason.strip():
        raise moves.ReasonNeeded(field="reason", act="loan.classify")
    rules = rules_in_force(session, ServicingRules, on)
    days = days_past_due(loan.oldest_unpaid, on)
    floor = floor_by_days(days, rules.ageing)
    if view.rank < floor.rank:
        raise AboveFloor(loan=loan.number, view=view, floor=floor, days=days)
    if view is loan.five_class:
        raise ClassUnchanged(loan=loan.number, view=view)
    if better and loan.five_class.non_performing:
        _refuse_early_upgrade(session, loan, rules, on)
    change = ClassChange.model_validate(
        {
            "loan_id": loan.key,
            "on": on,
            "source": loan.five_class,
            "target": view,
            "days_past_due": days,
            "reasons": [ClassReason.ANALYST_VIEW.value],
            "actor_id": by.user_id,
            "at": at,
        }
    )
    session.add(change)
    loan.five_class = view
    moves.note(session, loan, "classify", by=by, on=on, at=at, reason=reason)
    session.flush()
    if view.non_performing and not loan.non_accrual:
        _stop_accrual(session, loan, change, by=by, on=on, at=at)
    elif loan.non_accrual and not view.non_performing and days <= rules.nonaccrual_days:
        _resume_accrual(session, loan, change, by=by, on=on, at=at)
    session.add(loan)
    session.flush()
    return change


def mark_default(session: Session, *, loan: Loan, reason: str, by: Actor, on: date, at: datetime) -> Loan:
    """Declare a loan in default (违约): from then on the guarantee may be called and the claim handed over. The end of
    day does it by itself once a loan is as late as the rules say (`default_days`)."""
    moves.move(session, LOAN, loan, "default", by=by, on=on, at=at, reason=reason)
    return loan


def cure(session: Session, *, loan: Loan, reason: str, by: Actor, on: date, at: datetime) -> Loan:
    """Take a loan out of default after everything late was paid. Its class is lifted apart from that (`classify`).

    Refuses with ArrearsLeft.
    """
    if loan.oldest_unpaid is not None:
        raise ArrearsLeft(loan=loan.number, since=loan.oldest_unpaid)
    moves.move(session, LOAN, loan, "cure", by=by, on=on, at=at, reason=reason)
    return loan


def set_allowance(session: Session, *, on: date, by: Actor, at: datetime) -> dict[Product, Money]:
    """Bring the allowance of each product to what its loans need: a general share of all, a special one by class
    (CLS-12). Returns the targets. A share is rounded once for each product and class."""
    session.flush()
    rules = rules_in_force(session, ServicingRules, on)
    owed = [stage for stage in LoanStage if stage.owed]
    rows = session.execute(
        sa.select(Loan.product, Loan.five_class, sa.func.sum(sa.cast(Loan.outstanding, sa.BigInteger)))  # type: ignore[call-overload]
        .where(col(Loan.stage).in_(owed))
        .group_by(Loan.product, Loan.five_class)
    )
    whole: dict[Product, int] = {}
    special: dict[Product, Money] = {}
    for product, five_class, fen in rows:
        whole[product] = whole.get(product, 0) + int(fen)
        share = rules.allowance[five_class].of_amount(Money(int(fen)))
        special[product] = special.get(product, ZERO) + share
    held = {part: balance.net for part, balance in parts_of(session, "bank.allowance")}
    targets: dict[Product, Money] = {}
    for product in Product:
        target = rules.allowance_general.of_amount(Money(whole.get(product, 0))) + special.get(product, ZERO)
        change = target + held.get(product.value, ZERO)  # the allowance stands in credit
        event, amount = ("allowance_raised", change) if change > ZERO else ("allowance_lowered", -change)
        key = f"allowance:{on:%Y-%m-%d}:{product}"
        parts = {"product": product.value}
        book(session, event, key=key, cause=key, amounts={"amount": amount}, parts=parts, by=by, on=on, at=at)
        if target:
            targets[product] = target
    return targets


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


def _refuse_not_owed(loan: Loan) -> None:
    if not loan.stage.owed:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)


def _refuse_early_upgrade(session: Session, loan: Loan, rules: ServicingRules, on: date) -> None:
    """CLS-11: arrears paid, and since the last late payment enough instalments in a row on time, or enough months."""
    if loan.oldest_unpaid is not None:
        raise ArrearsLeft(loan=loan.number, since=loan.oldest_unpaid)
    past = session.exec(
        select(Instalment).where(Instalment.loan_id == loan.key, col(Instalment.live), Instalment.period_end <= on)
    ).all()
    late = [line.settled_on for line in past if line.settled_on is not None and line.settled_on > line.payable_on]
    bad = [five_class for five_class in CLASSES if five_class.non_performing]
    fell = session.exec(
        select(ClassChange)
        .where(ClassChange.loan_id == loan.key, col(ClassChange.target).in_(bad))
        .order_by(col(ClassChange.id).desc())
        .limit(1)
    ).one()
    since = max([fell.on, *late])
    periods = sum(line.settled_on is not None and line.payable_on > since for line in past)
    if periods < rules.upgrade_periods and add_months(since, rules.upgrade_months) > on:
        raise UpgradeTooEarly(
            loan=loan.number, since=since, periods=periods, need=rules.upgrade_periods, months=rules.upgrade_months
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
