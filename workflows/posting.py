"""The only writer of the ledger: once per key, within limits, never into a closed period (ledger.md).

`post` writes one event with its entries in every book it touches; `post_many` writes a batch. Both belong to the
caller's transaction: what they explain and what they book become true together or not at all. Writers take turns
(SQLite: the immediate write transaction; PostgreSQL: one advisory lock), so a limit that was checked still holds
when the entry lands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from models import ledger
from models.books.chart import ACCOUNT_OF_ID, CHART
from models.books.entry import Entry, Leg
from models.queries.books import entries_of
from models.refusals import BrokenInvariant, NotAllowed, NotThere, Refusal
from models.roles import Actor
from models.values.money import Money
from workflows import posting_batch, posting_parts, posting_postgres, posting_sqlite
from workflows.posting_wire import AnotherBody, OverLimit

TURN = 20121107
"""The advisory lock under which PostgreSQL's writers take turns."""


class KeyUsedForAnother(Refusal):
    """The idempotency key was used before, for a request with another body."""


class LimitReached(Refusal):
    """The account would go below its floor or above its ceiling: cash that is not there, a fund that is taken."""


class PeriodClosed(Refusal):
    """The business date lies in a period that is closed for the book."""


class AlreadyReversed(Refusal):
    """The event was reversed before, or is itself a reversal."""


class HoldGone(Refusal):
    """The reservation was used, released or has expired, or holds less than what is asked of it."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of an entry: the event's number, and whether it stood there already."""

    event_id: int
    replayed: bool


