"""Opening the configured database for a command, with an error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from talentbank import schema
from talentbank.database import Database
from talentbank.settings import Settings


@contextmanager
def opened(*, current: bool = True) -> Iterator[Database]:
    """The configured database; unless `current` is off it must have the version that the program needs."""
    database = Database(Settings().database_url)
    try:
        if current:
            schema.refuse_other_version(database)
        yield database
    finally:
        database.dispose()
