"""What is set aside by class, and whether it is enough (CLS-12 to CLS-14, EX-27 to EX-29)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.ageing import CLASSES, FiveClass
from models.values.money import Money, half_up
from models.values.rate import Rate
from scoring.provisions import adequacy, by_class, general, moved, shares_of_loans

BALANCES = {
    FiveClass.NORMAL: Money.yuan("198450000.00"),
    FiveClass.SPECIAL_MENTION: Money.yuan("11250000.00"),
    FiveClass.SUBSTANDARD: Money.yuan("4180000.00"),
    FiveClass.DOUBTFUL: Money.yuan("1960000.00"),
    FiveClass.LOSS: Money.yuan("340000.00"),
}
A = dict(zip(FiveClass, map(Rate.of, ("0", "0.02", "0.25", "0.50", "1.00")), strict=True))
B = dict(zip(FiveClass, map(Rate.of, ("0.015", "0.03", "0.30", "0.60", "1.00")), strict=True))


def yuan(*amounts):
    return [Money.yuan(amount) for amount in amounts]


class TestPresetA:
    def test_ex_27_is_one_per_cent_of_all_and_a_share_by_class(self):
        special = by_class(BALANCES, A)
        assert list(special.values()) == yuan("0.00", "225000.00", "1045000.00", "980000.00", "340000.00")
        whole = general(BALANCES, Rate.of("0.01"))
        assert whole == Money.yuan("2161800.00")
        assert whole.fen + sum(one.fen for one in special.values()) == Money.yuan("4751800.00").fen

    def test_may_have_its_two_middle_ratios_moved(self):
        ratios = moved(A, {FiveClass.SUBSTANDARD: Rate.of("0.20"), FiveClass.DOUBTFUL: Rate.of("-0.20")})
        assert [ratios[one] for one in FiveClass] == list(map(Rate.of, ("0", "0.02", "0.30", "0.40", "1.00")))


class TestPresetB:
    def test_ex_28_is_a_risk_coefficient_by_class(self):
        found = by_class(BALANCES, B)
        assert list(found.values()) == yuan("2976750.00", "337500.00", "1254000.00", "1176000.00", "340000.00")
        assert sum(one.fen for one in found.values()) == Money.yuan("6084250.00").fen


class TestLoanByLoan:
    def test_gives_the_examples_where_a_class_is_one_loan(self):
        fen = [BALANCES[one].fen for one in CLASSES]
        assert shares_of_loans(fen, range(5), A, Rate.of("0.01")).sum() == Money.yuan("4751800.00").fen
        assert shares_of_loans(fen, range(5), B).sum() == Money.yuan("6084250.00").fen

    @given(loans=st.lists(st.tuples(st.integers(0, 2**61), st.integers(0, 4)), max_size=8))
    def test_rounds_once_a_loan_half_up_however_large_it_is(self, loans):
        found = shares_of_loans([fen for fen, _ in loans], [rank for _, rank in loans], B)
        assert found.tolist() == [half_up(fen * B[CLASSES[rank]].ppm, 1_000_000) for fen, rank in loans]


class TestAdequacy:
    def test_ex_29_asks_for_the_higher_of_two_standards(self):
        found = adequacy(
            Money.yuan("6450000.00"),
            loans=Money.yuan("216180000.00"),
            non_performing=Money.yuan("6480000.00"),
            ratio_min=Rate.of("0.025"),
            coverage_min=Rate.of("1.50"),
        )
        assert round(float(found.provision_ratio or 0), 4) == 0.0298
        assert round(float(found.coverage or 0), 4) == 0.9954
        assert (found.required, found.shortfall) == tuple(yuan("9720000.00", "3270000.00"))

    @pytest.mark.parametrize(("reserves", "shortfall"), [("10", "0"), ("2.50", "0"), ("2.49", "0.01")])
    def test_without_bad_loans_is_the_ratio_alone(self, reserves, shortfall):
        found = adequacy(
            Money.yuan(reserves), loans=Money.yuan(100), non_performing=Money(0), ratio_min=Rate.of("0.025"),
            coverage_min=Rate.of("1.50"),
        )  # fmt: skip
        assert (found.coverage, found.shortfall) == (None, Money.yuan(shortfall))
        assert found.provision_ratio == Fraction(Money.yuan(reserves).fen, 10_000)
