"""The timetable: what the clock sets going at what hour, in the bank's zone (`talentbank serve --clock`).

Every task may be missed, run twice or run from the command line instead (`eod`, `backup`, `verify`): a finished day
refuses a second run, so two clocks do no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from models.journal import DayRun
from models.roles import SYSTEM, Actor
from reports.proof import prove
from talentbank.database import Database
from talentbank.keeping import back_up, is_file
from talentbank.settings import Settings
from workflows import day_end
from workflows.day_portfolio import Standing

Clock = Callable[[], datetime]
"""Answers the moment now, aware, UTC."""

log = structlog.get_logger("talentbank.clock")


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the timetable: its name, its hour and minute in the bank's zone, and what it does."""

    name: str
    hour: int
    minute: int
    run: Callable[[Database, Settings, Clock], object]


def close_days(
    database: Database,
    *,
    until: date,
    clock: Clock,
    by: Actor = SYSTEM,
    told: Callable[[DayRun], None] = lambda run: None,
    stepped: Callable[[str, int, int], None] = lambda name, done, of: None,
) -> list[DayRun]:
    """Close every day through `until` that is not closed yet, in short transactions; `told` hears of each day, `stepped`
    of each step.

    Whatever stops it, the finished steps stay and the next call goes on after them. A day that somebody else has closed
    meanwhile is passed over.
    """
    with database.read() as session:
        days = day_end.days_due(session, until)
    runs, standing = [], Standing()
    for on in days:
        try:
            run = day_end.run_day_in_steps(database.write, on=on, by=by, clock=clock, standing=standing, told=stepped)
        except day_end.DayAlreadyRun:
            standing.forget()
            continue
        runs.append(run)
        told(run)
    return runs


def end_of_day(database: Database, settings: Settings, clock: Clock) -> list[DayRun]:
    """Close yesterday, and whatever was missed before it."""
    yesterday = clock().astimezone(settings.zone).date() - timedelta(days=1)
    return close_days(database, until=yesterday, clock=clock)


def proof(database: Database, settings: Settings, clock: Clock) -> int:
    """Prove the books; what does not fit is logged as an error, which is what an alarm listens to."""
    with database.read() as session:
        proved = prove(session)
    for finding in proved.findings:
        log.error("books_do_not_hold", check=finding.check, row=finding.row, what=finding.what)
    return len(proved.findings)


def nightly_backup(database: Database, settings: Settings, clock: Clock) -> object:
    """Copy a SQLite database beside itself, a name for each weekday; PostgreSQL has tools of its own."""
    if not is_file(database.url):
        return None
    day = clock().astimezone(settings.zone).date()
    return back_up(database, settings.backup_dir / f"{day:%a}".lower(), settings=settings, at=clock(), replace=True)


TIMETABLE = (
    Task("end_of_day", 0, 30, end_of_day),
    Task("backup", 2, 0, nightly_backup),
    Task("proof", 3, 30, proof),
)
"""By design: the day is closed after midnight, copied when it is closed, proved when it is copied."""


def start(database: Database, settings: Settings, clock: Clock) -> Any:
    """Start the clock in the background; answers the scheduler, whose `shutdown()` stops it."""
    from apscheduler.schedulers.background import BackgroundScheduler  # only a serving process needs it

    scheduler = BackgroundScheduler(timezone=settings.zone)
    for task in TIMETABLE:
        scheduler.add_job(
            _watched,
            "cron",
            args=(task, database, settings, clock),
            id=task.name,
            hour=task.hour,
            minute=task.minute,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # however late, once: the default drops what was missed during a stop
        )
    scheduler.start()
    return scheduler


def _watched(task: Task, database: Database, settings: Settings, clock: Clock) -> None:
    """Run a task; a failure is logged with its trace and does not stop the clock."""
    try:
        task.run(database, settings, clock)
    except Exception:
        log.exception("task_failed", task=task.name)
    else:
        log.info("task_done", task=task.name)
