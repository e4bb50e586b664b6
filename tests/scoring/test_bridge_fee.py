"""The re-lending fund's arithmetic, with the rulebook's examples EX-31 to EX-34."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bridge import BridgeBound
from models.policies.pilot import pilot_rules
from models.policies.rules import BridgeRules
from models.values.money import ZERO, Money, half_up
from models.values.rate import Rate
from scoring import bridge_fee

RULES = next(rules for rules in pilot_rules() if isinstance(rules, BridgeRules))


def yuan(text: str | int) -> Money:
    return Money.yuan(text)


def places(ratio: Fraction, number: int) -> int:
    """A ratio to so many places, as a whole number of the last one."""
    return half_up(ratio.numerator * 10**number, ratio.denominator)


def the_ceiling(**changes):
    given = {
        "committed": yuan(9_000_000), "principal_due": yuan(9_500_000), "own_funds": yuan(800_000),
        "available": yuan(20_000_000),
    }  # fmt: skip
    return bridge_fee.ceiling(**(given | changes), rules=RULES)


class TestTheCeiling:
    def test_is_the_share_of_the_renewal_where_that_is_least(self):  # EX-32
        ceiling = the_ceiling()
        assert (ceiling.amount, ceiling.binding) == (yuan(8_550_000), BridgeBound.RATIO)

    @pytest.mark.parametrize(
        ("changes", "amount", "binding"),
        [
            ({"own_funds": yuan(1_000_000)}, yuan(8_500_000), BridgeBound.NEED),
            ({"available": yuan(8_000_000)}, yuan(8_000_000), BridgeBound.FUND),
            ({"committed": yuan(20_000_000), "principal_due": yuan(19_000_000)}, yuan(10_000_000), BridgeBound.CAP),
            ({"own_funds": yuan(9_600_000)}, ZERO, BridgeBound.NEED),
        ],
    )
    def test_names_what_binds_it(self, changes, amount, binding):
        ceiling = the_ceiling(**changes)
        assert (ceiling.amount, ceiling.binding) == (amount, binding)

    @given(
        committed=st.integers(0, 10**12),
        due=st.integers(0, 10**12),
        own=st.integers(0, 10**12),
        free=st.integers(0, 10**12),
    )
    def test_never_lies_above_any_of_its_bounds(self, committed, due, own, free):
        ceiling = the_ceiling(
            committed=Money(committed), principal_due=Money(due), own_funds=Money(own), available=Money(free)
        )
        assert all(ceiling.amount <= max(bound, ZERO) for bound in ceiling.bounds.values())


class TestTheFee:
    def test_has_two_tiers(self):  # EX-31
        fee = bridge_fee.fee(yuan(7_650_000), 8, tier_days=5, rate1=Rate.of("0.0002"), rate2=Rate.of("0.0004"))
        assert fee == yuan("16830.00")

    def test_is_for_one_day_at_least(self):
        assert bridge_fee.fee(yuan(1_000_000), 0, tier_days=5, rate1=RULES.rate1, rate2=RULES.rate2) == yuan(200)

    def test_of_a_late_bridge_is_charged_by_the_day_from_the_due_day_on(self):  # EX-33
        late = bridge_fee.overdue_charge(
            yuan(4_980_000), date(2025, 9, 12), date(2025, 9, 25), daily=RULES.overdue_daily
        )
        assert late == yuan("32370.00")

    def test_runs_to_the_due_day_and_the_overdue_charge_from_then_on(self):
        charge = bridge_fee.charge(
            yuan(1_000_000),
            paid_on=date(2025, 9, 2),
            due_on=date(2025, 9, 12),
            returned_on=date(2025, 9, 14),
            rules=RULES,
        )
        assert charge.days == 12
        assert charge.fee == yuan(3_000)
        assert charge.overdue == yuan(1_000)
        assert charge.total == yuan(4_000)

    def test_brings_no_overdue_charge_in_time(self):
        assert (
            bridge_fee.overdue_charge(yuan(1), date(2025, 9, 12), date(2025, 9, 12), daily=RULES.overdue_daily) == ZERO
        )


class TestTheTurnover:
    def test_tells_how_often_and_how_well_the_fund_was_used(self):  # EX-34
        turnover = bridge_fee.turnover(
            [(yuan(7_650_000), 8), (yuan(4_980_000), 13), (yuan(9_487_500), 4)], fund=yuan(30_000_000), period_days=92
        )
        assert places(turnover.times, 4) == 7373
        assert places(turnover.utilisation, 4) == 594
        assert places(turnover.average_days, 2) == 741

    def test_of_a_fund_that_lent_nothing_is_nought(self):
        turnover = bridge_fee.turnover([], fund=yuan(30_000_000), period_days=92)
        assert (turnover.count, turnover.times, turnover.average_days) == (0, 0, 0)
