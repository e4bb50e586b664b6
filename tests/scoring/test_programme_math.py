"""The sums of the districts' programmes (EX-42 to EX-46)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.money import ZERO, Money
from models.values.rate import Rate
from scoring.programme_math import (
    Stretch,
    four_rates,
    instalments,
    interest_subsidy,
    progress,
    township_coverage,
)

yuan = Money.yuan
YEAR = Stretch(date(2012, 7, 1), date(2013, 7, 1), yuan(6_500_000))
BENCHMARK = Rate.of("0.0615")
POLICY_END = date(2015, 5, 20)


class TestAnInterestSubsidy:
    def test_ex_42_is_reckoned_on_the_capped_principal(self):
        found = interest_subsidy([YEAR], rate=BENCHMARK, policy_end=POLICY_END, cap=yuan(5_000_000))
        assert (found.days, found.base, found.amount) == (365, yuan(5_000_000), yuan("311770.83"))

    def test_may_be_capped_itself_instead(self):
        found = interest_subsidy([YEAR], rate=BENCHMARK, policy_end=POLICY_END, cap=yuan(300_000), cap_is_amount=True)
        assert (found.base, found.amount) == (yuan(6_500_000), yuan(300_000))

    def test_ends_with_the_policy(self):
        found = interest_subsidy([YEAR], rate=BENCHMARK, policy_end=date(2012, 7, 31))
        assert found.days == 30

    def test_follows_the_principal_as_it_is_repaid(self):
        halves = [
            Stretch(date(2012, 7, 1), date(2013, 1, 1), yuan(2_000_000)),
            Stretch(date(2013, 1, 1), date(2013, 7, 1), yuan(1_000_000)),
        ]
        found = interest_subsidy(halves, rate=BENCHMARK, policy_end=POLICY_END)
        assert (found.days, found.amount) == (365, yuan("93787.50"))

    def test_is_nothing_where_nothing_was_owed(self):
        nothing = Stretch(date(2012, 7, 1), date(2013, 7, 1), ZERO)
        assert interest_subsidy([nothing], rate=BENCHMARK, policy_end=POLICY_END).amount == ZERO


class TestInstalments:
    def test_ex_43_give_the_rest_to_the_last(self):
        assert instalments(yuan(1_500_000), [333_300, 333_300, 333_400]) == [
            yuan(499_950),
            yuan(499_950),
            yuan(500_100),
        ]

    def test_need_weights_that_sum_to_one(self):
        with pytest.raises(ValueError):
            instalments(yuan(1), [500_000, 400_000])

    @given(fen=st.integers(0, 10**12), cut=st.integers(0, 1_000_000))
    def test_never_make_or_lose_a_fen(self, fen, cut):
        assert sum(part.fen for part in instalments(Money(fen), [cut, 1_000_000 - cut])) == fen


class TestTheRatesOfTheDistricts:
    def test_ex_44_fenghua_four_rates(self):
        found = four_rates(
            signed=12,
            performed=10,
            pledged=yuan(630_000_000),
            paid_in=yuan(193_000_000),
            projects=12,
            started=7,
            completed=2,
        )
        assert (found.contract_performance, found.funds_in_place) == (833_333, 306_349)
        assert (found.start, found.completion) == (583_333, 166_667)

    def test_a_rate_of_nothing_is_not_known(self):
        found = four_rates(signed=0, performed=0, pledged=ZERO, paid_in=ZERO, projects=0, started=0, completed=0)
        assert found.contract_performance is None
        assert found.funds_in_place is None

    def test_ex_45_yinzhou_coverage_and_points(self):
        found = township_coverage(26, 12, national=2, provincial=3)
        assert (found.coverage_ppm, found.points) == (462_000, 12)

    @pytest.mark.parametrize(
        ("actual", "target", "reached"),
        [
            (13, 11, 1_181_818),
            (6, 5, 1_200_000),
            (131, 300, 436_667),
            (22_000_000, 100_000_000, 220_000),
        ],
    )
    def test_ex_46_jiangbei_progress_is_not_capped(self, actual, target, reached):
        assert progress(actual, target) == reached
