"""The proof of the books: recompute everything that the ledger keeps, and name the first row that does not fit.

Every entry balances, in its book alone; balances equal legs; day balances equal legs; the chain of each book is
whole; every event's hash covers what stands there; mirrors cancel out; no limit is broken; holds are what the
accounts say is held; sub-ledgers sum to their accounts (ledger.md 1, 2.2; postings.md, Mirrors).
"""

from __future__ import annotations

import hashlib
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
from reports import proof_walk
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


MOST_FINDINGS = 20
"""A broken chain breaks every row after it; more than this is not read by anybody."""


def prove(session: Session, *, progress: Callable[[str], None] | None = None) -> Proof:
    """Run every check over the whole ledger; `progress` is told the name of each check as it starts.

    Reads only. The first finding of each kind names the first bad row in the order of booking.
    """
    proof = Proof()
    for names, check in (
        ("chain entries", _chains),
        ("balances days", _balances),
        ("limits", _limits),
        ("holds", _holds),
        ("mirrors", _mirrors),
        ("closes", _closes),
        ("sub-ledgers", _sub_ledgers),
        ("exposure", _exposure),
    ):
        if progress is not None:
            progress(names)
        proof.checks.extend(names.split())
        for finding in check(session, proof):
            proof.findings.append(finding)
            if len(proof.findings) >= MOST_FINDINGS:
                return proof
    return proof


def _entry_name(entry_id: int) -> str:
    book = list(Institution)[ledger.book_of_entry(entry_id) - 1]
    return f"{book} #{ledger.seq_of_entry(entry_id)}"


def _chains(session: Session, proof: Proof) -> Iterator[Finding]:
    """Walks events in the order of booking with their entries and legs of every book, and hashes everything anew."""
    heads: dict[int, tuple[int, bytes]] = {}
    reported: set[int] = set()
    events, entries, legs = 0, 0, 0
    hashed = _Hashed(session)
    event_id, lines, last = 0, "", None
    with proof_walk.entries(session) as walk:
        # The fields are taken apart here, not by name: this loop runs for every entry that was ever booked.
        for row in walk:
            event, book, entry_id, day, digest, spelt, fen, count, slip = row[:9]
            if event == event_id:
                lines = f"{lines};{spelt}"
            else:
                if last is not None and not hashed.covers(last, lines):
                    yield Finding("chain", _named(last), "the event differs from its hash")
                events += 1
                event_id, lines = event, spelt
            last = row
            entries += 1
            legs += count
            if fen or count < 2 or slip:
                yield Finding("entries", _named(row), _slip(fen, count, slip))
            if day != row[13]:
                yield Finding("chain", _named(row), "the entry's day differs from its event's")
            seq = entry_id // 8
            last_seq, previous = heads.get(book, _BEGINNING)
            heads[book] = (seq, digest)
            if seq != last_seq + 1:
                if book not in reported:
                    yield Finding("chain", _entry_name(entry_id), f"number {last_seq + 1} of this book is missing")
                reported.add(book)
            elif link(previous, seq, row[14], row[15], row[10]) != digest:
                if book not in reported:
                    yield Finding("chain", _named(row), "the hash does not continue the chain")
                reported.add(book)
    if last is not None and not hashed.covers(last, lines):
        yield Finding("chain", _named(last), "the event differs from its hash")
    proof.entries, proof.legs = entries, legs
    yield from _left_out(session, events, entries, legs)
    for book, seq, digest in session.connection().exec_driver_sql(
        "SELECT book, seq, hash FROM ledger_head ORDER BY book"
    ):
        name = str(list(Institution)[book - 1])
        proof.heads[name] = (seq, bytes(digest).hex())
        if heads.get(book, _BEGINNING) != (seq, bytes(digest)):
            yield Finding("chain", name, f"the head says {seq} entries, the journal ends elsewhere")


_BEGINNING = (0, ledger.GENESIS)


class _Hashed:
    """Hashes what stands in the books of an event, to be compared with the hash that was stored."""

    def __init__(self, session: Session) -> None:
        kinds = session.connection().exec_driver_sql("SELECT id, name FROM ledger_kind").all()
        self.kinds = {row[0]: row[1] for row in kinds}
        self.days: dict[int, str] = {}

    def covers(self, row: tuple[Any, ...], lines: str) -> bool:
        """Whether the hash of a walked entry's event is that of its fields and of these legs."""
        _, _, _, _, _, _, _, _, _, key, body_hash, kind, cause, day, _, _, reverses = row
        text = self.days.get(day) or self.days.setdefault(day, ledger.day_of(day).isoformat())
        body = canonical_body(key, self.kinds.get(kind, ""), text, reverses or "", cause, lines)
        return bool(hashlib.sha256(body).digest() == body_hash)


def _slip(fen: int, count: int, slip: int) -> str:
    if fen or count < 2:
        return f"it does not balance: {fen} fen over"
    return "a leg's day differs from its entry's" if slip == 1 else "a leg of another book"


