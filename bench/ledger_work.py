"""The events that the ledger's benchmarks post: a two-leg event one by one, and a journal like a lending bank's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from models.books.entry import Entry
from models.books.recipes import entry_for
from models.roles import SYSTEM
from models.values.money import Money
from talentbank.database import Database
from workflows import posting

ON = date(2012, 11, 7)
AT = datetime(2012, 11, 7, 2, tzinfo=UTC)
_numbers = itertools.count(1)

LOANS = 2_000
CYCLE = 10
"""Entries of a loan's round in the journal; they have 26 legs, 2.6 an entry."""


def two_legs() -> Entry:
    """A fresh two-leg event: an appropriation."""
    n = next(_numbers)
    return entry_for(
        "appropriated", key=f"evt-{n:09d}", on=ON, cause="财政拨款", amounts={"amount": Money(100 + n % 9_999)}
    )


def post_one_by_one(database: Database, count: int) -> None:
    """Each event in a transaction of its own, as a person's click does."""
    for _ in range(count):
        with database.write() as session:
            posting.post(session, two_legs(), by=SYSTEM, at=AT)


def post_in_batches(database: Database, count: int, *, size: int = 1_000) -> None:
    """The same events, `size` in a transaction."""
    for start in range(0, count, size):
        batch = [two_legs() for _ in range(min(size, count - start))]
        with database.write() as session:
            posting.post_many(session, batch, by=SYSTEM, at=AT)


def journal(entries: int, *, days: int = 400) -> Iterator[Entry]:
    """A bank's journal: capital, promises to `LOANS` loans, then rounds of pay-out, accrual, receipts, allocations."""
    rounds = entries // CYCLE
    yield entry_for(
        "bank_funded_by_owner",
        key="capital",
        on=ON,
        cause="股东投入",
        amounts={"amount": Money.yuan(10_000_000_000)},
        parts={"owner": "shareholders"},
    )
    for loan in range(min(LOANS, rounds)):
        yield entry_for(
            "loan_approved",
            key=f"approve:{loan:04d}",
            on=ON,
            cause="审批通过",
            amounts={"amount": Money.yuan(1_000_000), "guaranteed": Money(0)},
            parts={"loan": _loan(loan), "application": "-"},
        )
    for n in range(rounds):
        yield from _round(n, _loan(n % LOANS), ON + timedelta(days=n * days // max(rounds, 1)))


def _loan(number: int) -> str:
    return f"TBL-2012-{number:04d}"


def _round(n: int, loan: str, on: date) -> Iterator[Entry]:
    parts = {"loan": loan, "product": "start_up_loan"}

    def made(event: str, key: str, cause: str, amounts: dict[str, int]) -> Entry:
        money = {name: Money(fen) for name, fen in amounts.items()}
        return entry_for(event, key=f"{key}:{n:06d}", on=on, cause=cause, amounts=money, parts=parts)

    interest = 60_000 + n % 89
    yield made("disbursed", "disburse", f"放款 {loan}", {"amount": 1_000_000 + n % 97})
    yield made("interest_accrued", "accrue", "计息", {"amount": interest, "interest": interest, "penalty": 0})
    for k in range(4):
        paid = 120_000 + (n + k) % 83
        yield made("receipt_taken", f"receipt:{k}", f"收到还款 {loan}", {"amount": paid})
        yield made(
            "receipt_allocated",
            f"allocate:{k}",
            f"还款分配 {loan}",
            {"amount": paid, "interest": 15_000, "suspended": 0, "costs": 0, "principal": paid - 15_000},
        )


def fill(database: Database, entries: int) -> None:
    """Post the journal in batches of 1,000."""
    for number, batch in enumerate(_batches(journal(entries), 1_000)):
        with database.write() as session:
            posting.post_many(session, batch, by=SYSTEM, at=AT + timedelta(minutes=number))


def _batches(events: Iterator[Entry], size: int) -> Iterator[list[Entry]]:
    while batch := list(itertools.islice(events, size)):
        yield batch
