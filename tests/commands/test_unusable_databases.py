"""Whatever is wrong with the database: one clear line, an exit status, and nothing changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from talentbank import database as database_module
from talentbank.commands.ending import database_said

COMMANDS = (("verify",), ("eod",), ("report", "exposure"), ("replay",), ("user", "list"), ("export", "out"))


@pytest.fixture(params=COMMANDS, ids=" ".join)
def words(request):
    return request.param


class TestADatabase:
    def test_that_is_missing(self, talentbank, home, words):
        said = talentbank(*words)
        assert said.status == 3
        assert said.line == (
            "talentbank: no database at var/talentbank.db: run `talentbank init` first, or set TALENTBANK_DATABASE_URL"
        )
        assert not (home / "var" / "talentbank.db").exists()

    def test_that_is_empty(self, talentbank, home, words):
        (home / "var").mkdir()
        (home / "var" / "talentbank.db").touch()
        said = talentbank(*words)
        assert (said.status, said.line) == (3, "talentbank: the database is empty: run `talentbank init` first")

    def test_that_is_no_database(self, talentbank, home, words):
        (home / "var").mkdir()
        (home / "var" / "talentbank.db").write_text("a text, not a database\n" * 100, encoding="utf-8")
        said = talentbank(*words)
        assert said.status == 3
        assert "cannot be opened as a database" in said.line

    def test_that_is_a_folder(self, talentbank, home, words):
        (home / "var" / "talentbank.db").mkdir(parents=True)
        said = talentbank(*words)
        assert said.status == 3
        assert "check the path and its permissions" in said.line

    def test_of_another_program(self, talentbank, home, words):
        (home / "var").mkdir()
        with closing(sqlite3.connect(home / "var" / "talentbank.db")) as other:
            other.execute("CREATE TABLE recipes (x)")
        said = talentbank(*words)
        assert said.status == 3
        assert "belongs to another program (it has a table recipes)" in said.line

    def test_of_an_older_version(self, talentbank, file, words):
        with closing(sqlite3.connect(file)) as raw, raw:
            raw.execute("UPDATE alembic_version SET version_num = '0001'")
        said = talentbank(*words)
        assert said.status == 3
        assert "has version 0001, the program needs" in said.line
        assert "talentbank init" in said.line

    def test_of_a_newer_version(self, talentbank, file, words):
        with closing(sqlite3.connect(file)) as raw, raw:
            raw.execute("UPDATE alembic_version SET version_num = '9999'")
        said = talentbank(*words)
        assert said.status == 3
        assert "newer than this program" in said.line

    def test_that_is_damaged(self, talentbank, file):
        with file.open("r+b") as raw:
            raw.seek(4096)
            raw.write(b"\xff" * (file.stat().st_size - 4096))
        said = talentbank("verify")
        assert said.status == 3
        assert "damaged" in said.line


class TestAKindOfDatabase:
    def test_that_is_not_known(self, talentbank, monkeypatch):
        monkeypatch.setenv("TALENTBANK_DATABASE_URL", "mysql://localhost/bank")
        said = talentbank("verify")
        assert (said.status, said.line) == (3, "talentbank: mysql is not supported: use sqlite or postgresql")

    def test_whose_address_cannot_be_read(self, talentbank, monkeypatch):
        monkeypatch.setenv("TALENTBANK_DATABASE_URL", "not an address")
        said = talentbank("verify")
        assert said.status == 3
        assert "TALENTBANK_DATABASE_URL" in said.line

    def test_whose_server_does_not_answer(self, talentbank, monkeypatch):
        monkeypatch.setenv("TALENTBANK_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/bank")
        said = talentbank("verify")
        assert said.status == 3
        assert "secret" not in said.line

    def test_whose_other_setting_is_wrong(self, talentbank, monkeypatch):
        monkeypatch.setenv("TALENTBANK_TIMEZONE", "Mars/Olympus")
        said = talentbank("verify")
        assert said.status == 2
        assert "TALENTBANK_TIMEZONE" in said.line


class TestWriting:
    ADD = ("user", "add", "boss", "--role", "administrator")

    @pytest.fixture(autouse=True)
    def password(self, home, monkeypatch):
        monkeypatch.setenv("TALENTBANK_PASSWORD", "long enough")

    def test_while_another_program_holds_the_database(self, talentbank, file, monkeypatch):
        monkeypatch.setattr(database_module, "BUSY_SECONDS", 0)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            said = talentbank(*self.ADD)
            assert said.status == 3
            assert "in use by another program" in said.line
            other.execute("ROLLBACK")
        assert talentbank(*self.ADD).status == 0

    def test_to_a_database_that_may_only_be_read(self, talentbank, file):
        @sa.event.listens_for(sa.engine.Engine, "connect")
        def only_reading(connection, _record):
            connection.execute("PRAGMA query_only=ON")

        try:
            said = talentbank(*self.ADD)
        finally:
            sa.event.remove(sa.engine.Engine, "connect", only_reading)
        assert said.status == 3
        assert "read-only" in said.line

    def test_to_a_full_disk(self, talentbank, file):
        @sa.event.listens_for(sa.engine.Engine, "connect")
        def full(connection, _record):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages}")

        try:
            said = talentbank("init")
            for number in range(400):
                said = talentbank("user", "add", f"user{number}", "--name", "x" * 60)
                if said.status:
                    break
        finally:
            sa.event.remove(sa.engine.Engine, "connect", full)
        assert said.status == 3
        assert "the disk is full" in said.line
        assert talentbank("verify").status == 0


@pytest.mark.parametrize(
    ("driver", "meaning"),
    [
        ("canceling statement due to lock timeout", "in use"),
        ("something new\nwith details", "the database declines: something new"),
        ("", "no reason given"),
    ],
)
def test_a_drivers_error_becomes_one_line(driver, meaning):
    assert meaning in database_said(driver)
    assert "\n" not in database_said(driver)
