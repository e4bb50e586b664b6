"""The proof of the books: recompute everything that the ledger keeps, and name the first row that does not fit.

Every entry balances, in its book alone; balances equal legs; day balances equal legs; the chain of each book is
whole; every event's hash covers what stands there; mirrors cancel out; no limit is broken; holds are what the
accounts say is held; sub-ledgers sum to their accounts (ledger.md 1, 2.2; postings.md, Mirrors).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models import exposure, ledger
from models.books.chart import ACCOUNT_OF_ID
from models.books.entry import canonical_body, link
from models.queries.books import mirror_differences
from models.roles import Institution
from reports.sub_ledgers import differences


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: which check found it, which row, and what is wrong with it."""

    check: str
    row: str
    what: str


@dataclass(slots=True)
class Proof:
    """What was checked, how much of it, and what did not fit. An empty list of findings is the proof."""

    entries: int = 0
    legs: int = 0
    checks: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """True if nothing was found."""
        return not self.findings


_CURSORS = itertools.count(1)

MOST_FINDINGS = 20
"""A broken chain breaks every row after it; more than this is not read by anybody."""

_ENTRIES = (
    "SELECT n.id, n.event_id, n.day, n.hash, e.key, e.body_hash, e.kind, e.cause, e.day, e.booked_at, e.actor, e.reverses"
    " FROM ledger_entry n JOIN ledger_event e ON e.id = n.event_id ORDER BY n.event_id, n.id % 8"
)
_LEGS = (
    "SELECT n.event_id, l.entry_id, l.account_id, l.amount, l.day FROM ledger_leg l JOIN ledger_entry n ON n.id = l.entry_id"
    " ORDER BY n.event_id, n.id % 8, l.n"
)


def prove(session: Session, *, progress: Callable[[str], None] | None = None) -> Proof:
    """Run every check over the whole ledger; `progress` is told the name of each check as it starts.

    Reads only. The first finding of each kind names the first bad row in the order of booking.
    """
    proof = Proof()
    for name, check in (
        ("chain", _chains),
        ("entries", _entries),
        ("balances", _balances),
        ("days", _days),
        ("limits", _limits),
        ("holds", _holds),
        ("mirrors", _mirrors),
        ("closes", _closes),
        ("sub-ledgers", _sub_ledgers),
        ("exposure", _exposure),
    ):
        if progress is not None:
            progress(name)
        proof.checks.append(name)
        for finding in check(session, proof):
            proof.findings.append(finding)
            if len(proof.findings) >= MOST_FINDINGS:
                return proof
    return proof


def _stream(session: Session, statement: str) -> Iterator[tuple[Any, ...]]:
    """Rows of a plain query straight from the driver: objects for a million rows would cost more than the hashing."""
    raw: Any = session.connection().connection.dbapi_connection
    if session.connection().dialect.name == "postgresql":
        cursor = raw.cursor(name=f"proof_{next(_CURSORS)}")
        cursor.itersize = 20_000
    else:
        cursor = raw.cursor()
        cursor.arraysize = 5_000
    try:
        cursor.execute(statement)
        while rows := cursor.fetchmany(5_000):
            yield from rows
    finally:
        cursor.close()


def _names(session: Session) -> tuple[dict[int, str], dict[int, int]]:
    names: dict[int, str] = {}
    books: dict[int, int] = {}
    for account_id, control, part in session.connection().exec_driver_sql(
        "SELECT id, control_id, part FROM ledger_account"
    ):
        names[account_id] = f"{control}[{part}]"
        books[account_id] = control // 10_000
    return names, books


def _entry_name(entry_id: int) -> str:
    book = list(Institution)[ledger.book_of_entry(entry_id) - 1]
    return f"{book} #{ledger.seq_of_entry(entry_id)}"


def _chains(session: Session, proof: Proof) -> Iterator[Finding]:
    """Walks events in the order of booking with both their entries and legs, and hashes everything anew."""
    names, books = _names(session)
    legs_of = _legs_by_event(session, names, books, proof)
    pending = next(legs_of, None)
    heads: dict[int, tuple[int, bytes]] = {}
    reported: set[int] = set()
    event_id, body_ok = 0, b""
    lines = ""
    for row in _stream(session, _ENTRIES):
        entry_id, of_event, day, digest, key, body_hash, kind, cause, event_day, booked_at, actor, reverses = row
        proof.entries += 1
        if of_event != event_id:
            event_id = of_event
            lines = ""
            while pending is not None and pending[0] < event_id:
                yield Finding("chain", f"leg of event {pending[0]}", "legs without their entry")
                pending = next(legs_of, None)
            if pending is not None and pending[0] == event_id:
                lines = pending[1]
                if pending[2]:
                    yield Finding("entries", key, pending[2])
                pending = next(legs_of, None)
            text = ledger.day_of(event_day).isoformat()
            body_ok = hashlib.sha256(canonical_body(key, kind, text, reverses or "", cause, lines)).digest()
            if body_ok != bytes(body_hash):
                yield Finding("chain", f"{_entry_name(entry_id)} ({key})", "the event differs from its hash")
        if day != event_day:
            yield Finding("chain", f"{_entry_name(entry_id)} ({key})", "the entry's day differs from its event's")
        book, seq = entry_id % 8, entry_id // 8
        last_seq, previous = heads.get(book, (0, ledger.GENESIS))
        if book not in reported:
            if seq != last_seq + 1:
                reported.add(book)
                yield Finding("chain", _entry_name(entry_id), f"number {last_seq + 1} of this book is missing")
            elif link(previous, seq, booked_at, actor, bytes(body_hash)) != bytes(digest):
                reported.add(book)
                yield Finding("chain", f"{_entry_name(entry_id)} ({key})", "the hash does not continue the chain")
        heads[book] = (seq, bytes(digest))
    if pending is not None:
        yield Finding("chain", f"leg of event {pending[0]}", "legs without their entry")
    for book, seq, digest in session.connection().exec_driver_sql(
        "SELECT book, seq, hash FROM ledger_head ORDER BY book"
    ):
        name = str(list(Institution)[book - 1])
        proof.heads[name] = (seq, bytes(digest).hex())
        if heads.get(book, (0, ledger.GENESIS)) != (seq, bytes(digest)):
            yield Finding("chain", name, f"the head says {seq} entries, the journal ends elsewhere")


