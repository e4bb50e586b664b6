"""Terms in months, and how long they may be extended (LOAN-11, LOAN-22, LOAN-24, REC-04)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.rate import Rate
from models.values.retention import retention_end
from models.values.terms import (
    TermClass,
    add_months,
    add_years,
    days_between,
    longest_extension_months,
    month_end,
    months_and_days,
    term_class,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


class TestATermInMonths:
    def test_ex_24_ends_at_month_end_where_there_is_no_corresponding_day(self):
        assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)

    def test_knows_leap_years(self):
        assert add_months(date(2023, 8, 31), 6) == date(2024, 2, 29)
        assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
        assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
        assert month_end(date(2024, 2, 3)) == date(2024, 2, 29)

    @given(start=DAYS, months=st.integers(-240, 240))
    def test_lands_in_the_right_month_and_on_its_day_if_it_has_one(self, start, months):
        end = add_months(start, months)
        assert (end.year - start.year) * 12 + end.month - start.month == months
        assert end.day == start.day or (end.day < start.day and end == month_end(end))

    @given(start=DAYS, days=st.integers(0, 4_000))
    def test_and_odd_days_make_up_any_stretch(self, start, days):
        end = date.fromordinal(start.toordinal() + days)
        months, odd_days = months_and_days(start, end)
        assert add_months(start, months).toordinal() + odd_days == end.toordinal()
        assert 0 <= odd_days <= 30
        assert add_months(start, months + 1) > end
        assert days_between(start, end) == days

    def test_cannot_be_counted_backwards(self):
        with pytest.raises(ValueError, match="before"):
            months_and_days(date(2025, 2, 1), date(2025, 1, 31))


class TestAnExtension:
    def test_ex_22_of_a_medium_loan_is_half_its_term_at_most(self):
        assert term_class(36) is TermClass.MEDIUM
        assert longest_extension_months(36) == 18

    @pytest.mark.parametrize(("months", "longest"), [(1, 1), (12, 12), (13, 6), (60, 30), (61, 36), (240, 36)])
    def test_goes_by_the_class_of_the_term(self, months, longest):
        assert longest_extension_months(months) == longest

    def test_follows_the_rules_handed_in(self):
        assert longest_extension_months(12, short=Rate.of("0.5")) == 6
        assert longest_extension_months(36, medium=Rate.of("0.25")) == 9
        assert longest_extension_months(72, long_months=24) == 24

    def test_needs_a_term(self):
        with pytest.raises(ValueError, match="none"):
            longest_extension_months(0)


class TestKeepingRecords:
    def test_ex_60_goes_by_the_longest_rule(self):
        end = retention_end(date(2025, 12, 31), {"aml": 10, "accounting": 30, "loan_file": 15})
        assert end == (date(2055, 12, 31), "accounting")

    @pytest.mark.parametrize("years", [{}, {"aml": -1}])
    def test_needs_a_rule(self, years):
        with pytest.raises(ValueError, match="at least one rule"):
            retention_end(date(2025, 12, 31), years)
