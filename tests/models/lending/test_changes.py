"""How far a running loan may change: months, periods, plans, observation, repricing days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.changes import (
    Repricing,
    cut_from_the_end,
    earliest_exit,
    extension_left,
    level_of,
    periods_at_most,
    reprices_on,
)
from models.lending.terms import PlannedPrincipal
from models.values.terms import add_months, longest_extension_months


class TestAnExtension:
    @pytest.mark.parametrize(("months", "longest"), [(12, 12), (6, 6), (36, 18), (60, 30), (61, 36), (120, 36)])
    def test_is_limited_by_the_class_of_the_term_and_counted_together(self, months, longest):
        """EX-22: a loan of 36 months may be extended by 18 in all."""
        assert longest_extension_months(months) == longest
        assert extension_left(0, longest=longest) == longest
        assert extension_left(longest - 1, longest=longest) == 1
        assert extension_left(longest + 5, longest=longest) == 0


class TestAShorterTerm:
    @given(
        balance=st.integers(1, 10**12),
        rate=st.integers(0, 240_000),
        periods=st.integers(1, 120),
        share=st.integers(1, 99),
    )
    def test_has_the_fewest_periods_whose_instalment_is_not_above_the_one_before(self, balance, rate, periods, share):
        level = level_of(balance, rate, periods)
        rest = max(balance * share // 100, 1)
        fewest = periods_at_most(rest, rate, level, periods)
        assert level_of(rest, rate, fewest) <= level
        assert fewest == 1 or level_of(rest, rate, fewest - 1) > level

    @given(parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=6), fen=st.integers(1, 10**10))
    def test_takes_an_agreed_plan_from_its_end(self, parts, fen):
        plan = [PlannedPrincipal(add_months(date(2013, 1, 7), n), part) for n, part in enumerate(parts)]
        if fen >= sum(parts):
            with pytest.raises(ValueError, match="nothing of the plan"):
                cut_from_the_end(plan, fen)
            return
        left = cut_from_the_end(plan, fen)
        assert sum(part.principal_fen for part in left) == sum(parts) - fen
        assert list(left[:-1]) == plan[: len(left) - 1]


class TestTheObservation:
    def test_lasts_two_repayments_and_a_year_whichever_is_later(self):
        """EX-30."""
        first = date(2025, 3, 21)
        quarters = [add_months(first, 3 * n) for n in range(8)]
        assert earliest_exit(quarters, periods=2, months=12) == (first, date(2026, 3, 21))
        assert earliest_exit(quarters, periods=6, months=12) == (first, date(2026, 9, 21))

    def test_ends_with_the_plan_where_the_plan_is_shorter(self):
        first = date(2025, 3, 21)
        assert earliest_exit([first], periods=2, months=12) == (first, date(2026, 3, 21))
        with pytest.raises(ValueError, match="nothing"):
            earliest_exit([], periods=2, months=12)


class TestRepricing:
    START, END = date(2012, 2, 29), date(2016, 2, 29)

    @pytest.mark.parametrize(
        ("how", "on", "due"),
        [
            (Repricing.JANUARY, date(2013, 1, 1), True),
            (Repricing.JANUARY, date(2013, 2, 28), False),
            (Repricing.ANNIVERSARY, date(2013, 2, 28), True),
            (Repricing.ANNIVERSARY, date(2013, 1, 1), False),
            (Repricing.ANNIVERSARY, date(2012, 2, 29), False),
            (Repricing.ANNIVERSARY, date(2016, 2, 29), False),
            (Repricing.FIXED, date(2013, 1, 1), False),
        ],
    )
    def test_comes_on_its_day_inside_the_term(self, how, on, due):
        assert reprices_on(how, start=self.START, end=self.END, on=on) is due