def _legs_by_event(
    session: Session, names: dict[int, str], books: dict[int, int], proof: Proof
) -> Iterator[tuple[int, str, str]]:
    """For each event: its number, the canonical text of its legs, and what is wrong with their sums (or nothing)."""
    event_id, parts, sums, counts, wrong = 0, [], {}, {}, ""  # type: ignore[var-annotated]
    count = 0
    for of_event, entry_id, account_id, amount, _day in _stream(session, _LEGS):
        if of_event != event_id:
            if event_id:
                yield event_id, ";".join(parts), wrong or _unbalanced(sums, counts)
            event_id, parts, sums, counts, wrong = of_event, [], {}, {}, ""
        count += 1
        parts.append(f"{names.get(account_id, '?')}{amount}")
        sums[entry_id] = sums.get(entry_id, 0) + amount
        counts[entry_id] = counts.get(entry_id, 0) + 1
        if books.get(account_id) != entry_id % 8:
            wrong = f"{_entry_name(entry_id)} has a leg of another book"
    proof.legs = count
    if event_id:
        yield event_id, ";".join(parts), wrong or _unbalanced(sums, counts)


def _unbalanced(sums: dict[int, int], counts: dict[int, int]) -> str:
    for entry_id, difference in sums.items():
        if difference or counts[entry_id] < 2:
            return f"{_entry_name(entry_id)} does not balance: {difference} fen over"
    return ""


def _first(session: Session, check: str, statement: str, say: Callable[[Any], tuple[str, str]]) -> Iterator[Finding]:
    for row in session.connection().execute(sa.text(statement + f" LIMIT {MOST_FINDINGS}")):
        name, what = say(row)
        yield Finding(check, name, what)


def _account_name(control: int, part: str) -> str:
    account = ACCOUNT_OF_ID.get(control)
    name = account.name if account else f"account {control}"
    return f"{name}[{part}]" if part else name


def _entries(session: Session, proof: Proof) -> Iterator[Finding]:
    yield from _first(
        session,
        "entries",
        "SELECT e.key FROM ledger_event e LEFT JOIN ledger_entry n ON n.event_id = e.id WHERE n.id IS NULL ORDER BY e.id",
        lambda row: (row.key, "an event without entries"),
    )
    yield from _first(
        session,
        "entries",
        "SELECT l.entry_id FROM ledger_leg l JOIN ledger_entry n ON n.id = l.entry_id WHERE n.day <> l.day ORDER BY l.entry_id",
        lambda row: (_entry_name(row.entry_id), "a leg's day differs from its entry's"),
    )


_LEAF_SUMS = (
    "(SELECT account_id, SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS debit,"
    " SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS credit FROM ledger_leg GROUP BY account_id)"
)


def _balances(session: Session, proof: Proof) -> Iterator[Finding]:
    def say(row: Any) -> tuple[str, str]:
        return (
            _account_name(row.control_id, row.part),
            f"stored {row.debit} / {row.credit}, legs say {row.sum_debit} / {row.sum_credit}",
        )

    yield from _first(
        session,
        "balances",
        "SELECT a.control_id, a.part, a.debit, a.credit, COALESCE(s.debit, 0) AS sum_debit, COALESCE(s.credit, 0) AS sum_credit"
        f" FROM ledger_account a LEFT JOIN {_LEAF_SUMS} s ON s.account_id = a.id"  # nosec B608
        " WHERE (a.part <> '' OR NOT EXISTS (SELECT 1 FROM ledger_account p WHERE p.control_id = a.id AND p.part <> ''))"
        " AND (a.debit <> COALESCE(s.debit, 0) OR a.credit <> COALESCE(s.credit, 0)) ORDER BY a.id",
        say,
    )
    yield from _first(
        session,
        "balances",
        "SELECT a.control_id, a.part, a.debit, a.credit, s.debit AS sum_debit, s.credit AS sum_credit FROM ledger_account a"
        " JOIN (SELECT control_id, SUM(debit) AS debit, SUM(credit) AS credit FROM ledger_account WHERE part <> ''"
        " GROUP BY control_id) s ON s.control_id = a.id"
        " WHERE a.part = '' AND (a.debit <> s.debit OR a.credit <> s.credit) ORDER BY a.id",
        say,
    )


