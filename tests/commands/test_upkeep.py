"""Copies of the bank and the way back; the look at whether everything is in order."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from sqlmodel import Session

from models.document import Document
from talentbank import schema
from talentbank.commands.opening import moment
from talentbank.settings import Settings
from talentbank.vault import Vault


def keep_document(session: Session, content: bytes) -> str:
    digest = Vault.of(Settings()).put(content)
    session.add(Document(sha256=digest, media_type="text/plain", size=len(content), stored_at=moment()))
    return digest


@pytest.fixture
def copied(talentbank, bank, home):
    """A copy of a bank with one account and one document, under `copy`."""
    with bank.write() as session:
        keep_document(session, "意见书".encode())
    with closing(sqlite3.connect(home / "var" / "talentbank.db")) as raw, raw:
        raw.execute(
            "INSERT INTO app_user(stamp, account, name, password_hash, roles, active, totp_secret, totp_last_step)"
            " VALUES (1, 'before', '', 'x', '[]', 1, '', 0)"
        )
    assert talentbank("backup", "copy").status == 0
    return home / "copy"


def accounts(file) -> list[str]:
    with closing(sqlite3.connect(file)) as raw:
        return [account for (account,) in raw.execute("SELECT account FROM app_user ORDER BY id")]


def forget(file) -> None:
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("DELETE FROM app_user")


class TestACopy:
    def test_holds_database_documents_and_hashes(self, copied):
        listed = json.loads((copied / "copy.json").read_text(encoding="utf-8"))
        assert listed["schema"] == schema.newest()
        assert set(listed["files"]) == {
            str(one.relative_to(copied)) for one in copied.rglob("*") if one.is_file() and one.name != "copy.json"
        }
        assert len(listed["files"]) == 2
        assert accounts(copied / "talentbank.db") == ["before"]

    def test_is_made_while_an_officer_writes(self, talentbank, file, bank):
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert talentbank("backup", "copy").status == 0
            other.execute("ROLLBACK")

    def test_never_overwrites_another(self, talentbank, copied):
        said = talentbank("backup", "copy")
        assert said.status == 1
        assert "exists already" in said.err

    def test_holds_no_secret(self, copied):
        assert not any(b"k" * 40 in one.read_bytes() for one in copied.rglob("*") if one.is_file())

    def test_needs_a_file(self, talentbank, pg_server, monkeypatch):
        monkeypatch.setenv("TALENTBANK_DATABASE_URL", pg_server.url("base"))
        said = talentbank("restore", "copy")
        assert said.status == 1
        assert "pg_dump" in said.line


class TestRestoring:
    def test_brings_everything_back(self, talentbank, copied, file, home):
        forget(file)
        assert talentbank("restore", "copy", "--replace").status == 0
        assert accounts(file) == ["before"]
        assert talentbank("verify").status == 0
        assert talentbank("doctor").status == 0

    def test_keeps_what_stood_there(self, talentbank, copied, file):
        forget(file)
        talentbank("restore", "copy", "--replace")
        assert accounts(file.with_name("talentbank.db.before")) == []

    def test_asks_before_it_replaces_anything(self, talentbank, copied, file):
        forget(file)
        said = talentbank("restore", "copy")
        assert said.status == 1
        assert "--replace" in said.line
        assert accounts(file) == []

    def test_works_on_a_new_machine(self, talentbank, copied, home, monkeypatch):
        monkeypatch.setenv("TALENTBANK_DATABASE_URL", "sqlite:///elsewhere/bank.db")
        monkeypatch.setenv("TALENTBANK_DOCUMENTS_DIR", "elsewhere/documents")
        assert talentbank("restore", "copy").status == 0
        assert talentbank("doctor").status == 0

    @pytest.mark.parametrize("act", ["change", "lose"])
    def test_refuses_a_copy_that_is_not_whole(self, talentbank, copied, file, act):
        document = next(one for one in (copied / "documents").rglob("*") if one.is_file())
        document.write_bytes(b"forged") if act == "change" else document.unlink()
        forget(file)
        said = talentbank("restore", "copy", "--replace")
        assert said.status == 1
        assert "Nothing was changed" in said.line
        assert accounts(file) == []

    def test_refuses_what_is_no_copy(self, talentbank, file, home):
        (home / "empty").mkdir()
        said = talentbank("restore", "empty", "--replace")
        assert said.status == 1
        assert "not a copy of the bank" in said.line


def found(talentbank) -> dict[str, tuple[str, str]]:
    return {one["what"]: (one["state"], one["said"]) for one in json.loads(talentbank("doctor", "--json").out)}


class TestTheDoctor:
    def test_finds_a_fresh_bank_in_order(self, talentbank, file):
        said = talentbank("doctor")
        assert said.status == 0
        assert found(talentbank)["tables"] == ("ok", "as the program has them")

    def test_works_without_a_database_and_says_what_to_do(self, talentbank):
        said = talentbank("doctor")
        assert said.status == 1
        assert "talentbank init" in said.out

    def test_tells_who_is_missing(self, talentbank, file):
        assert found(talentbank)["accounts"][0] == "note"
        assert found(talentbank)["end of day"][0] == "note"

    def test_finds_a_table_that_was_changed(self, talentbank, file):
        with closing(sqlite3.connect(file)) as raw, raw:
            raw.execute("DROP INDEX ix_journal_line_case")
        state, said = found(talentbank)["tables"]
        assert state == "broken"
        assert "ix_journal_line_case" in said

    def test_finds_a_lost_document(self, talentbank, bank, home):
        with bank.write() as session:
            digest = keep_document(session, b"signed")
        (home / "var" / "documents" / digest[:2] / digest).unlink()
        assert found(talentbank)["files"][0] == "broken"

    def test_finds_a_secret_that_others_can_read(self, talentbank, file, home, monkeypatch):
        monkeypatch.delenv("TALENTBANK_SECRET_KEY")
        (home / "var" / "secret.key").write_text("s" * 40, encoding="ascii")
        (home / "var" / "secret.key").chmod(0o644)
        assert found(talentbank)["secret"][0] == "broken"
