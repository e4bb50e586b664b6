"""A bank is made by `init`, and made only once."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from types import ModuleType

import pytest
from sqlmodel import select

from models.policies.rules import RULE_KINDS
from models.roles import Role
from models.user import User
from models.versions import RuleSet
from talentbank import schema
from talentbank.database import Database


class TestInit:
    def test_makes_the_tables_the_charts_and_the_first_rules(self, talentbank, home):
        said = talentbank("init")
        assert said.status == 0
        assert "Nobody can sign in yet" in said.out
        database = Database("sqlite:///var/talentbank.db")
        schema.refuse_other_version(database)
        with database.read() as session:
            assert {row.kind for row in session.exec(select(RuleSet))} == set(RULE_KINDS)
        database.dispose()

    def test_may_be_run_again_and_changes_nothing(self, talentbank, file):
        said = talentbank("init", "--json")
        assert json.loads(said.out)["rules_laid"] == []

    def test_puts_no_invented_data_into_a_bank_that_works(self, talentbank, file):
        said = talentbank("init", "--demo")
        assert said.status == 3
        assert "only into a new database" in said.line

    def test_leaves_the_database_of_another_program_alone(self, talentbank, home):
        (home / "var").mkdir()
        with closing(sqlite3.connect(home / "var" / "talentbank.db")) as other:
            other.execute("CREATE TABLE recipes (x)")
        said = talentbank("init")
        assert said.status == 3
        assert "another program" in said.line

    def test_tells_when_somebody_can_sign_in(self, talentbank, file, monkeypatch):
        monkeypatch.setenv("TALENTBANK_PASSWORD", "long enough")
        talentbank("user", "add", "boss", "--role", "administrator")
        assert "Nobody can sign in" not in talentbank("init").out


@pytest.fixture
def builder(monkeypatch):
    """A demonstration that consists of one account, and counts how often it was built."""
    module = ModuleType("talentbank.demo")
    module.built = 0
    module.fails = False

    def build(database, settings, *, today, advance):
        module.built += 1
        with database.write() as session:
            session.add(User(account="demo", name="示例", password_hash="x", roles=[Role.LOAN_OFFICER]))
        advance(1)
        if module.fails:
            raise KeyboardInterrupt

    module.build = build
    module.days_to_play = lambda today: 1
    monkeypatch.setitem(sys.modules, "talentbank.demo", module)
    monkeypatch.setattr("talentbank.demo", module, raising=False)
    return module


class TestTheDemonstration:
    def test_is_built_in_a_place_of_its_own(self, talentbank, home, builder):
        assert talentbank("demo", "--no-serve").status == 0
        assert (home / "var" / "demo" / "talentbank.db").exists()
        assert not (home / "var" / "talentbank.db").exists()

    def test_is_built_once(self, talentbank, builder):
        talentbank("demo", "--no-serve")
        talentbank("demo", "--no-serve")
        assert builder.built == 1

    def test_is_built_anew_on_request(self, talentbank, builder):
        talentbank("demo", "--no-serve")
        assert talentbank("demo", "--no-serve", "--fresh").status == 0
        assert builder.built == 2

    def test_leaves_nothing_half_built_when_interrupted(self, talentbank, home, builder):
        builder.fails = True
        assert talentbank("demo", "--no-serve").status == 130
        assert not (home / "var" / "demo").exists()
        builder.fails = False
        assert talentbank("demo", "--no-serve").status == 0

    def test_of_an_older_program_is_thrown_away(self, talentbank, home, builder):
        talentbank("demo", "--no-serve")
        database = Database("sqlite:///var/demo/talentbank.db")
        with database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        database.dispose()
        assert "thrown away" in talentbank("demo", "--no-serve").err
        assert builder.built == 2


class TestTheCommandLine:
    def test_helps(self, talentbank):
        said = talentbank("--help")
        assert said.status == 0
        assert "eod" in said.out

    @pytest.mark.parametrize("words", [("eod", "--help"), ("user", "--help"), ("report", "exposure", "--help")])
    def test_helps_with_each_command(self, talentbank, words):
        assert talentbank(*words).status == 0

    def test_says_its_version(self, talentbank):
        assert talentbank("--version").out.startswith("talentbank ")

    def test_names_what_it_does_not_know(self, talentbank):
        said = talentbank("eodd")
        assert (said.status, said.line) == (
            2,
            "talentbank: No such command 'eodd'. Did you mean 'eod'?: see `talentbank --help`",
        )

    def test_hides_the_trace_of_a_fault_and_says_how_to_see_it(self, talentbank, home, monkeypatch):
        monkeypatch.setattr("talentbank.commands.opening_up.load", lambda: 1 / 0)
        said = talentbank("init")
        assert said.status == 70
        assert "ZeroDivisionError" in said.line
        assert "--trace" in said.line