def _named(row: tuple[Any, ...]) -> str:
    return f"{_entry_name(row[2])} ({row[9]})"


def _left_out(session: Session, events: int, entries: int, legs: int) -> Iterator[Finding]:
    """Rows that the walk cannot meet, because what they hang on is not there; looked for only if the counts differ."""
    counts = session.connection().exec_driver_sql(
        "SELECT (SELECT COUNT(*) FROM ledger_event), (SELECT COUNT(*) FROM ledger_entry), (SELECT COUNT(*) FROM ledger_leg)"
    )
    if tuple(counts.one()) == (events, entries, legs):
        return
    yield from _first(
        session,
        "entries",
        "SELECT e.key FROM ledger_event e LEFT JOIN ledger_entry n ON n.event_id = e.id WHERE n.id IS NULL ORDER BY e.id",
        lambda row: (row.key, "an event without entries"),
    )
    yield from _first(
        session,
        "chain",
        "SELECT n.id FROM ledger_entry n LEFT JOIN ledger_event e ON e.id = n.event_id"
        " WHERE e.id IS NULL ORDER BY n.id",
        lambda row: (_entry_name(row.id), "its event is missing"),
    )
    yield from _first(
        session,
        "entries",
        "SELECT n.id FROM ledger_entry n WHERE NOT EXISTS (SELECT 1 FROM ledger_leg l WHERE l.entry_id = n.id)"
        " ORDER BY n.id",
        lambda row: (_entry_name(row.id), "an entry without legs"),
    )
    yield from _first(
        session,
        "entries",
        "SELECT l.entry_id FROM ledger_leg l LEFT JOIN ledger_entry n ON n.id = l.entry_id LEFT JOIN ledger_account a"
        " ON a.id = l.account_id WHERE n.id IS NULL OR a.id IS NULL ORDER BY l.entry_id",
        lambda row: (_entry_name(row.entry_id), "a leg without its entry or its account"),
    )


def _first(session: Session, check: str, statement: str, say: Callable[[Any], tuple[str, str]]) -> Iterator[Finding]:
    for row in session.connection().execute(sa.text(statement + f" LIMIT {MOST_FINDINGS}")):
        name, what = say(row)
        yield Finding(check, name, what)


def _account_name(control: int, part: str) -> str:
    account = ACCOUNT_OF_ID.get(control)
    name = account.name if account else f"account {control}"
    return f"{name}[{part}]" if part else name


def _balances(session: Session, proof: Proof) -> Iterator[Finding]:
    """The balance of every part is the sum of its legs, that of every account the sum of its parts (or legs); and
    every account has, on each day on which it moved and on no other, its turnover until then.
    """
    control_of: dict[int, int] = {}
    stored: dict[int, tuple[int, str, int, int]] = {}
    for account_id, control, part, debit, credit in session.connection().exec_driver_sql(
        "SELECT id, control_id, part, debit, credit FROM ledger_account ORDER BY id"
    ):
        control_of[account_id] = control
        stored[account_id] = (control, part, debit, credit)
    sums: dict[int, tuple[int, int]] = {}
    moved: dict[tuple[int, int], tuple[int, int]] = {}
    for account_id, day, debit, credit in proof_walk.turnovers(session):
        control = control_of.get(account_id, 0)
        was = moved.get((day, control), (0, 0))
        moved[day, control] = (was[0] + debit, was[1] + credit)
        for one in {account_id, control}:
            was = sums.get(one, (0, 0))
            sums[one] = (was[0] + debit, was[1] + credit)
    for account_id, (control, part, debit, credit) in stored.items():
        summed = sums.get(account_id, (0, 0))
        if summed != (debit, credit):
            what = f"stored {debit} / {credit}, legs say {summed[0]} / {summed[1]}"
            yield Finding("balances", _account_name(control, part), what)
    yield from _days(session, moved)


def _days(session: Session, moved: dict[tuple[int, int], tuple[int, int]]) -> Iterator[Finding]:
    """`moved` is the turnover (debit, credit) of each day and account of the charts; it is used up."""
    running: dict[int, tuple[int, int]] = {}
    for day, control in sorted(moved):
        was, now = running.get(control, (0, 0)), moved[day, control]
        running[control] = moved[day, control] = (was[0] + now[0], was[1] + now[1])
    for control, day, debit, credit in session.connection().exec_driver_sql(
        "SELECT account_id, day, debit, credit FROM ledger_day ORDER BY day, account_id"
    ):
        if moved.pop((day, control), None) != (debit, credit):
            yield _day_finding(control, day, "the day's balance differs from its legs")
    for day, control in sorted(moved):
        yield _day_finding(control, day, "the day's balance is missing")


def _day_finding(control: int, day: int, what: str) -> Finding:
    return Finding("days", f"{_account_name(control, '')} on {ledger.day_of(day)}", what)


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
