"""Days past due, class floors and non-accrual (CLS-01 to CLS-08, CLS-16)."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.ageing import (
    CLASSES,
    AgeingRules,
    Circumstances,
    FiveClass,
    days_past_due,
    days_past_due_columns,
    floor_by_days,
    floor_by_days_columns,
    floor_of,
    non_accrual,
    non_accrual_columns,
    worst,
)

RULES = AgeingRules(
    technical_days=7,
    substandard_days=90,
    doubtful_days=270,
    loss_days=360,
    nonaccrual_days=90,
    doubtful_loss_share_ppm=500_000,
    loss_loss_share_ppm=900_000,
    cross_bank_share_ppm=200_000,
    cross_own_share_ppm=100_000,
)
ON = date(2025, 8, 5)


class TestDaysPastDue:
    @pytest.mark.parametrize(
        ("oldest", "days"), [(None, 0), (date(2025, 6, 20), 46), (ON, 0), (date(2025, 8, 4), 1), (date(2025, 9, 1), 0)]
    )
    def test_count_from_the_oldest_unpaid_due_day(self, oldest, days):
        assert days_past_due(oldest, ON) == days
        column = days_past_due_columns([0 if oldest is None else oldest.toordinal()], ON)
        assert column.tolist() == [days]


class TestTheClassFloor:
    def test_ex_26_ninety_one_days_are_substandard(self):
        known = Circumstances(days=91, debts_over_90=Fraction(0), own_non_performing=Fraction(0))
        floor = floor_of(known, RULES)
        assert (floor.five_class, floor.reasons) == (FiveClass.SUBSTANDARD, ("days_past_due",))

    @pytest.mark.parametrize(
        ("days", "five_class"),
        [
            (0, "normal"),
            (7, "normal"),
            (8, "special_mention"),
            (90, "special_mention"),
            (91, "substandard"),
            (270, "substandard"),
            (271, "doubtful"),
            (360, "doubtful"),
            (361, "loss"),
        ],
    )
    def test_by_days_does_not_fall_before_the_limit_is_passed(self, days, five_class):
        """NUM-06: over 90 does not include 90."""
        assert floor_by_days(days, RULES) == five_class

    @given(days=st.lists(st.integers(0, 500), max_size=20))
    def test_by_days_is_the_same_on_columns(self, days):
        ranks = floor_by_days_columns(days, RULES)
        assert [CLASSES[rank] for rank in ranks] == [floor_by_days(number, RULES) for number in days]

    @pytest.mark.parametrize(
        ("known", "five_class"),
        [
            ({}, "normal"),
            ({"diverted": True}, "special_mention"),
            ({"repaid_by_new_borrowing": True}, "special_mention"),
            ({"bad_debt_elsewhere": True}, "special_mention"),
            ({"credit_impaired": True}, "substandard"),
            ({"debts_over_90": Fraction(1, 5)}, "normal"),
            ({"debts_over_90": Fraction(200_001, 1_000_000)}, "substandard"),
            ({"own_non_performing": Fraction(1, 10)}, "normal"),
            ({"own_non_performing": Fraction(11, 100)}, "substandard"),
            ({"own_non_performing": Fraction(11, 100), "retail": True}, "normal"),
            ({"evades_debts": True}, "doubtful"),
            ({"expected_loss": Fraction(1, 2)}, "normal"),
            ({"expected_loss": Fraction(1, 2), "credit_impaired": True}, "doubtful"),
            ({"expected_loss": Fraction(9, 10)}, "loss"),
            ({"bankrupt": True, "days": 100}, "loss"),
        ],
    )
    def test_is_the_worst_that_any_circumstance_asks_for(self, known, five_class):
        assert floor_of(Circumstances(**known), RULES).five_class == five_class

    def test_names_every_circumstance_that_forces_it(self):
        floor = floor_of(Circumstances(days=30, diverted=True), RULES)
        assert floor.reasons == ("days_past_due", "diverted")

    def test_may_be_undercut_by_the_analyst_but_not_lifted(self):
        """CLS-08"""
        assert worst(FiveClass.SUBSTANDARD, FiveClass.NORMAL) is FiveClass.SUBSTANDARD
        assert worst(FiveClass.SUBSTANDARD, FiveClass.LOSS) is FiveClass.LOSS

    def test_calls_the_last_three_classes_non_performing(self):
        """CLS-01"""
        assert [five_class.non_performing for five_class in CLASSES] == [False, False, True, True, True]
        assert [five_class.rank for five_class in CLASSES] == [0, 1, 2, 3, 4]

    @pytest.mark.parametrize("changes", [{"technical_days": 90}, {"loss_days": 270}, {"technical_days": -1}])
    def test_needs_days_that_rise(self, changes):
        with pytest.raises(ValueError, match="do not rise"):
            replace(RULES, **changes)


class TestNonAccrual:
    @pytest.mark.parametrize(
        ("days", "five_class", "stopped"),
        [
            (0, FiveClass.NORMAL, False),
            (90, FiveClass.SPECIAL_MENTION, False),
            (91, FiveClass.SPECIAL_MENTION, True),
            (0, FiveClass.SUBSTANDARD, True),
        ],
    )
    def test_begins_over_ninety_days_or_at_substandard(self, days, five_class, stopped):
        """CLS-16"""
        assert non_accrual(days, five_class, RULES) is stopped
        assert non_accrual_columns([days], [five_class.rank], RULES).tolist() == [stopped]
