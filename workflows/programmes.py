"""District programmes at the desk: opened with their benefits, projects tracked in the pool, targets and how far they
are, and the interest subsidies they give to loans (rulebook section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlmodel import Session, select

from models.programme import Benefit, CapBasis, PoolProject, Programme, Target
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.talent import Level, Talent
from models.values.money import ZERO, Money
from models.values.rate import MILLION
from scoring.programme_math import FourRates, four_rates
from workflows.collecting import AmountNotPositive
from workflows.moves import note, require
from workflows.subsidies import pay_subsidy, subsidy_due

__all__ = [
    "add_benefit",
    "add_pool_project",
    "four_rates_of",
    "open_programme",
    "pay_subsidy",
    "record_actual",
    "set_target",
    "subsidy_due",
    "track_project",
]

RowT = TypeVar("RowT", Programme, Benefit, PoolProject, Target)

TRACKING = ("A", "B", "C")

_STEPS = ("tracking", "owner", "signed_on", "started_on", "in_production_on", "pledged", "paid_in")


class ProgrammeKnown(Refusal):
    """A programme of this name beginning on this day is known already."""


class ProgrammeEndsEarly(BadInput):
    """A programme cannot end before it begins."""


class WeightsNotWhole(BadInput):
    """The weights of the instalments must sum to one, in parts per million (TAL-06)."""


class TrackingUnknown(BadInput):
    """A project is tracked as A, B or C (TAL-09)."""


class StepsReversed(BadInput):
    """A project starts after it was signed and produces after it has started."""


class TargetKnown(Refusal):
    """This place has a target for this indicator and day already."""


def open_programme(
    session: Session,
    *,
    name: str,
    district: str = "",
    level: Level,
    starts_on: date,
    ends_on: date | None = None,
    source: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Programme:
    """Enter a talent plan or programme with where it stands written. Refuses with ProgrammeKnown, ProgrammeEndsEarly."""
    require(by, "programme.open", Role.TALENT_OFFICE)
    if ends_on is not None and ends_on < starts_on:
        raise ProgrammeEndsEarly(field="ends_on", starts_on=starts_on, ends_on=ends_on)
    known = select(Programme.id).where(Programme.name == name, Programme.starts_on == starts_on)
    if session.exec(known).first() is not None:
        raise ProgrammeKnown(name=name, starts_on=starts_on)
    return _kept(
        session,
        Programme.model_validate(
            {
                "name": name,
                "district": district,
                "level": level,
                "starts_on": starts_on,
                "ends_on": ends_on,
                "source": source,
            }
        ),
        "open",
        by=by,
        on=on,
        at=at,
    )


def add_benefit(
    session: Session,
    *,
    programme: Programme,
    kind: str,
    cap: Money | None = None,
    cap_basis: CapBasis = CapBasis.LOAN_PRINCIPAL,
    years: int | None = None,
    instalment_weights: Sequence[int] = (),
    condition: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Benefit:
    """Enter what a programme gives (TAL-03): `kind` such as `interest_subsidy`, weights in parts per million.

    Refuses with WeightsNotWhole, AmountNotPositive.
    """
    require(by, "benefit.add", Role.TALENT_OFFICE)
    if instalment_weights and sum(instalment_weights) != MILLION:
        raise WeightsNotWhole(field="instalment_weights", sum=sum(instalment_weights))
    if cap is not None and cap <= ZERO:
        raise AmountNotPositive(field="cap", given=cap)
    return _kept(
        session,
        Benefit.model_validate(
            {
                "programme_id": programme.key,
                "kind": kind,
                "cap": cap,
                "cap_basis": cap_basis,
                "years": years,
                "instalment_weights": list(instalment_weights),
                "condition": condition,
            }
        ),
        "add",
        by=by,
        on=on,
        at=at,
    )


def add_pool_project(
    session: Session,
    *,
    title: str,
    district: str,
    tracking: str,
    owner: str = "",
    talent: Talent | None = None,
    pledged: Money | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> PoolProject:
    """Enter a project of the pool with how closely it is followed: A 特殊跟踪, B 重点跟踪, C 关注了解 (TAL-09)."""
    require(by, "pool_project.add", Role.TALENT_OFFICE)
    if tracking not in TRACKING:
        raise TrackingUnknown(field="tracking", given=tracking)
    return _kept(
        session,
        PoolProject.model_validate(
            {
                "title": title,
                "district": district,
                "tracking": tracking,
                "owner": owner,
                "talent_id": None if talent is None else talent.key,
                "pledged": pledged,
            }
        ),
        "add",
        by=by,
        on=on,
        at=at,
    )


def track_project(
    session: Session, *, project: PoolProject, by: Actor, on: date, at: datetime, **steps: Any
) -> PoolProject:
    """Note how far a project has come; only what is named changes (`signed_on`, `started_on`, `in_production_on`,
    `pledged`, `paid_in`, `tracking`, `owner`). Refuses with TrackingUnknown, StepsReversed; TypeError for other names.
    """
    require(by, "pool_project.track", Role.TALENT_OFFICE)
    if unknown := steps.keys() - set(_STEPS):
        raise TypeError(f"a project has no {', '.join(sorted(unknown))}")
    if steps.get("tracking", project.tracking) not in TRACKING:
        raise TrackingUnknown(field="tracking", given=steps["tracking"])
    reached = [steps.get(step, getattr(project, step)) for step in ("signed_on", "started_on", "in_production_on")]
    days = [day for day in reached if day is not None]
    if days != sorted(days) or any(day > on for day in days):
        raise StepsReversed(field="started_on", days=tuple(days))
    for step, value in steps.items():
        setattr(project, step, value)
    session.add(project)
    note(session, project, "track", by=by, on=on, at=at, reason=", ".join(steps))
    session.flush()
    return project


def four_rates_of(session: Session, *, district: str, tracking: str = "") -> FourRates:
    """Fenghua's four rates over a district's pool, or over one class of it (TAL-09).

    A contract is performed once its project has started.
    """
    query = select(PoolProject).where(PoolProject.district == district)
    if tracking:
        query = query.where(PoolProject.tracking == tracking)
    projects = session.exec(query).all()
    signed = [project for project in projects if project.signed_on is not None]
    return four_rates(
        signed=len(signed),
        performed=sum(project.started_on is not None for project in signed),
        pledged=Money(sum(project.pledged.fen for project in projects if project.pledged is not None)),
        paid_in=Money(sum(project.paid_in.fen for project in projects if project.paid_in is not None)),
        projects=len(projects),
        started=sum(project.started_on is not None for project in projects),
        completed=sum(project.in_production_on is not None for project in projects),
    )


def set_target(
    session: Session, *, place: str, indicator: str, due_on: date, target: int, by: Actor, on: date, at: datetime
) -> Target:
    """Set what a park or township has to reach by a day (TAL-10, TAL-11). Refuses with TargetKnown."""
    require(by, "target.set", Role.TALENT_OFFICE)
    known = select(Target.id).where(Target.place == place, Target.indicator == indicator, Target.due_on == due_on)
    if session.exec(known).first() is not None:
        raise TargetKnown(place=place, indicator=indicator, due_on=due_on)
    row = Target.model_validate({"place": place, "indicator": indicator, "due_on": due_on, "target": target})
    return _kept(session, row, "set", by=by, on=on, at=at)


def record_actual(session: Session, *, target: Target, actual: int, by: Actor, on: date, at: datetime) -> Target:
    """Note how far a target has been reached. Refuses with AmountNotPositive below nought."""
    require(by, "target.record", Role.TALENT_OFFICE)
    if actual < 0:
        raise AmountNotPositive(field="actual", given=actual)
    target.actual = actual
    session.add(target)
    note(session, target, "record", by=by, on=on, at=at, reason=str(actual))
    session.flush()
    return target


def _kept(session: Session, row: RowT, verb: str, *, by: Actor, on: date, at: datetime) -> RowT:
    session.add(row)
    note(session, row, verb, by=by, on=on, at=at)
    session.flush()
    return row
