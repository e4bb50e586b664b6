"""What commands share: the settings, the configured database, the moment now, the business date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import typer
from sqlmodel import Session

from models.queries.days import next_business_date
from models.queries.rules import first_day
from models.refusals import BadInput
from models.values.dates import DateNotUnderstood, read_date
from talentbank import schema
from talentbank.database import Database
from talentbank.settings import Settings, load


class BeforeTheBank(BadInput):
    """The day lies before the first on which the bank had all its rules: there is nothing to be said about it."""


@contextmanager
def opened(settings: Settings | None = None, *, current: bool = True) -> Iterator[Database]:
    """The configured database; unless `current` is off it must have the version that the program needs."""
    database = Database((settings or load()).database_url)
    try:
        if current:
            schema.refuse_other_version(database)
        yield database
    finally:
        database.dispose()


def moment() -> datetime:
    """The moment now, aware, UTC: the only place where commands read the clock."""
    return datetime.now(UTC)


def today(settings: Settings) -> date:
    """The day it is in the bank's zone."""
    return moment().astimezone(settings.zone).date()


def business_date(session: Session, settings: Settings) -> date:
    """Today in the bank's zone, or the day after the last finished end of day where that is later."""
    now = today(settings)
    return max(now, next_business_date(session) or now)


def day(text: str | None) -> date | None:
    """A date such as 2012-11-07 as typed on the command line."""
    if text is None:
        return None
    try:
        return read_date(text)
    except DateNotUnderstood as wrong:
        raise typer.BadParameter(str(wrong)) from None


def asked_day(session: Session, settings: Settings, text: str | None) -> date:
    """The day that a question is about: as it was typed, or the business date. Refuses with BeforeTheBank."""
    on = day(text) or business_date(session, settings)
    refuse_before_the_bank(session, on)
    return on


def refuse_before_the_bank(session: Session, on: date) -> None:
    """Refuse with BeforeTheBank a day on which the bank had not all its rules yet."""
    first = first_day(session)
    if first is not None and on < first:
        raise BeforeTheBank(on=on, first=first)
