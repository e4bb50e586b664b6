"""The five classes of a loan (五级分类): what a person may say about them, when a bad loan may be lifted, default and cure.

The day's own changes come from `workflows.day_interest`, those of recorded circumstances from `workflows.class_triggers`;
here an analyst goes below the floor (CLS-08) or lifts a loan that has paid long enough (CLS-11), and a loan is declared in
default or cured. The allowance is set at a month's end by `workflows.provisioning` (CLS-12 to CLS-14).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.firm import Firm
from models.lending.ageing import CLASSES, ClassReason, FiveClass, days_past_due, floor_by_days, worst
from models.lending.circumstances import TriggerKind
from models.loan import ClassChange, Instalment, Loan
from models.policies.rules import ServicingRules
from models.queries.classes import OWED, standing_of_firm
from models.queries.owed import meter_of
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.loan import LOAN
from models.values.money import Money
from models.values.terms import add_months
from workflows import moves
from workflows.class_setting import clear_suspended, set_class
from workflows.class_triggers import floor_now
from workflows.provisioning import set_allowance

__all__ = [
    "AboveFloor",
    "AboveStandingFloor",
    "ArrearsLeft",
    "Change",
    "ChargesLeft",
    "ClassUnchanged",
    "ImpairedAssetLeft",
    "LoanNotOwed",
    "NothingToLift",
    "OtherClaimsBad",
    "UpgradeTooEarly",
    "classify",
    "clear_suspended",
    "cure",
    "keep_changes",
    "lift_debtor",
    "mark_default",
    "set_allowance",
]


class AboveFloor(Refusal):
    """The days past due allow no class as good as this one (CLS-08)."""


class AboveStandingFloor(Refusal):
    """What is known of the loan or its debtor allows no class as good as this one; it has to be ended first (CLS-08)."""


class ClassUnchanged(Refusal):
    """The loan is in this class already."""


class UpgradeTooEarly(Refusal):
    """A bad loan may be lifted once arrears are paid and enough instalments or months went well (CLS-11)."""


class ArrearsLeft(Refusal):
    """The loan still has dues that are late, so it is neither cured nor lifted."""


class ChargesLeft(Refusal):
    """Penalty or compound interest is still owed: a bad loan is lifted once all costs are paid (CLS-11)."""


class ImpairedAssetLeft(Refusal):
    """The debtor is known to be credit-impaired, with this loan or another: none of its loans is lifted (CLS-11)."""


class OtherClaimsBad(Refusal):
    """Too much of the debtor's other claims here is non-performing: they are lifted together or not at all (CLS-06)."""


class NothingToLift(Refusal):
    """The debtor has no non-performing loan here."""


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
    into income again. Refuses with AboveFloor, AboveStandingFloor, ClassUnchanged, and as CLS-11 asks with ArrearsLeft,
    ChargesLeft, ImpairedAssetLeft, UpgradeTooEarly, OtherClaimsBad.
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
    if view.rank < loan.class_floor.rank:
        raise AboveStandingFloor(loan=loan.number, view=view, floor=loan.class_floor)
    if view is loan.five_class:
        raise ClassUnchanged(loan=loan.number, view=view)
    if better and loan.five_class.non_performing:
        _refuse_early_upgrade(session, loan, rules, on)
        if not view.non_performing:
            _refuse_bad_company(session, loan, rules, on)
    moves.note(session, loan, "classify", by=by, on=on, at=at, reason=reason)
    return set_class(
        session,
        loan=loan,
        target=view,
        reasons=(ClassReason.ANALYST_VIEW,),
        days=days,
        rules=rules,
        by=by,
        on=on,
        at=at,
    )


def lift_debtor(
    session: Session, *, firm: Firm, view: FiveClass, reason: str, by: Actor, on: date, at: datetime
) -> list[ClassChange]:
    """Lift all non-performing loans of a debtor together, each of which has to meet what CLS-11 asks for.

    One after the other they could never be lifted: each keeps the others down (CLS-06). Refuses with NothingToLift and as
    `classify` does.
    """
    moves.require(by, "loan.classify", Role.CREDIT_REVIEWER)
    if not reason.strip():
        raise moves.ReasonNeeded(field="reason", act="loan.classify")
    rules = rules_in_force(session, ServicingRules, on)
    query = select(Loan).where(Loan.firm_id == firm.key, col(Loan.stage).in_(OWED)).order_by(col(Loan.id))
    bad = [loan for loan in session.exec(query) if loan.five_class.non_performing]
    if not bad or view.non_performing:
        raise NothingToLift(firm=firm.name)
    for loan in bad:
        days = days_past_due(loan.oldest_unpaid, on)
        floor = worst(floor_by_days(days, rules.ageing), loan.class_floor)
        _refuse_early_upgrade(session, loan, rules, on)
        if view.rank < floor.rank:
            raise AboveStandingFloor(loan=loan.number, view=view, floor=floor)
    changes = []
    for loan in bad:
        moves.note(session, loan, "classify", by=by, on=on, at=at, reason=reason)
        changes.append(
            set_class(
                session,
                loan=loan,
                target=view,
                reasons=(ClassReason.ANALYST_VIEW,),
                days=days_past_due(loan.oldest_unpaid, on),
                rules=rules,
                by=by,
                on=on,
                at=at,
            )
        )
    return changes


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


def _refuse_not_owed(loan: Loan) -> None:
    if not loan.stage.owed:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)


def _refuse_early_upgrade(session: Session, loan: Loan, rules: ServicingRules, on: date) -> None:
    """CLS-11: arrears paid, and since the last late payment enough instalments in a row on time, or enough months."""
    if loan.oldest_unpaid is not None:
        raise ArrearsLeft(loan=loan.number, since=loan.oldest_unpaid)
    meter = meter_of(session, loan)
    if meter.penalty_fen or meter.compound_fen:
        raise ChargesLeft(loan=loan.number, amount=Money(meter.penalty_fen + meter.compound_fen))
    for standing in standing_of_firm(session, loan.firm_id):
        if standing.kind is TriggerKind.CREDIT_IMPAIRED:
            raise ImpairedAssetLeft(loan=loan.number, since=standing.known_on, evidence=standing.evidence)
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


def _refuse_bad_company(session: Session, loan: Loan, rules: ServicingRules, on: date) -> None:
    """The end of day would take the loan down again because of the debtor's other claims (CLS-06)."""
    floor = floor_now(session, loan, rules, on)
    if ClassReason.OWN_NON_PERFORMING in floor.reasons:
        raise OtherClaimsBad(loan=loan.number, limit=rules.cross_own_share)
