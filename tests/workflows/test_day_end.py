"""The end of day: once, in order, all or nothing; its books hold after any history; its interest is the contract's."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from credit import (
    AT,
    COMMITTEE,
    OFFICER,
    ON,
    REVIEWER,
    a_contract,
    a_debtor,
    a_guaranteed_loan,
    a_reservation,
    an_approval,
    endow,
    pay_out,
    put_in_force,
    yuan,
)
from days import run_until
from hypothesis import given, settings
from hypothesis import strategies as st
from people import ACTORS
from sqlmodel import select

from models.application import Product
from models.journal import DayRun, Message
from models.lending.ageing import FiveClass
from models.loan import AccrualBlock, LoanMeter
from models.policies.rules import ServicingRules
from models.queries.books import balance
from models.queries.loans import accruals_of, loan_by_number
from models.queries.rules import rules_in_force
from models.refusals import NotAllowed
from models.roles import SYSTEM, Role
from models.states.application import Stage
from models.states.loan import LoanStage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from models.watch import WatchCase
from reports.proof import prove
from workflows import day_end, day_interest, funding, loan_account, posting, servicing
from workflows.day_end import DayAlreadyRun, DayOutOfOrder, days_due, next_day, run_day
from workflows.day_portfolio import Standing
from workflows.loan_account import DayOver

FIRST_DUE = date(2012, 12, 21)


@contextmanager
def a_bank(database):
    """One transaction over a bank with capital, whose books are proved at its end."""
    with database.write() as session:
        endow(session)
        yield session
        assert prove(session).findings == []


def run(session, on, *, by=SYSTEM):
    return run_day(session, on=on, by=by, at=AT)


class TestADay:
    def test_is_run_once_and_in_order(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            assert next_day(session) == ON
            run(session, ON)
            with pytest.raises(DayAlreadyRun):
                run(session, ON)
            with pytest.raises(DayOutOfOrder) as refusal:
                run(session, ON + timedelta(days=2))
            assert refusal.value.facts["next"] == ON + timedelta(days=1)
            assert days_due(session, ON + timedelta(days=3)) == [ON + timedelta(days=n) for n in (1, 2, 3)]
            assert days_due(session, ON) == []

    def test_cannot_begin_after_the_first_event_in_the_books(self, sqlite_database):
        with a_bank(sqlite_database) as session, pytest.raises(DayOutOfOrder):
            run(session, ON + timedelta(days=1))

    def test_of_a_bank_in_which_nothing_has_happened_is_none_due(self, sqlite_database):
        with sqlite_database.read() as session:
            assert next_day(session) is None
            assert days_due(session, ON) == []

    def test_is_started_by_few_and_done_by_the_clock(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            a_guaranteed_loan(session)
            with pytest.raises(NotAllowed):
                run(session, ON, by=ACTORS[Role.EXPERT])
            starter = ACTORS[Role.ADMINISTRATOR]
            assert run(session, ON, by=starter).notes["by"] == starter.user_id
            actors = session.execute(
                sa.text("SELECT DISTINCT actor FROM ledger_event WHERE key LIKE 'accrue:%'")
            ).scalars()
            assert list(actors) == [SYSTEM.user_id]

    def test_that_fails_leaves_nothing_and_gives_the_same_when_it_is_run_again(self, database, monkeypatch):
        with database.write() as session:
            endow(session)
            for product in Product:
                a_guaranteed_loan(session, product=product, firm=a_debtor(session), amount=yuan(1_000_000))
            run_until(session, ON + timedelta(days=3))
        day = ON + timedelta(days=3)
        before = digest(database)

        def broken(*_args, **_named):
            raise RuntimeError("the machine went down")

        with monkeypatch.context() as fault:
            fault.setattr(day_end.day_chores, "give_notice", broken)
            with pytest.raises(RuntimeError), database.write() as session:
                run(session, day)
        assert digest(database) == before
        with database.write() as session:
            run(session, day)
        once = digest(database)
        assert once != before
        with database.read() as session:
            blocks = session.exec(select(AccrualBlock).where(AccrualBlock.on == day)).all()
            assert [block.loans for block in blocks] == [len(Product)]

        with pytest.raises(ZeroDivisionError), database.write() as session:
            run(session, day + timedelta(days=1))
            _ = 1 // 0  # the caller's own trouble after the day takes the day with it
        assert digest(database) == once

    @pytest.mark.pg
    def test_that_was_run_between_reading_a_loan_and_its_payment_is_noticed(self, pg_database):
        """Nobody writes an account back as it was before the day."""
        with pg_database.write() as session:
            endow(session)
            number = a_guaranteed_loan(session).loan.number
        with pytest.raises(DayOver), pg_database.write() as desk:
            loan = loan_by_number(desk, number)
            assert loan_account.meter_of(desk, loan).through == ON - timedelta(days=1)
            with pg_database.write() as clock:
                run(clock, ON)
            servicing.receive(desk, loan=loan, amount=yuan(5), bank_ref="R", by=OFFICER, on=ON, at=AT)
        with pg_database.read() as session:
            assert prove(session).findings == []

    def test_may_share_its_transaction_with_others(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            credit = a_guaranteed_loan(session)
            run_until(session, date(2013, 2, 1))
            assert session.exec(select(sa.func.count()).select_from(DayRun)).one() == 86
            assert credit.loan.oldest_unpaid == FIRST_DUE

    def test_shows_objects_that_the_session_holds_as_the_day_left_them(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            credit = a_guaranteed_loan(session)
            meter = loan_account.meter_of(session, credit.loan)
            stamp = credit.loan.stamp
            run_until(session, FIRST_DUE + timedelta(days=10))
            assert loan_account.meter_of(session, credit.loan) is meter
            assert meter.through == FIRST_DUE + timedelta(days=9)
            assert credit.loan.five_class is FiveClass.SPECIAL_MENTION
            assert credit.loan.stamp > stamp


def digest(database) -> list[tuple[object, ...]]:
    """Everything that a day writes about loans and books, as it stands."""
    with database.read() as session:
        meters = session.execute(sa.select(LoanMeter.__table__).order_by(LoanMeter.loan_id)).all()
        blocks = session.execute(
            sa.select(AccrualBlock.on, AccrualBlock.part, AccrualBlock.sha256).order_by(
                AccrualBlock.on, AccrualBlock.part
            )
        ).all()
        loans = session.execute(
            sa.text("SELECT id, stage, five_class, oldest_unpaid, stamp FROM loan ORDER BY id")
        ).all()
        heads = session.execute(sa.text("SELECT book, seq, hash FROM ledger_head ORDER BY book")).all()
        runs = session.execute(sa.select(DayRun.on, DayRun.loans, DayRun.interest_fen).order_by(DayRun.on)).all()
        return [tuple(row) for part in (meters, blocks, loans, heads, runs) for row in part]


class TestItsInterest:
    def test_comes_to_the_instalment_on_the_day_it_is_due(self, sqlite_database):
        """LOAN-10, LOAN-15: 44 days on four million at 6.15%."""
        with a_bank(sqlite_database) as session:
            credit = a_guaranteed_loan(session)
            run_until(session, FIRST_DUE)
            meter = loan_account.meter_of(session, credit.loan)
            assert (
                Money(meter.interest_fen)
                == yuan("30066.67")
                == loan_account.owed(session, credit.loan, FIRST_DUE).due_now
            )
            assert balance(session, "bank.interest_income").net == -yuan("30066.67")

    def test_is_one_entry_for_each_product_and_day(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            for product in (Product.STARTUP, Product.STARTUP, Product.RD_CENTRE):
                a_guaranteed_loan(session, product=product, amount=yuan(1_000_000), firm=a_debtor(session))
            run(session, ON)
            keys = session.execute(sa.text("SELECT key FROM ledger_event WHERE key LIKE 'accrue:%'")).scalars()
            assert set(keys) == {"accrue:2012-11-07:startup", "accrue:2012-11-07:rd_centre"}
            assert [block.loans for block in session.exec(select(AccrualBlock))] == [3]

    def test_is_read_back_for_one_loan_from_the_days_blocks(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            one = a_guaranteed_loan(session)
            a_guaranteed_loan(session, firm=a_debtor(session), amount=yuan(1_000_000))
            run_until(session, FIRST_DUE + timedelta(days=5))
            lines = accruals_of(session, one.loan)
            meter = loan_account.meter_of(session, one.loan)
            assert len(lines) == 49
            assert (
                sum(line.total_fen for _, line in lines) == meter.interest_fen + meter.penalty_fen + meter.compound_fen
            )
            assert [line.days_past_due for _, line in lines][-2:] == [3, 4]
            assert accruals_of(session, one.loan, since=FIRST_DUE, until=FIRST_DUE)[0][0] == FIRST_DUE

    def test_begins_on_the_day_of_a_pay_out_made_while_days_were_missing(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            run(session, ON)
            later = ON + timedelta(days=3)
            credit = a_guaranteed_loan(session, on=later)
            runs = [run(session, day) for day in days_due(session, later)]
            assert [one.loans for one in runs] == [0, 0, 1]
            assert loan_account.meter_of(session, credit.loan).interest_fen == 68_333


class TestAMonthsEnd:
    def test_sets_the_allowance_earns_fees_and_accrues_the_cost_of_funds(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            treasurer, approver = ACTORS[Role.TREASURER], ACTORS[Role.BUREAU_APPROVER]
            facility = funding.register_facility(
                session, lender="示例政策性银行", commitment=yuan(300_000_000), rate=Rate.of("0.0400"), starts_on=ON,
                ends_on=date(2017, 11, 7), by=treasurer, on=ON, at=AT,
            )  # fmt: skip
            funding.open_facility(session, facility=facility, by=approver, on=ON, at=AT)
            funding.draw(
                session,
                facility=facility,
                amount=yuan(10_000_000),
                due_on=date(2015, 11, 7),
                by=treasurer,
                on=ON,
                at=AT,
            )
            a_guaranteed_loan(session)
            run_until(session, date(2012, 12, 1))
            notes = session.get_one(DayRun, date(2012, 11, 30)).notes
            assert notes["allowance_fen"] == 4_000_000
            assert notes["funding_cost_fen"] == funding_cost(24)
            assert notes["guarantee_fees_fen"] > 0
            assert "allowance_fen" not in session.get_one(DayRun, date(2012, 11, 29)).notes
            run_until(session, date(2013, 1, 1))
            assert session.get_one(DayRun, date(2012, 12, 31)).notes["reserve_fen"] > 0


def funding_cost(days: int) -> int:
    """Ten million at 4% for so many days."""
    return (1_000_000_000 * 40_000 * days * 2 + 360_000_000) // (2 * 360_000_000)


class TestWhatExpires:
    def test_reservations_of_money_and_approvals_are_let_go_after_their_last_day(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            posting.hold(
                session, "relender.cash", yuan(100), key="hold", cause="", expires=ON, by=COMMITTEE, on=ON, at=AT
            )
            application, decision = an_approval(session)
            application.stage = Stage.DECIDED
            cover = a_reservation(session, application, decision)
            decision.valid_to = ON
            session.add_all([application, decision])
            session.flush()
            first, second = run(session, ON), run(session, ON + timedelta(days=1))
            assert (first.notes["holds"], first.notes["approvals"]) == (0, 0)
            assert (second.notes["holds"], second.notes["approvals"]) == (1, 1)
            assert application.stage is Stage.LAPSED
            assert str(cover.stage) == "lapsed"
            assert balance(session, "bank.memo_undrawn").net == ZERO


class TestWhatPeopleAreTold:
    def test_the_officer_hears_of_instalments_ten_days_ahead(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            credit = a_guaranteed_loan(session)
            run_until(session, FIRST_DUE - timedelta(days=9))
            message = session.exec(select(Message).where(Message.subject == "servicing.due_soon")).one()
            assert json.loads(message.body) == {
                "number": credit.loan.number, "payable_on": FIRST_DUE.isoformat(), "fen": 3_006_667,
            }  # fmt: skip
            assert message.link == f"/loans/{credit.loan.number}"

    def test_late_loans_come_onto_the_watch_list(self, sqlite_database):
        with a_bank(sqlite_database) as session:
            credit = a_guaranteed_loan(session)
            run_until(session, FIRST_DUE + timedelta(days=3))
            cases = session.exec(select(WatchCase).where(WatchCase.loan_id == credit.loan.key)).all()
            assert [case.signal for case in cases] == ["overdue"]


class TestClassesOfADebtor:
    def test_follow_its_bad_claims_when_these_are_more_than_a_tenth(self, sqlite_database):
        """CLS-06: a debtor's other loan turns substandard with the late one."""
        with a_bank(sqlite_database) as session:
            firm = a_debtor(session)
            late = a_guaranteed_loan(session, firm=firm, amount=yuan(1_000_000))
            other = a_guaranteed_loan(session, firm=firm, amount=yuan(1_000_000))
            for due in (FIRST_DUE, date(2013, 3, 21)):
                run_until(session, due)
                owed = loan_account.owed(session, other.loan, due).due_now
                servicing.receive(session, loan=other.loan, amount=owed, bank_ref=f"P{due}", by=OFFICER, on=due, at=AT)
            run_until(session, FIRST_DUE + timedelta(days=92))
            assert late.loan.five_class is FiveClass.SUBSTANDARD
            assert (other.loan.five_class, other.loan.non_accrual) == (FiveClass.SUBSTANDARD, True)
            assert other.loan.stage is LoanStage.ACTIVE
            assert session.get_one(DayRun, FIRST_DUE + timedelta(days=91)).notes["non_performing_fen"] == 200_000_000


