"""A bank of any size for the end of day, put in by bulk inserts: synthetic loans of every age, some of them late.

Half of the loans count their interest in months and half in days; one in sixteen is late by up to five hundred days; a
firm has one loan, or in one case of ten two. Every loan has its running instalment, the next two, and the late ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from models import exposure, touched
from models.application import Product
from models.lending.ageing import CLASSES, AgeingRules, floor_by_days_columns
from talentbank.database import Database
from workflows.rulemaking import lay_first_rules

AT = datetime(2024, 2, 20, 15, 30, tzinfo=UTC)
FIRST_DAY = date(2024, 2, 20)
"""Thirty days from here hold a leap day and a month's end."""

SEED = 20121107
CHUNK = 50_000
PERIOD = 30


def fill(database: Database, loans: int) -> None:
    """Put so many loans into a fresh bank, run through the day before `FIRST_DAY`."""
    with database.write() as session:
        lay_first_rules(session, on=date(2012, 11, 7), at=AT)
    connection = database.engine.raw_connection()
    cursor = connection.cursor()
    sqlite = database.engine.dialect.name == "sqlite"
    for statement in _quiet(sqlite):
        cursor.execute(statement)
    for start in range(0, loans, CHUNK):
        for table, names, rows in _rows(start, min(CHUNK, loans - start)):
            _insert(cursor, sqlite, table, names, rows)
    for statement in _awake(sqlite):
        cursor.execute(statement)
    cursor.close()
    connection.commit()
    connection.close()


def _quiet(sqlite: bool) -> list[str]:
    """No foreign keys, no marks, no sums while the rows come in: they hang on nothing that this bank would have."""
    if not sqlite:
        return ["SET session_replication_role = replica"]
    return ["PRAGMA foreign_keys = OFF", "BEGIN", *exposure.unkeepers("sqlite"), *touched.unkeepers("sqlite")]


def _awake(sqlite: bool) -> list[str]:
    if not sqlite:
        return ["SET session_replication_role = origin"]
    return [*exposure.keepers("sqlite"), *touched.keepers("sqlite"), "COMMIT", "PRAGMA foreign_keys = ON"]


