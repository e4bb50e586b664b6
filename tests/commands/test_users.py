"""Accounts from the command line."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from sqlmodel import select

from models.journal import AuditLine
from models.user import User, UserSession
from talentbank import auth
from talentbank.commands.opening import moment

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def password(home, monkeypatch):
    monkeypatch.setenv("TALENTBANK_PASSWORD", PASSWORD)


def sign_in(session, password=PASSWORD):
    return auth.sign_in(
        session,
        account="boss",
        password=password,
        code="",
        address="desk",
        tries=auth.Tries(),
        hours=1,
        at=moment(),
    )


@pytest.fixture
def boss(talentbank, bank):
    assert talentbank("user", "add", "Boss", "--name", "王芳", "--role", "administrator").status == 0


class TestAnAccount:
    def test_can_sign_in(self, boss, bank):
        with bank.write() as session:
            assert sign_in(session).token

    def test_is_recorded_in_the_audit(self, boss, bank):
        with bank.read() as session:
            line = session.exec(select(AuditLine)).one()
            assert (line.act, line.subject, line.detail) == ("user_add", "boss", "administrator")

    def test_takes_its_password_from_standard_input(self, talentbank, bank, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO("another long one\n"))
        assert talentbank("user", "add", "boss", "--stdin").status == 0
        with bank.write() as session:
            assert sign_in(session, "another long one").token

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("x" * 41,), "2 to 40 small letters"),
            (("a b",), "2 to 40 small letters"),
            (("王芳",), "2 to 40 small letters"),
            (("boss", "--name", "王" * 61), "at most 60 characters"),
        ],
    )
    def test_that_nobody_could_use_is_refused(self, talentbank, bank, words, said):
        answer = talentbank("user", "add", *words)
        assert (answer.status, said in answer.line) == (2, True)

    def test_is_opened_once(self, boss, talentbank):
        said = talentbank("user", "add", "BOSS")
        assert (said.status, said.line) == (1, "talentbank: The account boss is taken. Choose another.")

    def test_needs_a_long_password(self, talentbank, file, monkeypatch):
        monkeypatch.setenv("TALENTBANK_PASSWORD", "short")
        said = talentbank("user", "add", "boss")
        assert said.status == 2
        assert "at least 10" in said.line

    def test_holds_only_posts_that_exist(self, talentbank, file):
        said = talentbank("user", "add", "boss", "--role", "king")
        assert said.status == 2
        assert "loan_officer | credit_reviewer" in said.line

    def test_is_listed(self, boss, talentbank):
        rows = json.loads(talentbank("user", "list", "--json").out)
        assert rows == [{"account": "boss", "name": "王芳", "roles": ["administrator"], "active": True}]
        assert "王芳" in talentbank("user", "list").out


class TestAnAccountThatIsKnown:
    def test_gets_another_password_and_loses_its_sessions(self, boss, talentbank, bank, monkeypatch):
        with bank.write() as session:
            sign_in(session)
        monkeypatch.setenv("TALENTBANK_PASSWORD", "a new password")
        assert talentbank("user", "passwd", "boss").status == 0
        with bank.write() as session:
            assert session.exec(select(UserSession)).all() == []
            with pytest.raises(auth.WrongPassword):
                sign_in(session)
            assert sign_in(session, "a new password").expires_at > moment() + timedelta(minutes=59)

    def test_is_closed_and_opened(self, boss, talentbank, bank):
        assert talentbank("user", "close", "boss").status == 0
        with bank.write() as session, pytest.raises(auth.WrongPassword):
            sign_in(session)
        assert talentbank("user", "open", "boss").status == 0
        with bank.read() as session:
            assert session.exec(select(User)).one().active

    def test_must_be_known(self, talentbank, file):
        for act in ("passwd", "close", "open"):
            said = talentbank("user", act, "nobody")
            assert said.status == 1
            assert "nobody" in said.line
