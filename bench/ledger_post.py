"""Posting on SQLite: against the same work by hand, in batches, beside the disk's own limit (ledger.md G1, G2, G4, G5)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from bench import ledger_work, raw_sqlite
from bench.places import scratch, sqlite_bank
from bench.registry import Row, at_least, at_most, measures, shown
from bench.timing import in_turns, sized
from models import ledger
from talentbank.database import Database

FAST_DISK, SLOW_DISK = 5_000, 500
"""fdatasync a second; between the two, G1's share is read off the line between its ends."""
BOOKED = ledger.moment_number(ledger_work.AT)


def _syncs(path: Path, count: int) -> None:
    block = b"\1" * 8192
    file = os.open(path, os.O_CREAT | os.O_RDWR)
    try:
        for _ in range(count):
            os.write(file, block)
            os.fdatasync(file)
    finally:
        os.close(file)


def _g1_share(syncs_a_second: float) -> float:
    if syncs_a_second >= FAST_DISK:
        return 0.55
    if syncs_a_second <= SLOW_DISK:
        return 0.75
    return 0.75 - 0.20 * (syncs_a_second - SLOW_DISK) / (FAST_DISK - SLOW_DISK)


class _ByHand:
    """The raw driver's side of a comparison, with its own running number."""

    def __init__(self, path: Path, *, synchronous: str = "FULL") -> None:
        with sqlite_bank(path):
            pass
        self.connection = raw_sqlite.connect(path, synchronous=synchronous)
        self.number = 0

    def _next(self) -> tuple[str, str, int]:
        self.number += 1
        return f"evt-{self.number:09d}", "财政拨款", 100 + self.number % 9_999

    def one_by_one(self, count: int) -> None:
        for _ in range(count):
            raw_sqlite.post(self.connection, *self._next(), BOOKED)

    def in_batches(self, count: int) -> None:
        for start in range(0, count, 1_000):
            raw_sqlite.post_batch(self.connection, [self._next() for _ in range(min(1_000, count - start))], BOOKED)


def _no_sync(database: Database) -> None:
    raw = database.engine.raw_connection()
    raw.cursor().execute("PRAGMA synchronous=OFF")
    raw.close()


@measures(
    "ledger.post",
    "ledger.post_rate",
    "ledger.batch",
    "ledger.goal.g1_post_to_sync",
    "ledger.goal.g2_processor_cost",
    "ledger.goal.g5_import",
)
def posting_on_sqlite(scale: float) -> Iterator[Row]:
    """One by one and in batches, ours and by hand, in turns on the same disk."""
    singles, batched, syncs = sized(1_500, scale), sized(10_000, scale), sized(1_500, scale)
    with scratch() as folder, sqlite_bank(folder / "ours.db") as ours:
        hand = _ByHand(folder / "hand.db")
        ledger_work.post_one_by_one(ours, 20)
        hand.one_by_one(20)
        sync, raw, raw_batch, single, batch = in_turns(
            lambda: _syncs(folder / "sync.bin", syncs),
            lambda: hand.one_by_one(singles),
            lambda: hand.in_batches(batched),
            lambda: ledger_work.post_one_by_one(ours, singles),
            lambda: ledger_work.post_in_batches(ours, batched),
        )
        hand.connection.close()
    rate, raw_rate, sync_rate = singles / single, singles / raw, syncs / sync
    batch_rate, raw_batch_rate = batched / batch, batched / raw_batch
    against = f"sqlite3 by hand, same tables and triggers, FULL ({raw_rate:,.0f}/s)"
    yield at_most("ledger.post", raw_rate / rate, 4, unit="x time", against=against)
    yield shown("ledger.post_rate", rate, unit="events/s", against="Database.write() and posting.post, SQLite FULL")
    against = f"posting one by one, SQLite FULL ({rate:,.0f}/s); batches {batch_rate:,.0f}/s"
    yield at_least("ledger.batch", batch_rate / rate, 10, unit="x rate", against=against)
    against = f"8 KiB write and fdatasync ({sync_rate:,.0f}/s)"
    reason = f"by hand it is {raw_rate / sync_rate:.2f}, the rest is the processor's time"
    yield at_least(
        "ledger.goal.g1_post_to_sync", rate / sync_rate, _g1_share(sync_rate), against=against, reason=reason
    )
    with scratch() as folder, sqlite_bank(folder / "ours.db") as ours:
        hand = _ByHand(folder / "hand.db", synchronous="OFF")
        _no_sync(ours)
        quick = sized(3_000, scale)
        raw, single = in_turns(
            lambda: hand.one_by_one(quick),
            lambda: ledger_work.post_one_by_one(ours, quick),
        )
        hand.connection.close()
    against = f"sqlite3 by hand, synchronous=OFF ({quick / raw:,.0f}/s)"
    reason = "a session of SQLAlchemy for each event"
    yield at_most("ledger.goal.g2_processor_cost", single / raw, 2, unit="x time", against=against, reason=reason)
    against = f"sqlite3 by hand, 1,000 a commit ({raw_batch_rate:,.0f}/s)"
    yield at_least("ledger.goal.g5_import", batch_rate / raw_batch_rate, 0.6, unit="x rate", against=against)


@measures("ledger.goal.g4_many_callers")
def many_callers(scale: float) -> Iterator[Row]:
    """Sixteen callers at once, each event in its own transaction."""
    callers, each = 16, sized(60, scale, least=4)
    with scratch() as folder, sqlite_bank(folder / "ours.db") as ours:
        ledger_work.post_one_by_one(ours, 20)

        def storm() -> None:
            threads = [threading.Thread(target=ledger_work.post_one_by_one, args=(ours, each)) for _ in range(callers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        together, alone = in_turns(storm, lambda: ledger_work.post_one_by_one(ours, callers * each), rounds=2)
    yield shown(
        "ledger.goal.g4_many_callers",
        alone / together,
        unit="x rate",
        against="one caller; each commits by itself, group commit (G4) is not built: import uses batches",
    )
