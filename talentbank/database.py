"""Engines and sessions: SQLite by default, PostgreSQL by its URL; what differs between them stands here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel, create_engine

import models.all_tables  # noqa: F401  registers every noun's table
from models.ledger import lay_foundation

BUSY_SECONDS = 15
"""How long a writer waits for its turn before it gives up with a clear message."""


class DatabaseUnusable(Exception):
    """The database is missing, locked, read-only, damaged or of another version; the text says what to do."""


def _sqlite_connected(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions: BEGIN is ours
    for pragma in ("foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=FULL", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_unsynced(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _sqlite_begin(connection: sa.Connection) -> None:
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def make_engine(url: str, *, create: bool = False, durable: bool = True) -> sa.Engine:
    """An engine with the settings the ledger needs: WAL, FULL, immediate writes; timeouts on PostgreSQL.

    A SQLite file that does not exist is refused with DatabaseUnusable unless `create` is set: a mistyped path must
    not look like an empty bank.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:  # its text may hold a password
        raise DatabaseUnusable(
            "TALENTBANK_DATABASE_URL is not an address such as sqlite:///path or postgresql://user@host/name"
        ) from None
    if parsed.get_backend_name() == "sqlite":
        file = parsed.database or ""
        if file and file != ":memory:":
            path = Path(file)
            if not create and not path.exists():
                raise DatabaseUnusable(
                    f"no database at {file}: run `talentbank init` first, or set TALENTBANK_DATABASE_URL"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
        # A pool of SQLite connections saves the pragmas' price; each thread gets a connection of its own.
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=20)
        event.listen(engine, "connect", _sqlite_connected)
        if not durable:
            event.listen(engine, "connect", _sqlite_unsynced)
        event.listen(engine, "begin", _sqlite_begin)
        if file and file != ":memory:":
            _use_wal(engine, file)
        return engine
    if parsed.get_backend_name() != "postgresql":
        raise DatabaseUnusable(f"{parsed.get_backend_name()} is not supported: use sqlite or postgresql")
    options = "-c lock_timeout=10s -c statement_timeout=60s -c idle_in_transaction_session_timeout=120s -c timezone=UTC"
    url = parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    return create_engine(url, pool_pre_ping=True, pool_size=20, connect_args={"options": options})


def _use_wal(engine: sa.Engine, file: str) -> None:
    try:
        raw = engine.raw_connection()
        try:
            mode = raw.cursor().execute("PRAGMA journal_mode").fetchone()[0]
            if mode != "wal":
                raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()
    except Exception as error:
        if "malformed" in str(error):
            raise DatabaseUnusable(f"{file} is damaged: keep it, and restore the last backup") from error
        raise DatabaseUnusable(
            f"{file} cannot be opened as a database ({error}): check the path and its permissions"
        ) from error


class Database:
    """One database with its engine. `write()` and `read()` open a session for one transaction."""

    def __init__(self, url: str, *, create: bool = False, durable: bool = True) -> None:
        self.url = url
        self.engine = make_engine(url, create=create, durable=durable)
        self.reading = self.engine.execution_options(read_only=True)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or rolled back whole if anything is raised."""
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads: it never waits for a writer, and is always rolled back."""
        with Session(self.reading, expire_on_commit=False) as session:
            try:
                yield session
            finally:
                session.rollback()

    def create_all(self) -> None:
        """Make every table with its guards and the charts' accounts: for tests and benches; `init` migrates."""
        with self.engine.begin() as connection:
            SQLModel.metadata.create_all(connection)
            lay_foundation(connection)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
