"""Why loans stand in their classes: circumstances that stand, their history, the reviews, and which loans are due for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.classification import ClassReview, ClassTrigger, ClassTriggerEnd
from models.firm import Firm
from models.lending.ageing import FiveClass, days_past_due
from models.lending.circumstances import TriggerKind
from models.lending.observation import Observation, observation
from models.loan import ClassChange, Loan
from models.policies.rules import ServicingRules
from models.queries.firm_names import called
from models.queries.owed import live_lines
from models.states.loan import LoanStage
from models.values.money import Money
from models.values.terms import add_months

PAGE = 50
OWED = tuple(stage for stage in LoanStage if stage.owed)
_CHANGE: Any = aliased(ClassChange)
_REVIEW: Any = aliased(ClassReview)
_ENDED = sa.exists().where(col(ClassTriggerEnd.trigger_id) == col(ClassTrigger.id))


def standing_of_firm(session: Session, firm_id: int) -> list[ClassTrigger]:
    """The circumstances of a firm and of its loans that nobody has ended, in the order in which they were recorded."""
    loans = sa.select(col(Loan.id)).where(col(Loan.firm_id) == firm_id)
    query = select(ClassTrigger).where(
        ~_ENDED, (col(ClassTrigger.firm_id) == firm_id) | col(ClassTrigger.loan_id).in_(loans)
    )
    return list(session.exec(query.order_by(col(ClassTrigger.id))))


def touches(trigger: ClassTrigger, loan: Loan) -> bool:
    """Whether a circumstance is one of this loan: its own, or its firm's."""
    return trigger.loan_id == loan.key if trigger.loan_id is not None else trigger.firm_id == loan.firm_id


def triggers_of(session: Session, loan: Loan) -> list[tuple[ClassTrigger, ClassTriggerEnd | None]]:
    """Every circumstance of a loan and of its firm with its end, if it has one, the oldest first."""
    query = (
        select(ClassTrigger, ClassTriggerEnd)
        .outerjoin(ClassTriggerEnd, col(ClassTriggerEnd.trigger_id) == col(ClassTrigger.id))
        .where((col(ClassTrigger.loan_id) == loan.key) | (col(ClassTrigger.firm_id) == loan.firm_id))
        .order_by(col(ClassTrigger.id))
    )
    return [(row[0], row[1]) for row in session.exec(query)]


def reviews_of(session: Session, loan: Loan) -> list[ClassReview]:
    """The reviews of a loan's class, the oldest first (CLS-15)."""
    return list(session.exec(select(ClassReview).where(ClassReview.loan_id == loan.key).order_by(col(ClassReview.id))))


def last_changes(session: Session, loan_ids: Collection[int]) -> dict[int, ClassChange]:
    """The newest change of class of each of these loans."""
    newest = sa.select(sa.func.max(_CHANGE.id)).where(_CHANGE.loan_id.in_(loan_ids)).group_by(_CHANGE.loan_id)
    rows = session.exec(select(ClassChange).where(col(ClassChange.id).in_(newest)))
    return {row.loan_id: row for row in rows}