def take_turn(session: Session) -> None:
    """Wait until this transaction is the only one that writes to the books; check limits after this, not before."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")


def post(session: Session, entry: Entry, *, by: Actor, at: datetime) -> Posted:
    """Book one event. The same key with the same body answers with the event that stands there.

    Refuses with KeyUsedForAnother, LimitReached (facts: account, part, available, asked) and PeriodClosed.
    """
    connection = session.connection()
    _refuse_closed(connection, [entry])
    engine = posting_postgres if connection.dialect.name == "postgresql" else posting_sqlite
    try:
        event_id, replayed = engine.post(connection, entry, ledger.moment_number(at), by.user_id)
    except AnotherBody:
        raise KeyUsedForAnother(key=entry.key) from None
    except OverLimit as over:
        raise _limit_reached(over) from None
    return Posted(event_id, replayed)


def post_many(session: Session, entries: Sequence[Entry], *, by: Actor, at: datetime) -> list[Posted]:
    """Book a batch in the order given, all or nothing: one pass over accounts and heads for the whole batch.

    Limits are checked on the batch's net effect on each account. Refuses as `post` does.
    """
    if not entries:
        return []
    connection = session.connection()
    take_turn(session)
    _refuse_closed(connection, entries)
    try:
        written = posting_batch.post_batch(connection, entries, ledger.moment_number(at), by.user_id)
    except AnotherBody as used:
        raise KeyUsedForAnother(key=used.key) from None
    except OverLimit as over:
        raise _limit_reached(over) from None
    return [Posted(event_id, replayed) for event_id, replayed in written]


def reverse(session: Session, key: str, *, cause: str, by: Actor, on: date, at: datetime) -> Posted:
    """Answer a wrong event with its mirror image in every book; the original stays readable for ever.

    Refuses with NotThere for an unknown key and AlreadyReversed if it was undone before.
    """
    connection = session.connection()
    take_turn(session)
    original = _stored(connection, key)
    if original is None:
        raise NotThere(what="event", key=key)
    taken = connection.execute(sa.select(ledger.event.c.key).where(ledger.event.c.reverses == key)).scalar()
    if original.reverses or (taken and taken != f"reversal:{key}"):
        raise AlreadyReversed(key=key)
    return post(session, original.reversed(key=f"reversal:{key}", on=on, cause=cause), by=by, at=at)


def stored_entry(session: Session, key: str) -> Entry:
    """The event under `key`, read back from the books; refuses with NotThere."""
    entry = _stored(session.connection(), key)
    if entry is None:
        raise NotThere(what="event", key=key)
    return entry


def _stored(connection: sa.Connection, key: str) -> Entry | None:
    event = connection.execute(
        sa.select(ledger.event, ledger.kind.c.name.label("kind"))
        .join(ledger.kind, ledger.kind.c.id == ledger.event.c.kind_id)
        .where(ledger.event.c.key == key)
    ).one_or_none()
    if event is None:
        return None
    rows = connection.execute(
        sa.select(ledger.account.c.control_id, ledger.account.c.part, ledger.leg.c.amount)
        .join(ledger.leg, ledger.leg.c.account_id == ledger.account.c.id)
        .join(ledger.entry, ledger.entry.c.id == ledger.leg.c.entry_id)
        .where(ledger.entry.c.id.in_(entries_of(connection, event.id)))
        .order_by(ledger.entry.c.id % ledger.BOOKS, ledger.leg.c.n)
    )
    legs = tuple(Leg(ACCOUNT_OF_ID[control], amount, part) for control, part, amount in rows)
    return Entry(event.key, event.kind, ledger.day_of(event.day), event.cause, legs, reverses=event.reverses or "")


def _refuse_closed(connection: sa.Connection, entries: Iterable[Entry]) -> None:
    heads = connection.exec_driver_sql("SELECT book, closed_through FROM ledger_head WHERE closed_through > 0")
    closed: dict[int, int] = {book: through for book, through in heads.all()}
    if not closed:
        return
    for entry in entries:
        for leg in entry.legs:
            through = closed.get(leg.account.id // 10_000, 0)
            if ledger.day_number(entry.on) <= through:
                raise PeriodClosed(book=str(leg.account.book), on=entry.on, through=ledger.day_of(through))


def _limit_reached(over: OverLimit) -> LimitReached:
    account = ACCOUNT_OF_ID[over.control]
    return LimitReached(
        account=account.name, part=over.part, available=Money(over.available), asked=Money(abs(over.asked))
    )


def set_limit(session: Session, name: str, *, part: str = "", floor: Money | None, ceiling: Money | None) -> None:
    """Give an account, or one part of it, the least and the most that debits minus credits may be.

    A part that has not moved yet is opened. Refuses with LimitReached if the balance already lies beyond.
    """
    connection = session.connection()
    take_turn(session)
    account_id = _account_id(connection, name, part)
    row = connection.execute(sa.select(ledger.account).where(ledger.account.c.id == account_id)).one()
    net = row.debit - row.credit
    if (floor is not None and net - row.held < floor.fen) or (ceiling is not None and net > ceiling.fen):
        raise LimitReached(account=name, part=part, available=Money(0), asked=Money(abs(net)))
    connection.execute(
        sa.update(ledger.account)
        .where(ledger.account.c.id == account_id)
        .values(floor=None if floor is None else floor.fen, ceiling=None if ceiling is None else ceiling.fen)
    )


def _account_id(connection: sa.Connection, name: str, part: str) -> int:
    control = CHART[name]
    if not part:
        return control.id
    return posting_parts.part_id(connection, control.id, part)


def hold(
    session: Session,
    name: str,
    amount: Money,
    *,
    part: str = "",
    key: str,
    cause: str,
    expires: date,
    by: Actor,
    on: date,
    at: datetime,
) -> int:
    """Reserve money of an account: it stays there, but nobody else can spend it. Returns the hold's number.

    Refuses with LimitReached when what is free does not suffice, with KeyUsedForAnother when the key's hold differs.
    """
    connection = session.connection()
    take_turn(session)
    account_id = _account_id(connection, name, part)
    known = connection.execute(sa.select(ledger.hold).where(ledger.hold.c.key == key)).one_or_none()
    if known is not None:
        if (known.account_id, known.amount) != (account_id, amount.fen):
            raise KeyUsedForAnother(key=key)
        return int(known.id)
    row = connection.execute(sa.select(ledger.account).where(ledger.account.c.id == account_id)).one()
    free = row.debit - row.credit - row.held - (row.floor or 0)
    if amount.fen <= 0 or free < amount.fen:
        raise LimitReached(account=name, part=part, available=Money(max(free, 0)), asked=amount)
    connection.execute(
        sa.update(ledger.account)
        .where(ledger.account.c.id == account_id)
        .values(held=ledger.account.c.held + amount.fen)
    )
    hold_id = connection.execute(
        sa.insert(ledger.hold)
        .values(
            key=key,
            account_id=account_id,
            amount=amount.fen,
            remaining=amount.fen,
            cause=cause,
            expires=ledger.day_number(expires),
            actor=by.user_id,
        )
        .returning(ledger.hold.c.id)
    ).scalar_one()
    _hold_moved(connection, hold_id, "taken", amount.fen, by, on, at)
    return int(hold_id)


def end_hold(
    session: Session, key: str, kind: str, *, by: Actor, on: date, at: datetime, amount: Money | None = None
) -> Money:
    """Let a reservation go: `used` (right before the entry that spends it), `released` or `expired`.

    All that remains, or `amount` of it. Refuses with HoldGone when nothing, or less than `amount`, remains.
    """
    connection = session.connection()
    take_turn(session)
    row = connection.execute(sa.select(ledger.hold).where(ledger.hold.c.key == key)).one_or_none()
    wanted = amount.fen if amount is not None else (row.remaining if row else 0)
    if row is None or wanted <= 0 or row.remaining < wanted:
        raise HoldGone(key=key, remaining=Money(row.remaining if row else 0), asked=Money(wanted))
    connection.execute(
        sa.update(ledger.hold).where(ledger.hold.c.id == row.id).values(remaining=row.remaining - wanted)
    )
    connection.execute(
        sa.update(ledger.account)
        .where(ledger.account.c.id == row.account_id)
        .values(held=ledger.account.c.held - wanted)
    )
    _hold_moved(connection, row.id, kind, wanted, by, on, at)
    return Money(wanted)


def _hold_moved(
    connection: sa.Connection, hold_id: int, kind: str, fen: int, by: Actor, on: date, at: datetime
) -> None:
    connection.execute(
        sa.insert(ledger.hold_move).values(
            hold_id=hold_id,
            kind=kind,
            amount=fen,
            day=ledger.day_number(on),
            booked_at=ledger.moment_number(at),
            actor=by.user_id,
        )
    )


def expire_holds(session: Session, *, by: Actor, on: date, at: datetime) -> list[str]:
    """Free every reservation whose last day lies before `on`; returns their keys."""
    connection = session.connection()
    overdue = connection.execute(
        sa.select(ledger.hold.c.key)
        .where(ledger.hold.c.expires < ledger.day_number(on), ledger.hold.c.remaining > 0)
        .order_by(ledger.hold.c.id)
    ).scalars()
    keys = list(overdue)
    for key in keys:
        end_hold(session, key, "expired", by=by, on=on, at=at)
    return keys


def close_period(session: Session, *, through: date, by: Actor, closer: str = "", at: datetime) -> None:
    """Close every book up to and including `through`: nothing with an earlier business date lands after that.

    The heads of the chains are written down with it, to be kept outside as an anchor. Refuses with PeriodClosed
    when a later period is closed already, and with NotAllowed when the system's own actor tries it.
    """
    if by.user_id == 0:
        raise NotAllowed(act="close_period", role=closer or "person")
    connection = session.connection()
    take_turn(session)
    number = ledger.day_number(through)
    for row in connection.execute(sa.select(ledger.head).order_by(ledger.head.c.book)).all():
        if row.closed_through >= number:
            raise PeriodClosed(book=str(row.book), on=through, through=ledger.day_of(row.closed_through))
        connection.execute(
            sa.insert(ledger.close).values(
                book=row.book,
                through=number,
                seq=row.seq,
                hash=row.hash,
                actor=by.user_id,
                booked_at=ledger.moment_number(at),
            )
        )
    updated = connection.execute(sa.update(ledger.head).values(closed_through=number))
    if updated.rowcount < 1:
        raise BrokenInvariant("the books have no heads; run `talentbank init`")
