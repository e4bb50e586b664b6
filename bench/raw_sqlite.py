"""The yardstick: a two-leg event written by hand with the sqlite3 module, into the same tables under the same triggers.

It keeps the same promises as the ledger (key once, limits, day balances, chained hash) and nothing around them: no
sessions, no entry objects, no accounts by name, no answer. What the ledger's public function costs is measured
against this.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

CASH, APPROPRIATION, BOOK = 71002, 74001, 7
DAY = 20121107

KIND = "(SELECT id FROM ledger_kind WHERE name = 'appropriated')"
EVENT = (
    "INSERT INTO ledger_event(key, body_hash, kind_id, cause, day, booked_at, actor, reverses)"
    f" VALUES (?, ?, {KIND}, ?, ?, ?, 0, NULL) ON CONFLICT (key) DO NOTHING"
)
MANY_EVENTS = (
    "INSERT INTO ledger_event(id, key, body_hash, kind_id, cause, day, booked_at, actor, reverses)"
    f" VALUES (?, ?, ?, {KIND}, ?, ?, ?, 0, NULL)"
)
MOVE = (
    "UPDATE ledger_account SET debit = debit + ?1, credit = credit + ?2, last_day = MAX(last_day, ?4) WHERE id = ?3"
    " AND (?1 >= ?2 OR floor IS NULL OR debit + ?1 - credit - ?2 - held >= floor)"
)
DAY_MOVE = (
    "INSERT INTO ledger_day(account_id, day, debit, credit) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (account_id, day) DO UPDATE SET debit = debit + ?3, credit = credit + ?4"
)
HEAD = "SELECT seq, hash FROM ledger_head WHERE book = ?"
LEG = "INSERT INTO ledger_leg(entry_id, n, account_id, day, amount) VALUES (?, ?, ?, ?, ?)"
ENTRY = "INSERT INTO ledger_entry(id, event_id, day, hash) VALUES (?, ?, ?, ?)"
ADVANCE = "UPDATE ledger_head SET seq = ?, hash = ? WHERE book = ?"


def connect(path: Path, *, synchronous: str = "FULL") -> sqlite3.Connection:
    """A connection with the settings of the ledger's own."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys=ON", f"synchronous={synchronous}", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _body_hash(key: str, cause: str, fen: int) -> bytes:
    body = f"1|{key}|appropriated|2012-11-07||{cause}|{CASH}[]{fen};{APPROPRIATION}[]{-fen}"
    return hashlib.sha256(body.encode()).digest()


def _link(previous: bytes, seq: int, booked_at: int, body_hash: bytes) -> bytes:
    head = seq.to_bytes(8, "big") + booked_at.to_bytes(8, "big") + bytes(8)
    return hashlib.sha256(previous + head + body_hash).digest()


def post(connection: sqlite3.Connection, key: str, cause: str, fen: int, booked_at: int) -> None:
    """One event in a transaction of its own."""
    body_hash = _body_hash(key, cause, fen)
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    cursor.execute(EVENT, (key, body_hash, cause, DAY, booked_at))
    event_id = cursor.lastrowid
    cursor.execute(MOVE, (fen, 0, CASH, DAY))
    cursor.execute(MOVE, (0, fen, APPROPRIATION, DAY))
    cursor.execute(DAY_MOVE, (CASH, DAY, fen, 0))
    cursor.execute(DAY_MOVE, (APPROPRIATION, DAY, 0, fen))
    seq, previous = cursor.execute(HEAD, (BOOK,)).fetchone()
    entry_id = (seq + 1) * 8 + BOOK
    cursor.executemany(LEG, ((entry_id, 0, CASH, DAY, fen), (entry_id, 1, APPROPRIATION, DAY, -fen)))
    digest = _link(previous, seq + 1, booked_at, body_hash)
    cursor.execute(ENTRY, (entry_id, event_id, DAY, digest))
    cursor.execute(ADVANCE, (seq + 1, digest, BOOK))
    cursor.execute("COMMIT")


def post_batch(connection: sqlite3.Connection, batch: Sequence[tuple[str, str, int]], booked_at: int) -> None:
    """Many events (key, cause, fen) in one transaction."""
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    event_id = cursor.execute("SELECT COALESCE(MAX(id), 0) FROM ledger_event").fetchone()[0]
    seq, digest = cursor.execute(HEAD, (BOOK,)).fetchone()
    events, legs, entries = [], [], []
    for key, cause, fen in batch:
        body_hash = _body_hash(key, cause, fen)
        event_id, seq = event_id + 1, seq + 1
        entry_id = seq * 8 + BOOK
        digest = _link(digest, seq, booked_at, body_hash)
        events.append((event_id, key, body_hash, cause, DAY, booked_at))
        legs += [(entry_id, 0, CASH, DAY, fen), (entry_id, 1, APPROPRIATION, DAY, -fen)]
        entries.append((entry_id, event_id, DAY, digest))
    total = sum(fen for _, _, fen in batch)
    cursor.executemany(MANY_EVENTS, events)
    cursor.execute(MOVE, (total, 0, CASH, DAY))
    cursor.execute(MOVE, (0, total, APPROPRIATION, DAY))
    cursor.execute(DAY_MOVE, (CASH, DAY, total, 0))
    cursor.execute(DAY_MOVE, (APPROPRIATION, DAY, 0, total))
    cursor.executemany(LEG, legs)
    cursor.executemany(ENTRY, entries)
    cursor.execute(ADVANCE, (seq, digest, BOOK))
    cursor.execute("COMMIT")
