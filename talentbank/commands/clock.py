"""`talentbank eod`: what the clock does at night, by hand or from cron."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated

import typer

from models.journal import DayRun
from models.refusals import BadInput
from models.roles import SYSTEM
from talentbank.commands import console
from talentbank.commands.opening import day, moment, opened, refuse_before_the_bank, today
from talentbank.database import Database
from talentbank.scheduler import close_days
from talentbank.settings import load
from workflows import day_end
from workflows.day_portfolio import Standing

MOST_SHOWN = 31


class DayNotOver(BadInput):
    """A day is closed when it is over, not before."""


def eod(
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="the last day to close; yesterday if not given")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="do everything, show it, and roll it back")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="answer with one JSON document")] = False,
) -> None:
    """Close every business day that is over: interest, arrears, classes, allowance, expiries, notices.

    Each day is run in short steps, every step one transaction: stopped at any point, what was finished stays, and the
    next run goes on after it. A second run over the same days finds nothing to do.
    """
    settings = load()
    over = today(settings) - timedelta(days=1)
    last = day(until) or over
    # A demonstration may look ahead: its time is its own.
    if last > over and not settings.demo:
        raise DayNotOver(on=last, last=over)
    with opened(settings) as database:
        with database.read() as session:
            refuse_before_the_bank(session, last)
            due = day_end.days_due(session, last)
        with console.progress("closing days", len(due)) as advance:

            def told(run: DayRun) -> None:
                advance(1, f"{'tried' if dry_run else 'closed'} {run.on}")

            def stepped(name: str, done: int, of: int) -> None:
                advance(0, f"{name} ({done} of {of})")

            if dry_run:
                runs = _tried(database, due, told)
            else:
                runs = close_days(database, until=last, clock=moment, told=told, stepped=stepped)
    if as_json:
        days = [
            {"on": run.on, "loans": run.loans, "interest_fen": run.interest_fen, "notes": run.notes} for run in runs
        ]
        console.say_json({"dry_run": dry_run, "days": days})
    elif not runs:
        console.out.print(f"Nothing to do: no day through {last} is due.")
    else:
        _say(runs, dry_run)


def _say(runs: list[DayRun], dry_run: bool) -> None:
    shown = runs[-MOST_SHOWN:]
    console.say_table(
        ("day", "loans", "interest (CNY)"),
        [(run.on, f"{run.loans:,}", f"{run.interest_fen / 100:,.2f}") for run in shown],
        right=(1, 2),
        title="" if len(shown) == len(runs) else f"the last {len(shown)} of {len(runs)} days",
    )
    done = "would be closed (dry run: nothing was changed)" if dry_run else "closed"
    console.out.print(f"{len(runs)} day(s) {done}, through {runs[-1].on}.")


class _RolledBack(Exception):
    """Ends a dry run: everything it did is taken back."""


def _tried(database: Database, due: list[date], told: Callable[[DayRun], None]) -> list[DayRun]:
    """All days in one transaction that is rolled back: a later day must see the earlier ones."""
    runs: list[DayRun] = []
    standing = Standing()
    try:
        with database.write() as session:
            for on in due:
                run = day_end.run_day(session, on=on, by=SYSTEM, at=moment(), standing=standing)
                session.flush()
                session.expunge(run)  # so that the rollback leaves its figures to be shown
                runs.append(run)
                told(run)
            raise _RolledBack
    except _RolledBack:
        return runs
