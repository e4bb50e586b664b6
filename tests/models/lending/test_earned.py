"""What a line's interest has come to by a day: laws, and the columns against the single loan."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.accrual import interest_of_days
from models.lending.earned import earned, earned_columns

START = date(2012, 11, 7)


def of_line(by_months: bool, balance: int, rate: int, days: int, interest: int | None = None) -> dict[str, object]:
    """A line of so many days; by-day methods owe exactly the interest of their days."""
    if interest is None or not by_months:
        interest = interest_of_days(balance, rate, days, day_basis=360)
    return {
        "by_months": by_months,
        "interest_fen": interest,
        "balance_fen": balance,
        "rate_ppm": rate,
        "period_start": START,
        "period_end": START + timedelta(days=days),
        "day_basis": 360,
    }


class TestInterestOfALine:
    def test_is_nought_on_its_first_morning_and_whole_on_its_last(self):
        line = of_line(False, 400_000_000, 61_500, 44)
        assert earned(**line, on=START) == 0
        assert earned(**line, on=START - timedelta(days=9)) == 0
        assert earned(**line, on=START + timedelta(days=44)) == 3_006_667
        assert earned(**line, on=date(2020, 1, 1)) == 3_006_667

    def test_counted_by_days_is_that_of_the_days_gone(self):
        line = of_line(False, 400_000_000, 61_500, 44)
        assert earned(**line, on=START + timedelta(days=1)) == 68_333
        assert earned(**line, on=START + timedelta(days=3)) == 205_000

    def test_counted_by_months_is_spread_evenly_over_the_days(self):
        line = of_line(True, 300_000_000, 42_000, 30, interest=1_050_000)
        assert earned(**line, on=START + timedelta(days=10)) == 350_000

    def test_of_a_line_without_days_is_whole_at_once(self):
        assert earned(**of_line(True, 0, 42_000, 0, interest=77), on=START) == 77

    @given(
        by_months=st.booleans(),
        balance=st.integers(1, 10**12),
        rate=st.integers(0, 240_000),
        days=st.integers(1, 400),
        interest=st.integers(0, 10**9),
        cuts=st.lists(st.integers(-5, 405), max_size=12),
    )
    def test_sums_to_the_line_however_its_period_is_cut(self, by_months, balance, rate, days, interest, cuts):
        line = of_line(by_months, balance, rate, days, interest)
        marks = [START + timedelta(days=cut) for cut in sorted([*cuts, -6, 406])]
        steps = [earned(**line, on=b) - earned(**line, on=a) for a, b in pairwise(marks)]
        assert all(step >= 0 for step in steps)
        assert sum(steps) == line["interest_fen"]


class TestColumnsOfLines:
    @given(
        lines=st.lists(
            st.tuples(
                st.booleans(),
                st.integers(0, 10**11),
                st.integers(0, 240_000),
                st.integers(0, 400),
                st.integers(0, 10**9),
            ),
            min_size=1,
            max_size=8,
        ),
        day=st.integers(-3, 410),
    )
    def test_say_what_each_line_says_by_itself(self, lines, day):
        on = START + timedelta(days=day)
        single = [of_line(*line) for line in lines]
        columns = earned_columns(
            by_months=[line["by_months"] for line in single],
            interest_fen=[line["interest_fen"] for line in single],
            balance_fen=[line["balance_fen"] for line in single],
            rate_ppm=[line["rate_ppm"] for line in single],
            period_start=[line["period_start"].toordinal() for line in single],
            period_end=[line["period_end"].toordinal() for line in single],
            on=on,
            day_basis=360,
        )
        assert columns.tolist() == [earned(**line, on=on) for line in single]

    def test_may_be_empty(self):
        none = np.zeros(0, np.int64)
        found = earned_columns(
            by_months=none.astype(bool),
            interest_fen=none,
            balance_fen=none,
            rate_ppm=none,
            period_start=none,
            period_end=none,
            on=START,
            day_basis=360,
        )
        assert found.size == 0

    def test_refuse_what_does_not_fit_sixty_four_bits(self):
        with pytest.raises(OverflowError):
            earned_columns(
                by_months=[False],
                interest_fen=[1],
                balance_fen=[2**55],
                rate_ppm=[900_000],
                period_start=[START.toordinal()],
                period_end=[START.toordinal() + 400],
                on=START,
                day_basis=360,
            )
