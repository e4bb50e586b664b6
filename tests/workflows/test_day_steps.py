"""An end of day in steps: what stands between two days spares reading and changes nothing; a loan that cannot be reckoned
stops no other; whoever interrupts, joins or repeats a day finds the same books."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from credit import AT, OFFICER, ON, REVIEWER, a_guaranteed_loan, endow, yuan
from day_bank import close, three_loans, written
from days import run_until
from sqlmodel import col, select

from models.journal import DayRun
from models.lending.ageing import FiveClass
from models.loan import AccrualBlock, Loan, LoanSetAside
from models.queries.day_lines import lines_of
from models.queries.loans import loan_by_number
from models.queries.owed import meter_of
from models.roles import SYSTEM
from reports.proof import prove
from workflows import day_end, day_interest, loan_account, servicing
from workflows.day_end import next_day, run_day, run_day_in_steps, unfinished
from workflows.day_portfolio import Standing
from workflows.loan_account import LoanIsSetAside

FIRST_DUE = date(2012, 12, 21)


def pay(database, number: str, amount: int, on: date, *, ref: str, prepay: bool = False) -> None:
    with database.write() as session:
        loan = loan_by_number(session, number)
        servicing.receive(
            session, loan=loan, amount=yuan(amount), bank_ref=ref, prepay=prepay, by=OFFICER, on=on, at=AT
        )


class TestWhatStandsBetweenTwoDays:
    def test_changes_nothing(self, fresh_sqlite):
        """Payments, an early repayment, arrears, a class set by hand, a settlement: blocks and books are the same bytes."""
        ends = []
        for standing in (Standing(), None):
            with fresh_sqlite() as database:
                one, two, three = three_loans(database)
                close(database, FIRST_DUE, standing=standing)
                pay(database, one, 7_517, FIRST_DUE, ref="R1")
                pay(database, two, 300_000, FIRST_DUE, ref="R2", prepay=True)
                close(database, FIRST_DUE + timedelta(days=40), standing=standing)
                with database.write() as session:
                    servicing.classify(
                        session, loan=loan_by_number(session, one), view=FiveClass.SPECIAL_MENTION,
                        reason="观察", by=REVIEWER, on=FIRST_DUE + timedelta(days=40), at=AT,
                    )  # fmt: skip
                close(database, FIRST_DUE + timedelta(days=95), standing=standing)
                pay(database, three, 2_000_000, FIRST_DUE + timedelta(days=95), ref="R3", prepay=True)
                close(database, FIRST_DUE + timedelta(days=100), standing=standing)
                ends.append(written(database))
                with database.read() as session:
                    assert prove(session).findings == []
                    assert loan_by_number(session, three).outstanding == yuan(0)
        assert ends[0] == ends[1]

    def test_is_read_anew_after_a_day_that_was_taken_back(self, sqlite_database):
        standing = Standing()
        one, *_ = three_loans(sqlite_database)
        close(sqlite_database, ON + timedelta(days=2), standing=standing)
        with pytest.raises(ZeroDivisionError), sqlite_database.write() as session:
            run_day(session, on=ON + timedelta(days=2), by=SYSTEM, at=AT, standing=standing)
            _ = 1 // 0
        pay(sqlite_database, one, 100_000, ON + timedelta(days=2), ref="R", prepay=True)
        close(sqlite_database, ON + timedelta(days=4), standing=standing)
        with sqlite_database.read() as session:
            assert prove(session).findings == []

    def test_leaves_the_rows_of_the_loans_alone(self, sqlite_database):
        """Nothing happens to a loan: neither its row nor its meter is written."""
        one, *_ = three_loans(sqlite_database)
        with sqlite_database.read() as session:
            before = session.execute(sa.text("SELECT * FROM loan_meter ORDER BY loan_id")).all()
        close(sqlite_database, ON + timedelta(days=20), standing=Standing())
        with sqlite_database.read() as session:
            assert session.execute(sa.text("SELECT * FROM loan_meter ORDER BY loan_id")).all() == before
            loan = loan_by_number(session, one)
            meter = meter_of(session, loan)
            assert meter.through == ON + timedelta(days=19)
            assert meter.interest_fen == sum(line.interest for _, line in lines_of(session, loan)) > 0


BREAKS = [
    ("UPDATE contract SET day_basis = 0 WHERE id = :contract", "UPDATE contract SET day_basis = 360 WHERE id = :contract", "day_basis"),
    ("UPDATE loan SET rate = 5000000 WHERE id = :id", "UPDATE loan SET rate = :rate WHERE id = :id", "rate_out_of_bounds"),
    ("UPDATE instalment SET live = 0 WHERE loan_id = :id", "UPDATE instalment SET live = 1 WHERE loan_id = :id", "no_schedule"),
]  # fmt: skip


def broken(database, number: str, statement: str) -> None:
    with database.write() as session:
        loan = loan_by_number(session, number)
        facts = {"id": loan.key, "contract": loan.contract_id, "rate": 61_500}
        session.execute(sa.text(statement), {k: v for k, v in facts.items() if f":{k}" in statement})


class TestALoanThatCannotBeReckoned:
    @pytest.mark.parametrize(("breaks", "heals", "reason"), BREAKS)
    @pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
    def test_is_set_aside_and_makes_up_its_days_once_it_is_mended(self, fresh_sqlite, breaks, heals, reason, warm):
        meters = []
        for hurt in (False, True):
            standing = Standing() if warm else None
            with fresh_sqlite() as database:
                one, two, _ = three_loans(database)
                close(database, ON + timedelta(days=3), standing=standing)
                if hurt:
                    broken(database, one, breaks)
                close(database, ON + timedelta(days=6), standing=standing)
                if hurt:
                    with database.read() as session:
                        aside = session.exec(select(LoanSetAside)).one()
                        assert (aside.reason, aside.since, aside.tries) == (reason, ON + timedelta(days=3), 3)
                        assert session.get_one(DayRun, ON + timedelta(days=5)).loans == 2
                        loan = loan_by_number(session, one)
                        assert meter_of(session, loan).through == ON + timedelta(days=2)
                        assert meter_of(session, loan_by_number(session, two)).through == ON + timedelta(days=5)
                        assert [row for row in prove(session).findings if row.check != "sub-ledgers"] == []
                    broken(database, one, heals)
                close(database, ON + timedelta(days=8), standing=standing)
                with database.read() as session:
                    assert session.exec(select(LoanSetAside)).all() == []
                    assert prove(session).findings == []
                    loans = session.exec(select(Loan).order_by(col(Loan.id))).all()
                    meters.append([meter_of(session, loan).model_dump() for loan in loans])
        assert meters[0] == meters[1]

    def test_takes_money_in_and_uses_it_once_it_is_mended(self, sqlite_database):
        one, *_ = three_loans(sqlite_database)
        close(sqlite_database, FIRST_DUE)
        broken(sqlite_database, one, BREAKS[0][0])
        close(sqlite_database, FIRST_DUE + timedelta(days=1))
        tomorrow = FIRST_DUE + timedelta(days=1)
        pay(sqlite_database, one, 10_000, tomorrow, ref="R")
        with sqlite_database.write() as session, pytest.raises(LoanIsSetAside):
            loan_account.check_day(session, loan_by_number(session, one), tomorrow)
        broken(sqlite_database, one, BREAKS[0][1])
        close(sqlite_database, FIRST_DUE + timedelta(days=3))
        with sqlite_database.read() as session:
            loan = loan_by_number(session, one)
            assert loan_account.owed(session, loan, FIRST_DUE + timedelta(days=3)).due_now == yuan(0)
            assert prove(session).findings == []

    def test_is_found_by_halving_where_nobody_thought_of_it(self, sqlite_database, monkeypatch):
        three_loans(sqlite_database)
        rule = day_interest.day.run

        def stumbles(loans, lines, on, **rules):
            if (loans.firm_id == 2).any():
                raise ArithmeticError("nobody thought of this")
            return rule(loans, lines, on, **rules)

        monkeypatch.setattr("workflows.day_aside.day.run", stumbles)
        close(sqlite_database, ON + timedelta(days=1))
        with sqlite_database.read() as session:
            aside = session.exec(select(LoanSetAside)).one()
            assert session.get_one(Loan, aside.loan_id).firm_id == 2
            assert aside.detail == "ArithmeticError: nobody thought of this"
            assert session.get_one(DayRun, ON).loans == 2


class TestADayInSteps:
    def test_that_stops_is_gone_on_with_and_leaves_the_same_books(self, fresh_sqlite, monkeypatch):
        ends = []
        for stops in (None, "accrue_part", "expire", "give_notice", "close_month"):
            with fresh_sqlite() as database:
                three_loans(database)
                close(database, date(2012, 11, 30))
                with monkeypatch.context() as fault:
                    if stops is not None:
                        place = day_end if stops == "accrue_part" else day_end.day_chores
                        fault.setattr(place, stops, _machine_stops)
                        with pytest.raises(RuntimeError):
                            close(database, date(2012, 12, 1))
                        with database.read() as session:
                            assert unfinished(session).on == next_day(session) == date(2012, 11, 30)
                close(database, date(2012, 12, 2))
                ends.append(written(database))
        assert all(end == ends[0] for end in ends)

    def test_is_run_once_by_schedulers_that_start_together(self, database):
        three_loans(database)
        told: list[object] = []

        def schedule():
            try:
                told.append(run_day_in_steps(database.write, on=ON, by=SYSTEM, clock=lambda: AT).on)
            except day_end.DayAlreadyRun as refusal:
                told.append(refusal)

        threads = [threading.Thread(target=schedule) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(told) == 8
        with database.read() as session:
            assert len(session.exec(select(AccrualBlock)).all()) == 1
            run = session.exec(select(DayRun)).one()
            assert (run.loans, run.finished_at is not None) == (3, True)
            assert prove(session).findings == []

    def test_lets_nobody_do_anything_on_a_day_whose_end_was_begun(self, sqlite_database, monkeypatch):
        one, *_ = three_loans(sqlite_database)
        with monkeypatch.context() as fault:
            fault.setattr(day_end.day_chores, "expire", _machine_stops)
            with pytest.raises(RuntimeError):
                close(sqlite_database, ON + timedelta(days=1))
        from workflows.loan_account import DayOver

        with pytest.raises(DayOver):
            pay(sqlite_database, one, 5, ON, ref="R")


def _machine_stops(*_args, **_named):
    raise RuntimeError("the machine went down")


def test_the_days_of_a_month_may_share_one_session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        a_guaranteed_loan(session)
        assert run_until(session, date(2012, 12, 5)).on == date(2012, 12, 4)
