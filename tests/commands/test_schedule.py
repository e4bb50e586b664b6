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


def lines(talentbank, *words):
    answer = talentbank("schedule", "100万", *words, "--format", "json")
    assert answer.status == 0, answer.line
    return json.loads(answer.out)


class TestShapes:
    START = ("--start", "2025-01-15")

    def test_of_an_interest_only_start_and_steps(self, talentbank):
        made = lines(talentbank, "4.35%", "12", *self.START, "--interest-only", "3", "--step", "7=150%")["instalments"]
        assert [one["principal_fen"] for one in made[:3]] == [0, 0, 0]
        assert made[6]["payment_fen"] == (made[5]["payment_fen"] * 3 + 1) // 2

    def test_of_a_balloon(self, talentbank):
        made = lines(talentbank, "4.9%", "36", *self.START, "--balloon-over", "240")["instalments"]
        assert len(made) == 36
        assert made[-1]["principal_fen"] > 80_000_000

    def test_of_instalments_of_ten_yuan(self, talentbank):
        made = lines(talentbank, "4.35%", "12", *self.START, "--round-to", "ten-yuan")["instalments"]
        assert {one["payment_fen"] % 1000 for one in made[:-1]} == {0}

    def test_of_tranches_shows_when_they_were_drawn(self, talentbank):
        words = ("4.35%", "12", *self.START, "--tranche", "2025-03-01=50万", "--tranche", "2025-04-01=50万")
        made = lines(talentbank, *words)["instalments"]
        assert sum(one["drawn_fen"] for one in made) == 100_000_000
        assert sum(one["principal_fen"] for one in made) == 200_000_000
        table = talentbank("schedule", "100万", *words, "--language", "zh").out
        assert "本期放款" in table

    def test_of_broken_periods_and_other_day_counts(self, talentbank):
        made = lines(talentbank, "6%", "12", *self.START, "--first-due", "2025-01-20", "--day-count", "actual/365")
        assert (len(made["instalments"]), made["instalments"][0]["interest_fen"]) == (13, 82_192)

    def test_of_quarterly_instalments(self, talentbank):
        assert len(lines(talentbank, "6%", "12", *self.START, "--every", "3")["instalments"]) == 4

    def test_of_a_rate_on_lpr_set_anew_each_year(self, talentbank):
        made = lines(talentbank, "LPR+60", "24", "--start", "2023-03-15", "--reprice", "jan1")
        assert made["rate_ppm"] == 42_500
        assert [one["on"] for one in made["new_rates"]] == ["2024-01-01", "2025-01-01"]

    def test_of_a_rate_on_lpr_says_where_quotations_end(self, talentbank):
        words = ("schedule", "100万", "LPR+60", "60", "--start", "2025-01-15", "--reprice", "anniversary")
        assert "LPR is known up to the quotation of 20" in talentbank(*words).err

    def test_of_rates_typed_for_later_days(self, talentbank):
        made = lines(talentbank, "5%", "12", *self.START, "--new-rate", "2025-07-15=0%")
        assert made["instalments"][5]["interest_fen"] > 0 == made["instalments"][6]["interest_fen"]

    def test_all_of_them_fit_in_a_workbook(self, talentbank, home):
        words = (*self.START, "--tranche", "2025-03-01=5000", "--new-rate", "2025-06-01=4%", "--fee", "1000")
        assert talentbank("schedule", "100万", "5%", "12", *words, "--format", "xlsx", "--out", "plan.xlsx").status == 0
        sheet = openpyxl.load_workbook(home / "plan.xlsx").worksheets[0]
        assert (sheet.max_row, sheet.max_column) == (13, 8)


class TestTheAllInPrice:
    def test_stands_under_the_table(self, talentbank):
        assert "All-in price a year: 5.1" in talentbank("schedule", "100万", "5%", "12", "--start", "2025-01-15").out

    def test_above_the_limit_is_warned_of(self, talentbank):
        dear = talentbank("schedule", "100万", "20%", "12", "--start", "2025-01-15", "--fee", "3万")
        assert "legal risk (LOAN-29)" in dear.err
        made = lines(talentbank, "20%", "12", "--start", "2025-01-15", "--fee", "2025-01-15=3万")
        assert made["all_in_above_limit"] is True


class TestRestDaysThatNoNoticeHasNamed:
    def test_are_said_to_be_estimates(self, talentbank):
        assert "estimates" in talentbank("schedule", "100万", "5%", "60", "--start", "2025-01-15").err
        assert "estimates" not in talentbank("schedule", "100万", "5%", "12", "--start", "2025-01-15").err


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
            (("100万", "5%", "12", "--interest-only", "12"), "leaves no instalment"),
            (("100万", "5%", "12", "--interest-only", "1", "--method", "bullet"), "only for equal instalments"),
            (("100万", "5%", "12", "--step", "7"), "not NUMBER=SHARE"),
            (("100万", "5%", "12", "--step", "7=x"), "not a share such as 110%"),
            (("100万", "5%", "12", "--step", "13=110%"), "begin after the last instalment"),
            (("100万", "5%", "12", "--balloon-over", "6"), "--balloon-over"),
            (("100万", "5%", "12", "--first-due", "2001-01-01"), "write a day after the start"),
            (("100万", "5%", "12", "--tranche", "2001-01-01=5"), "write rising days after the start"),
            (("100万", "5%", "12", "--tranche", "5"), "not DATE=AMOUNT"),
            (("100万", "5%", "12", "--new-rate", "2001-01-01"), "not DATE=RATE"),
            (("100万", "LPR", "12", "--new-rate", "2025-01-01=5%"), "write one of them"),
            (("100万", "5%", "12", "--reprice", "jan1"), "does not float"),
            (("100万", "LPR-900", "12", "--start", "2025-01-15"), "write a smaller discount"),
            (("100万", "LPR", "12", "--start", "1999-01-15"), "no LPR is known"),
            (("100万", "5%", "12", "--fee", "2001-01-01=5", "--start", "2025-01-15"), "before the start"),
            (("100万", "5%", "12", "--every", "3", "--method", "bullet"), "leave it out"),
            (("100万", "5%", "12", "--every", "5"), "write 1, 2, 3, 4, 6 or 12"),
            (("100万", "5%", "13", "--every", "3"), "whole periods of --every"),
            (("100万", "5%", "1200", "--start", "9950-01-01"), "1900-01-01 to 2100-12-31"),
        ],
    )
    def test_is_said_in_one_line(self, talentbank, words, said):
        answer = talentbank("schedule", *words)
        assert answer.status == 2
        assert said in answer.line
