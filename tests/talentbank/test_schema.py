"""The schema's versions lead from nothing to the tables of the program, and back, on both engines."""

from __future__ import annotations

import itertools

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from models import ledger
from talentbank import schema
from talentbank.database import Database, DatabaseUnusable

_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def empty(request, tmp_path):
    """A database without any table, on each engine."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}", create=True)
        yield database
        database.dispose()
        return
    server = request.getfixturevalue("pg_server")
    name = f"empty_{next(_numbers)}"
    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    database = Database(server.url(name))
    yield database
    database.dispose()
    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def made(request, empty):
    """A database of the same engine whose tables were made from the nouns as they are now."""
    return request.getfixturevalue("sqlite_database" if empty.engine.dialect.name == "sqlite" else "pg_database")


def where_of(index: dict[str, object]) -> str:
    """The condition of a partial index, as text."""
    options = index.get("dialect_options") or {}
    return " ".join(str(value) for name, value in sorted(options.items()) if name.endswith("_where"))


def shape(database: Database) -> dict[str, object]:
    """Everything that the database itself holds about its tables, in an order that does not matter."""
    found: dict[str, object] = {}
    with database.engine.connect() as connection:
        look = sa.inspect(connection)
        for table in look.get_table_names():
            if table == "alembic_version":
                continue
            found[table] = {
                "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(table)},
                "primary": sorted(look.get_pk_constraint(table)["constrained_columns"]),
                "foreign": sorted(
                    (f["name"], f["constrained_columns"], f["referred_table"], sorted(f["options"].items()))
                    for f in look.get_foreign_keys(table)
                ),
                "unique": sorted((u["name"], u["column_names"]) for u in look.get_unique_constraints(table)),
                "checks": sorted((c["name"], c["sqltext"]) for c in look.get_check_constraints(table)),
                "indexes": sorted(
                    (i["name"], i["column_names"], bool(i["unique"]), where_of(i)) for i in look.get_indexes(table)
                ),
            }
        if connection.dialect.name == "sqlite":
            guards = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            tables = "SELECT name, substr(sql, length(sql) - 30) FROM sqlite_master WHERE type = 'table'"
            found["options"] = {
                name: [word for word in ("STRICT", "WITHOUT ROWID") if word in sql]
                for name, sql in connection.exec_driver_sql(tables)
                if name != "alembic_version"
            }
        else:
            guards = (
                "SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE NOT t.tgisinternal UNION ALL"
                " SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                " WHERE n.nspname = 'public'"
            )
        found["guards"] = {name: " ".join(sql.split()) for name, sql in connection.exec_driver_sql(guards)}
    return found


class TestTheVersions:
    def test_lead_to_the_tables_of_the_program_and_to_nothing_else(self, empty, made):
        schema.upgrade(empty)
        assert schema.drift(empty) == []
        migrated, wanted = shape(empty), shape(made)
        assert migrated.keys() == wanted.keys()
        for name in wanted:
            assert migrated[name] == wanted[name], f"{name}: write a migration for what has changed"

    def test_lead_up_down_and_up_again(self, empty):
        schema.upgrade(empty)
        first = shape(empty)
        schema.downgrade(empty, "base")
        assert [name for name in shape(empty) if name not in ("guards", "options")] == []
        assert shape(empty)["guards"] == {}
        schema.upgrade(empty)
        assert shape(empty) == first

    def test_open_every_account_of_the_charts(self, empty):
        schema.upgrade(empty)
        with empty.engine.begin() as connection:
            assert ledger.open_missing_accounts(connection) == 0

    def test_may_be_run_twice(self, empty):
        schema.upgrade(empty)
        schema.upgrade(empty)
        schema.refuse_other_version(empty)

    def test_keep_the_books_closed_to_changes(self, empty):
        schema.upgrade(empty)
        with pytest.raises(sa.exc.DBAPIError, match="append only"), empty.engine.begin() as connection:
            connection.execute(
                sa.insert(ledger.event).values(
                    key="x", body_hash=b"", kind_id=1, cause="x", day=1, booked_at=1, actor=0
                )
            )
            connection.execute(sa.update(ledger.event).values(cause="y"))


class TestAnotherVersion:
    def test_that_is_empty_asks_for_init(self, empty):
        with pytest.raises(DatabaseUnusable, match="empty: run `talentbank init`"):
            schema.refuse_other_version(empty)

    def test_that_is_older_asks_for_init(self, empty):
        schema.upgrade(empty, "0001")
        with pytest.raises(DatabaseUnusable, match="version 0001, the program needs"):
            schema.refuse_other_version(empty)

    def test_that_is_newer_asks_for_a_newer_program(self, empty):
        schema.upgrade(empty)
        with empty.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(DatabaseUnusable, match="newer than this program"):
            schema.refuse_other_version(empty)
        with pytest.raises(DatabaseUnusable, match="newer than this program"):
            schema.upgrade(empty)

    def test_of_another_program_is_left_alone(self, empty):
        with empty.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE somebody_elses (x INTEGER)")
        for act in (schema.refuse_other_version, schema.upgrade):
            with pytest.raises(DatabaseUnusable, match="another program"):
                act(empty)


def test_every_table_of_the_program_is_in_the_metadata(database):
    assert {name for name in shape(database) if name not in ("guards", "options")} == set(SQLModel.metadata.tables)
