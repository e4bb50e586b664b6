"""Which due a payment settles first (LOAN-21)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.allocation import LEGAL_ORDER, Due, DueKind, OrderNotValid, allocate

DAY = date(2025, 6, 20)
DUES = st.lists(
    st.builds(
        Due,
        instalment=st.integers(1, 5),
        kind=st.sampled_from(DueKind),
        due_on=st.dates(date(2025, 1, 1), date(2025, 12, 31)),
        amount_fen=st.integers(0, 10**10),
    ),
    max_size=12,
)


class TestAllocatingAPayment:
    def test_ex_20_costs_then_interest_of_all_kinds_then_principal(self):
        owed = {
            DueKind.PRINCIPAL: 200_000_000,
            DueKind.INTEREST: 4_919_444,
            DueKind.PENALTY: 1_475_833,
            DueKind.COMPOUND: 31_577,
            DueKind.COSTS: 120_000,
        }
        made = allocate(6_000_000, [Due(1, kind, DAY, fen) for kind, fen in owed.items()], order=LEGAL_ORDER)
        assert {str(kind): made.paid_fen(kind) for kind in DueKind} == {
            "costs": 120_000,
            "compound_interest": 31_577,
            "penalty_interest": 1_475_833,
            "interest": 4_372_590,
            "principal": 0,
        }
        assert made.surplus_fen == 0
        assert made.settled[-1].left_fen == 4_919_444 - 4_372_590

    def test_settles_the_oldest_first_inside_each_kind(self):
        dues = [
            Due(3, DueKind.INTEREST, date(2025, 9, 21), 10),
            Due(2, DueKind.PRINCIPAL, date(2025, 6, 21), 100),
            Due(2, DueKind.INTEREST, date(2025, 6, 21), 10),
            Due(1, DueKind.PRINCIPAL, date(2025, 6, 21), 100),
        ]
        made = allocate(130, dues, order=LEGAL_ORDER)
        assert [(part.due, part.paid_fen) for part in made.settled] == [
            (dues[2], 10), (dues[0], 10), (dues[3], 100), (dues[1], 10)
        ]  # fmt: skip

    def test_may_put_principal_first_for_bad_loans(self):
        order = (DueKind.COSTS, DueKind.PRINCIPAL, DueKind.INTEREST, DueKind.PENALTY, DueKind.COMPOUND)
        dues = [Due(1, DueKind.INTEREST, DAY, 10), Due(1, DueKind.PRINCIPAL, DAY, 100)]
        assert allocate(50, dues, order=order).paid_fen(DueKind.PRINCIPAL) == 50

    def test_hands_back_what_nobody_owes(self):
        made = allocate(50, [Due(1, DueKind.COSTS, DAY, 20)], order=LEGAL_ORDER)
        assert (made.surplus_fen, made.settled[0].left_fen) == (30, 0)
        assert allocate(50, [], order=LEGAL_ORDER).surplus_fen == 50

    @pytest.mark.parametrize("order", [LEGAL_ORDER[:4], (*LEGAL_ORDER[:4], DueKind.COSTS), (*LEGAL_ORDER, "other")])
    def test_needs_an_order_of_every_kind_once(self, order):
        with pytest.raises(OrderNotValid):
            allocate(1, [], order=order)

    @pytest.mark.parametrize("amount", [-1, 1.0, True])
    def test_refuses_amounts_that_are_none(self, amount):
        with pytest.raises(ValueError, match="a payment of"):
            allocate(amount, [], order=LEGAL_ORDER)
        with pytest.raises(ValueError, match="a due below nought"):
            allocate(1, [Due(1, DueKind.COSTS, DAY, amount)], order=LEGAL_ORDER)


@given(amount=st.integers(0, 10**11), dues=DUES, order=st.permutations(list(DueKind)))
def test_allocating_never_makes_or_loses_a_fen(amount, dues, order):
    made = allocate(amount, dues, order=order)
    assert sum(part.paid_fen for part in made.settled) + made.surplus_fen == amount
    assert made.surplus_fen == max(amount - sum(due.amount_fen for due in dues), 0)
    assert all(0 < part.paid_fen <= part.due.amount_fen for part in made.settled)


@given(amount=st.integers(0, 10**11), dues=DUES, order=st.permutations(list(DueKind)))
def test_nothing_is_settled_while_something_before_it_is_owed(amount, dues, order):
    made = allocate(amount, dues, order=order)
    assert all(part.left_fen == 0 for part in made.settled[:-1])
    places = [(order.index(part.due.kind), part.due.due_on) for part in made.settled]
    assert places == sorted(places)
