"""End of day (日终): each business day is run once, in order, as one transaction of the caller's.

A day that fails leaves nothing; run again it gives the same rows, blocks and entries to the byte. Several days may share
one transaction: the caller decides how much to lose.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import ledger
from models.journal import DayRun
from models.policies.rules import ServicingRules
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import SYSTEM, Actor, Role
from workflows import day_chores, misuse, watch
from workflows.day_interest import accrue_day
from workflows.moves import require
from workflows.posting import take_turn

MAY_RUN = (Role.SYSTEM, Role.ADMINISTRATOR, Role.FINANCE_BUREAU, Role.LOAN_OFFICER)
"""Who may start an end of day; what it does is done by the clock's own actor, whoever started it."""

_LAST = select(sa.func.max(DayRun.on)).where(col(DayRun.finished_at).is_not(None))


class DayAlreadyRun(Refusal):
    """The end of this day was run before: a day is closed once."""


class DayOutOfOrder(Refusal):
    """Days are run one after the other; another one is next."""


def run_day(session: Session, *, on: date, by: Actor, at: datetime) -> DayRun:
    """Run the end of one business day, exactly the one after the last that was run.

    Leftover money is used for what is due; interest, penalty and compound interest accrue; classes, non-accrual and
    defaults follow; reservations and approvals expire; notices and warnings go out; a month's end sets the allowance,
    earns fees and accrues the cost of funds. Everything is done by the clock's own actor. Refuses with DayAlreadyRun and
    DayOutOfOrder.
    """
    require(by, "day_run.run", *MAY_RUN)
    take_turn(session)
    session.flush()
    _refuse_out_of_order(session, on)
    rules = rules_in_force(session, ServicingRules, on)
    notes: dict[str, Any] = {"by": by.user_id}
    used = day_chores.use_surpluses(session, by=SYSTEM, on=on, at=at)
    interest = accrue_day(session, on=on, rules=rules, by=SYSTEM, at=at)
    if diverted := misuse.accrue_misuse(session, on=on, by=SYSTEM, at=at):
        notes["diverted"] = diverted
    notes |= {
        "suspended_fen": interest.suspended_fen,
        "outstanding_fen": interest.outstanding_fen,
        "non_performing_fen": interest.non_performing_fen,
        "class_changes": len(interest.changes),
        "surpluses": used,
        "defaults": day_chores.declare_defaults(session, interest.late, rules, by=SYSTEM, on=on, at=at),
    }
    notes |= day_chores.expire(session, by=SYSTEM, on=on, at=at)
    if interest.loans:
        notes["warnings"] = len(watch.scan(session, by=SYSTEM, on=on, at=at))
    notes["notices"] = day_chores.give_notice(session, rules, on=on, at=at)
    if day_chores.month_ends(on):
        notes |= day_chores.close_month(session, by=SYSTEM, on=on, at=at)
    run = DayRun(
        on=on, started_at=at, finished_at=at, loans=interest.loans, interest_fen=interest.income_fen, notes=notes
    )
    session.add(run)
    session.flush()
    return run


def last_day(session: Session) -> date | None:
    """The last day whose end was run; None before the first."""
    return session.exec(_LAST).one()


def next_day(session: Session) -> date | None:
    """The day whose end is to be run next: after the last one, or the day of the first event in the books; None while
    nothing has happened."""
    return _after(session, last_day(session))


def days_due(session: Session, until: date) -> list[date]:
    """The days up to and including `until` whose end has not been run, in the order in which to run them."""
    day = next_day(session)
    if day is None:
        return []
    return [day + timedelta(days=number) for number in range((until - day).days + 1)]


def _refuse_out_of_order(session: Session, on: date) -> None:
    last = last_day(session)
    if last is not None and on <= last:
        raise DayAlreadyRun(on=on, last=last)
    following = _after(session, last)
    # Before the first run an earlier day does no harm: nothing had happened yet.
    if following is not None and (on > following if last is None else on != following):
        raise DayOutOfOrder(on=on, next=following)


def _after(session: Session, last: date | None) -> date | None:
    if last is not None:
        return last + timedelta(days=1)
    first = session.execute(sa.select(sa.func.min(ledger.event.c.day))).scalar()
    return None if first is None else ledger.day_of(first)
