"""How long a restructured asset is observed (CLS-09, EX-30)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.observation import observation
from models.values.terms import add_months

FIRST = date(2025, 3, 21)


def quarters(count=8):
    return [add_months(FIRST, 3 * number) for number in range(count)]


class TestAnObservation:
    def test_ex_30_lasts_two_periods_and_a_year(self):
        seen = observation(FIRST, quarters(), [], periods=2, months=12)
        assert (seen.periods_end, seen.months_end, seen.ends) == (
            date(2025, 9, 21), date(2026, 3, 21), date(2026, 3, 21),
        )  # fmt: skip
        assert [seen.over(day) for day in (date(2026, 3, 20), date(2026, 3, 21))] == [False, True]

    def test_lasts_longer_where_periods_are_long(self):
        days = [FIRST, date(2026, 3, 21), date(2027, 3, 21)]
        assert observation(FIRST, days, [], periods=2, months=12).ends == date(2027, 3, 21)

    def test_begins_again_where_a_payment_was_missed(self):
        seen = observation(FIRST, quarters(), [date(2024, 12, 21), date(2025, 9, 21)], periods=2, months=12)
        assert (seen.since, seen.ends) == (date(2025, 9, 21), date(2026, 9, 21))

    def test_of_a_loan_that_ends_before_cannot_be_left(self):
        seen = observation(FIRST, quarters(2), [], periods=2, months=12)
        assert (seen.ends, seen.over(date(2099, 1, 1))) == (None, False)

    @given(missed=st.lists(st.sampled_from(quarters(12))), periods=st.integers(1, 4), months=st.integers(1, 24))
    def test_never_ends_before_both_conditions(self, missed, periods, months):
        seen = observation(FIRST, quarters(24), missed, periods=periods, months=months)
        assert seen.ends is not None
        assert seen.ends >= add_months(max([FIRST, *missed]), months)
        assert sum(seen.since < day <= seen.ends for day in quarters(24)) >= periods


@pytest.mark.parametrize("periods", [1, 2, 3])
def test_the_first_repayment_day_itself_is_no_period(periods):
    assert observation(FIRST, quarters(), [], periods=periods, months=1).periods_end == add_months(FIRST, 3 * periods)
