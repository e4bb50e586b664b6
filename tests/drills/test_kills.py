"""Killed without warning in the middle of posting, the books hold on restart: nothing acknowledged is lost, nothing is
there twice, nothing half."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import sqlalchemy as sa

from models import ledger
from reports.proof import prove
from talentbank.database import Database

pytestmark = pytest.mark.drill
HOUSE = Path(__file__).resolve().parent.parent.parent
CHILD = textwrap.dedent(
    """
    import sys
    from datetime import UTC, date, datetime
    from models.roles import SYSTEM
    from models.values.money import Money
    from talentbank.database import Database
    from workflows.booking import book
    from workflows.posting import hold, end_hold

    url, first, durable = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "yes"
    database = Database(url, durable=durable)
    on, at = date(2012, 11, 7), datetime(2012, 11, 7, 2, tzinfo=UTC)
    who = {"by": SYSTEM, "on": on, "at": at}
    for number in range(first, first + 10_000):
        with database.write() as session:
            for event, amount in (("appropriated", 300), ("relender_capitalised", 200)):
                book(session, event, key=f"{event}:{number}", cause="drill", amounts={"amount": Money.yuan(amount)}, **who)
            hold(session, "relender.cash", Money.yuan(5), key=f"hold:{number}", cause="drill", expires=on, **who)
            if number % 3 == 0:
                end_hold(session, f"hold:{number}", "released", **who)
        print(number, flush=True)
    """
)


def killed_after(url: str, first: int, acknowledgements: int) -> int:
    """Post in a process of its own until so many transactions were acknowledged, then kill it; the last one told."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, url, str(first), "yes"], cwd=HOUSE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    told = first - 1
    for _ in range(acknowledgements):
        told = int(child.stdout.readline())
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().split()
    child.wait()
    child.stdout.close()
    return int(rest[-1]) if rest else told


def look(url: str, last: int) -> int:
    """Prove the books and find every acknowledged event exactly once; returns the number to go on from."""
    database = Database(url)
    try:
        with database.read() as session:
            assert prove(session).findings == []
            keys = list(session.connection().execute(sa.select(ledger.event.c.key)).scalars())
            booked = {int(key.rpartition(":")[2]) for key in keys}
            assert booked >= set(range(1, last + 1))
            assert max(booked) <= last + 1
            for number in booked:
                assert keys.count(f"appropriated:{number}") == keys.count(f"relender_capitalised:{number}") == 1
            return max(booked) + 1
    finally:
        database.dispose()


class TestAKillInMidPosting:
    @pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
    def test_leaves_books_that_hold_and_loses_nothing_acknowledged(
        self, engine: str, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        url = _url(engine, request, tmp_path)
        following = 1
        for acknowledgements in (1, 7, 23, 2):
            last = killed_after(url, following, acknowledgements)
            following = look(url, last)


def _url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if engine == "sqlite":
        request.getfixturevalue("sqlite_database")
        return f"sqlite:///{tmp_path / 'bank.db'}"
    database: Database = request.getfixturevalue("pg_database")
    return database.engine.url.render_as_string(hide_password=False)
