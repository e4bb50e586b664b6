"""The database's version: create, upgrade, downgrade, and say what it is."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from models.ledger import open_missing_accounts
from talentbank.database import Database, DatabaseUnusable

FOLDER = Path(__file__).parent / "migrations"


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The version that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError("the program ships no migrations")
    return head


def version(database: Database) -> str | None:
    """The version that the database has; None before `talentbank init`."""
    with database.reading.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to a version (the newest by default), and open accounts that the charts have gained.

    Raises DatabaseUnusable, having changed nothing, if it belongs to another program or to a newer version of this one.
    """
    found = _readable_version(database)
    if found is None:
        _refuse_other_program(database)
    elif found not in _known():
        raise _too_new(found)
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), to)
        if to == "head":
            open_missing_accounts(connection)


def downgrade(database: Database, to: str) -> None:
    """Take the database back to an older version; `base` takes everything away."""
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), to)


def refuse_other_version(database: Database) -> None:
    """Raise DatabaseUnusable, with what to do, unless the database has just the version that the program needs."""
    found = _readable_version(database)
    if found is None:
        _refuse_other_program(database)
        raise DatabaseUnusable("the database is empty: run `talentbank init` first")
    if found not in _known():
        raise _too_new(found)
    wanted = newest()
    if found != wanted:
        raise DatabaseUnusable(f"the database has version {found}, the program needs {wanted}: run `talentbank init`")


def _readable_version(database: Database) -> str | None:
    try:
        return version(database)
    except sa.exc.DatabaseError as error:
        raise DatabaseUnusable(
            f"the database cannot be read ({error.orig}): check that it is a talentbank database and not damaged"
        ) from error


def _refuse_other_program(database: Database) -> None:
    with database.reading.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
    if set(tables) - {"alembic_version"}:
        raise DatabaseUnusable(
            f"the database belongs to another program (it has a table {min(tables)}): check TALENTBANK_DATABASE_URL"
        )


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _too_new(found: str) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"the database has version {found}, which is newer than this program ({newest()}): update the program"
    )


def drift(database: Database) -> list[object]:
    """What differs between the tables of the database and those of the program; empty when the migrations are complete."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))
