"""`talentbank score`, `decide` and `replay` say what the bank would say, and write nothing."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from committee import advised, approve
from people import ON, an_application
from sqlmodel import select

from models.application import ScoreSheet
from models.decision import Decision
from models.journal import JournalLine
from models.states.application import Stage
from reports.proof import prove

DAY = ("--on", ON.isoformat())


@pytest.fixture
def number(bank):
    """The number of an application that has its opinion."""
    with bank.write() as session:
        return advised(session).number


def lines(bank) -> int:
    with bank.read() as session:
        return session.exec(select(sa.func.count()).select_from(JournalLine)).one()


class TestScoring:
    def test_gives_the_filed_points_again_with_reasons(self, talentbank, bank, number):
        made = json.loads(talentbank("score", number, *DAY, "--json").out)
        with bank.read() as session:
            sheet = session.exec(select(ScoreSheet).order_by(ScoreSheet.number.desc())).first()
            assert (made["points"], made["grade"]) == (sheet.points, sheet.grade)
        assert made["reasons"]

    def test_is_said_in_words(self, talentbank, number):
        said = talentbank("score", number, *DAY)
        assert said.status == 0
        assert "intellectual property" in said.out

    def test_writes_nothing(self, talentbank, bank, number):
        before = lines(bank)
        talentbank("score", number, *DAY)
        talentbank("decide", number, *DAY)
        assert lines(bank) == before

    def test_of_an_unknown_application_is_refused(self, talentbank, file):
        said = talentbank("score", "X-1")
        assert said.status == 1
        assert "X-1" in said.line


class TestDeciding:
    def test_shows_each_part_with_its_formula(self, talentbank, number):
        made = json.loads(talentbank("decide", number, *DAY, "--json").out)
        assert made["binding"] in {part["name"] for part in made["parts"]}
        assert all(part["formula"] for part in made["parts"])
        assert "bound by" in talentbank("decide", number, *DAY).out

    def test_needs_an_opinion(self, talentbank, bank):
        with bank.write() as session:
            number = an_application(session, stage=Stage.SCORED).number
        said = talentbank("decide", number, *DAY)
        assert said.status == 1
        assert said.line


class TestReplaying:
    @pytest.fixture
    def decided(self, bank):
        with bank.write() as session:
            return approve(session, advised(session)).number

    def test_gives_every_offer_again_to_the_fen(self, talentbank, decided):
        assert json.loads(talentbank("replay", "--json").out) == {"decisions": 1, "same": 1, "unlike": []}
        assert talentbank("replay", decided).status == 0

    def test_names_what_differs(self, talentbank, decided, bank):
        with bank.write() as session:
            row = session.exec(select(Decision)).one()
            row.offer = row.offer | {"amount_fen": 1}
            session.add(row)
        said = talentbank("replay")
        assert said.status == 1
        assert decided in said.out
        assert "amount" in said.out

    def test_of_an_unknown_decision_is_refused(self, talentbank, file):
        assert talentbank("replay", "D-1").status == 1


def test_the_books_of_these_tests_hold(bank, number):
    with bank.read() as session:
        assert prove(session).holds
