"""A bank with three loans of three firms whose days can be run in steps, and what those days have written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from credit import AT, a_debtor, a_guaranteed_loan, endow, yuan

from models.application import Product
from models.roles import SYSTEM
from talentbank.database import Database
from workflows.day_end import next_day, run_day_in_steps
from workflows.day_portfolio import Standing


def three_loans(database: Database) -> list[str]:
    """Three loans of a million each; their numbers."""
    with database.write() as session:
        endow(session)
        return [
            a_guaranteed_loan(session, product=product, firm=a_debtor(session), amount=yuan(1_000_000)).loan.number
            for product in (Product.STARTUP, Product.RD_CENTRE, Product.WORKING_CAPITAL)
        ]


def close(
    database: Database,
    until: date,
    *,
    standing: Standing | None = None,
    clock: Callable[[], datetime] = lambda: AT,
) -> None:
    """Run every day before `until`, each in steps of its own."""
    with database.read() as session:
        day = next_day(session)
    while day is not None and day < until:
        run_day_in_steps(database.write, on=day, by=SYSTEM, clock=clock, standing=standing)
        day += timedelta(days=1)


def written(database: Database) -> list[tuple[object, ...]]:
    """What the days have written: blocks, entries, loans, runs."""
    with database.read() as session:
        blocks = session.execute(sa.text('SELECT part, "on", sha256 FROM accrual_block ORDER BY "on", part')).all()
        heads = session.execute(sa.text("SELECT book, seq, hash FROM ledger_head ORDER BY book")).all()
        loans = session.execute(
            sa.text("SELECT id, stage, five_class, oldest_unpaid, non_accrual, stamp FROM loan ORDER BY id")
        ).all()
        runs = session.execute(sa.text('SELECT "on", loans, interest_fen FROM day_run ORDER BY "on"')).all()
        return [tuple(row) for part in (blocks, heads, loans, runs) for row in part]
