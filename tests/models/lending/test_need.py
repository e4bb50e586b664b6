"""The need for working capital by the annex's formula (LOAN-04, LOAN-05)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.need import Days, YearEnd, days_of, margin_of, measure, turnover_days
from models.values.money import ZERO, Money

UNIT = Money.yuan(10_000)


def days(stock: int, receivable: int, payable: int, prepaid: int, advance: int) -> Days:
    return Days(
        stock=Fraction(stock),
        receivable=Fraction(receivable),
        payable=Fraction(payable),
        prepaid=Fraction(prepaid),
        advance=Fraction(advance),
    )


class TestTheNeed:
    def test_follows_the_worked_example(self):
        """EX-21 of the rulebook."""
        found = measure(
            revenue=Money.yuan(36_000_000),
            margin=Fraction(12, 100),
            growth=Fraction(20, 100),
            days=days(75, 90, 60, 15, 10),
            own_funds=Money.yuan(4_200_000),
            existing_loans=Money.yuan(3_000_000),
            other_sources=Money.yuan(500_000),
            unit=UNIT,
        )
        assert found.turns is not None
        assert f"{float(found.turns):.4f}" == "3.2727"
        assert found.need == Money.yuan(11_616_000)
        assert found.room == Money.yuan(3_916_000)
        assert found.ceiling == Money.yuan(3_910_000)

    @pytest.mark.parametrize("bound", [days(10, 10, 30, 0, 0), days(10, 10, 20, 0, 0)])
    def test_is_nought_where_others_finance_the_business(self, bound):
        found = measure(
            revenue=Money.yuan(36_000_000),
            margin=Fraction(0),
            growth=Fraction(0),
            days=bound,
            own_funds=ZERO,
            existing_loans=ZERO,
            other_sources=ZERO,
            unit=UNIT,
        )
        assert (found.turns, found.need, found.ceiling) == (None, ZERO, ZERO)

    @given(
        revenue=st.integers(1, 10**13),
        cycle=st.integers(1, 720),
        own=st.integers(0, 10**13),
        loans=st.integers(0, 10**13),
    )
    def test_never_lends_more_than_it_leaves_open_nor_a_part_of_a_unit(self, revenue, cycle, own, loans):
        found = measure(
            revenue=Money(revenue),
            margin=Fraction(1, 10),
            growth=Fraction(1, 7),
            days=days(cycle, 0, 0, 0, 0),
            own_funds=Money(own),
            existing_loans=Money(loans),
            other_sources=ZERO,
            unit=UNIT,
        )
        assert found.room == found.need - Money(own) - Money(loans)
        assert found.ceiling.fen % UNIT.fen == 0
        if found.room <= ZERO:
            assert found.ceiling == ZERO
        else:
            assert ZERO <= found.room - found.ceiling < UNIT


class TestTurnoverDays:
    def test_are_counted_over_the_average_of_two_balances(self):
        assert turnover_days(80, 120, 720) == 50

    def test_measure_sales_on_revenue_and_purchases_on_cost(self):
        given_year = {"profit": 0, "receivables": 100, "stock": 100, "prepaid": 100, "payables": 100, "advances": 100}
        year = YearEnd(revenue=3600, cost=1800, **given_year)
        found = days_of(year, year)
        assert (found.receivable, found.advance) == (10, 10)
        assert (found.stock, found.prepaid, found.payable) == (20, 20, 20)

    def test_have_no_end_where_stock_stands_and_nothing_is_sold(self):
        with pytest.raises(ZeroDivisionError):
            turnover_days(0, 1, 0)

    def test_are_nought_where_nothing_stands(self):
        assert turnover_days(0, 0, 0) == 0

    def test_leave_the_margin_as_profit_over_revenue(self):
        year = YearEnd(revenue=800, cost=0, profit=-100, receivables=0, stock=0, prepaid=0, payables=0, advances=0)
        assert margin_of(year) == Fraction(-1, 8)
