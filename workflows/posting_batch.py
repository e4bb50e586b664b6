"""Batches of events on either engine: a few statements for all of them, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from models.books.entry import Entry, link
from models.ledger import BOOKS, day_number
from workflows.posting_parts import part_id
from workflows.posting_sqlite import ADVANCE, DAY_MOVE, ENTRY, LEG
from workflows.posting_wire import AnotherBody, OverLimit, room


def post_batch(
    connection: sa.Connection, entries: Sequence[Entry], booked_at: int, actor: int
) -> list[tuple[int, bool]]:
    """Write many events of one moment with a few statements; duplicates inside the batch are answered like repeats."""
    postgres = connection.dialect.name == "postgresql"
    cursor = connection.connection.cursor()

    def sql(statement: str) -> str:
        return statement.replace("?", "%s") if postgres else statement

    hashes = [entry.body_hash() for entry in entries]
    answers: dict[str, tuple[int, bytes, bool]] = {}
    keys = [entry.key for entry in entries]
    for start in range(0, len(keys), 500):
        chunk = keys[start : start + 500]
        marks = ", ".join([sql("?")] * len(chunk))
        cursor.execute(f"SELECT key, id, body_hash FROM ledger_event WHERE key IN ({marks})", chunk)  # nosec B608
        answers.update({key: (event_id, bytes(known), True) for key, event_id, known in cursor.fetchall()})
    next_event = int(cursor.execute("SELECT COALESCE(MAX(id), 0) FROM ledger_event").fetchone()[0]) + 1
    if postgres:
        cursor.execute("SELECT book, seq, hash FROM ledger_head ORDER BY book FOR UPDATE")
    else:
        cursor.execute("SELECT book, seq, hash FROM ledger_head")
    heads = {book: (seq, bytes(digest)) for book, seq, digest in cursor.fetchall()}
    cursor.execute("SELECT name, id FROM ledger_kind")
    kinds = dict(cursor.fetchall())
    leaf_ids: dict[tuple[int, str], int] = {}
    events: list[tuple[Any, ...]] = []
    legs: list[tuple[int, int, int, int, int]] = []
    rows: list[tuple[int, int, int, bytes]] = []
    moves: dict[int, list[int]] = {}
    days: dict[tuple[int, int], list[int]] = {}
    touched: set[int] = set()
    results: list[tuple[int, bool]] = []
    for entry, body_hash in zip(entries, hashes, strict=True):
        known_answer = answers.get(entry.key)
        if known_answer is not None:
            if known_answer[1] != body_hash:
                raise AnotherBody(entry.key)
            results.append((known_answer[0], True))
            continue
        event_id, day = next_event, day_number(entry.on)
        next_event += 1
        answers[entry.key] = (event_id, body_hash, False)
        results.append((event_id, False))
        events.append(
            (
                event_id,
                entry.key,
                body_hash,
                kinds[entry.kind],
                entry.cause,
                day,
                booked_at,
                actor,
                entry.reverses or None,
            )
        )
        book, n = 0, 0
        for leg in entry.in_book_order():
            control, part, fen = leg.account.id, leg.part, leg.fen
            if control // 10_000 != book:
                if book:
                    _seal(heads, rows, book, event_id, day, booked_at, actor, body_hash)
                book, n = control // 10_000, 0
                touched.add(book)
            leaf = control
            if part:
                leaf = leaf_ids.get((control, part), 0) or part_id(connection, control, part)
                leaf_ids[(control, part)] = leaf
                _tally(moves, leaf, fen)
            _tally(moves, control, fen)
            _tally(days, (control, day), fen)
            legs.append(((heads[book][0] + 1) * BOOKS + book, n, leaf, day, fen))
            n += 1
        _seal(heads, rows, book, event_id, day, booked_at, actor, body_hash)
    if not events:
        return results
    _write_balances(cursor, sql, moves, days)
    cursor.executemany(
        sql(
            "INSERT INTO ledger_event(id, key, body_hash, kind_id, cause, day, booked_at, actor, reverses)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ),
        events,
    )
    if postgres:
        cursor.execute("SELECT setval(pg_get_serial_sequence('ledger_event', 'id'), %s)", (next_event - 1,))
    cursor.executemany(sql(LEG), legs)
    cursor.executemany(sql(ENTRY), rows)
    cursor.executemany(sql(ADVANCE), [(heads[book][0], heads[book][1], book) for book in sorted(touched)])
    return results


def _tally(sums: dict[Any, list[int]], key: Any, fen: int) -> None:
    pair = sums.get(key)
    if pair is None:
        pair = sums[key] = [0, 0]
    if fen > 0:
        pair[0] += fen
    else:
        pair[1] -= fen


def _seal(
    heads: dict[int, tuple[int, bytes]],
    rows: list[tuple[int, int, int, bytes]],
    book: int,
    event_id: int,
    day: int,
    booked_at: int,
    actor: int,
    body_hash: bytes,
) -> None:
    seq, previous = heads[book]
    digest = link(previous, seq + 1, booked_at, actor, body_hash)
    heads[book] = (seq + 1, digest)
    rows.append(((seq + 1) * BOOKS + book, event_id, day, digest))


def _write_balances(
    cursor: Any, sql: Callable[[str], str], moves: dict[int, list[int]], days: dict[tuple[int, int], list[int]]
) -> None:
    for account_id in sorted(moves, reverse=True):
        debit, credit = moves[account_id]
        cursor.execute(
            sql("SELECT control_id, part, debit - credit, held, floor, ceiling FROM ledger_account WHERE id = ?"),
            (account_id,),
        )
        control, part, net, held, floor, ceiling = cursor.fetchone()
        change = debit - credit
        if (change < 0 and floor is not None and net + change - held < floor) or (
            change > 0 and ceiling is not None and net + change > ceiling
        ):
            raise OverLimit(control, part, room(net, held, floor, ceiling, change), change)
    cursor.executemany(
        sql("UPDATE ledger_account SET debit = debit + ?, credit = credit + ? WHERE id = ?"),
        [(debit, credit, account_id) for account_id, (debit, credit) in sorted(moves.items())],
    )
    opening = sql(
        "INSERT INTO ledger_day(account_id, day, debit, credit) SELECT a.id, ?, COALESCE(d.debit, 0), COALESCE(d.credit, 0)"
        " FROM ledger_account a LEFT JOIN ledger_day d ON d.account_id = a.id AND d.day ="
        " (SELECT MAX(day) FROM ledger_day WHERE account_id = a.id AND day <= ?) WHERE a.id = ?"
        " ON CONFLICT (account_id, day) DO NOTHING"
    )
    ordered = sorted(days.items())
    cursor.executemany(opening, [(day, day, account_id) for (account_id, day), _ in ordered])
    cursor.executemany(
        sql(DAY_MOVE), [(debit, credit, account_id, day) for (account_id, day), (debit, credit) in ordered]
    )
    cursor.executemany(
        sql("UPDATE ledger_account SET last_day = ? WHERE id = ? AND last_day < ?"),
        [(day, account_id, day) for (account_id, day), _ in ordered],
    )
