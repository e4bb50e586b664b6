"""One event on SQLite: plain statements in the caller's transaction.

The statements go to the driver directly: SQLAlchemy's share of a posting would otherwise be larger than the
database's (ledger.md 2.1).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from models.books.entry import Entry, link
from models.ledger import BOOKS, FIRST_PART, day_number
from workflows.posting_wire import AnotherBody, OverLimit, flattened, room

EVENT = (
    "INSERT INTO ledger_event(key, body_hash, kind_id, cause, day, booked_at, actor, reverses)"
    " VALUES (?, ?, (SELECT id FROM ledger_kind WHERE name = ?), ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
)
KNOWN = "SELECT id, body_hash FROM ledger_event WHERE key = ?"
PART = "SELECT id FROM ledger_account WHERE control_id = ? AND part = ?"
NEXT_PART = "SELECT COALESCE(MAX(id), 0) + 1 FROM ledger_account"
OPEN_PART = (
    "INSERT INTO ledger_account(id, control_id, part, floor, ceiling)"
    " SELECT ?, id, ?, floor, ceiling FROM ledger_account WHERE id = ?"
)
MOVE = (
    "UPDATE ledger_account SET debit = debit + ?1, credit = credit + ?2 WHERE id = ?3"
    " AND (?1 >= ?2 OR floor IS NULL OR debit + ?1 - credit - ?2 - held >= floor)"
    " AND (?1 <= ?2 OR ceiling IS NULL OR debit + ?1 - credit - ?2 <= ceiling) RETURNING last_day"
)
ACCOUNT = "SELECT control_id, part, debit - credit, held, floor, ceiling FROM ledger_account WHERE id = ?"
LAST_DAY = "UPDATE ledger_account SET last_day = ? WHERE id = ?"
DAY_MOVE = "UPDATE ledger_day SET debit = debit + ?, credit = credit + ? WHERE account_id = ? AND day >= ?"
DAY_OPEN = (
    "INSERT INTO ledger_day(account_id, day, debit, credit) SELECT id, ?1,"
    " COALESCE((SELECT debit FROM ledger_day WHERE account_id = ?2 AND day < ?1 ORDER BY day DESC LIMIT 1), 0),"
    " COALESCE((SELECT credit FROM ledger_day WHERE account_id = ?2 AND day < ?1 ORDER BY day DESC LIMIT 1), 0)"
    " FROM ledger_account WHERE id = ?2 ON CONFLICT (account_id, day) DO NOTHING"
)
HEAD = "SELECT seq, hash FROM ledger_head WHERE book = ?"
LEG = "INSERT INTO ledger_leg(entry_id, n, account_id, day, amount) VALUES (?, ?, ?, ?, ?)"
ENTRY = "INSERT INTO ledger_entry(id, event_id, day, hash) VALUES (?, ?, ?, ?)"
ADVANCE = "UPDATE ledger_head SET seq = ?, hash = ? WHERE book = ?"


def _cursor(connection: sa.Connection) -> Any:
    return connection.connection.cursor()


def _leaf(cursor: Any, control: int, part: str) -> int:
    row = cursor.execute(PART, (control, part)).fetchone()
    if row is not None:
        return int(row[0])
    new = max(FIRST_PART, cursor.execute(NEXT_PART).fetchone()[0])
    cursor.execute(OPEN_PART, (new, part, control))
    return int(new)


def _refuse(cursor: Any, account_id: int, change: int) -> OverLimit:
    control, part, net, held, floor, ceiling = cursor.execute(ACCOUNT, (account_id,)).fetchone()
    return OverLimit(control, part, room(net, held, floor, ceiling, change), change)


def post(connection: sa.Connection, entry: Entry, booked_at: int, actor: int) -> tuple[int, bool]:
    """Write one event; returns its number and whether it stood there already. Raises AnotherBody and OverLimit."""
    cursor = _cursor(connection)
    day, body_hash = day_number(entry.on), entry.body_hash()
    cursor.execute(
        EVENT, (entry.key, body_hash, entry.kind, entry.cause, day, booked_at, actor, entry.reverses or None)
    )
    if cursor.rowcount == 0:
        event_id, known = cursor.execute(KNOWN, (entry.key,)).fetchone()
        if bytes(known) != body_hash:
            raise AnotherBody(entry.key)
        return int(event_id), True
    event_id = int(cursor.lastrowid)
    controls, parts, fens = flattened(entry)
    leaves = [_leaf(cursor, control, part) if part else control for control, part in zip(controls, parts, strict=True)]
    leaf_moves: dict[int, list[int]] = {}
    control_moves: dict[int, list[int]] = {}
    for leaf, control, fen in zip(leaves, controls, fens, strict=True):
        side = 0 if fen > 0 else 1
        if leaf != control:
            leaf_moves.setdefault(leaf, [0, 0])[side] += abs(fen)
        control_moves.setdefault(control, [0, 0])[side] += abs(fen)
    for leaf, (debit, credit) in leaf_moves.items():
        if cursor.execute(MOVE, (debit, credit, leaf)).fetchone() is None:
            raise _refuse(cursor, leaf, debit - credit)
    for control, (debit, credit) in control_moves.items():
        row = cursor.execute(MOVE, (debit, credit, control)).fetchone()
        if row is None:
            raise _refuse(cursor, control, debit - credit)
        if row[0] != day:
            cursor.execute(DAY_OPEN, (day, control))
            if row[0] < day:
                cursor.execute(LAST_DAY, (day, control))
        cursor.execute(DAY_MOVE, (debit, credit, control, day))
    start = 0
    while start < len(controls):
        book = controls[start] // 10_000
        end = start
        while end < len(controls) and controls[end] // 10_000 == book:
            end += 1
        seq, previous = cursor.execute(HEAD, (book,)).fetchone()
        seq += 1
        entry_id = seq * BOOKS + book
        cursor.executemany(LEG, [(entry_id, n - start, leaves[n], day, fens[n]) for n in range(start, end)])
        digest = link(previous, seq, booked_at, actor, body_hash)
        cursor.execute(ENTRY, (entry_id, event_id, day, digest))
        cursor.execute(ADVANCE, (seq, digest, book))
        start = end
    return event_id, False
