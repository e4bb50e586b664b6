"""Interest by the day, penalty and compound interest (LOAN-10, LOAN-18 to LOAN-20)."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.accrual import (
    accrue,
    compound_base_fen,
    compound_days,
    compound_interest,
    earned_of_period,
    interest_of_days,
    penalty_interest,
    penalty_rate_ppm,
)
from models.values.money import Money
from models.values.rate import Rate, interest_by_months
from models.values.terms import months_and_days


class TestTheWorkedExamples:
    def test_ex_11_actual_days_over_360(self):
        days = (date(2025, 6, 21) - date(2025, 3, 21)).days
        assert days == 92
        assert interest_of_days(545_000_000, 38_500, days, day_basis=360) == 5_362_194

    def test_ex_12_whole_months_and_odd_days(self):
        months, odd_days = months_and_days(date(2025, 1, 15), date(2025, 9, 3))
        assert (months, odd_days) == (7, 19)
        assert interest_by_months(Money.yuan(2_000_000), Rate(43_500), months, odd_days) == Money.yuan("55341.67")

    def test_ex_17_penalty_interest_on_overdue_principal(self):
        due, paid = date(2025, 6, 20), date(2025, 8, 5)
        assert (paid - due).days == 46
        assert penalty_rate_ppm(38_500, [500_000]) == 57_750
        assert penalty_interest(200_000_000, 38_500, [500_000], due, paid, day_basis=360) == 1_475_833

    def test_ex_18_penalty_interest_on_the_diverted_part(self):
        start, end = date(2025, 5, 9), date(2025, 7, 1)
        assert (end - start).days == 53
        assert penalty_interest(65_000_000, 38_500, [1_000_000], start, end, day_basis=360) == 736_847

    def test_ex_19_compound_interest_on_unpaid_interest(self):
        days = {"due": date(2025, 6, 21), "maturity": date(2025, 9, 20), "until": date(2025, 11, 3)}
        assert compound_days(**days) == (91, 44)
        assert compound_interest(4_919_444, 38_500, [500_000], **days, day_basis=360) == 82_599


class TestPenaltyInterest:
    def test_takes_the_higher_of_two_uplifts_not_both(self):
        """择其重, LOAN-19"""
        assert penalty_rate_ppm(40_000, [500_000, 1_000_000]) == 80_000
        assert penalty_rate_ppm(40_000, []) == 40_000

    def test_is_nought_before_the_due_day(self):
        assert penalty_interest(100, 1, [1], date(2025, 2, 1), date(2025, 1, 1), day_basis=360) == 0


class TestCompoundInterest:
    @given(due=st.integers(0, 50), maturity=st.integers(0, 50), until=st.integers(0, 50))
    def test_counts_each_day_after_the_due_day_once(self, due, maturity, until):
        day = [date(2025, 1, 1) + timedelta(days=number) for number in (due, maturity, until)]
        in_term, after = compound_days(due=day[0], maturity=day[1], until=day[2])
        assert in_term + after == max(until - due, 0)
        assert in_term <= max(maturity - due, 0)

    def test_reaches_penalty_interest_only_where_the_rules_say_so(self):
        assert compound_base_fen(100, 7, on_penalty=False) == 100
        assert compound_base_fen(100, 7, on_penalty=True) == 107


class TestDailyAccrual:
    @given(
        principal=st.integers(0, 10**11),
        rate=st.integers(0, 240_000),
        stretches=st.lists(st.integers(0, 40), max_size=30),
        day_basis=st.sampled_from([360, 365]),
    )
    def test_sums_to_one_rounding_of_the_whole_however_the_days_are_split(self, principal, rate, stretches, day_basis):
        total, remainder = 0, 0
        for days in stretches:
            (interest,), (remainder,) = accrue(principal, rate, remainder, days, day_basis=day_basis)
            assert interest >= 0
            total += int(interest)
            remainder = int(remainder)
        assert total == interest_of_days(principal, rate, sum(stretches), day_basis=day_basis)

    @given(
        loans=st.lists(st.tuples(st.integers(0, 10**11), st.integers(0, 240_000)), min_size=1, max_size=8),
        days=st.integers(0, 366),
    )
    def test_of_many_loans_equals_that_of_each(self, loans, days):
        principal, rate = map(list, zip(*loans, strict=True))
        interest, remainder = accrue(principal, rate, 0, days, day_basis=365)
        parts = 365_000_000
        for loan, (amount, ppm) in enumerate(loans):
            assert interest[loan] == interest_of_days(amount, ppm, days, day_basis=365)
            assert int(interest[loan]) * parts + int(remainder[loan]) == amount * ppm * days

    def test_leaves_its_inputs_alone(self):
        principal, remainder = np.array([10**9, 5]), np.array([7, -8])
        accrue(principal, 43_500, remainder, 1, day_basis=360)
        assert (principal.tolist(), remainder.tolist()) == ([10**9, 5], [7, -8])

    def test_of_no_loans_is_nothing(self):
        interest, remainder = accrue([], [], [], 1, day_basis=360)
        assert len(interest) == len(remainder) == 0

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ((1.0, 1, 0, 1), TypeError),
            ((-1, 1, 0, 1), ValueError),
            ((1, -1, 0, 1), ValueError),
            ((1, 1, 0, -1), ValueError),
            ((1, 1, 180_000_000, 1), ValueError),
            ((1, 1, -180_000_001, 1), ValueError),
            ((10**12, 240_000, 0, 366), OverflowError),
        ],
    )
    def test_refuses_what_is_not_whole_negative_or_too_wide(self, arguments, error):
        with pytest.raises(error):
            accrue(*arguments, day_basis=360)

    def test_refuses_another_basis(self):
        with pytest.raises(ValueError, match="no day basis"):
            accrue(1, 1, 0, 1, day_basis=366)

    def test_refuses_negative_days(self):
        with pytest.raises(ValueError, match="days of interest"):
            interest_of_days(1, 1, -1, day_basis=360)


class TestInterestCountedInMonths:
    @given(interest=st.integers(0, 10**9), days=st.integers(1, 92), before=st.integers(0, 5))
    def test_is_earned_evenly_and_wholly_by_the_end(self, interest, days, before):
        start = date(2025, 1, 15)
        end = start + timedelta(days=days)
        earned = [
            earned_of_period(interest, start, end, start + timedelta(days=number))
            for number in range(-before, days + 3)
        ]
        assert earned == sorted(earned)
        assert earned[before] == 0
        assert earned[-1] == earned[-3] == interest

    def test_of_no_days_is_earned_at_once(self):
        day = date(2025, 1, 15)
        assert [earned_of_period(9, day, day, day - timedelta(days=1)), earned_of_period(9, day, day, day)] == [0, 9]
