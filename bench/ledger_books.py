"""Reading and proving a journal of 300,000 entries with 780,000 legs (ledger.md G9, G10, G15)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from bench import ledger_work
from bench.places import scratch, sqlite_bank
from bench.registry import Row, at_least, at_most, measures, shown
from bench.timing import each, in_turns, seconds, sized
from models import ledger
from models.books.chart import CHART
from models.queries.books import balance, trial_balance
from models.roles import Institution
from models.values.money import Money
from reports.proof import prove
from talentbank.database import Database

ENTRIES = 300_000
DAY = ledger_work.ON + timedelta(days=300)
CASH = "bank.cash"
TENTH = "the same on a tenth of the journal"

_SUM_NOW = "SELECT SUM(amount) FROM ledger_leg WHERE account_id = :account"
_SUM_ON = "SELECT SUM(amount) FROM ledger_leg WHERE account_id = :account AND day <= :day"
_SUMS_ON = (
    "SELECT a.control_id, SUM(l.amount) FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id"
    " WHERE l.day <= :day AND a.control_id / 10000 = 2 GROUP BY a.control_id"
)


class _Reading:
    """The three questions, answered from the balances and by summing the legs."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asked = {"account": CHART[CASH].id, "day": ledger.day_number(DAY)}

    def now(self) -> Money:
        return balance(self.session, CASH).net

    def as_of(self) -> Money:
        return balance(self.session, CASH, on=DAY).net

    def trial(self) -> dict[int, int]:
        rows = trial_balance(self.session, Institution.BANK, on=DAY)
        return {account.id: one.net.fen for account, one in rows if one.debit or one.credit}

    def summed_now(self) -> Money:
        return Money(self._sum(_SUM_NOW))

    def summed_as_of(self) -> Money:
        return Money(self._sum(_SUM_ON))

    def summed_trial(self) -> dict[int, int]:
        return {row[0]: int(row[1]) for row in self.session.connection().execute(sa.text(_SUMS_ON), self.asked)}

    def _sum(self, statement: str) -> int:
        return int(self.session.connection().execute(sa.text(statement), self.asked).scalar_one())


def _asked(database: Database) -> dict[str, float]:
    """Seconds of each question from the balances."""
    with database.read() as session:
        reading = _Reading(session)
        questions: dict[str, Callable[[], object]] = {
            "balance_now": reading.now,
            "balance_as_of": reading.as_of,
            "trial_balance": reading.trial,
        }
        return {name: min(each(question) for _ in range(3)) for name, question in questions.items()}


def _summed(database: Database) -> dict[str, float]:
    """Seconds of each question by summing; the answers must be the same."""
    with database.read() as session:
        reading = _Reading(session)
        pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            "balance_now": (reading.now, reading.summed_now),
            "balance_as_of": (reading.as_of, reading.summed_as_of),
            "trial_balance": (reading.trial, reading.summed_trial),
        }
        for name, (kept, summed) in pairs.items():
            if kept() != summed():
                raise AssertionError(f"{name}: the balances do not say what the legs say")
        return {name: each(summed) for name, (_, summed) in pairs.items()}


def _hashing(bodies: list[bytes]) -> None:
    """What the proof hashes and nothing else: every event's bytes, and every entry's link to the one before."""
    digest = ledger.GENESIS
    for body in bodies:
        digest = hashlib.sha256(digest + hashlib.sha256(body).digest()).digest()


def _size(database: Database, path: Path) -> int:
    raw = database.engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return path.stat().st_size


@measures(
    "ledger.journal",
    "ledger.balance_now",
    "ledger.balance_now_growth",
    "ledger.balance_as_of",
    "ledger.balance_as_of_growth",
    "ledger.trial_balance",
    "ledger.trial_balance_growth",
    "ledger.verify",
    "ledger.verify_seconds",
    "ledger.bytes",
)
def journal_of_a_bank(scale: float) -> Iterator[Row]:
    """Fill the journal once, then ask, prove and weigh it."""
    entries = sized(ENTRIES, scale, least=400)
    with (
        scratch() as folder,
        sqlite_bank(folder / "full.db") as full,
        sqlite_bank(folder / "tenth.db") as tenth,
    ):
        spent = seconds(lambda: ledger_work.fill(full, entries))
        ledger_work.fill(tenth, entries // 10)
        size = _size(full, folder / "full.db")
        proofs = []

        def proven() -> None:
            with full.read() as session:
                proofs.append(prove(session))

        bodies = [entry.body() for entry in ledger_work.journal(entries)]
        floor, proof = in_turns(lambda: _hashing(bodies), proven)
        # The journal comes without the loans that it would explain, so sub-ledgers have nothing to say here.
        wrong = [one for one in proofs[-1].findings if one.check != "sub-ledgers"]
        if wrong:
            raise AssertionError(f"the journal does not prove: {wrong[0]}")
        count, legs = proofs[-1].entries, proofs[-1].legs
        yield shown("ledger.journal", legs, unit="legs", against=f"{count:,} entries, filled at {count / spent:,.0f}/s")
        summed, small, asked = _summed(full), _asked(tenth), _asked(full)
    for name, kept in asked.items():
        against = f"SUM over its {legs:,} legs through the index ({1 / summed[name]:,.1f}/s); kept {1 / kept:,.0f}/s"
        yield at_least(f"ledger.{name}", summed[name] / kept, 100, unit="x rate", against=against)
        yield at_most(f"ledger.{name}_growth", kept / small[name], 1.5, unit="x time", against=TENTH)
    against = f"sha256 of {len(bodies):,} events and of as many links, nothing else ({floor:.2f} s)"
    yield at_most("ledger.verify", proof / floor, 15, unit="x time", against=against)
    yield shown("ledger.verify_seconds", proof, unit="s", against=f"prove() over {count:,} entries, {legs:,} legs")
    yield at_most("ledger.bytes", size / count, 300, unit="bytes", against="an entry, with its legs and indexes")
