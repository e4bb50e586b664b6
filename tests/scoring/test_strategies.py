"""Strategies for a bad claim, compared by what they are worth today."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.money import ZERO, Money
from models.values.rate import Rate
from scoring.strategies import Assumption, compared, discounted, present_value

EIGHT = Rate.of("0.08")
COLLECT = Assumption("collect", Rate.of("0.35"), Rate.of("0.04"), 24)
CONVERT = Assumption("convert", Rate.of("0.70"), Rate.of("0.02"), 60)


class TestAStrategy:
    def test_is_worth_its_money_discounted_less_its_cost(self):
        value = present_value(Money.yuan(1_000_000), COLLECT, discount=EIGHT)
        assert (value.recovery, value.cost) == (Money.yuan(350_000), Money.yuan(40_000))
        assert value.present == Money.yuan("260068.59")  # 350,000 / 1.08^2 - 40,000

    def test_cannot_bring_more_than_what_is_sold_is_worth(self):
        sale = Assumption("sell_ip", Rate.of("0.30"), Rate.of("0.05"), 12, ceiling=Money.yuan(108_000))
        value = present_value(Money.yuan(1_000_000), sale, discount=EIGHT)
        assert (value.recovery, value.present) == (Money.yuan(108_000), Money.yuan(50_000))

    def test_may_be_worth_less_than_nothing(self):
        hopeless = Assumption("litigate", Rate(0), Rate.of("0.10"), 30)
        assert present_value(Money.yuan(100), hopeless, discount=EIGHT).present == Money.yuan(-10)

    def test_is_kept_with_the_case_as_plain_words_and_fen(self):
        kept = present_value(Money.yuan(100), COLLECT, discount=EIGHT).plain()
        assert kept["strategy"] == "collect"
        assert (kept["claim"], kept["discount"]) == (10_000, 80_000)
        assert all(isinstance(value, str | int) for value in kept.values())

    def test_of_a_claim_below_nought_is_no_strategy(self):
        with pytest.raises(ValueError):
            present_value(Money(-1), COLLECT, discount=EIGHT)


class TestComparing:
    def test_puts_the_best_first(self):
        values = compared(Money.yuan(1_000_000), [COLLECT, CONVERT], discount=EIGHT)
        assert [value.strategy for value in values] == ["convert", "collect"]

    def test_ranks_equals_by_name(self):
        other = Assumption("aaa", COLLECT.recovery, COLLECT.cost, COLLECT.months)
        assert [value.strategy for value in compared(ZERO, [COLLECT, other], discount=EIGHT)] == ["aaa", "collect"]


class TestDiscounting:
    def test_by_part_of_a_year_uses_the_root(self):
        assert discounted(Money.yuan("103.92"), 6, EIGHT) == Money.yuan(100)

    @given(fen=st.integers(0, 10**13), months=st.integers(0, 120), ppm=st.integers(0, 300_000))
    def test_never_makes_money_worth_more(self, fen, months, ppm):
        assert discounted(Money(fen), months, Rate(ppm)) <= Money(fen)
