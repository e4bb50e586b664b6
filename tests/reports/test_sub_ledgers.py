"""Sub-ledgers against the accounts: nothing to say about sound books, and the row's name about any other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from credit import AT, OFFICER, ON, a_contract, a_debtor, a_guaranteed_loan, a_reservation, an_approval, endow, yuan
from days import run_until

from models.states.application import Stage
from reports.sub_ledgers import differences
from workflows import servicing

FIRST_DUE = date(2012, 12, 21)


def found(session):
    session.expire_all()
    return dict(differences(session))


def touch(session, statement):
    session.flush()
    session.connection().exec_driver_sql(statement)


class TestSoundBooks:
    def test_have_no_differences_at_any_step_of_a_loan(self, database):
        with database.write() as session:
            endow(session)
            application, decision = an_approval(session, firm=a_debtor(session))
            application.stage = Stage.DECIDED
            session.add(application)
            a_reservation(session, application, decision)
            assert found(session) == {}
            application.stage = Stage.CONTRACTED
            session.add(application)
            a_contract(session, application, decision)
            assert found(session) == {}
            credit = a_guaranteed_loan(session)
            assert found(session) == {}
            run_until(session, FIRST_DUE)
            assert found(session) == {}
            servicing.receive(
                session, loan=credit.loan, amount=yuan(50_000), bank_ref="R", by=OFFICER, on=FIRST_DUE, at=AT
            )
            assert found(session) == {}
            run_until(session, FIRST_DUE + timedelta(days=2))
            assert found(session) == {}


class TestWhatWasChangedBehindTheBooks:
    @pytest.fixture
    def session(self, sqlite_database):
        with sqlite_database.write() as session:
            endow(session)
            self.credit = a_guaranteed_loan(session)
            run_until(session, ON + timedelta(days=3))
            yield session
            session.rollback()

    @pytest.mark.parametrize(
        ("statement", "row"),
        [
            ("UPDATE loan SET outstanding = outstanding - 1", "bank.principal[{loan}]"),
            (
                "UPDATE loan_meter SET interest_fen = 1, through = '2012-11-09'",
                "bank.interest_receivable[working_capital]",
            ),
            ("DELETE FROM accrual_block WHERE \"on\" = '2012-11-09'", "bank.interest_receivable[working_capital]"),
            ("UPDATE loan SET non_accrual = 1", "bank.memo_suspended_interest[working_capital]"),
            ("UPDATE guarantee SET in_force = in_force - 1", "guarantor.memo_in_force[{loan}]"),
            ("UPDATE guarantee SET fee_earned = fee_earned + 1", "guarantor.unearned_reserve[{loan}]"),
            ("UPDATE loan SET amount = amount + 1", "bank.memo_undrawn[{loan}]"),
            ("UPDATE instalment SET principal = principal + 1 WHERE principal > 0", "{loan}"),
            ("DELETE FROM loan_meter", "{loan}"),
            ("UPDATE accrual_block SET interest_fen = interest_fen + 1", "2012-11-08 0"),
            ("UPDATE accrual_block SET loans = 2", "2012-11-09 0"),
            ("UPDATE accrual_block SET data = x'00'", "2012-11-07 0"),
            ("UPDATE accrual_block SET interest_fen = 0, suspended_fen = interest_fen", "2012-11-07 0"),
        ],
    )
    def test_is_named(self, session, statement, row):
        loan = self.credit.loan.number
        touch(session, statement)
        assert row.format(loan=loan) in found(session)

    def test_is_named_where_a_receipt_settles_more_than_came_in(self, session):
        receipt = servicing.receive(
            session, loan=self.credit.loan, amount=yuan(5), bank_ref="R", by=OFFICER, on=ON + timedelta(days=3), at=AT
        )
        touch(session, "UPDATE receipt SET surplus = surplus + 1")
        rows = found(session)
        assert receipt.number in rows
        assert f"bank.unapplied[{self.credit.loan.number}]" in rows

    def test_says_both_sides(self, session):
        touch(session, "UPDATE loan SET outstanding = outstanding - 100")
        assert found(session)[f"bank.principal[{self.credit.loan.number}]"] == (
            "the rows say 3,999,999.00, the account 4,000,000.00"
        )

    def test_is_not_listed_without_end(self, session):
        rows = session.execute(sa.text("SELECT COUNT(*) FROM accrual_block")).scalar_one()
        touch(session, "UPDATE accrual_block SET loans = loans + 7")
        assert len([row for row in found(session) if row.endswith(" 0")]) == rows
