"""A settlement quoted ahead is what is owed when that morning comes, to the fen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credit import AT, OFFICER, ON, REVIEWER, a_guaranteed_loan, endow, yuan
from days import run_until
from hypothesis import given, settings
from hypothesis import strategies as st

from models.queries.owed import owed
from models.states.loan import LoanStage
from models.values.money import ZERO
from workflows import misuse, quoting
from workflows.classifying import LoanNotOwed
from workflows.servicing import receive


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session


@pytest.fixture
def loan(session):
    return a_guaranteed_loan(session).loan


class TestASettlementQuote:
    @settings(max_examples=8)
    @given(start=st.sampled_from([date(2012, 12, 1), date(2013, 1, 15), date(2013, 11, 2)]), ahead=st.integers(0, 30))
    def test_is_what_is_owed_that_morning(self, session, start, ahead):
        with session.begin_nested() as savepoint:
            loan = a_guaranteed_loan(session).loan
            run_until(session, start)
            on = start + timedelta(days=ahead)
            quote = quoting.quote(session, loan=loan, on=on, today=start)
            run_until(session, on)
            assert quote.due.total == owed(session, loan, on).total
            assert (quote.due.penalty > ZERO) is (start == date(2013, 11, 2) and ahead > 6)
            assert quote.valid_through == on
            savepoint.rollback()
        session.expire_all()

    def test_knows_of_what_a_diverted_part_bears(self, session, loan):
        """LOAN-19: the misuse rate runs on until the day that is quoted."""
        due = date(2012, 12, 21)
        run_until(session, due)
        receive(session, loan=loan, amount=yuan("30066.67"), bank_ref="I", by=OFFICER, on=due, at=AT)
        today = date(2013, 1, 15)
        run_until(session, today)
        found = misuse.declare(
            session, loan=loan, amount=yuan(650_000), from_on=date(2013, 1, 10), evidence="示例", by=OFFICER, on=today,
            at=AT,
        )  # fmt: skip
        misuse.confirm(session, diversion=found, by=REVIEWER, on=today, at=AT)
        on = today + timedelta(days=20)
        quote = quoting.quote(session, loan=loan, on=on, today=today)
        run_until(session, on)
        assert quote.due.total == owed(session, loan, on).total
        assert quote.due.penalty > ZERO

    def test_settles_the_loan_with_not_a_fen_over(self, session, loan):
        run_until(session, date(2013, 1, 15))
        on = date(2013, 1, 28)
        amount = quoting.quote(session, loan=loan, on=on, today=date(2013, 1, 15)).due.total
        run_until(session, on)
        receipt = receive(session, loan=loan, amount=amount, bank_ref="A", prepay=True, by=OFFICER, on=on, at=AT)
        assert (loan.stage, receipt.surplus) == (LoanStage.SETTLED, ZERO)

    @pytest.mark.parametrize("days", [-1, 31])
    def test_is_given_for_today_and_thirty_days_ahead(self, session, loan, days):
        today = ON + timedelta(days=3)
        run_until(session, today)
        with pytest.raises(quoting.QuoteOutOfRange) as refusal:
            quoting.quote(session, loan=loan, on=today + timedelta(days=days), today=today)
        assert refusal.value.facts["first"] == today

    def test_is_not_given_beyond_a_day_on_which_the_rate_will_change(self, session):
        credit = a_guaranteed_loan(session)
        credit.contract.repricing = "jan1"
        session.add(credit.contract)
        today = date(2012, 12, 20)
        run_until(session, today)
        assert quoting.quote(session, loan=credit.loan, on=date(2013, 1, 1), today=today).due.total > yuan(4_000_000)
        with pytest.raises(quoting.QuoteBeyondRepricing) as refusal:
            quoting.quote(session, loan=credit.loan, on=date(2013, 1, 2), today=today)
        assert refusal.value.facts["reprices"] == date(2013, 1, 1)

    def test_of_a_settled_loan_is_declined(self, session, loan):
        on = ON + timedelta(days=1)
        run_until(session, on)
        receive(session, loan=loan, amount=yuan(4_100_000), bank_ref="A", prepay=True, by=OFFICER, on=on, at=AT)
        with pytest.raises(LoanNotOwed):
            quoting.quote(session, loan=loan, on=on, today=on)
