"""Claims, awards and money turned into shares, and the way out (EX-47 to EX-55)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.money import ZERO, Money
from models.values.rate import Rate
from scoring.equity_value import (
    BelowPar,
    appraisal_valid,
    award_to_capital,
    buy_back_price,
    convert_at_round,
    diluted,
    issue,
    liquidation,
    price_test,
    public_exit_floor,
    share_of,
    tag_along,
)

yuan = Money.yuan
amounts = st.integers(1, 10**13).map(Money)


class TestAClaimTurnedIntoRegisteredCapital:
    def test_ex_47_gives_capital_reserve_and_share(self):
        found = issue(yuan(4_500_000), yuan(10_000_000), yuan(60_000_000))
        assert found.new_registered == yuan(750_000)
        assert found.reserve == yuan(3_750_000)
        assert found.post_money == yuan(64_500_000)
        assert found.share_ppm == 69_767

    @pytest.mark.parametrize(("value", "registered", "pre_money"), [(0, 1, 1), (1, 0, 1), (1, 1, 0), (1, 100, 10_000)])
    def test_needs_amounts_that_make_at_least_a_fen_of_capital(self, value, registered, pre_money):
        with pytest.raises(ValueError):
            issue(Money(value), Money(registered), Money(pre_money))

    @given(value=amounts, registered=amounts, pre_money=amounts)
    def test_splits_the_contribution_without_a_fen_lost(self, value, registered, pre_money):
        try:
            found = issue(value, registered, pre_money)
        except ValueError:
            return
        assert found.new_registered + found.reserve == value
        assert found.reserve >= ZERO
        assert 0 <= found.share_ppm <= 1_000_000

    @given(value=amounts, registered=amounts, data=st.data())
    def test_never_makes_more_capital_than_it_is_worth(self, value, registered, data):
        at_par = issue(value, registered, registered)
        assert (at_par.new_registered, at_par.reserve) == (value, ZERO)
        if registered > Money(1):
            below = Money(data.draw(st.integers(1, registered.fen - 1)))
            with pytest.raises(BelowPar):
                issue(value, registered, below)


class TestAConversionAtTheNextRound:
    def test_ex_48_takes_the_lower_of_discount_and_cap(self):
        found = convert_at_round(
            yuan(3_000_000),
            pre_shares=12_000_000,
            pre_money=yuan(96_000_000),
            discount=Rate.of("0.20"),
            cap=yuan(84_000_000),
        )
        assert (found.price, found.shares, found.remainder, found.share_ppm) == (64_000, 468_750, ZERO, 37_594)

    def test_rounds_shares_down_and_pays_the_rest_in_cash(self):
        found = convert_at_round(yuan("10.00"), pre_shares=100, pre_money=yuan(300), discount=Rate(0))
        assert (found.price, found.shares, found.remainder) == (30_000, 3, yuan(1))

    def test_without_shares_there_is_no_price(self):
        with pytest.raises(ValueError):
            convert_at_round(yuan(1), pre_shares=0, pre_money=yuan(1), discount=Rate(0))


class TestAnAwardTurnedIntoCapital:
    def test_is_not_to_be_had_below_par(self):
        with pytest.raises(BelowPar):
            award_to_capital(yuan(3_000_000), yuan(5_000_000), yuan("4999999.99"), ceiling=Rate.of("0.20"))

    @given(grant=amounts, registered=amounts, premium=st.integers(0, 10**13), ceiling=st.integers(0, 990_000))
    def test_is_covered_by_what_is_converted(self, grant, registered, premium, ceiling):
        found = award_to_capital(grant, registered, registered + Money(premium), ceiling=Rate(ceiling))
        assert found.converted >= found.new_registered

    def test_ex_49_fills_the_ceiling_exactly(self):
        found = award_to_capital(yuan(3_000_000), yuan(5_000_000), yuan(12_000_000), ceiling=Rate.of("0.20"))
        assert found.new_registered == yuan(1_250_000)
        assert found.converted == yuan(3_000_000)
        assert found.left == ZERO
        assert found.share_ppm == 200_000

    def test_beyond_the_ceiling_the_rest_stays_a_grant(self):
        found = award_to_capital(yuan(4_000_000), yuan(5_000_000), yuan(12_000_000), ceiling=Rate.of("0.20"))
        assert found.new_registered == yuan(1_250_000)
        assert (found.converted, found.left) == (yuan(3_000_000), yuan(1_000_000))

    def test_nothing_is_converted_when_public_hands_hold_the_ceiling_already(self):
        found = award_to_capital(
            yuan(1_000_000), yuan(5_000_000), yuan(12_000_000), ceiling=Rate.of("0.20"), public=yuan(1_200_000)
        )
        assert (found.new_registered, found.converted, found.left) == (ZERO, ZERO, yuan(1_000_000))

    @given(grant=amounts, registered=amounts, premium=amounts, held=st.integers(0, 100), ppm=st.integers(0, 999_999))
    def test_public_hands_never_hold_more_than_the_ceiling_because_of_it(self, grant, registered, premium, held, ppm):
        public = Money(registered.fen * held // 100)
        found = award_to_capital(grant, registered, registered + premium, ceiling=Rate(ppm), public=public)
        assert found.converted + found.left == grant
        assert ZERO <= found.converted <= grant
        if found.new_registered:
            after = public + found.new_registered
            assert after.fen * 1_000_000 <= ppm * (registered + found.new_registered).fen


class TestADilution:
    def test_ex_53_after_a_later_round(self):
        assert diluted(69_767, yuan(120_000_000), yuan(30_000_000)) == 55_814


class TestAnExitOfPublicMoney:
    def test_ex_50_asks_for_cost_within_three_years(self):
        found = public_exit_floor(
            yuan(4_500_000), date(2022, 5, 16), date(2025, 5, 16), free_years=3, rate=Rate.of("0.0310")
        )
        assert (found.days, found.price) == (1_096, yuan(4_500_000))

    def test_asks_for_interest_from_the_first_day_once_the_free_years_are_over(self):
        found = public_exit_floor(
            yuan(4_500_000), date(2022, 5, 16), date(2025, 5, 17), free_years=3, rate=Rate.of("0.0310")
        )
        assert found.price == yuan("4925087.50")  # 1,097 days

    def test_asks_for_interest_of_the_time_beyond_if_the_policy_says_so(self):
        found = public_exit_floor(
            yuan(3_600_000),
            date(2022, 5, 16),
            date(2025, 5, 17),
            free_years=3,
            rate=Rate.of("0.0310"),
            from_end_of_free=True,
        )
        assert found.price == yuan(3_600_310)


class TestABuyBack:
    def test_ex_51_pays_cost_and_simple_interest_less_dividends(self):
        price = buy_back_price(
            yuan(3_000_000), date(2021, 3, 1), date(2025, 6, 30), rate=Rate.of("0.08"), dividends=yuan(120_000)
        )
        assert price == yuan("3920219.18")

    def test_may_be_compounded_on_full_years(self):
        price = buy_back_price(
            yuan(1_000_000), date(2020, 2, 29), date(2022, 3, 10), rate=Rate.of("0.10"), compound=True
        )
        assert price == yuan("1213315.07")  # two years, then ten days

    def test_never_asks_for_less_than_nought(self):
        price = buy_back_price(
            yuan(100), date(2020, 1, 1), date(2020, 1, 2), rate=Rate.of("0.08"), dividends=yuan(1_000)
        )
        assert price == ZERO


class TestAPriceTest:
    def test_ex_54_stops_a_deal_below_nine_tenths_of_the_value(self):
        found = price_test(
            yuan(6_800_000),
            yuan(6_100_000),
            base_date=date(2025, 3, 31),
            deal_date=date(2026, 3, 20),
            floor=Rate.of("0.90"),
            valid_months=12,
        )
        assert (round(found.ratio_ppm, -2), found.price_ok, found.report_valid) == (897_100, False, True)

    def test_includes_the_floor_itself(self):
        day = date(2025, 3, 31)
        found = price_test(yuan(1_000), yuan(900), base_date=day, deal_date=day, floor=Rate.of("0.90"), valid_months=12)
        assert found.price_ok

    def test_a_report_ends_with_its_month_and_never_begins_before_its_day(self):
        assert appraisal_valid(date(2024, 2, 29), date(2025, 2, 28), 12)
        assert not appraisal_valid(date(2024, 2, 29), date(2025, 3, 1), 12)
        assert not appraisal_valid(date(2025, 3, 1), date(2025, 2, 28), 12)


class TestSellingAlongAndLiquidation:
    def test_ex_52_tags_along_in_proportion_rounded_down(self):
        assert tag_along(1_500_000, 900_000, 6_000_000) == 195_652

    def test_ex_55_takes_the_preference_where_it_is_worth_more(self):
        found = liquidation(yuan(18_000_000), yuan(4_500_000), 69_767)
        assert (found.investor, found.others, found.converts) == (yuan(4_500_000), yuan(13_500_000), False)

    def test_takes_the_plain_share_where_that_is_worth_more(self):
        found = liquidation(yuan(100_000_000), yuan(4_500_000), 69_767)
        assert (found.investor, found.converts) == (yuan(6_976_700), True)

    def test_never_takes_more_than_there_is(self):
        assert liquidation(yuan(1_000), yuan(4_500_000), 69_767).others == ZERO


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError):
        share_of(yuan(1), ZERO)