def _days(session: Session, proof: Proof) -> Iterator[Finding]:
    yield from _first(
        session,
        "days",
        "SELECT d.account_id, d.day FROM ledger_day d JOIN (SELECT s.account_id, s.day,"
        " SUM(s.debit) OVER w AS debit, SUM(s.credit) OVER w AS credit FROM"
        " (SELECT a.control_id AS account_id, l.day, SUM(CASE WHEN l.amount > 0 THEN l.amount ELSE 0 END) AS debit,"
        " SUM(CASE WHEN l.amount < 0 THEN -l.amount ELSE 0 END) AS credit FROM ledger_leg l"
        " JOIN ledger_account a ON a.id = l.account_id GROUP BY a.control_id, l.day) s"
        " WINDOW w AS (PARTITION BY s.account_id ORDER BY s.day)) t"
        " ON t.account_id = d.account_id AND t.day = d.day"
        " WHERE d.debit <> t.debit OR d.credit <> t.credit ORDER BY d.day, d.account_id",
        lambda row: (
            f"{_account_name(row.account_id, '')} on {ledger.day_of(row.day)}",
            "the day's balance differs from its legs",
        ),
    )
    yield from _first(
        session,
        "days",
        "SELECT s.account_id, s.day FROM (SELECT DISTINCT a.control_id AS account_id, l.day FROM ledger_leg l"
        " JOIN ledger_account a ON a.id = l.account_id) s LEFT JOIN ledger_day d"
        " ON d.account_id = s.account_id AND d.day = s.day WHERE d.day IS NULL ORDER BY s.day, s.account_id",
        lambda row: (
            f"{_account_name(row.account_id, '')} on {ledger.day_of(row.day)}",
            "the day's balance is missing",
        ),
    )


def _limits(session: Session, proof: Proof) -> Iterator[Finding]:
    yield from _first(
        session,
        "limits",
        "SELECT control_id, part, debit - credit AS net FROM ledger_account WHERE (floor IS NOT NULL AND"
        " debit - credit - held < floor) OR (ceiling IS NOT NULL AND debit - credit > ceiling) ORDER BY id",
        lambda row: (_account_name(row.control_id, row.part), f"{row.net} fen lies beyond the account's limit"),
    )


def _holds(session: Session, proof: Proof) -> Iterator[Finding]:
    yield from _first(
        session,
        "holds",
        "SELECT a.control_id, a.part, a.held, COALESCE(SUM(h.remaining), 0) AS remaining FROM ledger_account a"
        " LEFT JOIN ledger_hold h ON h.account_id = a.id GROUP BY a.id, a.control_id, a.part, a.held"
        " HAVING a.held <> COALESCE(SUM(h.remaining), 0) ORDER BY a.id",
        lambda row: (_account_name(row.control_id, row.part), f"{row.held} held, reservations say {row.remaining}"),
    )
    yield from _first(
        session,
        "holds",
        "SELECT h.key, h.remaining FROM ledger_hold h LEFT JOIN ledger_hold_move m ON m.hold_id = h.id"
        " GROUP BY h.id, h.key, h.amount, h.remaining HAVING h.remaining <>"
        " SUM(CASE WHEN m.kind = 'taken' THEN m.amount ELSE -m.amount END) ORDER BY h.id",
        lambda row: (row.key, f"{row.remaining} fen remain, its moves say otherwise"),
    )


def _mirrors(session: Session, proof: Proof) -> Iterator[Finding]:
    for difference in mirror_differences(session):
        yield Finding(
            "mirrors",
            f"{difference.mirror.left} / {difference.mirror.right} [{difference.part}]",
            f"{difference.left} against {difference.right}",
        )


def _closes(session: Session, proof: Proof) -> Iterator[Finding]:
    yield from _first(
        session,
        "closes",
        "SELECT c.book, c.through, c.seq FROM ledger_close c LEFT JOIN ledger_entry n ON n.id = c.seq * 8 + c.book"
        " WHERE c.seq > 0 AND (n.id IS NULL OR n.hash <> c.hash) ORDER BY c.id",
        lambda row: (
            f"{list(Institution)[row.book - 1]} closed through {ledger.day_of(row.through)}",
            f"entry {row.seq} is not the one the period was closed with",
        ),
    )


def _sub_ledgers(session: Session, proof: Proof) -> Iterator[Finding]:
    """What the nouns' rows say must be what the accounts say."""
    for row, what in differences(session):
        yield Finding("sub-ledgers", row, what)


def _exposure(session: Session, proof: Proof) -> Iterator[Finding]:
    """The sums that the database keeps for the bureau's page must be those of the loans and guarantees."""
    for row, what in exposure.differences(session.connection()):
        yield Finding("exposure", row, what)
