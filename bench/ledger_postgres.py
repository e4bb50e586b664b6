"""Posting on a durable PostgreSQL, in turns with django-hordak on the same server (ledger.md G3, G5)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench import ledger_work
from bench.places import durable_server, plain_url, postgres_bank
from bench.registry import Row, at_least, measures, shown
from bench.timing import seconds, sized

PEER = Path(__file__).parent / "peers" / "hordak_peer.py"
ROUNDS = 3


class Hordak:
    """The peer's process, which does a round when told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        if self._answer() != "ready":
            raise LookupError("django-hordak did not start")

    def _answer(self) -> str:
        return self.process.stdout.readline().strip() if self.process.stdout else ""

    def does(self, what: str, count: int) -> float:
        """Seconds that the peer took for `transfer` or `bulk` of so many."""
        if self.process.stdin is None:
            raise LookupError("django-hordak has no standard input")
        self.process.stdin.write(f"{what} {count}\n")
        self.process.stdin.flush()
        return float(self._answer())


@contextmanager
def hordak(socket_folder: Path, url: str) -> Iterator[Hordak]:
    """Django-hordak with a fresh database on the server."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE hordak")
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(PEER), str(socket_folder), "hordak"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Hordak(process)
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()


@measures(
    "ledger.post_pg",
    "ledger.post_pg_rate",
    "ledger.batch_pg",
    "ledger.goal.g3_quiet",
    "ledger.goal.g5_import_pg",
)
def posting_on_postgres(scale: float) -> Iterator[Row]:
    """Events one by one and in batches, ours and the peer's, the best of three rounds in turns."""
    singles, batched = sized(500, scale), sized(5_000, scale)
    best: dict[str, float] = {}

    def note(name: str, spent: float) -> None:
        best[name] = min(best.get(name, spent), spent)

    with (
        durable_server() as server,
        postgres_bank(server) as ours,
        hordak(server.dir, plain_url(server)) as peer,
    ):
        ledger_work.post_one_by_one(ours, 20)
        peer.does("transfer", 20)
        for _ in range(ROUNDS):
            note("ours", seconds(lambda: ledger_work.post_one_by_one(ours, singles)))
            note("peer", peer.does("transfer", singles))
            note("batches", seconds(lambda: ledger_work.post_in_batches(ours, batched)))
            note("bulk", peer.does("bulk", batched))
    rate, peer_rate = singles / best["ours"], singles / best["peer"]
    batch_rate, bulk_rate = batched / best["batches"], batched / best["bulk"]
    against = f"django-hordak transfer_to, same server, durable ({peer_rate:,.0f}/s)"
    yield at_least("ledger.post_pg", rate / peer_rate, 1, unit="x rate", against=against)
    yield shown("ledger.post_pg_rate", rate, unit="events/s", against="Database.write() and posting.post, durable")
    against = f"posting one by one, PostgreSQL ({rate:,.0f}/s); batches {batch_rate:,.0f}/s"
    yield at_least("ledger.batch_pg", batch_rate / rate, 10, unit="x rate", against=against)
    yield at_least("ledger.goal.g3_quiet", rate / peer_rate, 2, unit="x rate", against="django-hordak, on a quiet disk")
    against = f"django-hordak bulk_create, 1,000 a commit ({bulk_rate:,.0f}/s)"
    yield at_least("ledger.goal.g5_import_pg", batch_rate / bulk_rate, 3, unit="x rate", against=against)
