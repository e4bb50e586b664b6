"""How a stretch of days counts: actual days, thirty-day months, months and odd days (LOAN-10, LOAN-11)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.day_count import THIRTY, DayCount, days_30_360, parts_of_year
from models.values.terms import add_months

DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))


class TestThirtyDayMonths:
    @pytest.mark.parametrize(
        ("start", "end", "bond", "european", "us"),
        [
            (date(2006, 8, 20), date(2007, 2, 20), 180, 180, 180),
            (date(2006, 8, 31), date(2007, 2, 28), 178, 178, 178),
            (date(2007, 2, 28), date(2007, 8, 31), 183, 182, 180),
            (date(2008, 2, 29), date(2009, 2, 28), 359, 359, 360),
            (date(2007, 1, 30), date(2007, 3, 31), 60, 60, 60),
            (date(2007, 1, 15), date(2007, 1, 31), 16, 15, 16),
        ],
    )
    def test_treat_the_thirty_first_and_february_by_their_convention(self, start, end, bond, european, us):
        """ISDA 2006 section 4.16(f) and (g); the last column by the NASD rule."""
        got = [
            days_30_360(start, end, one)
            for one in (DayCount.THIRTY_360, DayCount.THIRTY_360_EUROPEAN, DayCount.THIRTY_360_US)
        ]
        assert got == [bond, european, us]

    @given(start=DAYS.filter(lambda day: day.day <= 28), months=st.integers(0, 240))
    def test_make_every_whole_month_a_twelfth(self, start, months):
        for convention in THIRTY - {DayCount.THIRTY_360_US}:
            assert parts_of_year(start, add_months(start, months), convention) == (30 * months, 360)


class TestOtherCounts:
    def test_take_months_first_and_days_for_the_rest(self):
        """EX-12: seven months and nineteen days."""
        assert parts_of_year(date(2025, 1, 15), date(2025, 9, 3), DayCount.MONTHS) == (7 * 360 + 19 * 12, 12 * 360)

    @given(start=DAYS, days=st.integers(0, 1000))
    def test_of_actual_days_know_no_leap_year(self, start, days):
        end = start + timedelta(days=days)
        assert parts_of_year(start, end, DayCount.ACTUAL_360) == (days, 360)
        assert parts_of_year(start, end, DayCount.ACTUAL_365) == (days, 365)

    def test_do_not_run_backwards(self):
        with pytest.raises(ValueError, match="comes before"):
            parts_of_year(date(2025, 1, 2), date(2025, 1, 1), DayCount.ACTUAL_360)