@dataclass(frozen=True)
class Step:
    """Days that pass, then something that happens to one of the loans."""

    days: int
    loan: int
    act: str
    share: int


STEPS = st.lists(
    st.builds(
        Step,
        days=st.integers(0, 18),
        loan=st.integers(0, 1),
        act=st.sampled_from(("pay", "pay", "part", "over", "prepay", "tranche", "reverse", "settle", "wait")),
        share=st.integers(1, 99),
    ),
    min_size=1,
    max_size=5,
)


def play(database, steps, *, proved_every: int = 1) -> None:
    """Two loans of one bank, one paid out in tranches, through a history; the books are proved after every day (or every
    few) and once more after what happened on the morning after a step's days."""
    with database.write() as session:
        endow(session)
        whole = a_guaranteed_loan(session, amount=yuan(1_234_567)).loan
        application, decision = an_approval(session, amount=yuan(3_000_000), firm=a_debtor(session), term_months=6)
        cover = a_reservation(session, application, decision)
        _, tranches = a_contract(session, application, decision)
        put_in_force(session, cover)
        pay_out(session, tranches, yuan(777_777))
        loans, on, last = (whole, tranches), ON, {}
        for number, step in enumerate(steps):
            on += timedelta(days=step.days)
            for day in days_due(session, on - timedelta(days=1)):
                run(session, day)
                assert day.toordinal() % proved_every or prove(session).findings == []
            loan = loans[step.loan]
            if loan.stage.owed:
                receipt = happen(session, loan, step, last.get(step.loan), f"R{number}", on)
                if receipt is not None:
                    last[step.loan] = receipt
            assert prove(session).findings == []
            for one in loans:
                if one.stage.owed:
                    meter = loan_account.meter_of(session, one)
                    assert Money(meter.interest_fen) == loan_account.accrued_interest(session, one, on)


