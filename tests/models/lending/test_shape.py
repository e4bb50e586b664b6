"""Schedules that depart from the plain one: broken periods, tranches, new rates, day counts (LOAN-09 to LOAN-16)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.accrual import interest_of_days
from models.lending.day_count import DayCount
from models.lending.schedule import schedule_from, schedule_of
from models.lending.terms import (
    BY_MONTHS,
    Drawing,
    Frequency,
    NewRate,
    PlannedPrincipal,
    RepaymentMethod,
    Shape,
    Step,
    Terms,
    TermsNotValid,
)
from models.values.terms import add_months

START = date(2025, 1, 15)
LOAN = Terms(
    principal_fen=100_000_000,
    rate_ppm=43_500,
    start=START,
    maturity=date(2026, 1, 15),
    method=RepaymentMethod.EQUAL_INSTALMENTS,
    day_basis=360,
)


def made(terms, **shape):
    return schedule_of(replace(terms, shape=Shape(**shape)), roll=lambda due: due)


class TestBrokenPeriods:
    def test_count_whole_months_and_odd_days(self):
        """LOAN-11: from the 15th to the 20th five days, between the 20ths months, from the 20th to the 15th 26 days."""
        lines = made(LOAN, first_due=date(2025, 1, 20))
        assert [line.due_on for line in lines][:2] == [date(2025, 1, 20), date(2025, 2, 20)]
        assert (len(lines), lines[-1].due_on) == (13, date(2026, 1, 15))
        assert lines[0].interest_fen == interest_of_days(100_000_000, 43_500, 5, day_basis=360)
        assert lines[1].interest_fen == interest_of_days(lines[0].balance_after_fen, 43_500, 30, day_basis=360)
        assert lines[-1].interest_fen == interest_of_days(lines[-2].balance_after_fen, 43_500, 26, day_basis=360)

    def test_leave_the_instalments_level(self):
        payments = [line.payment_fen for line in made(LOAN, first_due=date(2025, 3, 20))]
        assert len(set(payments[:-1])) == 1
        assert abs(payments[-1] - payments[0]) <= 13


class TestDayCounts:
    @pytest.mark.parametrize(("count", "parts"), [(DayCount.ACTUAL_360, 360), (DayCount.ACTUAL_365, 365)])
    def test_by_actual_days_make_the_months_unequal(self, count, parts):
        lines = made(LOAN, day_count=count)
        assert lines[0].interest_fen == interest_of_days(100_000_000, 43_500, 31, day_basis=parts)
        assert (
            lines[1].interest_fen == interest_of_days(lines[0].balance_after_fen, 43_500, 28 + 3, day_basis=parts)
            or (lines[1].period_end - lines[1].period_start).days == 28
        )

    def test_of_thirty_days_are_twelfths(self):
        assert made(LOAN, day_count=DayCount.THIRTY_360).instalments == made(LOAN).instalments

    def test_serve_a_bullet_too(self):
        line = made(replace(LOAN, method=RepaymentMethod.BULLET), day_count=DayCount.THIRTY_360)[0]
        assert line.interest_fen == 4_350_000


class TestTranches:
    @pytest.mark.parametrize("method", [RepaymentMethod.BULLET, RepaymentMethod.INTEREST_FIRST])
    def test_bear_interest_from_their_own_day(self, method):
        settle = (
            {"settle_day": 20, "settle_freq": Frequency.QUARTER} if method is RepaymentMethod.INTEREST_FIRST else {}
        )
        lines = made(replace(LOAN, method=method, **settle), drawings=(Drawing(date(2025, 5, 1), 50_000_000),))
        first = 100_000_000 * 365
        second = 50_000_000 * (LOAN.maturity - date(2025, 5, 1)).days
        assert abs(lines.total_interest_fen - (first + second) * 43_500 / 360_000_000) <= len(lines)
        assert sum(line.principal_fen for line in lines) == 150_000_000

    def test_of_a_free_form_plan_are_repaid_by_it(self):
        plan = (PlannedPrincipal(date(2025, 7, 15), 30_000_000), PlannedPrincipal(LOAN.maturity, 120_000_000))
        terms = replace(
            LOAN,
            method=RepaymentMethod.FREE_FORM,
            plan=plan,
            shape=Shape(drawings=(Drawing(date(2025, 3, 1), 50_000_000),)),
        )
        assert [line.principal_fen for line in schedule_of(terms, roll=lambda due: due)] == [30_000_000, 120_000_000]

    def test_may_not_be_repaid_before_they_are_paid_out(self):
        plan = (PlannedPrincipal(date(2025, 2, 15), 120_000_000), PlannedPrincipal(LOAN.maturity, 30_000_000))
        terms = replace(
            LOAN,
            method=RepaymentMethod.FREE_FORM,
            plan=plan,
            shape=Shape(drawings=(Drawing(date(2025, 3, 1), 50_000_000),)),
        )
        with pytest.raises(TermsNotValid, match="more than has been drawn"):
            schedule_of(terms, roll=lambda due: due)

    def test_on_a_due_day_join_the_next_period(self):
        lines = made(LOAN, drawings=(Drawing(date(2025, 3, 15), 50_000_000),))
        assert [line.drawn_fen for line in lines][:4] == [0, 0, 50_000_000, 0]
        assert lines[1].payment_fen == lines[0].payment_fen < lines[2].payment_fen


class TestNewRates:
    def test_within_a_period_are_counted_by_their_days(self):
        lines = made(LOAN, new_rates=(NewRate(date(2025, 7, 1), 36_000),))
        owed = lines[4].balance_after_fen
        assert lines[5].interest_fen == round((owed * (16 * 43_500 + 14 * 36_000)) / 360_000_000)
        assert lines[4].payment_fen == made(LOAN)[4].payment_fen
        assert len({line.payment_fen for line in lines[5:11]}) == 1

    def test_on_a_due_day_count_from_the_next_period(self):
        lines = made(LOAN, new_rates=(NewRate(date(2025, 7, 15), 0),))
        assert lines[5].interest_fen > 0
        assert not any(line.interest_fen for line in lines[6:])

    def test_of_a_bullet_are_counted_in_pieces(self):
        line = made(replace(LOAN, method=RepaymentMethod.BULLET), new_rates=(NewRate(date(2025, 7, 1), 36_000),))[0]
        assert line.interest_fen == round(100_000_000 * (167 * 43_500 + 198 * 36_000) / 360_000_000)


class TestWhatIsLeftLater:
    def test_keeps_the_interest_only_start_and_the_steps_where_they_were(self):
        terms = replace(LOAN, shape=Shape(interest_only=4, steps=(Step(9, 2_000_000),)))
        whole = schedule_of(terms, roll=lambda due: due)
        on = date(2025, 3, 15)
        later = schedule_from(terms, balance_fen=whole[1].balance_after_fen, on=on, roll=lambda due: due)
        assert later.instalments == whole.instalments[2:]


class TestShapesThatFitNoLoan:
    @pytest.mark.parametrize(
        ("shape", "field"),
        [
            ({"interest_only": -1}, "interest_only"),
            ({"interest_only": 12}, "interest_only"),
            ({"steps": (Step(0, 1),)}, "steps"),
            ({"steps": (Step(5, 1), Step(5, 2))}, "steps"),
            ({"steps": (Step(5, -1),)}, "steps"),
            ({"steps": (Step(13, 1),)}, "steps"),
            ({"amortise_over": 11}, "amortise_over"),
            ({"amortise_over": 1201}, "amortise_over"),
            ({"first_due": START}, "first_due"),
            ({"first_due": date(2026, 1, 16)}, "first_due"),
            ({"multiple_fen": 10}, "multiple_fen"),
            ({"drawings": (Drawing(START, 1),)}, "drawings"),
            ({"drawings": (Drawing(date(2026, 1, 15), 1),)}, "drawings"),
            ({"drawings": (Drawing(date(2025, 5, 1), 0),)}, "drawings"),
            ({"new_rates": (NewRate(date(2025, 5, 1), 2_000_000),)}, "new_rates"),
            ({"new_rates": (NewRate(date(2025, 5, 1), 1), NewRate(date(2025, 4, 1), 1))}, "new_rates"),
        ],
    )
    def test_are_refused_with_the_field(self, shape, field):
        with pytest.raises(TermsNotValid) as refused:
            made(LOAN, **shape)
        assert refused.value.field == field

    @pytest.mark.parametrize(
        "shape",
        [{"interest_only": 1}, {"steps": (Step(1, 1),)}, {"amortise_over": 60}, {"multiple_fen": 100}],
    )
    def test_are_refused_where_a_method_has_no_instalments(self, shape):
        with pytest.raises(TermsNotValid, match="only for equal"):
            made(replace(LOAN, method=RepaymentMethod.BULLET), **shape)


@st.composite
def shaped(draw):
    months = draw(st.integers(2, 36))
    maturity = add_months(START, months)
    method = draw(st.sampled_from(sorted(BY_MONTHS)))
    inside = st.integers(1, (maturity - START).days - 1).map(lambda days: START + timedelta(days=days))
    days = sorted(draw(st.sets(inside, max_size=3)))
    shape = Shape(
        interest_only=draw(st.integers(0, months - 1)),
        steps=tuple(
            Step(number, draw(st.integers(500_000, 2_000_000)))
            for number in sorted(draw(st.sets(st.integers(1, months), max_size=2)))
        ),
        amortise_over=draw(st.none() | st.integers(months, 120)),
        multiple_fen=draw(st.sampled_from([1, 100, 1000])),
        day_count=draw(st.none() | st.sampled_from(sorted(DayCount))),
        drawings=tuple(Drawing(day, draw(st.integers(1, 10**9))) for day in days),
        new_rates=tuple(NewRate(day, draw(st.integers(0, 240_000))) for day in days),
    )
    return replace(LOAN, principal_fen=draw(st.integers(1, 10**10)), maturity=maturity, method=method, shape=shape)


@given(terms=shaped())
def test_every_shape_repays_what_was_drawn_to_the_last_fen(terms):
    lines = schedule_of(terms, roll=lambda due: due)
    drawn = sum(one.amount_fen for one in terms.shape.drawings)
    assert sum(line.principal_fen for line in lines) == terms.principal_fen + drawn
    assert lines[-1].balance_after_fen == 0
    assert len(lines) == terms.periods
    assert all(line.principal_fen == 0 for line in lines[: terms.shape.interest_only])


@given(terms=shaped(), share=st.integers(0, 999), balance=st.integers(1, 10**10))
def test_every_shape_made_again_repays_the_balance_and_what_is_drawn_later(terms, share, balance):
    on = terms.start + (terms.maturity - terms.start) * share // 1000
    lines = schedule_from(terms, balance_fen=balance, on=on, roll=lambda due: due)
    drawn = sum(one.amount_fen for one in terms.shape.drawings if one.on > on)
    assert sum(line.principal_fen for line in lines) == balance + drawn
    assert (lines[0].period_start, lines[-1].period_end) == (on, terms.maturity)
