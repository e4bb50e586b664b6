"""The account of one loan: dues, early principal, tranches; what the meter shows is what the lines say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from accounts import a_loan, cover_of, days_pass, unpaid_principal
from credit import AT, DISBURSER, OFFICER, ON, endow, yuan
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from models.lending.allocation import DueKind
from models.lending.terms import Frequency, PlannedPrincipal, RepaymentMethod
from models.loan import Instalment, Loan
from models.refusals import BrokenInvariant
from models.states.aftercare import GuaranteeStage
from models.states.loan import LOAN
from models.values.money import ZERO, Money
from talentbank.database import Database
from workflows import loan_account
from workflows.moves import move

MATURITY = date(2013, 11, 7)


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """A writing session on a bank with its rules and its capital."""
    with sqlite_database.write() as writing:
        endow(writing)
        yield writing


def draw(session: Session, loan: Loan, amount: Money, on: date = ON) -> None:
    """Money was paid out (the books are another test's matter)."""
    if loan.opened_on is None:
        move(session, LOAN, loan, "open", by=DISBURSER, on=on, at=AT)
    loan_account.draw_principal(session, loan, amount, on=on, by=DISBURSER, at=AT)


def drawn(session: Session, **more: object) -> Loan:
    """A loan of four million, interest each quarter and principal after a year, all paid out on its first day."""
    loan = a_loan(session, **more)
    draw(session, loan, loan.amount)
    return loan


def pay_dues(session: Session, loan: Loan, on: date, *, accrued: bool = False) -> Money:
    """Pay everything that is due; returns the amount."""
    dues = loan_account.dues(session, loan, on, accrued=accrued)
    loan_account.settle_dues(session, loan, [(due, due.amount) for due in dues], on=on, by=OFFICER, at=AT)
    return Money(sum(due.amount.fen for due in dues))


def lower(session: Session, loan: Loan, amount: Money, on: date) -> None:
    """Principal falls early."""
    loan_account.lower_principal(session, loan, amount, on=on, by=OFFICER, at=AT)


def meter_agrees(session: Session, loan: Loan, on: date) -> bool:
    """Whether the meter shows that morning what the lines say, and the lines repay what is outstanding."""
    meter = loan_account.meter_of(session, loan)
    return (
        meter.interest_fen == loan_account.accrued_interest(session, loan, on).fen
        and unpaid_principal(session, loan) == loan.outstanding
    )


class TestTheFirstSchedule:
    def test_settles_interest_each_quarter_and_repays_at_maturity(self, session):
        loan = drawn(session)
        lines = loan_account.live_lines(session, loan)
        assert [line.due_on for line in lines] == [
            date(2012, 12, 21),
            date(2013, 3, 21),
            date(2013, 6, 21),
            date(2013, 9, 21),
            MATURITY,
        ]
        assert [line.principal for line in lines] == [ZERO, ZERO, ZERO, ZERO, yuan(4_000_000)]
        assert lines[0].interest == yuan("30066.67")
        assert lines[3].payable_on == date(2013, 9, 22)  # a make-up workday
        assert loan.opened_on == ON

    def test_begins_on_the_day_the_money_leaves_even_if_the_contract_began_before(self, session):
        loan = a_loan(session)
        draw(session, loan, loan.amount, on=date(2012, 11, 30))
        first = loan_account.live_lines(session, loan)[0]
        assert (first.number, first.period_start, first.interest) == (1, date(2012, 11, 30), yuan("14350.00"))

    def test_is_written_once(self, session):
        loan = drawn(session)
        with pytest.raises(BrokenInvariant):
            loan_account.write_schedule(session, loan, ON)


class TestWhatIsOwed:
    def test_is_principal_and_the_interest_of_the_days_gone(self, session):
        loan = drawn(session)
        days_pass(session, loan, ON + timedelta(days=10))
        owed = loan_account.owed(session, loan, ON + timedelta(days=10))
        assert (owed.principal, owed.interest, owed.due_now) == (yuan(4_000_000), yuan("6833.33"), ZERO)
        assert owed.total == yuan("4006833.33")

    def test_falls_due_when_the_period_ends_and_is_late_when_the_payable_day_has_passed(self, session):
        loan = drawn(session)
        due_on = date(2012, 12, 21)
        days_pass(session, loan, due_on)
        assert [(due.kind, due.amount) for due in loan_account.dues(session, loan, due_on)] == [
            (DueKind.INTEREST, yuan("30066.67"))
        ]
        assert loan_account.oldest_unpaid(session, loan, due_on) is None
        assert loan_account.oldest_unpaid(session, loan, due_on + timedelta(days=1)) == due_on

    def test_can_be_paid_on_a_rest_day_when_only_interest_is_due(self, session):
        loan = drawn(session)
        saturday = date(2013, 9, 21)
        days_pass(session, loan, saturday)
        for_interest = [due for due in loan_account.dues(session, loan, saturday) if due.due_on == saturday]
        assert len(for_interest) == 1

    def test_counts_penalty_and_compound_interest_as_due(self, session):
        loan = drawn(session)
        meter = loan_account.meter_of(session, loan)
        meter.penalty_fen, meter.compound_fen = 700, 30
        dues = loan_account.dues(session, loan, ON)
        assert [(due.kind, due.amount.fen) for due in dues] == [(DueKind.PENALTY, 700), (DueKind.COMPOUND, 30)]
        pay_dues(session, loan, ON)
        assert (meter.penalty_fen, meter.compound_fen) == (0, 0)


class TestPayingWhatIsDue:
    def test_empties_the_meter_and_settles_the_line(self, session):
        loan = drawn(session)
        on = date(2012, 12, 21)
        days_pass(session, loan, on)
        assert pay_dues(session, loan, on) == yuan("30066.67")
        first = loan_account.live_lines(session, loan)[0]
        assert (first.settled_on, loan_account.meter_of(session, loan).interest_fen) == (on, 0)
        assert meter_agrees(session, loan, on)

    def test_in_part_leaves_the_line_open_and_the_loan_late(self, session):
        loan = drawn(session)
        on = date(2012, 12, 24)
        days_pass(session, loan, on)
        due = loan_account.dues(session, loan, on)[0]
        loan_account.settle_dues(session, loan, [(due, yuan(10_000))], on=on, by=OFFICER, at=AT)
        assert loan.oldest_unpaid == date(2012, 12, 21)
        assert loan_account.dues(session, loan, on)[0].amount == yuan("20066.67")
        pay_dues(session, loan, on)
        assert loan.oldest_unpaid is None

    def test_never_takes_more_than_is_due(self, session):
        loan = drawn(session)
        on = date(2012, 12, 21)
        days_pass(session, loan, on)
        due = loan_account.dues(session, loan, on)[0]
        with pytest.raises(BrokenInvariant):
            loan_account.settle_dues(session, loan, [(due, due.amount + Money(1))], on=on, by=OFFICER, at=AT)

    def test_lowers_principal_and_guarantee_together(self, session):
        loan = drawn(session, method=RepaymentMethod.EQUAL_PRINCIPAL)
        on = date(2012, 12, 7)
        days_pass(session, loan, on)
        pay_dues(session, loan, on)
        assert loan.outstanding == yuan("3666666.67")
        assert cover_of(session, loan).in_force == yuan("2933333.34")

    def test_to_the_end_leaves_nothing_and_releases_the_guarantee(self, session):
        loan = drawn(session, method=RepaymentMethod.EQUAL_INSTALMENTS)
        paid = ZERO
        for line in loan_account.live_lines(session, loan):
            days_pass(session, loan, line.due_on)
            paid += pay_dues(session, loan, line.due_on)
        assert paid == yuan(4_000_000) + Money(
            sum(line.interest.fen for line in loan_account.live_lines(session, loan))
        )
        assert (loan.outstanding, loan_account.owed(session, loan, MATURITY).total) == (ZERO, ZERO)
        assert cover_of(session, loan).stage is GuaranteeStage.RELEASED

    def test_that_turns_out_not_to_have_come_is_undone(self, session):
        loan = drawn(session, method=RepaymentMethod.EQUAL_PRINCIPAL)
        on = date(2012, 12, 7)
        days_pass(session, loan, on)
        dues = loan_account.dues(session, loan, on)
        pay_dues(session, loan, on)
        reopened = [(due.instalment, due.kind, due.amount) for due in dues]
        loan_account.reopen_dues(session, loan, reopened, on=on, by=OFFICER, at=AT)
        assert loan.outstanding == yuan(4_000_000)
        assert loan_account.dues(session, loan, on) == dues
        assert meter_agrees(session, loan, on)


class TestPrincipalThatFallsEarly:
    def test_brings_the_interest_so_far_into_the_next_due(self, session):
        loan = drawn(session)
        on = date(2012, 11, 27)
        days_pass(session, loan, on)
        lower(session, loan, yuan(1_000_000), on)
        lines = loan_account.live_lines(session, loan)
        assert (lines[0].plan, lines[0].brought, lines[0].balance_before) == (2, yuan("13666.67"), yuan(3_000_000))
        assert lines[0].interest == yuan("13666.67") + yuan(12_300)  # twenty days of four million, 24 of three
        assert lines[-1].principal == yuan(3_000_000)
        assert cover_of(session, loan).in_force == yuan(2_400_000)
        assert meter_agrees(session, loan, on)

    def test_levels_equal_instalments_again_over_the_same_days(self, session):
        loan = drawn(session, method=RepaymentMethod.EQUAL_INSTALMENTS)
        on = date(2012, 12, 7)
        before = loan_account.live_lines(session, loan)
        days_pass(session, loan, on)
        pay_dues(session, loan, on)
        lower(session, loan, yuan(500_000), on)
        after = loan_account.live_lines(session, loan)
        assert [line.due_on for line in after] == [line.due_on for line in before]
        assert [line.number for line in after] == list(range(1, 13))
        assert after[1].unpaid < before[1].principal + before[1].interest
        assert meter_agrees(session, loan, on)

    def test_takes_overdue_principal_first(self, session):
        loan = drawn(session, method=RepaymentMethod.EQUAL_PRINCIPAL)
        on = date(2012, 12, 20)
        days_pass(session, loan, on)
        lower(session, loan, yuan(300_000), on)
        lines = loan_account.live_lines(session, loan)
        assert (lines[0].principal_paid, lines[1].plan) == (yuan(300_000), 1)
        lower(session, loan, yuan(300_000), on)
        lines = loan_account.live_lines(session, loan)
        assert (lines[0].principal_paid, lines[0].plan, lines[1].plan) == (yuan("333333.33"), 1, 2)
        assert meter_agrees(session, loan, on)

    def test_to_nought_leaves_the_accrued_interest_due_at_once(self, session):
        loan = drawn(session)
        on = date(2012, 11, 27)
        days_pass(session, loan, on)
        lower(session, loan, loan.outstanding, on)
        assert [(due.kind, due.amount) for due in loan_account.dues(session, loan, on)] == [
            (DueKind.INTEREST, yuan("13666.67"))
        ]
        assert pay_dues(session, loan, on) == yuan("13666.67")
        assert loan_account.owed(session, loan, on).total == ZERO

    def test_after_its_running_interest_was_paid_brings_nothing_on(self, session):
        loan = drawn(session)
        on = date(2012, 11, 27)
        days_pass(session, loan, on)
        assert pay_dues(session, loan, on, accrued=True) == yuan("13666.67")
        lower(session, loan, yuan(1_000_000), on)
        assert loan_account.live_lines(session, loan)[0].brought == ZERO
        assert meter_agrees(session, loan, on)

    def test_while_the_last_day_rests_bears_interest_to_the_next_business_day(self, session):
        loan = drawn(session, term_months=7)  # 7 June 2013 is a Friday; 10 to 12 June rest, 8 and 9 are workdays
        line = loan_account.live_lines(session, loan)[-1]
        assert (line.due_on, line.payable_on) == (date(2013, 6, 7), date(2013, 6, 7))
        saturday = a_loan(session, term_months=11, on=date(2012, 11, 5))  # 5 October 2013: payable on the 8th
        draw(session, saturday, saturday.amount, on=date(2012, 11, 5))
        on = date(2013, 10, 6)
        days_pass(session, saturday, on)
        pay_dues(session, saturday, on)
        lower(session, saturday, yuan(1_000_000), on)
        last = loan_account.live_lines(session, saturday)[-1]
        assert (last.due_on, last.payable_on, last.period_end) == (date(2013, 10, 5), *[date(2013, 10, 8)] * 2)
        assert (last.principal, last.interest - last.brought) == (yuan(3_000_000), yuan("1025.00"))
        assert meter_agrees(session, saturday, on)

    def test_cannot_fall_below_nought(self, session):
        loan = drawn(session)
        with pytest.raises(loan_account.MoreThanOwed) as refusal:
            lower(session, loan, yuan(4_000_001), ON)
        assert refusal.value.facts["owed"] == yuan(4_000_000)

    def test_keeps_the_shares_of_a_free_form_plan(self, session):
        plan = [
            PlannedPrincipal(date(2013, 5, 7), yuan(1_000_000).fen),
            PlannedPrincipal(MATURITY, yuan(3_000_000).fen),
        ]
        loan = drawn(session, method=RepaymentMethod.FREE_FORM, plan=plan, settle_freq=Frequency.QUARTER)
        on = date(2013, 1, 10)
        days_pass(session, loan, on)
        lower(session, loan, yuan(1_000_000), on)
        principal = [line.principal for line in loan_account.live_lines(session, loan) if line.principal]
        assert principal == [yuan(750_000), yuan(2_250_000)]
        assert meter_agrees(session, loan, on)


class TestInterestThatSomebodyElsePays:
    def test_uses_the_oldest_due_first_and_gives_back_what_is_over(self, session):
        loan = drawn(session)
        on = date(2013, 3, 25)
        days_pass(session, loan, on)
        left = loan_account.settle_interest(session, loan, yuan(50_000), on=on, by=OFFICER, at=AT)
        lines = loan_account.live_lines(session, loan)
        assert left == ZERO
        assert (lines[0].interest_paid, lines[1].interest_paid) == (yuan("30066.67"), yuan("19933.33"))
        left = loan_account.settle_interest(session, loan, yuan(100_000), on=on, by=OFFICER, at=AT)
        assert left > ZERO
        assert loan_account.meter_of(session, loan).interest_fen == 0


class TestATranche:
    def test_raises_what_is_owed_and_levels_the_rest_again(self, session):
        loan = a_loan(session, method=RepaymentMethod.EQUAL_INSTALMENTS)
        draw(session, loan, yuan(1_000_000))
        on = date(2012, 11, 27)
        days_pass(session, loan, on)
        so_far = loan_account.accrued_interest(session, loan, on)
        draw(session, loan, yuan(3_000_000), on=on)
        lines = loan_account.live_lines(session, loan)
        assert (loan.outstanding, loan.disbursed) == (yuan(4_000_000), yuan(4_000_000))
        assert (lines[0].brought, lines[0].plan, len(lines)) == (so_far, 2, 12)
        assert len({line.unpaid for line in lines[1:-1]}) == 1
        assert meter_agrees(session, loan, on)

    def test_still_promised_keeps_the_guarantee_in_force(self, session):
        loan = a_loan(session)
        draw(session, loan, yuan(1_000_000))
        on = date(2012, 11, 27)
        days_pass(session, loan, on)
        lower(session, loan, yuan(1_000_000), on)
        cover = cover_of(session, loan)
        assert (cover.stage, loan.outstanding) == (GuaranteeStage.IN_FORCE, ZERO)
        pay_dues(session, loan, on)
        days_pass(session, loan, on + timedelta(days=4))
        draw(session, loan, yuan(2_000_000), on=on + timedelta(days=4))
        assert unpaid_principal(session, loan) == yuan(2_000_000)
        assert meter_agrees(session, loan, on + timedelta(days=4))


class TestTheDayOfAnAct:
    def test_waits_for_the_days_before_it(self, session):
        loan = drawn(session)
        with pytest.raises(loan_account.DaysNotRun):
            lower(session, loan, yuan(1), ON + timedelta(days=1))

    def test_is_over_once_its_end_was_run(self, session):
        loan = drawn(session)
        days_pass(session, loan, ON + timedelta(days=2))
        with pytest.raises(loan_account.DayOver):
            lower(session, loan, yuan(1), ON + timedelta(days=1))

    def test_needs_a_loan_that_was_drawn(self, session):
        loan = a_loan(session)
        with pytest.raises(BrokenInvariant):
            loan_account.replan(session, loan, on=ON, reason="none", by=OFFICER, at=AT)


class TestTheAccountOverTime:
    @settings(max_examples=25)
    @given(
        method=st.sampled_from([one for one in RepaymentMethod if one is not RepaymentMethod.FREE_FORM]),
        acts=st.lists(
            st.tuples(st.integers(0, 45), st.sampled_from(["pay", "part", "early"]), st.integers(1, 40)), max_size=14
        ),
    )
    def test_meter_lines_and_principal_agree_whatever_happens(self, sqlite_template, tmp_path_factory, method, acts):
        import shutil

        path = tmp_path_factory.mktemp("account") / "bank.db"
        shutil.copyfile(sqlite_template, path)
        database = Database(f"sqlite:///{path}")
        with database.write() as session:
            endow(session)
            loan = drawn(session, method=method)
            on = ON
            for gap, act, percent in acts:
                on = on + timedelta(days=gap)
                days_pass(session, loan, on)
                if act == "pay":
                    pay_dues(session, loan, on)
                elif act == "part":
                    for due in loan_account.dues(session, loan, on)[:1]:
                        part = due.amount.times(percent, 100)
                        loan_account.settle_dues(session, loan, [(due, part)], on=on, by=OFFICER, at=AT)
                else:
                    lower(session, loan, loan.outstanding.times(percent, 100), on)
                assert meter_agrees(session, loan, on)
            kept = session.exec(select(Instalment).where(Instalment.loan_id == loan.key)).all()
            assert all(line.brought <= line.interest for line in kept)
        database.dispose()
