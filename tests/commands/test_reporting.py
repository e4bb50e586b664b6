"""`talentbank report exposure` and `export`: figures and tables for others."""

from __future__ import annotations

import csv
import json

import openpyxl
import pytest
import sqlalchemy as sa
from credit import a_guaranteed_loan, endow
from sqlmodel import SQLModel, select

from models import ledger
from models.journal import AuditLine
from models.talent import Talent


@pytest.fixture
def lending(bank):
    """A bank that has paid out one loan."""
    with bank.write() as session:
        endow(session)
        a_guaranteed_loan(session)
    return bank


def column(file, name):
    """The cells under a head on the first sheet of a workbook."""
    lines = list(openpyxl.load_workbook(file).worksheets[0].iter_rows())
    place = [cell.value for cell in lines[0]].index(name)
    return [line[place] for line in lines[1:]]


class TestTheReport:
    def test_reconciles_with_the_books(self, talentbank, lending):
        made = json.loads(talentbank("report", "exposure", "--json").out)
        assert (made["loans"], made["outstanding_fen"], made["differences"]) == (1, 400_000_000, [])

    def test_shows_limits_and_how_near_they_are(self, talentbank, lending):
        said = talentbank("report", "exposure")
        assert said.status == 0
        assert "GUA-05" in said.out


class TestAnExport:
    def test_holds_every_table_but_the_secret_ones(self, talentbank, lending, home):
        assert talentbank("export", "out").status == 0
        assert {one.stem for one in (home / "out").iterdir()} == set(SQLModel.metadata.tables) - {
            "user_session",
            "once",
        }

    def test_holds_neither_sealed_numbers_nor_passwords(self, talentbank, lending, home):
        talentbank("export", "out", "--table", "talent", "--table", "app_user")
        heads = {one.stem: one.read_text(encoding="utf-8-sig").splitlines()[0] for one in (home / "out").iterdir()}
        assert "id_masked" in heads["talent"]
        assert "id_sealed" not in heads["talent"]
        assert "id_fingerprint" not in heads["talent"]
        assert "password_hash" not in heads["app_user"]
        assert "totp_secret" not in heads["app_user"]

    def test_never_holds_a_formula(self, talentbank, lending, home):
        with lending.write() as session:
            talent = session.exec(select(Talent)).first()
            talent.name = "=HYPERLINK(1)"
            session.add(talent)
        talentbank("export", "out", "--table", "talent")
        with (home / "out" / "talent.csv").open(encoding="utf-8-sig", newline="") as file:
            assert next(csv.DictReader(file))["name"] == "'=HYPERLINK(1)"

    def test_is_the_same_in_json_and_as_a_workbook(self, talentbank, lending, home):
        talentbank("export", "out", "--table", "loan", "--format", "json")
        talentbank("export", "out", "--table", "loan", "--format", "xlsx")
        rows = json.loads((home / "out" / "loan.json").read_text(encoding="utf-8"))
        assert [row["outstanding"] for row in rows] == [400_000_000]
        sheet = openpyxl.load_workbook(home / "out" / "loan.xlsx").worksheets[0]
        line = dict(zip(*([cell.value for cell in row] for row in sheet.iter_rows(max_row=2)), strict=True))
        assert line["outstanding"] == 4_000_000

    def test_shows_yuan_for_the_whole_fen_of_the_ledger(self, talentbank, lending, home):
        with lending.read() as session:
            fens = session.scalars(sa.select(ledger.leg.c.amount).order_by(*ledger.leg.primary_key.columns)).all()
        talentbank("export", "out", "--table", "ledger_leg", "--format", "xlsx")
        assert [cell.value for cell in column(home / "out" / "ledger_leg.xlsx", "amount")] == [
            fen / 100 for fen in fens
        ]

    def test_shows_dates_and_moments_as_such(self, talentbank, lending, home):
        talentbank("export", "out", "--table", "loan", "--table", "journal_line", "--format", "xlsx")
        drawn = column(home / "out" / "loan.xlsx", "opened_on")
        entered = column(home / "out" / "journal_line.xlsx", "at")
        assert {cell.number_format for cell in drawn} == {"yyyy-mm-dd"}
        assert {cell.number_format for cell in entered} == {"yyyy-mm-dd hh:mm"}
        assert all(cell.is_date for cell in (*drawn, *entered))

    def test_is_answered_for_in_the_audit(self, talentbank, lending):
        talentbank("export", "out", "--table", "loan")
        with lending.read() as session:
            line = session.exec(select(AuditLine)).one()
            assert (line.act, line.subject, line.detail) == ("export", "loan", "csv")

    @pytest.mark.parametrize("name", ["no_such", "user_session"])
    def test_of_a_table_that_there_is_not_is_refused(self, talentbank, lending, home, name):
        said = talentbank("export", "out", "--table", name)
        assert said.status == 1
        assert not (home / "out").exists()
