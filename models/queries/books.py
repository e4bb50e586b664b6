"""Balances now, as of a business date, as of a moment of booking; trial balances; mirrors; postings behind a figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from models import ledger
from models.books.chart import ACCOUNT_OF_ID, CHART, MIRRORS, Account, Mirror, accounts_of
from models.roles import Institution
from models.values.money import Money

_DAY_BEFORE = "SELECT debit, credit FROM ledger_day WHERE account_id = :id AND day <= :day ORDER BY day DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Balance:
    """Turnover of an account or a part, in fen; `held` is reserved money that nobody may spend."""

    debit: int
    credit: int
    held: int = 0

    @property
    def net(self) -> Money:
        """Debits minus credits."""
        return Money(self.debit - self.credit)

    def shown(self, account: Account) -> Money:
        """The balance with the sign that readers expect: assets by debit, liabilities and income by credit."""
        return self.net if account.grows_by_debit else -self.net


NOTHING = Balance(0, 0)


def _account_id(session: Session, account: Account, part: str) -> int | None:
    if not part:
        return account.id
    return (
        session.connection()
        .execute(
            sa.select(ledger.account.c.id).where(
                ledger.account.c.control_id == account.id, ledger.account.c.part == part
            )
        )
        .scalar()
    )


def balance(
    session: Session, name: str, *, part: str = "", on: date | None = None, booked_by: datetime | None = None
) -> Balance:
    """The balance of `book.account`, or of one of its parts: now, at the end of a business date, or as the books
    stood at a moment of booking, or both together (what was known then about that date).
    """
    account = CHART[name]
    account_id = _account_id(session, account, part)
    if account_id is None:
        return NOTHING
    connection = session.connection()
    if booked_by is not None:
        return _booked(connection, account, account_id, part, on, booked_by)
    if on is None:
        row = connection.execute(
            sa.select(ledger.account.c.debit, ledger.account.c.credit, ledger.account.c.held).where(
                ledger.account.c.id == account_id
            )
        ).one()
        return Balance(row.debit, row.credit, row.held)
    number = ledger.day_number(on)
    if not part:
        found = connection.execute(sa.text(_DAY_BEFORE), {"id": account_id, "day": number}).one_or_none()
        return Balance(found.debit, found.credit) if found else NOTHING
    return _summed(connection, ledger.leg.c.account_id == account_id, ledger.leg.c.day <= number)


def _summed(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Balance:
    amount = ledger.leg.c.amount
    row = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.case((amount > 0, amount), else_=0)), 0).label("debit"),
            sa.func.coalesce(sa.func.sum(sa.case((amount < 0, -amount), else_=0)), 0).label("credit"),
        ).where(*conditions)
    ).one()
    return Balance(int(row.debit), int(row.credit))


def _booked(
    connection: sa.Connection, account: Account, account_id: int, part: str, on: date | None, booked_by: datetime
) -> Balance:
    legs, entries, events = ledger.leg, ledger.entry, ledger.event
    if part:
        these = legs.c.account_id == account_id
    else:
        family = sa.select(ledger.account.c.id).where(ledger.account.c.control_id == account.id)
        these = legs.c.account_id.in_(family)
    known = (
        sa.select(legs.c.amount)
        .join(entries, entries.c.id == legs.c.entry_id)
        .join(events, events.c.id == entries.c.event_id)
        .where(these, events.c.booked_at <= ledger.moment_number(booked_by))
    )
    if on is not None:
        known = known.where(legs.c.day <= ledger.day_number(on))
    amounts = known.subquery()
    row = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.case((amounts.c.amount > 0, amounts.c.amount), else_=0)), 0).label("debit"),
            sa.func.coalesce(sa.func.sum(sa.case((amounts.c.amount < 0, -amounts.c.amount), else_=0)), 0).label(
                "credit"
            ),
        )
    ).one()
    return Balance(int(row.debit), int(row.credit))


def trial_balance(session: Session, book: Institution, *, on: date | None = None) -> list[tuple[Account, Balance]]:
    """Every account of a book with its balance, now or at the end of a business date; it sums to nought."""
    connection = session.connection()
    chart = list(accounts_of(book))
    if on is None:
        rows = connection.execute(
            sa.select(
                ledger.account.c.id, ledger.account.c.debit, ledger.account.c.credit, ledger.account.c.held
            ).where(ledger.account.c.id.in_([account.id for account in chart]))
        )
        found = {row.id: Balance(row.debit, row.credit, row.held) for row in rows}
    else:
        latest = (
            sa.select(sa.func.max(ledger.day.c.day))
            .where(ledger.day.c.account_id == ledger.account.c.id, ledger.day.c.day <= ledger.day_number(on))
            .correlate(ledger.account)
            .scalar_subquery()
        )
        rows = connection.execute(
            sa.select(ledger.account.c.id, ledger.day.c.debit, ledger.day.c.credit)
            .join(ledger.day, sa.and_(ledger.day.c.account_id == ledger.account.c.id, ledger.day.c.day == latest))
            .where(ledger.account.c.id.in_([account.id for account in chart]))
        )
        found = {row.id: Balance(row.debit, row.credit) for row in rows}
    return [(account, found.get(account.id, NOTHING)) for account in chart]


def parts_of(session: Session, name: str) -> list[tuple[str, Balance]]:
    """The parts of an account that have moved, with their balances, in the order of their names."""
    rows = session.connection().execute(
        sa.select(ledger.account.c.part, ledger.account.c.debit, ledger.account.c.credit, ledger.account.c.held)
        .where(ledger.account.c.control_id == CHART[name].id, ledger.account.c.part != "")
        .order_by(ledger.account.c.part)
    )
    return [(row.part, Balance(row.debit, row.credit, row.held)) for row in rows]


@dataclass(frozen=True, slots=True)
class MirrorDifference:
    """A mirror pair whose two sides do not cancel out, for one part."""

    mirror: Mirror
    part: str
    left: Money
    right: Money


def mirror_differences(session: Session) -> list[MirrorDifference]:
    """Every mirror that does not hold; empty when the books agree with each other."""
    found = []
    for mirror in MIRRORS:
        left = _mirror_side(session, mirror.left, mirror.left_part)
        right = _mirror_side(session, mirror.right, mirror.right_part)
        if mirror.left_part or mirror.right_part:
            left, right = {"": sum(left.values())}, {"": sum(right.values())}
        for part in sorted(left.keys() | right.keys()):
            if left.get(part, 0) + right.get(part, 0):
                found.append(MirrorDifference(mirror, part, Money(left.get(part, 0)), Money(right.get(part, 0))))
    return found


def _mirror_side(session: Session, name: str, part: str | None) -> dict[str, int]:
    return {one: balance.net.fen for one, balance in parts_of(session, name) if part is None or one == part}


@dataclass(frozen=True, slots=True)
class JournalPosting:
    """One leg as a reader of the journal sees it."""

    event_key: str
    kind: str
    cause: str
    on: date
    booked_at: datetime
    actor: int
    book: Institution
    seq: int
    account: Account
    part: str
    amount: Money
    reverses: str


def postings(
    session: Session,
    *,
    name: str = "",
    part: str = "",
    book: Institution | None = None,
    event_key: str = "",
    since: date | None = None,
    until: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Iterator[JournalPosting]:
    """Legs, newest first, filtered by account, part (of any account), book, event and business dates; paged."""
    legs, entries, events, accounts = ledger.leg, ledger.entry, ledger.event, ledger.account
    query = (
        sa.select(
            events.c.key,
            ledger.kind.c.name.label("kind"),
            events.c.cause,
            events.c.reverses,
            events.c.actor,
            events.c.booked_at,
            legs.c.entry_id,
            legs.c.day,
            legs.c.amount,
            accounts.c.control_id,
            accounts.c.part,
        )
        .select_from(legs)
        .join(accounts, accounts.c.id == legs.c.account_id)
        .join(entries, entries.c.id == legs.c.entry_id)
        .join(events, events.c.id == entries.c.event_id)
        .join(ledger.kind, ledger.kind.c.id == events.c.kind_id)
        .order_by(events.c.id.desc(), legs.c.entry_id, legs.c.n)
        .limit(limit)
        .offset(offset)
    )
    if name:
        query = query.where(accounts.c.control_id == CHART[name].id)
    if part:
        query = query.where(accounts.c.part == part)
    if book is not None:
        query = query.where(accounts.c.control_id.in_([account.id for account in accounts_of(book)]))
    if event_key:
        found = session.connection().execute(sa.select(events.c.id).where(events.c.key == event_key)).scalar()
        query = query.where(entries.c.id.in_(entries_of(session.connection(), found) if found else []))
    if since is not None:
        query = query.where(legs.c.day >= ledger.day_number(since))
    if until is not None:
        query = query.where(legs.c.day <= ledger.day_number(until))
    for row in session.connection().execute(query):
        account = ACCOUNT_OF_ID[row.control_id]
        yield JournalPosting(
            row.key,
            row.kind,
            row.cause,
            ledger.day_of(row.day),
            ledger.moment_of(row.booked_at),
            row.actor,
            account.book,
            ledger.seq_of_entry(row.entry_id),
            account,
            row.part,
            Money(row.amount),
            row.reverses or "",
        )


def entries_of(connection: sa.Connection, event_id: int) -> list[int]:
    """The ids of the entries that an event has made, at most one a book.

    Writers take turns, so inside a book both numbers rise together, and the entry is found by halving: an index on the
    event would cost every entry a tenth of its size.
    """
    found = []
    event_of = sa.select(ledger.entry.c.event_id).where(ledger.entry.c.id == sa.bindparam("entry"))
    for book, last in connection.execute(sa.select(ledger.head.c.book, ledger.head.c.seq)).all():
        low, high = 1, int(last)
        while low < high:
            middle = (low + high) // 2
            here = connection.execute(event_of, {"entry": middle * ledger.BOOKS + book}).scalar_one()
            low, high = (low, middle) if here >= event_id else (middle + 1, high)
        entry = low * ledger.BOOKS + book
        if last and connection.execute(event_of, {"entry": entry}).scalar_one() == event_id:
            found.append(entry)
    return found
