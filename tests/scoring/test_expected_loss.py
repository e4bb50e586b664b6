"""Expected credit loss of one loan: stages, years, exact factors, one rounding."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.ageing import FiveClass
from models.lending.loss_stage import LossStage, stage_of
from models.values.money import half_up
from scoring.expected_loss import Exposed, Scenario, expected_loss, loss_share, weighted, years_of

BASE = Scenario("base", 600_000, 1_000_000, 1_000_000)
DOWN = Scenario("downside", 250_000, 1_800_000, 1_200_000)
UP = Scenario("upside", 150_000, 700_000, 900_000)
LOAN = Exposed(LossStage.SECOND, 24, (100_000_00, 100_000_00), 42_000, Fraction(3, 5), 60_000)


class TestTheStage:
    @pytest.mark.parametrize(
        ("known", "stage"),
        [
            ({}, LossStage.FIRST),
            ({"days": 30}, LossStage.FIRST),
            ({"days": 31}, LossStage.SECOND),
            ({"watched": True}, LossStage.SECOND),
            ({"five_class": FiveClass.SPECIAL_MENTION}, LossStage.SECOND),
            ({"days": 90}, LossStage.SECOND),
            ({"days": 91}, LossStage.THIRD),
            ({"five_class": FiveClass.SUBSTANDARD}, LossStage.THIRD),
            ({"impaired": True}, LossStage.THIRD),
        ],
    )
    def test_follows_days_class_and_watch_list(self, known, stage):
        given_ = {"days": 0, "five_class": FiveClass.NORMAL, "watched": False, "impaired": False} | known
        assert stage_of(**given_, second_days=30, third_days=90) is stage


class TestTheLoss:
    def test_of_the_first_stage_is_that_of_one_year(self):
        """10 million fen x 4.2% x 60% / 1.06."""
        assert expected_loss(replace(LOAN, stage=LossStage.FIRST), BASE) == half_up(252_000 * 100, 106)

    def test_of_the_second_stage_is_that_of_the_whole_life(self):
        first = Fraction(252_000 * 100, 106)
        second = first * Fraction(958_000, 1_000_000) * Fraction(100, 106)
        whole = first + second
        assert expected_loss(LOAN, BASE) == half_up(whole.numerator, whole.denominator)

    def test_of_the_third_stage_is_the_loss_share_of_what_is_owed(self):
        assert expected_loss(replace(LOAN, stage=LossStage.THIRD), BASE) == 60_000_00
        assert expected_loss(replace(LOAN, stage=LossStage.THIRD), DOWN) == 72_000_00

    def test_of_half_a_year_is_half_a_year_s_chance(self):
        half = replace(LOAN, stage=LossStage.FIRST, months=6, exposures=(100_000_00,))
        assert expected_loss(half, BASE) == half_up(126_000 * 100, 103)

    def test_never_passes_what_is_owed_however_bad_the_scenario(self):
        worst = Scenario("worst", 1_000_000, 100_000_000, 100_000_000)
        for stage in LossStage:
            assert 0 < expected_loss(replace(LOAN, stage=stage), worst) <= 100_000_00

    @pytest.mark.parametrize(("months", "years"), [(29, (12, 12, 5)), (12, (12,)), (0, (1,)), (13, (12, 1))])
    def test_cuts_the_life_left_into_years(self, months, years):
        assert years_of(months) == years

    def test_wants_an_exposure_for_each_year(self):
        with pytest.raises(ValueError, match="exposures"):
            expected_loss(replace(LOAN, exposures=(1,)), BASE)

    @given(
        months=st.integers(1, 60),
        owed=st.integers(0, 10**12),
        default=st.integers(0, 1_000_000),
        rate=st.integers(0, 240_000),
        share=st.fractions(0, 1, max_denominator=1000),
    )
    def test_rises_with_the_stage_and_is_the_plain_sum(self, months, owed, default, rate, share):
        years = years_of(months)
        loan = Exposed(LossStage.SECOND, months, (owed,) * len(years), default, share, rate)
        first, second, third = (expected_loss(replace(loan, stage=stage), BASE) for stage in LossStage)
        assert 0 <= first <= second <= third
        survived, discount, plain = Fraction(1), Fraction(1), Fraction(0)
        for length in years:
            chance = Fraction(default * length, 12_000_000)
            discount /= 1 + Fraction(rate * length, 12_000_000)
            plain += survived * chance * discount * owed * share
            survived *= 1 - chance
        assert second == half_up(plain.numerator, plain.denominator)


class TestTheLossShare:
    def test_is_split_between_guarantor_pledge_and_the_rest(self):
        """80% at 10%, 5% of the exposure pledged at 40%, 15% at 60%: 8% + 2% + 9%."""
        found = loss_share(
            guaranteed_ppm=800_000, pledged_fen=5, exposure_fen=100, on_guaranteed=100_000, on_pledged=400_000,
            on_rest=600_000,
        )  # fmt: skip
        assert found == Fraction(19, 100)

    def test_takes_no_more_of_a_pledge_than_the_guarantor_leaves(self):
        found = loss_share(
            guaranteed_ppm=800_000, pledged_fen=1_000, exposure_fen=100, on_guaranteed=0, on_pledged=500_000,
            on_rest=1_000_000,
        )  # fmt: skip
        assert found == Fraction(1, 10)

    def test_of_a_loan_without_exposure_is_known_too(self):
        assert loss_share(
            guaranteed_ppm=0, pledged_fen=5, exposure_fen=0, on_guaranteed=0, on_pledged=0, on_rest=600_000
        ) == Fraction(3, 5)


def test_scenarios_are_weighted_and_rounded_once():
    assert weighted({"base": 101, "downside": 200, "upside": 51}, [BASE, DOWN, UP]) == half_up(118_25, 100)
