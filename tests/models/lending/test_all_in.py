"""The all-in price of a loan (LOAN-29)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.all_in import NoAllInPrice, above, all_in_rate, rate_of_flows
from models.lending.schedule import schedule_of
from models.lending.terms import Drawing, RepaymentMethod, Shape, Terms
from models.values.rate import Rate
from models.values.terms import add_months

START = date(2025, 1, 1)


def loan(rate_ppm=60_000, months=12, **shape):
    terms = Terms(
        principal_fen=100_000_000,
        rate_ppm=rate_ppm,
        start=START,
        maturity=add_months(START, months),
        method=RepaymentMethod.EQUAL_INSTALMENTS,
        day_basis=360,
        shape=Shape(**shape),
    )
    return terms, schedule_of(terms, roll=lambda due: due)


class TestTheAllInPrice:
    def test_of_a_year_is_its_interest(self):
        assert rate_of_flows([(START, -10_000), (date(2026, 1, 1), 12_400)]) == Rate(240_000)

    def test_is_a_little_above_the_rate_that_is_paid_monthly(self):
        assert 61_000 < all_in_rate(*loan()).ppm < 62_500

    def test_rises_with_a_fee_kept_back_at_the_start(self):
        assert all_in_rate(*loan(), fees={START: 3_000_000}).ppm > all_in_rate(*loan()).ppm + 50_000

    def test_of_a_free_loan_is_nought(self):
        assert all_in_rate(*loan(rate_ppm=0)) == Rate(0)

    def test_dates_a_tranche_by_its_own_day(self):
        plain, with_tranche = all_in_rate(*loan()), all_in_rate(*loan(drawings=(Drawing(date(2025, 4, 18), 10**8),)))
        assert abs(plain.ppm - with_tranche.ppm) < 1000

    @given(fen=st.integers(100, 10**15), rate=st.integers(0, 990_000))
    def test_does_not_depend_on_the_size_of_the_loan(self, fen, rate):
        back = fen * (1_000_000 + rate) // 1_000_000
        found = rate_of_flows([(START, -fen), (date(2026, 1, 1), back)]).ppm
        assert abs(found - (back - fen) * 10**6 / fen) <= 1

    @pytest.mark.parametrize("flows", [[], [(START, -1)], [(START, 1), (date(2026, 1, 1), 1)], [(START, 0)]])
    def test_does_not_exist_where_money_goes_one_way(self, flows):
        with pytest.raises(NoAllInPrice):
            rate_of_flows(flows)

    def test_is_warned_of_above_the_limit_and_not_at_it(self):
        assert (above(Rate(240_000), Rate(240_000)), above(Rate(240_001), Rate(240_000))) == (False, True)