def _rows(start: int, count: int) -> Iterator[tuple[str, Sequence[str], list[tuple[Any, ...]]]]:
    chance = np.random.default_rng([SEED, start])
    ids = np.arange(start + 1, start + count + 1)
    firm = np.where(chance.random(count) < 0.1, np.maximum(ids - 1, 1), ids)
    today = FIRST_DAY.toordinal()
    begun = today - chance.integers(0, PERIOD, count)
    late = np.where(chance.random(count) < 1 / 16, chance.integers(1, 500, count), 0)
    amount = chance.integers(100_000, 10_000_000, count) * 100
    rate = chance.integers(30_000, 80_000, count)
    months = chance.random(count) < 0.5
    matures = begun + PERIOD * chance.integers(1, 24, count)
    product = chance.integers(0, len(Product), count)
    own = (amount * rate * PERIOD + 180_000_000) // 360_000_000
    part = np.where(months, amount // 24, 0)
    passed = today - begun
    earned = np.where(
        months, (2 * own * passed + PERIOD) // (2 * PERIOD), np.minimum(own, (amount * rate * passed + 180_000_000) // 360_000_000)
    )  # fmt: skip
    rank = floor_by_days_columns(np.maximum(late - 1, 0), AGEING)
    days = [date.fromordinal(int(one)).isoformat() for one in range(today - 600, today + 1_000)]

    def day(number: int) -> str:
        return days[number - today + 600]

    words = [product.value for product in Product]
    yield (
        "contract",
        (
            "id", "stamp", "number", "application_id", "decision_id", "firm_id", "lender_of_record", "amount", "rate",
            "lpr", "lpr_published", "penalty_uplift_ppm", "misuse_uplift_ppm", "day_basis", "method", "plan", "start_on",
            "end_on", "stage", "rules_version",
        ),
        [
            (
                i, 1, f"TBC-{i}", i, i, f, "bench", a, r, r, day(today - 500), 500_000, 1_000_000, 360,
                "equal_instalments" if m else "interest_first", "[]", day(b - 500), day(e), "signed", "bench",
            )
            for i, f, a, r, m, b, e in _lists(ids, firm, amount, rate, months, begun, matures)
        ],
    )  # fmt: skip
    yield (
        "loan",
        (
            "id", "stamp", "number", "contract_id", "application_id", "firm_id", "talent_id", "product", "district",
            "industry", "level", "amount", "disbursed", "outstanding", "rate", "opened_on", "matures_on", "stage",
            "five_class", "class_floor", "oldest_unpaid", "non_accrual", "synthetic", "label",
        ),
        [
            (
                i, 1, f"TBL-{i}", i, i, f, i, words[p], "", "", "", a, a, a, r, day(b - 500), day(e),
                "defaulted" if n >= DEFAULT_DAYS else "active", CLASSES[k].value, "special_mention" if i % 97 == 0 else "normal", day(today - n) if n > 1 else None,
                n > AGEING.nonaccrual_days, True, "合成数据",
            )
            for i, f, p, a, r, b, e, n, k in _lists(ids, firm, product, amount, rate, begun, matures, late, rank)
        ],
    )  # fmt: skip
    yesterday = day(today - 1)
    yield (
        "loan_meter",
        (
            "loan_id", "interest_fen", "penalty_fen", "compound_fen", "penalty_rest", "compound_rest", "days_past_due",
            "through",
        ),
        [
            (i, int(g) + (int(o) if n else 0), n * 7, n * 3, 0, 0, max(n - 1, 0), yesterday)
            for i, g, o, n in _lists(ids, earned, own, late)
        ],
    )  # fmt: skip
    lines: list[tuple[Any, ...]] = []
    for i, a, o, p, b, n in _lists(ids, amount, own, part, begun, late):
        number = i * 4
        if n:
            lines.append(
                (number, 1, i, 1, True, 1, day(b - PERIOD), day(b), day(today - n), day(today - n), a, p, o, 0, 0, 0)
            )
        for k in range(3):
            start_on, ends = day(b + k * PERIOD), day(b + (k + 1) * PERIOD)
            due = a - p * bool(n) if k == 2 else p
            lines.append((number + k + 1, 1, i, 1, True, k + 2, start_on, ends, ends, ends, a, min(due, a), o, 0, 0, 0))
    yield (
        "instalment",
        (
            "id", "stamp", "loan_id", "plan", "live", "number", "period_start", "period_end", "due_on", "payable_on",
            "balance_before", "principal", "interest", "brought", "principal_paid", "interest_paid",
        ),
        lines,
    )  # fmt: skip


AGEING = AgeingRules(
    technical_days=7,
    substandard_days=90,
    doubtful_days=270,
    loss_days=360,
    nonaccrual_days=90,
    doubtful_loss_share_ppm=500_000,
    loss_loss_share_ppm=900_000,
    cross_bank_share_ppm=200_000,
    cross_own_share_ppm=100_000,
)
DEFAULT_DAYS = 60


def _lists(*columns: NDArray[Any]) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def _insert(cursor: Any, sqlite: bool, table: str, names: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    if sqlite:
        marks = ", ".join("?" * len(names))
        cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
    else:
        with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def a_days_payments(database: Database, on: date) -> int:
    """Nine in ten of the instalments that are payable on a day are paid on it, written as the desk's workflows leave the
    rows: lines settled, principal lower, meters written as of the day before. How many loans that met."""
    paying = (
        "SELECT loan_id FROM instalment WHERE payable_on = :on AND live AND settled_on IS NULL AND loan_id % 10 <> 0"
    )
    given = {"on": on, "before": on - timedelta(days=1)}
    dated = [sa.bindparam("on", type_=sa.Date)]
    with database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        ids = [{"id": row[0]} for row in connection.execute(sa.text(paying).bindparams(*dated), given)]
        if not ids:
            return 0
        connection.execute(
            sa.text(
                "UPDATE loan SET outstanding = outstanding - (SELECT SUM(i.principal - i.principal_paid) FROM instalment i"
                " WHERE i.loan_id = loan.id AND i.live AND i.settled_on IS NULL AND i.payable_on = :on) WHERE id = :id"
            ).bindparams(*dated),
            [{**one, "on": on} for one in ids],
        )
        connection.execute(
            sa.text(
                "UPDATE instalment SET principal_paid = principal, interest_paid = interest, settled_on = :on"
                " WHERE loan_id = :id AND live AND settled_on IS NULL AND payable_on = :on"
            ).bindparams(*dated),
            [{**one, "on": on} for one in ids],
        )
        connection.execute(
            sa.text(
                "UPDATE loan_meter SET interest_fen = 0, penalty_fen = 0, compound_fen = 0, penalty_rest = 0,"
                " compound_rest = 0, through = :before WHERE loan_id = :id"
            ).bindparams(sa.bindparam("before", type_=sa.Date)),
            [{**one, "before": given["before"]} for one in ids],
        )
    return len(ids)
