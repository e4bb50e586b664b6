"""Rates that follow the LPR: on their day, by the contract's margin, and not before (LOAN-09)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credit import AT, ON, a_guaranteed_loan, endow
from days import run_until
from sqlmodel import select

from models.lending.changes import ChangeKind
from models.queries.loan_changes import changes_of
from models.queries.owed import accrued_interest, live_lines, meter_of
from models.roles import SYSTEM
from models.states.loan_change import ChangeStage
from models.values.money import total
from models.values.rate import Rate
from models.versions import Lpr
from reports.proof import prove
from workflows.repricing import reprice_due

NEW_YEAR = date(2013, 1, 1)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session
        assert prove(session).findings == []


def a_loan(session, how):
    """A loan whose rate stands half a per cent above the quotation, repriced in one way or another."""
    credit = a_guaranteed_loan(session, term_months=24)
    credit.contract.repricing = how
    credit.contract.lpr = Rate.of("0.0565")
    session.add(credit.contract)
    session.flush()
    return credit


def quoted(session, published, one_year):
    session.add(Lpr(published=published, one_year=Rate.of(one_year), five_year=Rate.of("0.07")))
    session.flush()


class TestRepricing:
    def test_on_the_first_of_january_takes_the_newest_quotation_and_the_old_margin(self, session):
        credit = a_loan(session, "jan1")
        quoted(session, date(2012, 12, 20), "0.0400")
        run_until(session, NEW_YEAR)
        earned = meter_of(session, credit.loan).interest_fen
        assert reprice_due(session, by=SYSTEM, on=NEW_YEAR, at=AT) == 1
        assert (credit.loan.rate, credit.contract.rate) == (Rate.of("0.0450"), Rate.of("0.0450"))
        assert (credit.contract.lpr_published, credit.contract.spread_bp) == (date(2012, 12, 20), 50)
        assert accrued_interest(session, credit.loan, NEW_YEAR).fen == earned
        [change] = changes_of(session, credit.loan)
        assert (change.kind, change.stage, change.rate_before) == (
            ChangeKind.RATE,
            ChangeStage.EFFECTIVE,
            Rate.of("0.0615"),
        )
        run_until(session, NEW_YEAR + timedelta(days=1))
        assert meter_of(session, credit.loan).interest_fen - earned == 4_000_000_00 * 45 // 1000 // 360
        assert total(line.principal for line in live_lines(session, credit.loan)) == credit.loan.outstanding

    def test_happens_once_and_leaves_other_days_and_contracts_alone(self, session):
        for how in ("jan1", "anniversary", "fixed"):
            a_loan(session, how)
        quoted(session, date(2012, 12, 20), "0.0400")
        run_until(session, NEW_YEAR)
        assert reprice_due(session, by=SYSTEM, on=date(2012, 12, 31), at=AT) == 0
        assert reprice_due(session, by=SYSTEM, on=NEW_YEAR, at=AT) == 1
        assert reprice_due(session, by=SYSTEM, on=NEW_YEAR, at=AT) == 0

    def test_on_the_anniversary_leaves_a_rate_that_did_not_move(self, session):
        credit = a_loan(session, "anniversary")
        credit.contract.lpr = Rate.of("0.0615")
        session.add(credit.contract)
        on = date(2013, 11, 7)
        run_until(session, on)
        assert reprice_due(session, by=SYSTEM, on=on, at=AT) == 0
        quoted(session, on, "0.0600")
        assert reprice_due(session, by=SYSTEM, on=on, at=AT) == 1
        assert credit.loan.rate == Rate.of("0.06")
        assert on > ON
        assert session.exec(select(Lpr).where(Lpr.published == on)).one().one_year == credit.contract.lpr


class TestOnBothEngines:
    def test_an_anniversary_is_found_among_all_contracts(self, database):
        with database.write() as session:
            endow(session)
            begun = date(2012, 11, 30)
            run_until(session, begun)
            credit = a_guaranteed_loan(session, term_months=48, on=begun)
            credit.contract.repricing = "anniversary"
            session.add(credit.contract)
            quoted(session, date(2013, 2, 1), "0.0500")
            run_until(session, date(2013, 11, 30))
            assert reprice_due(session, by=SYSTEM, on=date(2013, 11, 30), at=AT) == 1
            assert credit.loan.rate == Rate.of("0.05")
