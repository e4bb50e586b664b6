"""A walk through the whole journal in the order of booking: every event with its entries and legs in every book.

Legs, entries and events each lie in the order of their numbers, and inside a book all three rise together, since
writers take turns. So the books are merged by event, nothing is sorted, and memory holds one entry of each book. The
database spells out the legs of an entry: a row for each leg would take longer than all the hashing.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

_CURSORS = itertools.count(1)


class _Dialect(NamedTuple):
    """How an engine is asked to read in the order of the disk, without sorting."""

    join: str
    spelt: str
    group: str
    scan: str


_LEG = "a.control_id || '[' || a.part || ']' || l.amount"
_DIALECTS = {
    # CROSS JOIN keeps the order of the tables; what depends on the entry's number needs no grouping.
    "sqlite": _Dialect("CROSS JOIN", f"group_concat({_LEG}, ';')", "n.id", "NOT INDEXED"),
    "postgresql": _Dialect("JOIN", f"string_agg({_LEG}, ';' ORDER BY l.n)", "n.id, e.id", ""),
}
_WALK = (
    "SELECT n.event_id, {book}, n.id, n.day, n.hash, {how.spelt}, SUM(l.amount), COUNT(*),"
    " MAX(CASE WHEN l.day <> n.day THEN 1 WHEN a.control_id / 10000 <> {book} THEN 2 ELSE 0 END),"
    " e.key, e.body_hash, e.kind_id, e.cause, e.day, e.booked_at, e.actor, e.reverses"
    " FROM ledger_entry n {how.join} ledger_event e ON e.id = n.event_id"
    " {how.join} ledger_leg l ON l.entry_id = n.id {how.join} ledger_account a ON a.id = l.account_id"
    " WHERE n.id % 8 = {book} AND n.id <= {last} GROUP BY {how.group} ORDER BY n.id"
)
_BOOKS = "SELECT id % 8, MAX(id) FROM ledger_entry GROUP BY 1 ORDER BY 1"
_DAY = 100_000_000
_TURNOVERS = (  # sorting by one number takes half the time of sorting by two
    "SELECT account_id * {day} + day, COALESCE(SUM(amount) FILTER (WHERE amount > 0), 0), SUM(amount)"
    " FROM ledger_leg {how.scan} GROUP BY 1"
)


class Walked(NamedTuple):
    """An entry with its event: the canonical text of its legs, their sum (fen), their count, and whether one of them
    has another day (1) or belongs to another book (2).
    """

    event_id: int
    book: int
    entry_id: int
    day: int
    hash: bytes
    lines: str
    fen: int
    legs: int
    slip: int
    key: str
    body_hash: bytes
    kind_id: int
    cause: str
    event_day: int
    booked_at: int
    actor: int
    reverses: str | None


@contextmanager
def entries(session: Session) -> Iterator[Iterator[tuple[Any, ...]]]:
    """Every entry as the fields of `Walked`, by event and inside an event by book.

    Entries that miss their event, their legs or an account are left out: their number is missing in the book.
    """
    how = _DIALECTS[session.connection().dialect.name]
    with ExitStack() as open_cursors:
        books = [
            open_cursors.enter_context(closing(_cursor(session, _WALK.format(book=book, last=last, how=how))))
            for book, last in session.connection().execute(sa.text(_BOOKS)).all()
        ]
        yield heapq.merge(*books)


def turnovers(session: Session) -> Iterator[tuple[int, int, int, int]]:
    """Account, day number, debits and credits (fen) for every account and day with a leg."""
    how = _DIALECTS[session.connection().dialect.name]
    with closing(_cursor(session, _TURNOVERS.format(day=_DAY, how=how))) as rows:
        for place, debit, net in rows:
            yield place // _DAY, place % _DAY, int(debit), int(debit - net)


def _cursor(session: Session, statement: str) -> Any:
    """Rows straight from the driver: an object for each of a million rows would cost more than the hashing."""
    raw: Any = session.connection().connection.dbapi_connection
    if session.connection().dialect.name == "postgresql":
        cursor = raw.cursor(name=f"proof_{next(_CURSORS)}")
        cursor.itersize = 20_000
    else:
        cursor = raw.cursor()
    cursor.execute(statement)
    return cursor
