"""The end of day over a million loans, on both engines, with full product rules (ledger.md 2.4, G6, G7)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from bench import day_by_rows, day_world
from bench.places import durable_server, postgres_bank, scratch, sqlite_bank
from bench.registry import Row, at_least, at_most, measures, shown
from bench.timing import seconds, sized
from models.lending import day
from models.lending.blocks import COLUMNS, unpack
from models.policies.rules import ServicingRules
from models.queries.day_by_sql import LoanRow, day_by_sql, open_meters
from models.queries.rules import rules_in_force
from models.roles import SYSTEM
from talentbank.database import Database
from workflows.day_end import run_day_in_steps
from workflows.day_portfolio import Standing, load, partitions

LOANS = 1_000_000
NAIVE = 2_000
DIGEST_LOANS = 100_000
DIGEST_DAYS = 30
WARM_DAYS = 3


def _run(database: Database, on: date, standing: Standing) -> float:
    return seconds(
        lambda: run_day_in_steps(database.write, on=on, by=SYSTEM, clock=lambda: day_world.AT, standing=standing)
    )


def _arithmetic(database: Database, on: date) -> float:
    """The rule alone over the same loans, all columns in memory: the best of three."""
    with database.read() as session:
        connection = session.connection()
        rules = rules_in_force(session, ServicingRules, on)
        parts = [load(connection, part, on, standing=Standing()) for part in partitions(connection)]
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        for part in parts:
            day.run(
                part.portfolio(),
                part.open_lines(on),
                on,
                ageing=rules.ageing,
                compound_on_penalty=rules.compound_on_penalty,
            )
        best = min(best, time.perf_counter() - started)
    return best


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def child(url: str) -> None:
    """Run the days in a process of its own, so that its peak of memory is its own; tells its figures as JSON."""
    database = Database(url)
    standing, on = Standing(), day_world.FIRST_DAY
    told: dict[str, Any] = {"cold": _run(database, on, standing), "warm": []}
    for _ in range(WARM_DAYS):
        on += timedelta(days=1)
        touched = day_world.a_days_payments(database, on)
        told["warm"].append(_run(database, on, standing))
        told["touched"] = touched
    told["peak_mb"] = _peak_mb()
    del standing
    told["arithmetic"] = _arithmetic(database, on + timedelta(days=1))
    with database.read() as session:
        blocks = 'SELECT SUM(LENGTH(data) + LENGTH(sha256) + 60), SUM(loans) FROM accrual_block WHERE "on" = :on'
        row = (
            session.connection()
            .execute(sa.text(blocks).bindparams(sa.bindparam("on", type_=sa.Date)), {"on": on})
            .one()
        )
        changed = "SELECT COUNT(*) FROM class_change"
        told["bytes"] = int(row[0]) / int(row[1])
        told["changes"] = session.connection().execute(sa.text(changed)).scalar_one()
    database.dispose()
    print(json.dumps(told))


def _in_a_process(url: str) -> dict[str, Any]:
    code = f"from bench.servicing_day import child; child({url!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _naive(database: Database) -> float:
    """Seconds a loan of the row-by-row day."""
    day_by_rows.make_table(database)
    with Session(database.engine) as session:
        rules = rules_in_force(session, ServicingRules, day_world.FIRST_DAY)
        rows = day_by_rows.Rows(rules.ageing, compound_on_penalty=rules.compound_on_penalty)
        return seconds(lambda: rows.day(session, day_world.FIRST_DAY, keep=True)) / NAIVE


_NAMES = ("arithmetic", "naive", "memory_mb", "bytes", "cold", "loans_per_second")


@measures(*(f"servicing.eod.{engine}.{name}" for engine in ("sqlite", "postgresql") for name in _NAMES))
def end_of_day(scale: float) -> Iterator[Row]:
    """A day after three others, the loans that were paid on it read anew; once cold; against arithmetic and ORM."""
    loans = sized(LOANS, scale, least=2_000)
    with scratch() as folder:
        with sqlite_bank(folder / "few.db") as few:
            day_world.fill(few, NAIVE)
            naive = _naive(few)
        with sqlite_bank(folder / "many.db") as many:
            day_world.fill(many, loans)
            url = many.url
        yield from _rows_of("sqlite", _in_a_process(url), naive, loans)
    with durable_server() as server:
        with postgres_bank(server, "few") as few:
            day_world.fill(few, NAIVE)
            naive = _naive(few)
        with postgres_bank(server, "many") as many:
            day_world.fill(many, loans)
            with many.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
            url = many.url
        yield from _rows_of("postgresql", _in_a_process(url), naive, loans)


def _rows_of(engine: str, told: dict[str, Any], naive: float, loans: int) -> Iterator[Row]:
    name = f"servicing.eod.{engine}"
    best = min(told["warm"])
    against = f"{loans:,} loans, {told['touched']:,} paid that day; the rule alone on arrays in memory {told['arithmetic']:.2f} s"
    yield at_most(f"{name}.arithmetic", best / told["arithmetic"], 10, unit="x time", against=against)
    yield at_least(
        f"{name}.naive",
        naive * loans / best,
        150,
        unit="x rate",
        against=f"loan by loan through the ORM ({1 / naive:,.0f} loans/s)",
    )
    yield at_most(
        f"{name}.memory_mb", told["peak_mb"], 400, unit="MB", against="peak of the process that runs four days"
    )
    yield at_most(f"{name}.bytes", told["bytes"], 16, unit="bytes", against="a loan and day, in the blocks")
    yield shown(
        f"{name}.cold",
        told["cold"] / told["arithmetic"],
        unit="x time",
        against=f"a process that has read nothing yet ({told['cold']:.1f} s)",
    )
    yield shown(f"{name}.loans_per_second", loans / best, unit="loans/s", against="everything a day does, durable")


def digests(database: Database, days: int) -> Iterator[tuple[date, str, str, str]]:
    """Each day's digest by columns, by SQL and row by row, payments between the days included."""
    standing, on = Standing(), day_world.FIRST_DAY
    with database.read() as session:
        rules = rules_in_force(session, ServicingRules, on)
    rows = day_by_rows.Rows(rules.ageing, compound_on_penalty=rules.compound_on_penalty)
    with database.engine.connect() as sql:
        open_meters(sql)
        sql.commit()
        for _ in range(days):
            day_world.a_days_payments(database, on)
            by_sql = _digest(day_by_sql(sql, on, ageing=rules.ageing, compound_on_penalty=rules.compound_on_penalty))
            sql.commit()
            with database.read() as session:
                by_rows = _digest(rows.day(session, on))
            _run(database, on, standing)
            yield on, _digest_of_blocks(database, on), by_sql, by_rows
            on += timedelta(days=1)