def happen(session, loan, step, receipt, ref, on):
    """One thing on the morning of a day; returns the receipt if there is one."""
    args = {"by": OFFICER, "on": on, "at": AT}
    owed = loan_account.owed(session, loan, on)
    amount = {
        "pay": owed.due_now,
        "part": owed.due_now.times(step.share, 100),
        "over": owed.due_now + yuan(1_000 * step.share),
        "prepay": owed.total.times(step.share, 100),
        "settle": owed.total,
    }.get(step.act, ZERO)
    if amount:
        early = step.act in ("prepay", "settle")
        return servicing.receive(session, loan=loan, amount=amount, bank_ref=ref, prepay=early, **args)
    if step.act == "tranche" and loan.disbursed < loan.amount and on < loan.matures_on and not loan.oldest_unpaid:
        pay_out(session, loan, (loan.amount - loan.disbursed).times(step.share, 100), on=on)
    if step.act == "reverse" and receipt is not None:
        try:
            servicing.reverse_receipt(session, receipt=receipt, reason="退票", by=REVIEWER, on=on, at=AT)
        except servicing.ReceiptNotReversible:
            return None
    return None


class TestAnyHistory:
    @settings(max_examples=4)
    @given(steps=STEPS)
    def test_leaves_books_that_hold_after_every_day(self, fresh_sqlite, steps):
        with fresh_sqlite() as database:
            play(database, steps)

    def test_leaves_the_same_kind_of_books_on_both_engines(self, database):
        play(
            database,
            [
                Step(44, 0, "part", 40), Step(1, 0, "reverse", 1), Step(5, 1, "tranche", 50), Step(20, 0, "over", 30),
                Step(30, 1, "prepay", 20), Step(45, 0, "wait", 1), Step(45, 1, "pay", 1), Step(40, 0, "part", 60),
                Step(10, 1, "settle", 1), Step(0, 0, "settle", 1),
            ],
            proved_every=10,
        )  # fmt: skip

    def test_of_a_hundred_days_costs_no_object_a_loan(self, sqlite_database, monkeypatch):
        """The end of day reads columns: no loan becomes an object on an ordinary day."""
        with a_bank(sqlite_database) as session:
            a_guaranteed_loan(session)
            run_until(session, ON + timedelta(days=2))
            session.expunge_all()
            day = ON + timedelta(days=2)
            rules, standing = rules_in_force(session, ServicingRules, ON), Standing()
            day_interest.accrue_part(session, 0, on=day, rules=rules, standing=standing, by=SYSTEM, at=AT)
            assert [row for row in session.identity_map.values() if type(row).__name__ in ("Loan", "LoanMeter")] == []
