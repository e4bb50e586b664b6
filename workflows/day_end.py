"""End of day (日终): each business day is run once, in order, in short steps, each of them one transaction.

A step is a partition of the loans or one of the day's chores. Killed at any point, the steps that were finished stay and
the next run goes on after them: it leaves the same rows, blocks and entries to the byte. Several schedulers that start
at once share the steps. `run_day` does all steps in one session of the caller's; `run_day_in_steps` each in its own
transaction, so that nobody waits for more than one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import ledger
from models.journal import DayRun
from models.policies.rules import ServicingRules
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import SYSTEM, Actor, Role
from workflows import day_chores, inspecting, misuse, repricing, watch
from workflows.day_interest import accrue_part
from workflows.day_portfolio import Standing, partitions
from workflows.moves import require
from workflows.posting import take_turn

MAY_RUN = (Role.SYSTEM, Role.ADMINISTRATOR, Role.FINANCE_BUREAU, Role.LOAN_OFFICER)
"""Who may start an end of day; what it does is done by the clock's own actor, whoever started it."""

_LAST = select(sa.func.max(DayRun.on)).where(col(DayRun.finished_at).is_not(None))
_NEWEST = select(DayRun).order_by(col(DayRun.on).desc()).limit(1)

Writing = Callable[[], AbstractContextManager[Session]]
"""Opens a session whose work is one transaction."""

Told = Callable[[str, int, int], None]
"""Hears of each step that is done: its name, how many are done, how many there are."""


class DayAlreadyRun(Refusal):
    """The end of this day was run before: a day is closed once."""


class DayOutOfOrder(Refusal):
    """Days are run one after the other; another one is next."""


def run_day(session: Session, *, on: date, by: Actor, at: datetime, standing: Standing | None = None) -> DayRun:
    """Run the end of one business day, exactly the one after the last that was run, in the caller's transaction.

    Leftover money is used for what is due; interest, penalty and compound interest accrue; classes, non-accrual and
    defaults follow; reservations and approvals expire; notices and warnings go out; a month's end sets the allowance,
    earns fees and accrues the cost of funds. Everything is done by the clock's own actor. `standing` spares the reading
    of what has not changed since the last day. Refuses with DayAlreadyRun and DayOutOfOrder.
    """
    kept = standing if standing is not None else Standing()
    try:
        run = begin(session, on=on, by=by, at=at)
        rules = rules_in_force(session, ServicingRules, on)
        found = {step: _do(session, on, step, rules, kept, at) for step in _steps(session, run)}
        return _noted(session, run, found, at, finished=True)
    except BaseException:
        kept.forget()
        raise


def run_day_in_steps(
    writing: Writing,
    *,
    on: date,
    by: Actor,
    clock: Callable[[], datetime],
    standing: Standing | None = None,
    told: Told = lambda name, done, of: None,
) -> DayRun:
    """Run the end of a day, each step in a transaction of its own; a day that was begun and not finished is gone on with.

    Refuses as `run_day` does. Whatever stops it, finished steps stay.
    """
    kept = standing if standing is not None else Standing()
    try:
        with writing() as session:
            steps = _steps(session, begin(session, on=on, by=by, at=clock()))
        for number, step in enumerate(steps, 1):
            with writing() as session:
                _do_alone(session, on, step, kept, clock())
            told(step, number, len(steps))
        with writing() as session:
            take_turn(session)
            return _noted(session, session.get_one(DayRun, on), {}, clock(), finished=True)
    except BaseException:
        kept.forget()
        raise


def begin(session: Session, *, on: date, by: Actor, at: datetime) -> DayRun:
    """Begin the end of a day, or find the one that was begun; from then on nothing can happen on that day. Refuses with
    DayAlreadyRun and DayOutOfOrder."""
    require(by, "day_run.run", *MAY_RUN)
    take_turn(session)
    session.flush()
    _refuse_out_of_order(session, on)
    run = session.get(DayRun, on)
    if run is None:
        run = DayRun(on=on, started_at=at, notes={"by": by.user_id, "steps": {}})
        session.add(run)
        session.flush()
    return run


def progress(session: Session, run: DayRun) -> tuple[int, int]:
    """How many steps of a day that was begun are done, and how many there are."""
    done = len(run.notes["steps"])
    return done, done + len(_steps(session, run))


def unfinished(session: Session) -> DayRun | None:
    """The day whose end was begun and is not finished; None if there is none."""
    newest = _newest(session)
    return newest if newest is not None and newest.finished_at is None else None


def last_day(session: Session) -> date | None:
    """The last day whose end was run; None before the first."""
    return session.exec(_LAST).one()


def next_day(session: Session) -> date | None:
    """The day whose end is to be run next: after the last one, or the day of the first event in the books; None while
    nothing has happened."""
    return _after(session, _newest(session))