def _digest(rows: list[LoanRow]) -> str:
    numbers = np.array(
        [
            (
                r.loan_id, r.interest, r.penalty, r.compound, r.unpaid_interest, r.unpaid_penalty, r.unpaid_compound,
                r.penalty_rest, r.compound_rest, r.days_past_due, r.rank, r.suspended,
            )
            for r in rows
        ],
        np.int64,
    )  # fmt: skip
    return hashlib.sha256(numbers.tobytes()).hexdigest()


def _digest_of_blocks(database: Database, on: date) -> str:
    query = 'SELECT codec, data, sha256 FROM accrual_block WHERE "on" = :on ORDER BY part'
    with database.read() as session:
        found = (
            session.connection().execute(sa.text(query).bindparams(sa.bindparam("on", type_=sa.Date)), {"on": on}).all()
        )
    names = [name for name in COLUMNS if name != "product"]
    blocks = [unpack(codec, bytes(data), bytes(sha256)) for codec, data, sha256 in found]
    numbers = np.concatenate([np.stack([getattr(block, name) for name in names], axis=1) for block in blocks])
    return hashlib.sha256(numbers[np.argsort(numbers[:, 0])].tobytes()).hexdigest()


@measures("servicing.eod.digest")
def three_implementations(scale: float) -> Iterator[Row]:
    """Columns, SQL and whole numbers row by row must say the same of every loan on every day."""
    loans = sized(DIGEST_LOANS, scale, least=500)
    with scratch() as folder, sqlite_bank(folder / "digest.db") as database:
        day_world.fill(database, loans)
        same = [len({one, two, three}) == 1 for _, one, two, three in digests(database, DIGEST_DAYS)]
    yield at_least(
        "servicing.eod.digest",
        sum(same),
        DIGEST_DAYS,
        unit="days",
        against=f"three implementations on {loans:,} loans, leap day and month end in it",
    )
