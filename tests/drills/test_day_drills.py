"""The end of day under drill: killed fifty times at twenty points, on a full disk, under a clock that jumps, thirty days late. It
leaves the books that an undisturbed run leaves; the control shows that the drill would notice."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from credit import AT
from day_bank import close, three_loans, written
from sqlalchemy import event

from reports.proof import prove
from talentbank.database import Database

pytestmark = pytest.mark.drill
MORNING = date(2012, 11, 30)
UNTIL = date(2012, 12, 2)
MUCH_LATER = date(2013, 1, 15)
POINTS = 20
"""Spread over the statements of two days, a month's end among them."""
KILLS = 50
"""In all: most banks are killed again when they go on."""

SPARE = (0, 1, 2, 3, 5, 8)
"""Pages that the disk still has."""


def _run(path, kill_at: int, told, whole: bool, until: date) -> None:
    """In a process of its own: run the days, and die without a word before the statement `kill_at`."""
    database = Database(f"sqlite:///{path}")
    count = 0

    @event.listens_for(database.engine, "before_cursor_execute")
    def counts(*_args):
        nonlocal count
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    if not whole:  # the control: whatever is written is kept at once

        @event.listens_for(database.engine, "after_cursor_execute")
        def keeps(connection, _cursor, statement, *_args):
            if statement.startswith(("INSERT", "UPDATE")):
                raw = connection.connection.cursor()
                raw.execute("COMMIT")
                raw.execute("BEGIN IMMEDIATE")
                raw.close()

    close(database, until)
    told.value = count
    database.dispose()
    os._exit(0)


def run(path, kill_at: int = 0, *, whole: bool = True, until: date = UNTIL) -> int:
    """How many statements the days took, or nought if they were killed."""
    fork = multiprocessing.get_context("fork")
    told = fork.Value("l", 0)
    child = fork.Process(target=_run, args=(path, kill_at, told, whole, until))
    child.start()
    child.join()
    return told.value


@pytest.fixture
def bank(sqlite_template, tmp_path):
    """A bank on the morning before a month's end, as a file to be copied."""
    path = tmp_path / "morning.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    three_loans(database)
    close(database, MORNING)
    raw = database.engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    database.dispose()
    return path


def copy(bank, name: str):
    path = bank.with_name(name)
    shutil.copyfile(bank, path)
    return path


def end_of(path) -> list[tuple[object, ...]]:
    database = Database(f"sqlite:///{path}")
    try:
        with database.read() as session:
            assert prove(session).findings == []
        return written(database)
    finally:
        database.dispose()


class TestADayThatIsKilled:
    def test_fifty_times_at_twenty_points_goes_on_to_the_same_books(self, bank):
        undisturbed = copy(bank, "undisturbed.db")
        statements = run(undisturbed)
        expected = end_of(undisturbed)
        assert statements > POINTS
        kills = 0
        for number in range(POINTS):
            path = copy(bank, f"killed{number}.db")
            at = 1 + number * (statements - 1) // POINTS
            assert run(path, at) == 0
            kills, left = kills + 1, statements - at
            while kills * POINTS < KILLS * (number + 1):  # as it goes on: half way through what was left
                left //= 2
                assert run(path, max(left, 1)) == 0
                kills += 1
            assert run(path) > 0
            assert end_of(path) == expected, number
        assert kills == KILLS

    def test_would_be_noticed_if_its_steps_were_not_whole(self, bank):
        undisturbed = copy(bank, "undisturbed.db")
        statements = run(undisturbed)
        expected, differs = end_of(undisturbed), 0
        for number in range(3, POINTS, 4):
            path = copy(bank, f"control{number}.db")
            run(path, 1 + number * (statements - 1) // POINTS, whole=False)
            run(path)
            database = Database(f"sqlite:///{path}")
            differs += written(database) != expected
            database.dispose()
        assert differs


class TestADayOnAFullDisk:
    def test_leaves_whole_steps_and_goes_on_when_there_is_room(self, bank):
        undisturbed = copy(bank, "undisturbed.db")
        run(undisturbed, until=MUCH_LATER)
        path = copy(bank, "full.db")
        database = Database(f"sqlite:///{path}")
        finished = 0
        for spare in SPARE:
            full = Database(f"sqlite:///{path}")
            full.dispose()  # the connection that is open knows no limit
            event.listen(full.engine, "connect", _with_spare_pages(spare))
            with suppress(sa.exc.OperationalError, sqlite3.OperationalError):
                close(full, MUCH_LATER)
                finished += 1
            full.dispose()
            with database.read() as session:
                assert prove(session).findings == []
        assert finished < len(SPARE)
        close(database, MUCH_LATER)
        database.dispose()
        assert end_of(path) == end_of(undisturbed)


def _with_spare_pages(spare: int):
    def connected(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + spare}")

    return connected


class TestTheClock:
    def test_may_jump_by_years_and_the_days_are_the_same(self, fresh_sqlite):
        blocks = []
        for jumps in (0, 3):
            moments = (datetime(2012 + (n % 3 - 1) * jumps, 1, 1, tzinfo=UTC) for n in range(10_000))
            with fresh_sqlite() as database:
                three_loans(database)
                close(database, date(2012, 12, 5), clock=lambda m=moments: next(m))
                blocks.append([row for row in written(database) if len(row) == 3 and isinstance(row[0], int)][:28])
                with database.read() as session:
                    assert prove(session).findings == []
        assert blocks[0] == blocks[1]

    def test_that_stood_still_for_thirty_days_runs_them_in_order(self, fresh_sqlite):
        ends = []
        for at_once in (False, True):
            with fresh_sqlite() as database:
                three_loans(database)
                if not at_once:
                    for days in range(1, 31):
                        close(database, date(2012, 11, 7) + timedelta(days=days), clock=lambda: AT)
                close(database, date(2012, 12, 7))
                ends.append(written(database))
        assert ends[0] == ends[1]
