"""How payments settle a plan of instalments, oldest first or ahead of time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.allocation import LEGAL_ORDER, DueKind, OrderNotValid
from models.lending.settling import PlannedDue, SettlingOrder, Surplus, settle

LEGAL = SettlingOrder(due=LEGAL_ORDER, ahead=LEGAL_ORDER)
FIRST = date(2025, 1, 20)


def plan(number=3):
    """So many instalments of 1,000 principal and 30 interest, 31 days apart."""
    return [
        PlannedDue(index + 1, FIRST + timedelta(days=31 * index), {DueKind.PRINCIPAL: 1000, DueKind.INTEREST: 30})
        for index in range(number)
    ]


def paid(rows):
    return [row.paid_fen for row in rows]


class TestAPaymentOnItsDay:
    def test_settles_interest_before_principal(self):
        rows = plan()
        assert settle(rows, 100, FIRST, order=LEGAL).parts == {DueKind.INTEREST: 30, DueKind.PRINCIPAL: 70}

    def test_settles_the_oldest_instalment_whole(self):
        rows = plan()
        settle(rows, 1500, FIRST + timedelta(days=40), order=LEGAL)
        assert paid(rows) == [1030, 470, 0]
        assert rows[0].settled_on == FIRST + timedelta(days=40)
        assert (rows[0].paid_late_fen, rows[1].paid_late_fen) == (1030, 470)

    def test_by_kind_settles_all_interest_first(self):
        rows = plan()
        order = SettlingOrder(due=LEGAL_ORDER, ahead=LEGAL_ORDER, by_kind=True)
        settle(rows, 100, FIRST + timedelta(days=40), order=order)
        assert paid(rows) == [70, 30, 0]


class TestASurplus:
    @pytest.mark.parametrize(
        ("surplus", "wanted"),
        [(Surplus.NEXT, [1030, 500, 0]), (Surplus.LAST, [1030, 0, 500]), (Surplus.SPREAD, [1030, 250, 250])],
    )
    def test_pays_ahead_as_agreed(self, surplus, wanted):
        rows = plan()
        settle(rows, 1530, FIRST, order=SettlingOrder(due=LEGAL_ORDER, ahead=LEGAL_ORDER, surplus=surplus))
        assert paid(rows) == wanted
        assert [row.paid_ahead_fen for row in rows] == [0, *wanted[1:]]

    def test_spread_leaves_what_rounding_leaves_to_the_last(self):
        rows = plan(4)
        settle(rows, 1030 + 200, FIRST, order=SettlingOrder(due=LEGAL_ORDER, ahead=LEGAL_ORDER, surplus=Surplus.SPREAD))
        assert paid(rows) == [1030, 67, 67, 66]

    def test_beyond_the_whole_plan_is_handed_back(self):
        rows = plan()
        split = settle(rows, 4000, FIRST, order=LEGAL)
        assert split.surplus_fen == 4000 - 3 * 1030
        assert not any(row.left_fen for row in rows)


class TestACharge:
    def test_is_owed_from_its_own_day_on(self):
        rows = plan()
        rows[0].charge(DueKind.PENALTY, 50, FIRST - timedelta(days=10))
        order = SettlingOrder(due=LEGAL_ORDER, ahead=(DueKind.PRINCIPAL,))
        assert settle(rows, 60, FIRST - timedelta(days=11), order=order).parts == {DueKind.PRINCIPAL: 60}
        assert settle(rows, 60, FIRST - timedelta(days=9), order=order).parts == {
            DueKind.PENALTY: 50,
            DueKind.PRINCIPAL: 10,
        }


class TestAnOrder:
    def test_names_no_kind_twice(self):
        with pytest.raises(OrderNotValid):
            SettlingOrder(due=(DueKind.INTEREST, DueKind.INTEREST), ahead=())

    def test_takes_no_payment_below_nought(self):
        with pytest.raises(ValueError, match="a payment of -1"):
            settle(plan(), -1, FIRST, order=LEGAL)


@given(
    payments=st.lists(st.tuples(st.integers(0, 2000), st.integers(-20, 120)), max_size=6),
    surplus=st.sampled_from(Surplus),
    by_kind=st.booleans(),
)
def test_no_fen_is_lost_and_none_paid_twice(payments, surplus, by_kind):
    rows = plan(4)
    order = SettlingOrder(due=LEGAL_ORDER, ahead=LEGAL_ORDER, surplus=surplus, by_kind=by_kind)
    splits = [settle(rows, fen, FIRST + timedelta(days=day), order=order) for fen, day in payments]
    assert sum(split.amount_fen for split in splits) == sum(paid(rows)) + sum(split.surplus_fen for split in splits)
    for split in splits:
        assert split.amount_fen == sum(split.parts.values()) + split.surplus_fen
    for row in rows:
        assert 0 <= row.paid_ahead_fen + row.paid_late_fen <= row.paid_fen <= row.due_fen
        assert all(row.open_fen(kind) >= 0 for kind in DueKind)
    if any(row.left_fen for row in rows):
        assert not any(split.surplus_fen for split in splits)
