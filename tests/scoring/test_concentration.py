"""How the first tranche is used and spread (TB-11, EX-41)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.money import ZERO, Money, total
from scoring.concentration import fund_use

TRANCHE = Money.yuan(300_000_000)
FIRST_FOUR = [Money.yuan(amount) for amount in (8_000_000, 6_500_000, 4_300_000, 3_000_000)]


class TestTheFirstTranche:
    def test_is_used_by_the_first_four_loans_as_the_rulebook_says_ex_41(self):
        use = fund_use(TRANCHE, FIRST_FOUR)
        assert (use.outstanding, use.idle) == (Money.yuan(21_800_000), Money.yuan(278_200_000))
        assert [round(float(ratio), 4) for ratio in (use.utilisation, use.largest_share, use.hhi)] == [
            0.0727,
            0.3670,
            0.2814,
        ]

    def test_lies_idle_again_by_what_was_repaid(self):
        assert fund_use(TRANCHE, FIRST_FOUR, repaid=Money.yuan(1_800_000)).idle == Money.yuan(280_000_000)

    def test_has_neither_shares_nor_use_before_anything_is_granted(self):
        use = fund_use(TRANCHE, [])
        assert (use.outstanding, use.largest_share, use.hhi) == (ZERO, 0, 0)

    def test_has_to_be_there(self):
        with pytest.raises(ValueError, match="without a tranche"):
            fund_use(ZERO, FIRST_FOUR)


@given(granted=st.lists(st.integers(1, 10**11).map(Money), min_size=1, max_size=50))
def test_the_index_lies_between_an_even_spread_and_one_loan_alone(granted):
    use = fund_use(TRANCHE, granted)
    assert Fraction(1, len(granted)) <= use.hhi <= use.largest_share <= 1
    assert use.outstanding + use.idle == TRANCHE
    assert use.outstanding == total(granted)
