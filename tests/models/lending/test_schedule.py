"""Schedules of one loan by its terms, and what is left of them later (LOAN-13 to LOAN-17, LOAN-23)."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.accrual import interest_of_days
from models.lending.schedule import Instalment, Schedule, due_days, schedule_from, schedule_of
from models.lending.terms import Frequency, PlannedPrincipal, RepaymentMethod, Terms, TermsNotValid
from models.refusals import BrokenInvariant
from models.values.calendar import CHINA, Roll, add_months
from models.values.terms import longest_extension_months, term_class


def stays(day):
    """No rolling: the dates of a contract as they are written."""
    return day


def terms(method, principal_yuan, rate_ppm, start, maturity, **more):
    return Terms(
        principal_fen=principal_yuan * 100,
        rate_ppm=rate_ppm,
        start=start,
        maturity=maturity,
        method=method,
        day_basis=360,
        **more,
    )


QUARTERLY = {"settle_day": 20, "settle_freq": Frequency.QUARTER}


class TestTheWorkedExamples:
    def test_ex_13_equal_instalments(self):
        start = date(2025, 1, 15)
        made = schedule_of(
            terms(RepaymentMethod.EQUAL_INSTALMENTS, 3_000_000, 42_000, start, add_months(start, 24)), roll=stays
        )
        assert len(made) == 24
        assert made[0].payment_fen == 13_054_199
        assert (made[0].interest_fen, made[0].principal_fen) == (1_050_000, 12_004_199)
        assert made[-1].payment_fen == 13_054_187
        assert made.total_interest_fen == 13_300_764
        assert made[11].balance_after_fen == 153_144_035

    def test_ex_14_equal_principal(self):
        start = date(2025, 1, 15)
        made = schedule_of(
            terms(RepaymentMethod.EQUAL_PRINCIPAL, 1_000_000, 43_500, start, add_months(start, 36)), roll=stays
        )
        assert made[0].principal_fen == 2_777_778
        assert [made[0].payment_fen, made[1].payment_fen, made[-1].payment_fen] == [3_140_278, 3_130_209, 2_787_839]
        assert made.total_interest_fen == 6_706_250

    def test_ex_15_quarterly_interest_and_principal_at_maturity(self):
        made = schedule_of(
            terms(RepaymentMethod.INTEREST_FIRST, 5_000_000, 36_000, date(2025, 2, 10), date(2026, 2, 10), **QUARTERLY),
            roll=stays,
        )
        # The settlement day counts as a day of interest and the interest falls due the day after it.
        settled = [line.due_on - timedelta(days=1) for line in made[:-1]] + [made[-1].due_on]
        days = [(line.period_end - line.period_start).days for line in made]
        assert list(zip(settled, days, [line.interest_fen for line in made], strict=True)) == [
            (date(2025, 3, 20), 39, 1_950_000),
            (date(2025, 6, 20), 92, 4_600_000),
            (date(2025, 9, 20), 92, 4_600_000),
            (date(2025, 12, 20), 91, 4_550_000),
            (date(2026, 2, 10), 51, 2_550_000),
        ]
        assert made.total_interest_fen == 18_250_000
        assert [line.principal_fen for line in made] == [0, 0, 0, 0, 500_000_000]

    def test_ex_16_all_at_maturity(self):
        made = schedule_of(
            terms(RepaymentMethod.BULLET, 800_000, 34_500, date(2025, 4, 30), date(2025, 10, 31)), roll=stays
        )
        (line,) = made
        assert (line.period_end - line.period_start).days == 184
        assert (line.interest_fen, line.payment_fen) == (1_410_667, 81_410_667)

    def test_ex_22_the_longest_extension_gives_a_schedule_from_the_day_it_is_granted(self):
        assert (term_class(36), longest_extension_months(36)) == ("medium", 18)
        old = terms(
            RepaymentMethod.INTEREST_FIRST, 5_000_000, 36_000, date(2025, 2, 10), date(2028, 2, 10), **QUARTERLY
        )
        extended = replace(old, maturity=add_months(old.maturity, 18))
        made = schedule_from(extended, balance_fen=400_000_000, on=date(2028, 1, 10), roll=stays)
        assert made[-1].due_on == date(2029, 8, 10)

    def test_ex_23_a_due_day_in_the_holidays_is_payable_after_them(self):
        bullet = terms(RepaymentMethod.BULLET, 800_000, 34_500, date(2025, 4, 1), date(2025, 10, 1))
        (line,) = schedule_of(bullet, roll=CHINA.rolled)
        assert (line.due_on, line.payable_on) == (date(2025, 10, 1), date(2025, 10, 9))
        # Interest runs to the actual day, without penalty (LOAN-23).
        assert line.period_end == line.payable_on
        assert line.interest_fen == interest_of_days(80_000_000, 34_500, 183 + 8, day_basis=360)


class TestRollingADueDay:
    def test_leaves_interest_in_months_and_settlement_days_as_they_are(self):
        start = date(2025, 7, 1)
        level = terms(RepaymentMethod.EQUAL_INSTALMENTS, 90_000, 43_500, start, date(2025, 11, 1))
        rolled, written = schedule_of(level, roll=CHINA.rolled), schedule_of(level, roll=stays)
        assert [line.payable_on for line in rolled][2] == date(2025, 10, 9)
        assert [(a.payment_fen, a.period_end) for a in rolled] == [(b.payment_fen, b.period_end) for b in written]
        interest = terms(RepaymentMethod.INTEREST_FIRST, 90_000, 43_500, start, date(2026, 7, 1), **QUARTERLY)
        first = schedule_of(interest, roll=CHINA.rolled)[0]  # 21 September 2025 was a Sunday
        assert (first.period_end, first.payable_on) == (date(2025, 9, 21), date(2025, 9, 22))

    def test_keeps_a_repayment_moved_past_a_settlement_in_order(self):
        plan = (PlannedPrincipal(date(2026, 2, 16), 4_000_000), PlannedPrincipal(date(2026, 6, 30), 5_000_000))
        free = terms(
            RepaymentMethod.FREE_FORM, 90_000, 36_000, date(2026, 1, 5), date(2026, 6, 30),
            plan=plan, settle_day=20, settle_freq=Frequency.MONTH,
        )  # fmt: skip
        made = schedule_of(free, roll=CHINA.rolled)
        assert [(line.due_on, line.period_end) for line in made[:3]] == [
            (date(2026, 1, 21), date(2026, 1, 21)),
            (date(2026, 2, 21), date(2026, 2, 21)),
            (date(2026, 2, 16), date(2026, 2, 24)),  # Spring Festival
        ]

    def test_drops_a_settlement_after_a_last_day_moved_forward(self):
        short = terms(
            RepaymentMethod.INTEREST_FIRST, 90_000, 36_000, date(2026, 3, 2), date(2026, 5, 31),
            settle_day=29, settle_freq=Frequency.MONTH,
        )  # fmt: skip
        made = schedule_of(short, roll=lambda day: CHINA.rolled(day, Roll.MODIFIED))
        assert [line.due_on for line in made] == [date(2026, 3, 30), date(2026, 4, 30), date(2026, 5, 31)]
        assert made[-1].period_end == date(2026, 5, 29)


class TestSettlingInterest:
    def test_on_the_last_days_of_months_follows_their_length(self):
        monthly = terms(
            RepaymentMethod.INTEREST_FIRST, 10_000, 36_000, date(2026, 1, 10), date(2026, 5, 10),
            settle_day=31, settle_freq=Frequency.MONTH,
        )  # fmt: skip
        assert due_days(monthly) == (
            date(2026, 2, 1),
            date(2026, 3, 1),
            date(2026, 4, 1),
            date(2026, 5, 1),
            date(2026, 5, 10),
        )

    def test_merges_with_maturity_on_the_same_day(self):
        same = terms(RepaymentMethod.INTEREST_FIRST, 10_000, 36_000, date(2025, 3, 21), date(2025, 6, 21), **QUARTERLY)
        (line,) = schedule_of(same, roll=stays)
        assert line.interest_fen == interest_of_days(1_000_000, 36_000, 92, day_basis=360)

    def test_of_a_chinese_peer_comes_out_alike(self):
        """利随本清 with monthly interest by actual days: 5425.00, 5425.00, 5250.00."""
        peer = terms(
            RepaymentMethod.INTEREST_FIRST, 1_000_000, 63_000, date(2022, 7, 15), date(2022, 10, 15),
            settle_day=14, settle_freq=Frequency.MONTH,
        )  # fmt: skip
        assert [line.interest_fen for line in schedule_of(peer, roll=stays)] == [542_500, 542_500, 525_000]


class TestAFreeFormPlan:
    PLAN = (PlannedPrincipal(date(2025, 6, 30), 200_000_00), PlannedPrincipal(date(2025, 12, 31), 800_000_00))
    FREE = terms(RepaymentMethod.FREE_FORM, 1_000_000, 36_000, date(2025, 3, 31), date(2025, 12, 31), plan=PLAN)

    def test_pays_interest_with_each_principal(self):
        first, second = schedule_of(self.FREE, roll=stays)
        assert (first.principal_fen, first.interest_fen) == (20_000_000, 910_000)  # 1,000,000 for 91 days
        assert (second.principal_fen, second.interest_fen) == (80_000_000, 1_472_000)  # 800,000 for 184 days

    def test_may_settle_interest_in_between(self):
        made = schedule_of(replace(self.FREE, **QUARTERLY), roll=stays)
        assert [line.due_on for line in made] == [
            date(2025, 6, 21), date(2025, 6, 30), date(2025, 9, 21), date(2025, 12, 21), date(2025, 12, 31)
        ]  # fmt: skip
        assert made.total_interest_fen == 910_000 + 1_472_000

    def test_is_asked_for_a_new_plan_when_the_balance_changes(self):
        with pytest.raises(TermsNotValid) as refused:
            schedule_from(self.FREE, balance_fen=70_000_000, on=date(2025, 7, 1), roll=stays)
        assert (refused.value.field, refused.value.reason) == ("plan", "does not repay the balance")


class TestAScheduleMadeAgain:
    LEVEL = terms(RepaymentMethod.EQUAL_INSTALMENTS, 3_000_000, 42_000, date(2025, 1, 15), date(2027, 1, 15))

    @pytest.mark.parametrize(
        "loan",
        [
            LEVEL,
            replace(LEVEL, method=RepaymentMethod.INTEREST_FIRST, **QUARTERLY),
        ],
    )
    def test_from_an_untouched_balance_on_a_due_day_goes_on_as_before(self, loan):
        whole = schedule_of(loan, roll=stays)
        for line in whole[:-1]:
            rest = schedule_from(loan, balance_fen=line.balance_after_fen, on=line.due_on, roll=stays)
            later = [(a.number, a.due_on, a.period_start, a.period_end) for a in whole[line.number :]]
            assert [(a.number, a.due_on, a.period_start, a.period_end) for a in rest] == later
            drift = [a.payment_fen - b.payment_fen for a, b in zip(rest, whole[line.number :], strict=True)]
            assert max(map(abs, drift)) <= 24

    def test_after_a_second_drawing_counts_the_days_of_the_begun_period(self):
        on = date(2025, 3, 1)
        so_far = interest_of_days(276_000_000, 42_000, 14, day_basis=360)
        made = schedule_from(self.LEVEL, balance_fen=376_000_000, on=on, roll=stays, interest_so_far_fen=so_far)
        assert (made[0].number, made[0].period_start, made[0].due_on) == (2, on, date(2025, 3, 15))
        assert made[0].interest_fen == so_far + interest_of_days(376_000_000, 42_000, 14, day_basis=360)
        assert len(made) == 23
        assert sum(line.principal_fen for line in made) == 376_000_000

    def test_may_be_given_a_new_rate_and_numbers_of_its_own(self):
        made = schedule_from(
            replace(self.LEVEL, rate_ppm=0), balance_fen=120_000, on=date(2026, 1, 15), roll=stays, number=40
        )
        assert [line.payment_fen for line in made] == [10_000] * 12
        assert [line.number for line in made] == list(range(40, 52))

    @pytest.mark.parametrize(
        ("arguments", "field"),
        [
            ({"balance_fen": 0}, "balance_fen"),
            ({"balance_fen": 1.0}, "balance_fen"),
            ({"on": date(2027, 1, 15)}, "on"),
            ({"on": date(2025, 1, 14)}, "on"),
            ({"interest_so_far_fen": -1}, "interest_so_far_fen"),
            ({"balance_fen": 2**61}, "principal_fen"),
        ],
    )
    def test_is_refused_for_what_cannot_be(self, arguments, field):
        usual = {"balance_fen": 100, "on": date(2025, 2, 15)}
        with pytest.raises(TermsNotValid) as refused:
            schedule_from(self.LEVEL, roll=stays, **(usual | arguments))
        assert refused.value.field == field


DAYS = st.dates(date(2012, 1, 1), date(2026, 12, 31))


@st.composite
def any_terms(draw):
    start = draw(DAYS)
    method = draw(st.sampled_from(RepaymentMethod))
    months_each = draw(st.sampled_from([1, 3]))
    maturity = add_months(start, months_each * draw(st.integers(1, 20)))
    principal = draw(st.integers(100, 10**11))
    settle = draw(st.sampled_from([{}, {"settle_day": draw(st.integers(1, 31)), "settle_freq": Frequency.QUARTER}]))
    plan = ()
    if method is RepaymentMethod.FREE_FORM:
        inside = draw(st.sets(st.dates(start + timedelta(days=1), maturity - timedelta(days=1)), max_size=5))
        days = [*sorted(inside), maturity]
        parts = [principal // len(days)] * len(days)
        parts[-1] += principal - sum(parts)
        plan = tuple(map(PlannedPrincipal, days, parts))
    elif method is RepaymentMethod.INTEREST_FIRST and not settle:
        settle = {"settle_day": 20, "settle_freq": Frequency.MONTH}
    return Terms(
        principal_fen=principal,
        rate_ppm=draw(st.integers(0, 240_000)),
        start=start,
        maturity=maturity,
        method=method,
        day_basis=draw(st.sampled_from([360, 365])),
        months_each=months_each,
        plan=plan,
        **settle,
    )


@given(loan=any_terms(), roll=st.sampled_from(Roll))
def test_every_schedule_repays_its_loan_in_unbroken_periods(loan, roll):
    made = schedule_of(loan, roll=lambda day: CHINA.rolled(day, roll))
    assert sum(line.principal_fen for line in made) == loan.principal_fen
    assert made[-1].balance_after_fen == 0
    assert [line.number for line in made] == list(range(1, len(made) + 1))
    assert made[0].period_start == loan.start
    assert all(a.period_end == b.period_start for a, b in pairwise(made))
    assert {line.due_on for line in made} <= set(due_days(loan))
    assert max(line.due_on for line in made) == loan.maturity


@given(loan=any_terms(), share=st.integers(0, 999), balance=st.integers(1, 10**10))
def test_every_schedule_made_again_repays_the_balance(loan, share, balance):
    on = loan.start + (loan.maturity - loan.start) * share // 1000
    if loan.method is RepaymentMethod.FREE_FORM:
        balance = sum(part.principal_fen for part in loan.plan if part.due_on > on)
    made = schedule_from(loan, balance_fen=balance, on=on, roll=stays)
    assert sum(line.principal_fen for line in made) == balance
    assert made[0].period_start == on
    assert made[-1].period_end == loan.maturity


def test_a_schedule_that_does_not_add_up_is_never_made():
    day = date(2025, 1, 1)
    line = Instalment(1, day, day, day, day, 60, 0, 40)
    with pytest.raises(BrokenInvariant, match="does not repay"):
        Schedule(100, (line,))
    with pytest.raises(BrokenInvariant, match="does not add up"):
        Schedule(100, (replace(line, balance_after_fen=41),))
