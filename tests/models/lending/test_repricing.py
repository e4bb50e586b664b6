"""A floating rate during a loan: LPR plus basis points, set anew on 1 January or on the anniversary (LOAN-09)."""

from datetime import date

import pytest

from models.lending.repricing import Repricing, floating_rates, repricing_days
from models.lending.terms import NewRate
from models.values.lpr import LprQuote, NoLprInForce
from models.values.rate import Rate

START, MATURITY = date(2023, 3, 15), date(2026, 3, 15)
QUOTES = (
    LprQuote(date(2022, 8, 22), Rate(36_500), Rate(43_000)),
    LprQuote(date(2023, 6, 20), Rate(35_500), Rate(42_000)),
    LprQuote(date(2024, 2, 20), Rate(34_500), Rate(39_500)),
)


def rates(repricing, months=36, quotes=QUOTES, start=START):
    return floating_rates(quotes, 60, start=start, maturity=MATURITY, months=months, repricing=repricing)


class TestAFloatingRate:
    def test_fixed_stays_as_it_was_at_the_start(self):
        assert rates(Repricing.FIXED) == (42_500, ())

    def test_is_set_anew_on_new_years_day(self):
        assert rates(Repricing.JANUARY) == (
            42_500,
            (NewRate(date(2024, 1, 1), 41_500), NewRate(date(2025, 1, 1), 40_500)),
        )

    def test_is_set_anew_on_the_anniversary(self):
        assert rates(Repricing.ANNIVERSARY) == (42_500, (NewRate(date(2024, 3, 15), 40_500),))

    def test_of_a_long_loan_follows_the_five_year_quote(self):
        assert rates(Repricing.FIXED, months=61)[0] == 49_000

    def test_needs_a_quotation_by_the_start(self):
        with pytest.raises(NoLprInForce):
            rates(Repricing.FIXED, start=date(2022, 1, 1))


class TestTheDaysOfRepricing:
    def test_lie_within_the_term(self):
        assert list(repricing_days(date(2024, 1, 1), date(2026, 1, 1), Repricing.JANUARY)) == [date(2025, 1, 1)]
        assert list(repricing_days(START, MATURITY, Repricing.ANNIVERSARY)) == [date(2024, 3, 15), date(2025, 3, 15)]
        assert list(repricing_days(START, MATURITY, Repricing.FIXED)) == []

    def test_of_a_leap_day_fall_on_the_28th(self):
        days = list(repricing_days(date(2024, 2, 29), date(2028, 3, 1), Repricing.ANNIVERSARY))
        assert days == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]
