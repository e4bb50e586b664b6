"""From an agreement and a balance to lines: plans keep their shares, rest days keep their lines, nothing is lost."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.lending.terms import PlannedPrincipal, RepaymentMethod
from models.loan import Contract, Instalment
from models.values.calendar import CHINA, Roll
from models.values.money import ZERO, Money
from models.values.rate import Rate
from workflows.agreed_terms import plan_kept, plan_of, terms_of
from workflows.replanning import first_lines, rest_of_lines, rows_of

START, MATURITY = date(2012, 11, 7), date(2013, 11, 7)


def a_contract(
    method: RepaymentMethod,
    *,
    plan: tuple[PlannedPrincipal, ...] = (),
    start_on: date = START,
    end_on: date = MATURITY,
) -> Contract:
    """Four million at 6.15% for a year."""
    return Contract.model_validate(
        {
            "number": "TBC-2012-0001",
            "application_id": 1,
            "decision_id": 1,
            "firm_id": 1,
            "lender_of_record": "示例合作银行宁波分行",
            "amount": Money.yuan(4_000_000),
            "rate": Rate.of("0.0615"),
            "lpr": Rate.of("0.06"),
            "lpr_published": date(2012, 7, 6),
            "penalty_uplift_ppm": 500_000,
            "misuse_uplift_ppm": 1_000_000,
            "method": method,
            "plan": plan_kept(plan),
            "start_on": start_on,
            "end_on": end_on,
        }
    )


def the_rows(contract: Contract, roll: Roll = Roll.FOLLOWING) -> list[Instalment]:
    """The rows of the first plan, all paid out on the first day."""
    lines = first_lines(contract, contract.amount, on=contract.start_on, roll=lambda day: CHINA.rolled(day, roll))
    return rows_of(lines, loan_id=1, plan=1, balance=contract.amount, brought=ZERO)


class TestAPlanOfOnesOwn:
    @given(
        amounts=st.lists(st.integers(1, 10**6), min_size=1, max_size=8),
        balance=st.integers(1, 10**9),
        gone=st.integers(0, 7),
    )
    def test_repays_any_balance_on_the_days_still_to_come(self, amounts, balance, gone):
        days = [date(2013, month, 7) for month in range(1, len(amounts))] + [MATURITY]
        plan = tuple(PlannedPrincipal(day, fen) for day, fen in zip(days, amounts, strict=True))
        contract = a_contract(RepaymentMethod.FREE_FORM, plan=plan)
        on = ([START, *days[:-1]])[min(gone, len(days) - 1)]
        terms = terms_of(contract, Money(balance), on=on)
        assert sum(part.principal_fen for part in terms.plan) == balance
        assert all(part.principal_fen > 0 and part.due_on > on for part in terms.plan)
        assert plan_of(contract) == plan


class TestALineThatWaitsForABusinessDay:
    SATURDAY, SUNDAY, MONDAY = date(2013, 5, 18), date(2013, 5, 19), date(2013, 5, 20)

    def replanned(self, balance: Money) -> list[Instalment]:
        """One million was due on Saturday and is payable on Monday; on Sunday the balance becomes another one."""
        plan = (
            PlannedPrincipal(self.SATURDAY, Money.yuan(1_000_000).fen),
            PlannedPrincipal(MATURITY, Money.yuan(3_000_000).fen),
        )
        contract = a_contract(RepaymentMethod.FREE_FORM, plan=plan)
        rows = the_rows(contract)
        assert (rows[0].period_end, rows[0].payable_on) == (self.MONDAY, self.MONDAY)
        lines = rest_of_lines(contract, [], rows, balance, on=self.SUNDAY, brought=Money(777), roll=CHINA.rolled)
        return rows_of(lines, loan_id=1, plan=2, balance=balance, brought=Money(777))

    def test_takes_what_falls_first(self):
        first, last = self.replanned(Money.yuan(3_600_000))
        assert (first.due_on, first.payable_on) == (self.SATURDAY, self.MONDAY)
        assert (first.principal, last.principal) == (Money.yuan(600_000), Money.yuan(3_000_000))
        assert first.interest == Money(777) + Money.yuan(615)

    def test_leaves_the_rest_of_the_plan_what_is_left(self):
        first, last = self.replanned(Money.yuan(2_500_000))
        assert (first.principal, last.principal) == (ZERO, Money.yuan(2_500_000))
        assert last.period_start == self.MONDAY

    def test_keeps_its_own_when_more_is_drawn(self):
        first, last = self.replanned(Money.yuan(4_200_000))
        assert (first.principal, last.principal) == (Money.yuan(1_000_000), Money.yuan(3_200_000))


class TestALinePayableBeforeItsDay:
    def test_has_earned_its_interest_by_then(self):
        contract = a_contract(RepaymentMethod.EQUAL_PRINCIPAL, start_on=date(2012, 12, 31), end_on=date(2013, 12, 31))
        rows = the_rows(contract, Roll.MODIFIED)
        march = rows[2]
        assert (march.due_on, march.payable_on, march.period_end) == (date(2013, 3, 31), *[date(2013, 3, 29)] * 2)
        assert rows[3].period_start == march.period_end
        assert all(before.period_end == after.period_start for before, after in pairwise(rows))

    def test_is_not_planned_again_when_principal_falls_before_that_day(self):
        contract = a_contract(RepaymentMethod.EQUAL_PRINCIPAL, start_on=date(2012, 12, 31), end_on=date(2013, 12, 31))
        rows, on = the_rows(contract, Roll.MODIFIED), date(2013, 3, 30)
        lines = rest_of_lines(
            contract, rows[:3], rows[3:], Money.yuan(2_000_000), on=on, brought=ZERO, roll=CHINA.rolled
        )
        assert (len(lines), lines[0].due_on, lines[0].period_start) == (9, date(2013, 4, 30), on)
        assert sum(line.principal_fen for line in lines) == Money.yuan(2_000_000).fen
