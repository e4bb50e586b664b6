"""What the class pages show: why a loan stands where it stands, and who said so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from models.classification import ClassReview, ClassTrigger, ClassTriggerEnd
from models.firm import Firm
from models.lending.ageing import ClassReason, FiveClass, days_past_due, floor_by_days, worst
from models.lending.observation import Observation
from models.loan import ClassChange, Loan
from models.policies.rules import ServicingRules
from models.queries.classes import ReviewLine, observation_of, reviews_of, triggers_of
from models.queries.loans import class_changes_of
from models.user import User
from models.values.rate import Rate
from models.values.terms import add_months
from talentbank.i18n import N_
from talentbank.web.desk import Desk
from talentbank.web.views_parties import invented
from workflows import class_triggers

CLOCK = N_("系统")


def reasons(stored: Iterable[str]) -> list[ClassReason]:
    """The stored words of reasons as words of the glossary; what is no reason any more is left out."""
    known = set(ClassReason)
    return [ClassReason(one) for one in stored if one in known]


def steady(row: ReviewLine, rules: ServicingRules, on: date) -> bool:
    """Whether nothing has changed since the last review, as far as the list can see: it may be confirmed with others."""
    floor = worst(floor_by_days(row.days_past_due(on), rules.ageing), row.class_floor)
    before = (row.reviewed_class or FiveClass.NORMAL, row.reviewed_floor or FiveClass.NORMAL)
    return before == (row.five_class, floor)


@dataclass(frozen=True, slots=True)
class TriggerView:
    """A circumstance with its end; `observed` is how far a restructured loan's observation has come while it stands."""

    row: ClassTrigger
    ended: ClassTriggerEnd | None
    of_firm: bool
    share: Rate | None
    recorded_by: str
    ended_by: str
    observed: Observation | None
    may_end: bool


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of class with its reasons in words and who made it."""

    row: ClassChange
    reasons: list[ClassReason]
    by: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review with what reached the floor and who looked."""

    row: ClassReview
    reasons: list[ClassReason]
    by: str


@dataclass(frozen=True, slots=True)
class ClassPage:
    """Everything about one loan's class, the newest first."""

    loan: Loan
    firm: Firm
    invented: str
    days: int
    floor: FiveClass
    reasons: list[ClassReason]
    due_on: date
    triggers: list[TriggerView]
    changes: list[ChangeView]
    reviews: list[ReviewView]


def page(desk: Desk, loan: Loan) -> ClassPage:
    """The class page of a loan as this actor may use it."""
    session, rules = desk.session, desk.rules(ServicingRules)
    firm = session.get_one(Firm, loan.firm_id)
    triggers, changes, reviews = triggers_of(session, loan), class_changes_of(session, loan), reviews_of(session, loan)
    floor = class_triggers.floor_now(session, loan, rules, desk.on)
    names = _names(
        desk,
        [one.recorded_by for one, _ in triggers]
        + [ended.ended_by for _, ended in triggers if ended]
        + [one.actor_id for one in changes]
        + [one.actor_id for one in reviews],
    )
    last = reviews[-1].on if reviews else loan.opened_on or desk.on
    return ClassPage(
        loan=loan,
        firm=firm,
        invented=invented(firm),
        days=days_past_due(loan.oldest_unpaid, desk.on),
        floor=floor.five_class,
        reasons=reasons(floor.reasons),
        due_on=add_months(last, rules.class_review_months),
        triggers=[_trigger(desk, loan, one, ended, names, rules) for one, ended in reversed(triggers)],
        changes=[ChangeView(one, reasons(one.reasons), names[one.actor_id]) for one in reversed(changes)],
        reviews=[ReviewView(one, reasons(one.reasons), names[one.actor_id]) for one in reversed(reviews)],
    )


def _trigger(
    desk: Desk,
    loan: Loan,
    row: ClassTrigger,
    ended: ClassTriggerEnd | None,
    names: dict[int, str],
    rules: ServicingRules,
) -> TriggerView:
    observed = row.first_repayment_on is not None and ended is None and loan.stage.owed
    return TriggerView(
        row=row,
        ended=ended,
        of_firm=row.firm_id is not None,
        share=Rate(row.share_ppm) if row.share_ppm else None,
        recorded_by=names[row.recorded_by],
        ended_by=names[ended.ended_by] if ended else "",
        observed=observation_of(desk.session, loan, row, rules, desk.on) if observed else None,
        may_end=ended is None and desk.actor.holds(*class_triggers.MAY_END) and desk.actor.user_id != row.recorded_by,
    )


def _names(desk: Desk, ids: Sequence[int]) -> dict[int, str]:
    """What people are called; the clock is the program itself."""
    found = {one.key: one.name for one in desk.session.exec(select(User).where(col(User.id).in_(set(ids))))}
    return {key: desk.words(CLOCK) if key == 0 else found.get(key, str(key)) for key in set(ids)}
