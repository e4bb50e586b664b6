"""Rates are exact, and interest is rounded once (NUM-02, NUM-03, LOAN-09 to LOAN-11)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.calendar import Period, months_and_days
from models.values.lpr import LprQuote, NoLprInForce, lpr_in_force, lpr_price, lpr_publication
from models.values.money import Money
from models.values.rate import Rate, interest, interest_by_months

PRINCIPAL = st.integers(0, 10**13).map(Money)
RATE = st.integers(0, 360_000).map(Rate)


class TestReadingARate:
    def test_is_exact(self):
        assert Rate.of("0.0435") == Rate(43_500)
        assert Rate.of(Decimal("-0.000001")) == Rate(-1)
        assert Rate.of("0.0435").as_decimal() == Decimal("0.0435")
        assert str(Rate.of("0.0435")) == "4.35%"

    @pytest.mark.parametrize(
        "given_rate", ["0.0000001", "4.35%", "0,0435", "", "NaN", "1e-2", "1e99", "+0.04", "0_1", 0.0435, 0.5, True]
    )
    def test_refuses_what_cannot_be_kept(self, given_rate):
        with pytest.raises(ValueError, match=r"rate|places"):
            Rate.of(given_rate)

    def test_holds_whole_parts_per_million_only(self):
        with pytest.raises(TypeError):
            Rate(0.5)

    def test_gives_month_and_day_unrounded(self):
        rate = Rate.of("0.0385")
        assert rate.monthly() * 12 == Fraction(385, 10_000)
        assert rate.daily() * 360 == rate.daily(365) * 365 == Fraction(385, 10_000)

    @pytest.mark.parametrize("day_basis", [0, 364, 366, -360])
    def test_knows_two_day_bases(self, day_basis):
        with pytest.raises(ValueError, match="day basis"):
            Rate(1).daily(day_basis)
        with pytest.raises(ValueError, match="day basis"):
            interest(Money(1), Rate(1), 1, day_basis=day_basis)


class TestInterestOnActualDays:
    def test_ex_11_counts_the_first_day_and_not_the_last(self):
        days = Period(date(2025, 3, 21), date(2025, 6, 21)).days
        assert days == 92
        assert interest(Money.yuan("5450000.00"), Rate.of("0.0385"), days) == Money.yuan("53621.94")

    @given(principal=PRINCIPAL, rate=RATE, days=st.integers(0, 4_000))
    def test_is_the_exact_product_rounded_once(self, principal, rate, days):
        exact = principal.fen * rate.daily() * days
        assert abs(interest(principal, rate, days).fen - exact) <= Fraction(1, 2)


class TestInterestByMonths:
    def test_ex_12_takes_whole_months_plus_odd_days(self):
        months, odd_days = months_and_days(date(2025, 1, 15), date(2025, 9, 3))
        assert (months, odd_days) == (7, 19)
        earned = interest_by_months(Money.yuan("2000000.00"), Rate.of("0.0435"), months, odd_days)
        assert earned == Money.yuan("55341.67")

    @given(principal=PRINCIPAL, rate=RATE, months=st.integers(0, 360), odd=st.integers(0, 30))
    def test_is_the_exact_sum_rounded_once(self, principal, rate, months, odd):
        for basis in (360, 365):
            exact = principal.fen * (rate.monthly() * months + rate.daily(basis) * odd)
            assert abs(interest_by_months(principal, rate, months, odd, day_basis=basis).fen - exact) <= Fraction(1, 2)

    def test_of_twelve_months_is_the_yearly_rate(self):
        assert interest_by_months(Money.yuan(100), Rate.of("0.05"), 12, 0) == Money.yuan(5)

    @pytest.mark.parametrize(("months", "odd_days"), [(-1, 0), (0, -1)])
    def test_refuses_negative_stretches(self, months, odd_days):
        with pytest.raises(ValueError, match="stretch"):
            interest_by_months(Money(1), Rate(1), months, odd_days)


class TestThePriceOfALoan:
    def test_ex_25_is_lpr_plus_basis_points(self):
        assert lpr_price(Rate.of("0.0300"), 85) == Rate.of("0.0385")

    def test_may_lie_under_lpr_but_not_under_nought(self):
        assert lpr_price(Rate.of("0.0300"), -25) == Rate.of("0.0275")
        with pytest.raises(ValueError, match="below nought"):
            lpr_price(Rate.of("0.0300"), -301)

    def test_takes_the_quote_in_force_for_its_term(self):
        # Illustrative figures (示例).
        older = LprQuote(date(2025, 5, 20), Rate.of("0.0300"), Rate.of("0.0350"))
        newer = LprQuote(date(2025, 6, 20), Rate.of("0.0299"), Rate.of("0.0349"))
        assert lpr_in_force([newer, older], date(2025, 6, 19)) is older
        assert lpr_in_force([newer, older], date(2025, 6, 20)) is newer
        assert older.for_term(60) == older.one_year
        assert older.for_term(61) == older.five_year
        with pytest.raises(NoLprInForce):
            lpr_in_force([older, newer], date(2025, 5, 19))

    def test_comes_out_on_the_20th_or_the_next_business_day(self):
        assert lpr_publication(2026, 1) == date(2026, 1, 20)
        assert lpr_publication(2026, 2) == date(2026, 2, 24)  # 20 to 23 February 2026 is Spring Festival
        assert lpr_publication(2025, 9) == date(2025, 9, 22)
