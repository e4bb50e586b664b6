"""`talentbank schedule` reckons without a database."""

from __future__ import annotations

import csv
import json
from io import StringIO

import openpyxl
import pytest

LOAN = ("schedule", "15,000,000", "4.35%", "12", "--start", "2012-11-07")


class TestASchedule:
    def test_needs_no_database(self, talentbank, home):
        assert talentbank(*LOAN).status == 0
        assert list(home.iterdir()) == []

    def test_adds_up_in_json(self, talentbank):
        made = json.loads(talentbank(*LOAN, "--format", "json").out)
        assert sum(one["principal_fen"] for one in made["instalments"]) == made["principal_fen"] == 1_500_000_000
        assert sum(one["interest_fen"] for one in made["instalments"]) == made["total_interest_fen"]
        assert made["instalments"][-1]["balance_after_fen"] == 0

    @pytest.mark.parametrize(
        "amount", ["15000000", "15,000,000", "1500万", "1,500万元", "15000000元", "１５００００００"]
    )
    @pytest.mark.parametrize("rate", ["4.35%", "0.0435"])
    def test_reads_amounts_and_rates_as_people_write_them(self, talentbank, amount, rate):
        made = json.loads(talentbank("schedule", amount, rate, "12", "--format", "json").out)
        assert (made["principal_fen"], made["rate_ppm"]) == (1_500_000_000, 43_500)

    def test_is_the_same_as_csv(self, talentbank):
        rows = list(csv.reader(StringIO(talentbank(*LOAN, "--format", "csv", "--language", "zh").out)))
        assert rows[0] == ["期次", "应还日", "最迟还款日", "本金", "利息", "本息合计", "剩余本金"]
        assert rows[-1][-1] == "0.00"

    def test_is_the_same_as_a_workbook(self, talentbank, home):
        assert talentbank(*LOAN, "--format", "xlsx", "--out", "plan.xlsx").status == 0
        sheet = openpyxl.load_workbook(home / "plan.xlsx").worksheets[0]
        assert sheet.max_row == 13
        assert sum(row[3].value for row in sheet.iter_rows(min_row=2)) == pytest.approx(15_000_000)

    def test_knows_every_way_of_repaying(self, talentbank):
        for method in ("equal_instalments", "equal_principal", "interest_first", "bullet"):
            assert talentbank(*LOAN, "--method", method).status == 0
        plan = ("--plan", "2013-05-07=5000000", "--plan", "2013-11-07=1000万")
        assert talentbank(*LOAN, "--method", "free_form", *plan).status == 0

    def test_moves_due_days_off_rest_days(self, talentbank):
        made = json.loads(talentbank(*LOAN, "--method", "interest_first", "--format", "json").out)
        assert any(one["payable_on"] > one["due_on"] for one in made["instalments"])


class TestWhatCannotBeReckoned:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("abc", "4.35%", "12"), "abc"),
            (("1e6", "4.35%", "12"), "scientific notation"),
            (("1_000_000", "4.35%", "12"), "not a number"),
            (("1,00", "4.35%", "12"), "misplaced commas"),
            (("NaN", "4.35%", "12"), "not a number"),
            (("1000000", "1e-2", "12"), "not a rate"),
            (("-5", "4.35%", "12"), "No such option"),
            (("0", "4.35%", "12"), "not above nought"),
            (("1000000", "4.35", "12"), "would be 435% a year"),
            (("1000000", "x%", "12"), "not a rate"),
            (("1000000", "4.123456%", "12"), "finer than a millionth"),
            (("1000000", "4.35%", "0"), "greater than or equal to 1"),
            (("1000000", "4.35%", "12", "--start", "7.11.2012"), "not a date"),
            (("1000000", "4.35%", "12", "--day-basis", "364"), "neither 360 nor 365"),
            (("1000000", "4.35%", "12", "--method", "free_form"), "plan: missing"),
            (("1000000", "4.35%", "12", "--method", "free_form", "--plan", "soon"), "not DATE=AMOUNT"),
            (("1000000", "4.35%", "12", "--format", "xlsx"), "--out"),
            (("0.001", "4.35%", "12"), "0.001"),
        ],
    )
    def test_is_said_in_one_line(self, talentbank, words, said):
        answer = talentbank("schedule", *words)
        assert answer.status == 2
        assert said in answer.line
