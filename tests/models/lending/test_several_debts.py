"""One payment over several debts, in the order of the law where the debtor chose none (Civil Code art. 560)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.several_debts import Debt, shared_out

DAY = date(2013, 5, 1)
LATER = date(2013, 6, 1)


def served(amount, *debts, chosen=()):
    return [(share.number, share.fen) for share in shared_out(amount, debts, chosen=chosen)]


class TestTheOrder:
    def test_puts_the_debtor_s_choice_first(self):
        assert served(150, Debt("A", 100, DAY), Debt("B", 100, None), chosen=["B"]) == [("B", 100), ("A", 50)]

    def test_then_what_is_due(self):
        assert served(150, Debt("A", 100, None), Debt("B", 100, DAY)) == [("B", 100), ("A", 50)]

    def test_then_what_is_least_secured(self):
        assert served(100, Debt("A", 100, DAY, 800_000), Debt("B", 100, LATER, 0)) == [("B", 100)]

    def test_then_what_is_heaviest_for_the_debtor(self):
        assert served(100, Debt("A", 100, DAY, 0, 40_000), Debt("B", 100, LATER, 0, 60_000)) == [("B", 100)]

    def test_then_what_fell_due_first(self):
        assert served(100, Debt("A", 100, LATER), Debt("B", 100, DAY)) == [("B", 100)]

    def test_and_shares_pro_rata_what_is_equal_in_all(self):
        assert served(100, Debt("A", 200, DAY), Debt("B", 100, DAY)) == [("A", 67), ("B", 33)]


def test_what_exceeds_all_debts_stays_with_the_first():
    assert served(500, Debt("A", 100, DAY), Debt("B", 100, None)) == [("A", 400), ("B", 100)]


@pytest.mark.parametrize(
    ("amount", "debts", "chosen"),
    [(0, [Debt("A", 1, DAY)], []), (1, [], []), (1, [Debt("A", -1, DAY)], []), (1, [Debt("A", 1, DAY)], ["B"])],
)
def test_bad_input_is_refused(amount, debts, chosen):
    with pytest.raises(ValueError):
        shared_out(amount, debts, chosen=chosen)


DEBTS = st.lists(
    st.tuples(
        st.integers(0, 10**12), st.sampled_from([None, DAY, LATER]), st.sampled_from([0, 5]), st.sampled_from([1, 2])
    ),
    min_size=1,
    max_size=6,
)


@given(amount=st.integers(1, 10**13), rows=DEBTS)
def test_no_fen_is_made_or_lost_and_no_debt_is_overpaid_but_the_first(amount, rows):
    debts = [Debt(f"L{place}", *row) for place, row in enumerate(rows)]
    shares = shared_out(amount, debts)
    assert sum(share.fen for share in shares) == amount
    owed = {debt.number: debt.fen for debt in debts}
    assert sum(share.fen > owed[share.number] for share in shares) <= 1
