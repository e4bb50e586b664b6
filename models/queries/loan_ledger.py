"""One loan in the books: every event that moved an account kept under its number, with what it moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from models import ledger
from models.books.chart import ACCOUNTS
from models.loan import Loan
from models.values.money import Money

_BY_LOAN = {account.id: account for account in ACCOUNTS if account.by == "loan"}
_NAMED = {account.id: account for account in ACCOUNTS}


@dataclass(frozen=True, slots=True)
class LoanLeg:
    """A leg of an event that touched the loan: debit above nought, credit below. `own` where the account is kept by loan;
    the others are the same event's other sides."""

    key: str
    kind: str
    cause: str
    day: date
    at: datetime
    reverses: str
    account: str
    own: bool
    amount: Money


def ledger_of(session: Session, loan: Loan) -> list[LoanLeg]:
    """All legs of all events with a leg under the loan's number, in the order of the books; balances are left to the
    reader, who knows which account he asks for."""
    legs, entries, events, accounts = ledger.leg, ledger.entry, ledger.event, ledger.account
    ours = (
        sa.select(entries.c.event_id)
        .select_from(accounts)
        .join(legs, legs.c.account_id == accounts.c.id)
        .join(entries, entries.c.id == legs.c.entry_id)
        .where(accounts.c.control_id.in_(_BY_LOAN), accounts.c.part == loan.number)
    )
    query = (
        sa.select(
            events.c.key,
            ledger.kind.c.name.label("kind"),
            events.c.cause,
            events.c.day,
            events.c.booked_at,
            events.c.reverses,
            accounts.c.control_id,
            accounts.c.part,
            legs.c.amount,
        )
        .select_from(events)
        .join(ledger.kind, ledger.kind.c.id == events.c.kind_id)
        .join(entries, entries.c.event_id == events.c.id)
        .join(legs, legs.c.entry_id == entries.c.id)
        .join(accounts, accounts.c.id == legs.c.account_id)
        .where(events.c.id.in_(ours))
        .order_by(events.c.id, entries.c.id, legs.c.n)
    )
    return [
        LoanLeg(
            row.key,
            row.kind,
            row.cause,
            ledger.day_of(row.day),
            ledger.moment_of(row.booked_at),
            row.reverses or "",
            _NAMED[row.control_id].name,
            row.control_id in _BY_LOAN and row.part == loan.number,
            Money(int(row.amount)),
        )
        for row in session.connection().execute(query)
    ]
