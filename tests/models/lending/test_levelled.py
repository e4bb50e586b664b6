"""Instalments of every shape on columns: unequal periods, interest-only starts, steps, balloons, tranches, new rates."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.equal import equal_instalments, equal_principal
from models.lending.levelled import kept_level, level_of, levelled
from models.values.money import half_up

UNIT = 360_000_000
DAYS = st.lists(st.integers(1, 92), min_size=1, max_size=40)
AMOUNT, RATE = st.integers(1, 10**11), st.integers(0, 240_000)


def growth(rate_ppm, days):
    return [rate_ppm * number for number in days]


class TestEqualPeriods:
    @pytest.mark.parametrize(("annuity", "method"), [(True, equal_instalments), (False, equal_principal)])
    @given(loans=st.lists(st.tuples(AMOUNT, RATE), min_size=1, max_size=5), periods=st.integers(1, 60))
    def test_are_the_plain_methods(self, annuity, method, loans, periods):
        principal, rate = map(list, zip(*loans, strict=True))
        plain = method(principal, rate, periods)
        made = levelled(principal, np.tile(rate, (periods, 1)), periods, unit=12_000_000, annuity=annuity)
        for name in ("level", "principal", "interest", "balance"):
            assert (getattr(made, name) == getattr(plain, name)).all()


class TestUnequalPeriods:
    @given(principal=AMOUNT, rate=RATE, days=DAYS, annuity=st.booleans(), multiple=st.sampled_from([1, 100, 1000]))
    def test_repay_the_loan_with_interest_by_each_period(self, principal, rate, days, annuity, multiple):
        made = levelled(principal, growth(rate, days), len(days), unit=UNIT, annuity=annuity, multiple_fen=multiple)
        owed = principal
        for row, number in enumerate(days):
            assert made.interest[row, 0] == half_up(owed * rate * number, UNIT)
            owed -= int(made.principal[row, 0])
            assert made.balance[row, 0] == owed >= 0
        assert owed == 0
        assert made.level[0] % multiple == 0

    @given(principal=AMOUNT, rate=RATE, days=DAYS)
    def test_have_the_level_of_the_exact_rationals(self, principal, rate, days):
        exact = level_of(principal, [Fraction(rate * number, UNIT) for number in days])
        assert levelled(principal, growth(rate, days), len(days), unit=UNIT).level[0] == half_up(
            *exact.as_integer_ratio()
        )

    @given(principal=st.integers(10**8, 10**11), rate=RATE, days=DAYS)
    def test_end_with_a_payment_near_the_others(self, principal, rate, days):
        made = levelled(principal, growth(rate, days), len(days), unit=UNIT)
        assert abs(int(made.payment[-1, 0] - made.level[0])) <= 2 * len(days)


class TestAnInterestOnlyStart:
    def test_levels_the_rest_as_a_loan_of_its_own(self):
        made = levelled(100_000_000, [43_500] * 12, 12, unit=12_000_000, weights=[0] * 3 + [1] * 9)
        rest = equal_instalments(100_000_000, 43_500, 9)
        assert not made.principal[:3].any()
        assert made.interest[:3, 0].tolist() == [362_500] * 3
        assert (made.payment[3:] == rest.payment).all()
        assert made.level[0] == rest.level[0]


class TestSteps:
    @given(principal=st.integers(10**8, 10**11), rate=RATE, share=st.integers(90, 300))
    def test_pay_the_share_of_the_plain_instalment(self, principal, rate, share):
        made = levelled(principal, [rate] * 24, 24, unit=12_000_000, weights=[100] * 12 + [share] * 12, plain=100)
        later = half_up(int(made.level[0]) * share, 100)
        assert (made.payment[:12, 0] == made.level[0]).all()
        assert (made.payment[12:23, 0] == later).all()
        assert abs(int(made.payment[23, 0]) - later) <= 60

    def test_of_equal_principal_share_the_principal(self):
        made = levelled(3_000_000, [0] * 2, 2, unit=12_000_000, annuity=False, weights=[100, 200], plain=100)
        assert made.principal[:, 0].tolist() == [1_000_000, 2_000_000]


class TestABalloon:
    def test_is_what_the_longer_plan_would_still_owe(self):
        long = equal_instalments(100_000_000, 49_000, 240)
        made = levelled(100_000_000, [49_000] * 240, 36, unit=12_000_000)
        assert (made.payment[:35] == long.payment[:35]).all()
        assert made.payment[35, 0] == long.payment[35, 0] + long.balance[35, 0]


class TestATranche:
    def test_bears_interest_from_its_day_and_is_levelled_with_the_rest(self):
        numbers = 50_000_000 * 43_500 * 20
        joins = {1: (np.array([50_000_000]), np.array([numbers]))}
        made = levelled(100_000_000, growth(43_500, [30] * 12), 12, unit=UNIT, joins=joins)
        assert made.principal.sum() == 150_000_000
        owed = int(made.balance[0, 0])
        assert made.interest[1, 0] == half_up(owed * 43_500 * 30 + numbers, UNIT)
        assert made.payment[0, 0] == made.level[0] < made.payment[1, 0]
        assert np.ptp(made.payment[1:11]) == 0
        assert abs(int(made.payment[11, 0] - made.payment[10, 0])) <= 12


class TestANewRate:
    def test_is_not_foreseen_and_levels_the_rest_from_its_row_on(self):
        rows = [60_000] * 6 + [30_000] * 6
        made = levelled(100_000_000, rows, 12, unit=12_000_000, again={0: [60_000] * 12, 6: [30_000] * 6})
        plain = equal_instalments(100_000_000, 60_000, 12)
        rest = equal_instalments(int(plain.balance[5, 0]), 30_000, 6)
        assert (made.payment[:6] == plain.payment[:6]).all()
        assert (made.payment[6:] == rest.payment).all()


class TestAKeptInstalment:
    @given(principal=st.integers(10**6, 10**10), rate=RATE, level=st.integers(10**5, 10**9))
    def test_shortens_the_term_and_repays_everything(self, principal, rate, level):
        made = kept_level(principal, level, [rate] * 60, unit=12_000_000)
        assert made.principal.sum() == principal
        assert made.balance[-1, 0] == 0
        assert (made.payment[:-1, 0] == level).all() or level <= half_up(principal * rate, 12_000_000)


class TestRowsThatDoNotFit:
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"periods": 4}, ValueError),
            ({"periods": 0}, ValueError),
            ({"weights": [1, 1]}, ValueError),
            ({"weights": [1, -1, 1]}, ValueError),
            ({"growth": [1, -1, 1]}, ValueError),
            ({"growth": [0.1, 0.1, 0.1]}, TypeError),
            ({"again": {1: [1]}}, ValueError),
            ({"principal_fen": 2**61}, OverflowError),
        ],
    )
    def test_are_refused(self, change, error):
        with pytest.raises(error):
            levelled(**({"principal_fen": 1000, "growth": [43_500] * 3, "periods": 3, "unit": 12_000_000} | change))
