"""Recorded facts put together into the circumstances that floors are made of."""

from __future__ import annotations

from fractions import Fraction

from models.lending.circumstances import Fact, TriggerKind, circumstances


def test_the_largest_share_of_a_kind_counts():
    known = circumstances([Fact(TriggerKind.CREDIT_IMPAIRED, 300_000), Fact(TriggerKind.CREDIT_IMPAIRED, 600_000)])
    assert (known.credit_impaired, known.expected_loss) == (True, Fraction(3, 5))
    assert known.debts_over_90 == 0


def test_each_restructuring_in_observation_is_counted():
    assert circumstances([Fact(TriggerKind.RESTRUCTURED)] * 2).restructured == 2


def test_nothing_known_is_nothing():
    known = circumstances([], days=3, own_non_performing=Fraction(1, 2))
    assert (known.days, known.own_non_performing, known.bankrupt, known.restructured) == (3, Fraction(1, 2), False, 0)
