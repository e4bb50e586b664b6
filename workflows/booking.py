"""From a named event to the books in one call: the postings table makes the entry, `posting.post` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session

from models.books.recipes import entry_for
from models.roles import Actor
from models.values.money import Money
from workflows.posting import Posted, post


def book(
    session: Session,
    event: str,
    *,
    key: str,
    cause: str,
    amounts: Mapping[str, Money],
    parts: Mapping[str, str] | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Posted | None:
    """Book one event of the postings table; nothing at all if every amount is nought.

    Refuses as `posting.post` does: KeyUsedForAnother, LimitReached, PeriodClosed.
    """
    if not any(amounts.values()):
        return None
    return post(session, entry_for(event, key=key, on=on, cause=cause, amounts=amounts, parts=parts), by=by, at=at)