def observation_of(session: Session, loan: Loan, trigger: ClassTrigger, rules: ServicingRules, on: date) -> Observation:
    """How far the observation of a restructured loan has come on a day (CLS-09). LookupError for another circumstance."""
    if trigger.first_repayment_on is None:
        raise LookupError(f"{trigger.kind} is not observed")
    lines = live_lines(session, loan)
    missed = [
        line.payable_on
        for line in lines
        if (line.settled_on is None and line.payable_on < on) or (line.settled_on or on) > line.payable_on
    ]
    missed = [day for day in missed if day < on]
    due = [line.payable_on for line in lines]
    return observation(trigger.first_repayment_on, due, missed, periods=rules.obs_periods, months=rules.obs_months)


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A loan on the class review desk. `kinds` are the circumstances that stand; `reviewed_*` those of its last review, none
    before the first; `due_on` the day by which it is to be looked at again."""

    id: int
    number: str
    firm_id: int
    firm: str
    outstanding: Money
    five_class: FiveClass
    class_floor: FiveClass
    oldest_unpaid: date | None
    opened_on: date
    reviewed_on: date | None
    reviewed_class: FiveClass | None
    reviewed_floor: FiveClass | None
    months: int
    kinds: tuple[TriggerKind, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def due_on(self) -> date:
        """The day by which the class is to be reviewed (CLS-15)."""
        return add_months(self.reviewed_on or self.opened_on, self.months)

    def days_past_due(self, on: date) -> int:
        """Days since the oldest unpaid due day."""
        return days_past_due(self.oldest_unpaid, on)


_LAST = sa.select(sa.func.max(_REVIEW.id)).where(_REVIEW.loan_id == col(Loan.id)).scalar_subquery()
SORTS: dict[str, Any] = {
    "due_on": sa.func.coalesce(col(ClassReview.on), col(Loan.opened_on)),
    "outstanding": Loan.outstanding,
    "number": Loan.number,
    "firm": Firm.name_sort,
    "oldest_unpaid": Loan.oldest_unpaid,
}
"""What the desk may be sorted by; a minus in front turns the order."""


_NAMES = tuple(one.name for one in fields(ReviewLine))[:12]


def review_rows(
    session: Session,
    *,
    on: date,
    months: int,
    due: bool = False,
    triggered: bool = False,
    five_class: FiveClass | None = None,
    text: str = "",
    loan_ids: Collection[int] | None = None,
    sort: str = "due_on",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[ReviewLine], int]:
    """A page of loans the bank holds and how many there are in all; `due` leaves those to be reviewed by the day,
    `triggered` those of which a circumstance stands."""
    conditions: list[Any] = [col(Loan.stage).in_(OWED)]
    if due:
        conditions.append(SORTS["due_on"] <= _last_day_due(on, months))
    if triggered:
        conditions.append(_triggered())
    if five_class is not None:
        conditions.append(col(Loan.five_class) == five_class)
    if text.strip():
        conditions.append(called(text, Loan.number))
    if loan_ids is not None:
        conditions.append(col(Loan.id).in_(loan_ids))
    total = session.execute(_about(sa.select(sa.func.count())).where(*conditions)).scalar_one()
    name = sort.removeprefix("-")
    column = SORTS.get(name, SORTS["due_on"])
    nulls = (col(Loan.oldest_unpaid).is_(None),) if name == "oldest_unpaid" else ()
    first = sa.desc(column) if sort.startswith("-") else sa.asc(column)
    columns: tuple[Any, ...] = (
        Loan.id, Loan.number, Loan.firm_id, Firm.name, Loan.outstanding, Loan.five_class, Loan.class_floor,
        Loan.oldest_unpaid, Loan.opened_on, col(ClassReview.on), col(ClassReview.five_class), col(ClassReview.floor),
    )  # fmt: skip
    query = _about(sa.select(*columns)).where(*conditions)
    rows = session.execute(query.order_by(*nulls, first, col(Loan.id)).limit(limit).offset(offset)).all()
    kinds, changes = _kinds(session, rows), last_changes(session, [row[0] for row in rows])
    return [
        ReviewLine(
            **dict(zip(_NAMES, row, strict=True)),
            months=months,
            kinds=tuple(kinds[row[0]]),
            reasons=tuple(changes[row[0]].reasons) if row[0] in changes else (),
        )
        for row in rows
    ], int(total)


def _last_day_due(on: date, months: int) -> date:
    """The latest day of a review that is due again by `on`: the day whose term of so many months ends then."""
    day = add_months(on, -months)
    while add_months(date.fromordinal(day.toordinal() + 1), months) <= on:
        day = date.fromordinal(day.toordinal() + 1)
    return day


def _about(query: sa.Select[Any]) -> sa.Select[Any]:
    query = query.select_from(Loan).join(Firm, col(Firm.id) == col(Loan.firm_id))
    return query.outerjoin(ClassReview, col(ClassReview.id) == _LAST)


def _triggered() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        ~_ENDED, (col(ClassTrigger.loan_id) == col(Loan.id)) | (col(ClassTrigger.firm_id) == col(Loan.firm_id))
    )


def _kinds(session: Session, rows: Iterable[Any]) -> dict[int, list[TriggerKind]]:
    """The kinds of what stands against each loan of a page."""
    firms = {row[0]: row[2] for row in rows}
    found: dict[int, list[TriggerKind]] = defaultdict(list)
    if not firms:
        return found
    query = select(ClassTrigger).where(
        ~_ENDED, col(ClassTrigger.loan_id).in_(firms) | col(ClassTrigger.firm_id).in_(set(firms.values()))
    )
    for trigger in session.exec(query.order_by(col(ClassTrigger.id))):
        for loan_id, firm_id in firms.items():
            if trigger.loan_id == loan_id or (trigger.loan_id is None and trigger.firm_id == firm_id):
                found[loan_id].append(trigger.kind)
    return found