def days_due(session: Session, until: date) -> list[date]:
    """The days up to and including `until` whose end has not been run, in the order in which to run them."""
    day = next_day(session)
    if day is None:
        return []
    return [day + timedelta(days=number) for number in range((until - day).days + 1)]


_CHORES = ("expiries", "warnings", "inspections", "notices", "month")
_PART = "part:"


def _steps(session: Session, run: DayRun) -> list[str]:
    """What is left to be done of the day, in order."""
    month = _CHORES if day_chores.month_ends(run.on) else _CHORES[:-1]
    names = ["repricing", *(f"{_PART}{part}" for part in partitions(session.connection())), *month]
    return [name for name in names if name not in run.notes["steps"]]


def _do_alone(session: Session, on: date, step: str, standing: Standing, at: datetime) -> None:
    """A step in a transaction of its own, unless somebody else has done it meanwhile."""
    take_turn(session)
    run = session.get_one(DayRun, on)
    if step not in run.notes["steps"]:
        rules = rules_in_force(session, ServicingRules, on)
        _noted(session, run, {step: _do(session, on, step, rules, standing, at)}, at)


def _do(
    session: Session, on: date, step: str, rules: ServicingRules, standing: Standing, at: datetime
) -> dict[str, int]:
    """One step; what it came to, by the names under which the run keeps it."""
    if step.startswith(_PART):
        return _part(session, on, int(step.removeprefix(_PART)), rules, standing, at)
    match step:
        case "repricing":
            return {"repriced": repricing.reprice_due(session, by=SYSTEM, on=on, at=at)}
        case "expiries":
            return day_chores.expire(session, by=SYSTEM, on=on, at=at)
        case "warnings":
            return {"warnings": len(watch.scan(session, by=SYSTEM, on=on, at=at))}
        case "inspections":
            return {"inspections": inspecting.remind(session, by=SYSTEM, on=on, at=at)}
        case "notices":
            return {"notices": day_chores.give_notice(session, rules, on=on, at=at)}
        case _:
            return day_chores.close_month(session, by=SYSTEM, on=on, at=at)


def _noted(
    session: Session, run: DayRun, found: Mapping[str, Mapping[str, int]], at: datetime, *, finished: bool = False
) -> DayRun:
    """Add to the run what its steps came to."""
    notes, steps = dict(run.notes), dict(run.notes["steps"])
    for step, counts in found.items():
        steps[step] = at.isoformat()
        for name, value in counts.items():
            if name in _OWN:
                setattr(run, name, getattr(run, name) + value)
            else:
                notes[name] = notes.get(name, 0) + value
    run.notes = notes | {"steps": steps}
    if finished and run.finished_at is None:
        run.finished_at = at
    session.add(run)
    session.flush()
    return run


_OWN = ("loans", "interest_fen")
"""What the run keeps in columns of its own."""


def _part(
    session: Session, on: date, part: int, rules: ServicingRules, standing: Standing, at: datetime
) -> dict[str, int]:
    """A partition of the loans: surpluses, the day's interest and classes, misuse interest, defaults."""
    used = day_chores.use_surpluses(session, part, by=SYSTEM, on=on, at=at)
    interest = accrue_part(session, part, on=on, rules=rules, standing=standing, by=SYSTEM, at=at)
    return {
        "loans": interest.loans,
        "interest_fen": interest.income_fen,
        "suspended_fen": interest.suspended_fen,
        "outstanding_fen": interest.outstanding_fen,
        "non_performing_fen": interest.non_performing_fen,
        "class_changes": interest.changes,
        "surpluses": used,
        "set_aside": interest.aside,
        "diverted": misuse.accrue_misuse(session, part, on=on, by=SYSTEM, at=at),
        "defaults": day_chores.declare_defaults(session, interest.late, rules, by=SYSTEM, on=on, at=at),
    }


def _refuse_out_of_order(session: Session, on: date) -> None:
    newest = _newest(session)
    if newest is not None and newest.finished_at is not None and on <= newest.on:
        raise DayAlreadyRun(on=on, last=newest.on)
    following = _after(session, newest)
    # Before the first run an earlier day does no harm: nothing had happened yet.
    if following is not None and (on > following if newest is None else on != following):
        raise DayOutOfOrder(on=on, next=following)


def _newest(session: Session) -> DayRun | None:
    """The run of the newest day: the only one that may be unfinished."""
    return session.exec(_NEWEST).first()


def _after(session: Session, newest: DayRun | None) -> date | None:
    if newest is not None:
        return newest.on if newest.finished_at is None else newest.on + timedelta(days=1)
    first = session.execute(sa.select(sa.func.min(ledger.event.c.day))).scalar()
    return None if first is None else ledger.day_of(first)
