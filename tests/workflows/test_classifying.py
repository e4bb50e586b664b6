"""What people may say about a loan's class, when income stops and starts again, default and cure, the allowance."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credit import AT, OFFICER, ON, REVIEWER, a_debtor, a_guaranteed_loan, endow, yuan
from days import run_until
from sqlmodel import select

from models.application import Product
from models.journal import JournalLine
from models.lending.ageing import FiveClass
from models.queries.books import balance
from models.queries.loans import class_changes_of
from models.refusals import NotAllowed
from models.roles import SYSTEM
from models.states.loan import LoanStage
from models.values.money import ZERO, Money
from reports.proof import prove
from workflows import classifying, loan_account, servicing
from workflows.moves import ReasonNeeded

FIRST_DUE = date(2012, 12, 21)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session
        assert prove(session).findings == []


@pytest.fixture
def credit(session):
    return a_guaranteed_loan(session)


def classify(session, credit, view, on, *, by=REVIEWER, reason="贷后检查"):
    return classifying.classify(session, loan=credit.loan, view=view, reason=reason, by=by, on=on, at=AT)


def pay_arrears(session, credit, on):
    """Everything due is paid; for a loan off accrual principal comes first, so all of it takes what is owed now."""
    owed = loan_account.owed(session, credit.loan, on)
    servicing.receive(
        session,
        loan=credit.loan,
        amount=owed.due_now,
        bank_ref=f"P-{credit.loan.number}-{on}",
        by=OFFICER,
        on=on,
        at=AT,
    )


def in_book(session, name):
    return balance(session, name, part="working_capital").net


class TestAnAnalyst:
    def test_may_put_a_loan_lower_than_its_days_past_due_ask_for(self, session, credit):
        run_until(session, FIRST_DUE)
        change = classify(session, credit, FiveClass.SPECIAL_MENTION, FIRST_DUE, by=OFFICER)
        assert (change.source, change.target, change.reasons) == (
            FiveClass.NORMAL, FiveClass.SPECIAL_MENTION, ["analyst_view"],
        )  # fmt: skip
        assert session.exec(select(JournalLine).where(JournalLine.verb == "classify")).one().reason == "贷后检查"

    def test_s_view_outlives_the_end_of_day(self, session, credit):
        """CLS-08: arrears that come and go do not lift it."""
        run_until(session, FIRST_DUE)
        classify(session, credit, FiveClass.SPECIAL_MENTION, FIRST_DUE)
        pay_arrears(session, credit, FIRST_DUE)
        run_until(session, FIRST_DUE + timedelta(days=5))
        assert credit.loan.five_class is FiveClass.SPECIAL_MENTION
        classify(session, credit, FiveClass.NORMAL, FIRST_DUE + timedelta(days=5))
        run_until(session, FIRST_DUE + timedelta(days=8))
        assert credit.loan.five_class is FiveClass.NORMAL

    def test_may_never_go_above_the_floor(self, session, credit):
        on = FIRST_DUE + timedelta(days=20)
        run_until(session, on)
        assert credit.loan.five_class is FiveClass.SPECIAL_MENTION
        with pytest.raises(classifying.AboveFloor) as refusal:
            classify(session, credit, FiveClass.NORMAL, on)
        assert refusal.value.facts["days"] == 20

    def test_needs_a_reason_a_change_and_the_right_to_lift(self, session, credit):
        run_until(session, FIRST_DUE)
        with pytest.raises(ReasonNeeded):
            classify(session, credit, FiveClass.LOSS, FIRST_DUE, reason=" ")
        with pytest.raises(classifying.ClassUnchanged):
            classify(session, credit, FiveClass.NORMAL, FIRST_DUE)
        classify(session, credit, FiveClass.SPECIAL_MENTION, FIRST_DUE)
        with pytest.raises(NotAllowed):
            classify(session, credit, FiveClass.NORMAL, FIRST_DUE, by=OFFICER)


class TestTheEndOfAccrual:
    def test_comes_with_a_bad_class_and_takes_the_interest_out_of_income(self, session, credit):
        run_until(session, FIRST_DUE)
        accrued = loan_account.owed(session, credit.loan, FIRST_DUE).interest
        assert in_book(session, "bank.interest_receivable") == accrued
        classify(session, credit, FiveClass.SUBSTANDARD, FIRST_DUE)
        assert credit.loan.non_accrual
        assert in_book(session, "bank.interest_receivable") == ZERO
        assert in_book(session, "bank.interest_income") == ZERO
        assert in_book(session, "bank.memo_suspended_interest") == accrued
        run = run_until(session, FIRST_DUE + timedelta(days=1))
        assert (run.interest_fen, run.notes["suspended_fen"] > 0) == (0, True)

    def test_by_days_is_booked_once(self, session, credit):
        on = FIRST_DUE + timedelta(days=95)
        run_until(session, on)
        assert credit.loan.non_accrual
        assert [change.target for change in class_changes_of(session, credit.loan)] == [
            FiveClass.SPECIAL_MENTION, FiveClass.SUBSTANDARD,
        ]  # fmt: skip
        owed = loan_account.owed(session, credit.loan, on)
        assert in_book(session, "bank.memo_suspended_interest") == owed.interest + owed.penalty + owed.compound

    def test_is_undone_when_the_loan_may_be_lifted(self, session, credit):
        run_until(session, FIRST_DUE)
        classify(session, credit, FiveClass.SUBSTANDARD, FIRST_DUE)
        for due in (FIRST_DUE, date(2013, 3, 21), date(2013, 6, 21)):
            run_until(session, due)
            pay_arrears(session, credit, due)
        on = date(2013, 6, 25)
        run_until(session, on)
        accrued = loan_account.owed(session, credit.loan, on).interest
        classify(session, credit, FiveClass.NORMAL, on)
        assert not credit.loan.non_accrual
        assert in_book(session, "bank.interest_receivable") == accrued
        assert in_book(session, "bank.memo_suspended_interest") == ZERO


class TestLiftingABadLoan:
    """CLS-11: arrears paid, and two instalments in a row or six months of payment on time."""

    def test_waits_for_two_instalments_or_half_a_year(self, session, credit):
        run_until(session, FIRST_DUE)
        classify(session, credit, FiveClass.SUBSTANDARD, FIRST_DUE)
        pay_arrears(session, credit, FIRST_DUE)
        run_until(session, date(2013, 3, 21))
        pay_arrears(session, credit, date(2013, 3, 21))
        with pytest.raises(classifying.UpgradeTooEarly) as refusal:
            classify(session, credit, FiveClass.NORMAL, date(2013, 3, 21))
        assert refusal.value.facts["periods"] == 1

    def test_waits_until_nothing_is_late(self, session, credit):
        on = FIRST_DUE + timedelta(days=5)
        run_until(session, FIRST_DUE)
        classify(session, credit, FiveClass.SUBSTANDARD, FIRST_DUE)
        run_until(session, on)
        with pytest.raises(classifying.ArrearsLeft):
            classify(session, credit, FiveClass.NORMAL, on)


class TestDefault:
    def test_is_declared_by_the_clock_once_the_loan_is_late_enough(self, session, credit):
        run_until(session, FIRST_DUE + timedelta(days=60))
        assert credit.loan.stage is LoanStage.ACTIVE
        run_until(session, FIRST_DUE + timedelta(days=61))
        assert credit.loan.stage is LoanStage.DEFAULTED
        line = session.exec(select(JournalLine).where(JournalLine.verb == "default")).one()
        assert (line.actor_id, line.reason) == (SYSTEM.user_id, "days_past_due")

    def test_is_declared_by_the_officer_earlier_with_a_reason_and_cured_after_payment(self, session, credit):
        on = FIRST_DUE + timedelta(days=3)
        run_until(session, on)
        with pytest.raises(ReasonNeeded):
            servicing.mark_default(session, loan=credit.loan, reason="", by=OFFICER, on=on, at=AT)
        servicing.mark_default(session, loan=credit.loan, reason="账户被冻结", by=OFFICER, on=on, at=AT)
        with pytest.raises(classifying.ArrearsLeft):
            servicing.cure(session, loan=credit.loan, reason="已还清", by=REVIEWER, on=on, at=AT)
        pay_arrears(session, credit, on)
        servicing.cure(session, loan=credit.loan, reason="已还清", by=REVIEWER, on=on, at=AT)
        assert credit.loan.stage is LoanStage.ACTIVE

    def test_is_no_class(self, session, credit):
        servicing.mark_default(session, loan=credit.loan, reason="账户被冻结", by=OFFICER, on=ON, at=AT)
        assert credit.loan.five_class is FiveClass.NORMAL


class TestTheAllowance:
    def test_is_a_general_share_and_a_special_one_by_class(self, session):
        """CLS-12, by product: 1% of all, and 25% of what is substandard."""
        good = a_guaranteed_loan(session, amount=yuan(3_000_000))
        bad = a_guaranteed_loan(session, amount=yuan(2_000_000), firm=a_debtor(session))
        other = a_guaranteed_loan(session, amount=yuan(1_000_000), product=Product.STARTUP, firm=a_debtor(session))
        classify(session, bad, FiveClass.SUBSTANDARD, ON)
        targets = classifying.set_allowance(session, by=SYSTEM, on=ON, at=AT)
        assert targets == {Product.WORKING_CAPITAL: yuan(550_000), Product.STARTUP: yuan(10_000)}
        assert in_book(session, "bank.allowance") == -yuan(550_000)
        assert good.loan.outstanding + other.loan.outstanding == yuan(4_000_000)

    def test_falls_again_with_the_loans(self, session, credit):
        run_until(session, date(2012, 12, 1))
        assert in_book(session, "bank.allowance") == -yuan(40_000)
        quote = servicing.settlement_quote(session, credit.loan, date(2012, 12, 1))
        servicing.receive(
            session, loan=credit.loan, amount=quote.total, bank_ref="ALL", prepay=True, by=OFFICER, on=date(2012, 12, 1),
            at=AT,
        )  # fmt: skip
        run_until(session, date(2013, 1, 1))
        assert in_book(session, "bank.allowance") == ZERO
        assert in_book(session, "bank.impairment_loss") == Money(0)
