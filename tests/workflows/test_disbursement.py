"""Money leaves the bank when every condition is met, in tranches, to whom it was promised (TB-09, LOAN-06)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from accounts import a_loan, an_asset, cover_of, days_pass, decided, drawn_up, pledged, registered, signed
from credit import AT, DISBURSER, OFFICER, ON, endow, person, yuan
from sqlmodel import Session, select

from models.application import Application
from models.decision import Condition, Decision
from models.firm import Firm, Milestone
from models.journal import JournalLine
from models.loan import Contract, Loan, PayOut
from models.queries.books import balance
from models.refusals import NotAllowed
from models.roles import Role
from models.states.aftercare import GuaranteeStage
from models.states.application import Stage
from models.states.loan import ContractStage, LoanStage, PayOutStage
from models.states.machine import MoveNotOpen
from models.values.money import ZERO
from talentbank.database import Database
from workflows import contracting, disbursement, given, loan_account
from workflows.moves import ReasonNeeded, SameHand
from workflows.posting import LimitReached

SUPPLIER = "示例设备有限公司"


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """A writing session on a bank with its rules and its capital."""
    with sqlite_database.write() as writing:
        endow(writing)
        yield writing


def ask(session: Session, loan: Loan, amount: str = "4000000", *, on: date = ON, **more: Any) -> PayOut:
    """The officer asks for a tranche."""
    given = {"payee": SUPPLIER} | more
    return disbursement.request_pay_out(session, loan=loan, amount=yuan(amount), **given, by=OFFICER, on=on, at=AT)


def pay(session: Session, pay_out: PayOut, *, on: date = ON, bank_ref: str = "") -> PayOut:
    """The disburser pays it."""
    ref = bank_ref or f"BK{pay_out.number}"
    return disbursement.pay_out(session, pay_out=pay_out, bank_ref=ref, by=DISBURSER, on=on, at=AT)


def condition(
    session: Session, application: Application, text: str = "股东会决议", kind: str = "document"
) -> Condition:
    """A condition precedent of the approval."""
    decision = session.exec(select(Decision).where(Decision.application_id == application.key)).one()
    row = Condition(decision_id=decision.key, kind=kind, text=text)
    session.add(row)
    session.flush()
    return row


class TestAskingForATranche:
    def test_names_who_gets_the_money_and_whether_it_is_entrusted(self, session):
        loan = a_loan(session)
        small, large = ask(session, loan, "500000"), ask(session, loan, "500000.01")
        assert (small.entrusted, large.entrusted) == (False, True)
        assert small.stage is PayOutStage.REQUESTED
        assert balance(session, "bank.principal").net == ZERO

    def test_above_the_threshold_never_pays_the_borrower_itself(self, session):
        loan = a_loan(session)
        firm = session.get_one(Firm, loan.firm_id).name
        ask(session, loan, "500000", payee=firm)
        with pytest.raises(disbursement.EntrustedPaymentNeeded):
            ask(session, loan, "600000", payee=firm)

    def test_stays_within_what_is_promised_with_what_waits_already(self, session):
        loan = a_loan(session)
        ask(session, loan, "3000000")
        with pytest.raises(disbursement.MoreThanUndrawn) as refusal:
            ask(session, loan, "1000000.01")
        assert refusal.value.facts["left"] == yuan(1_000_000)

    def test_is_no_smaller_than_a_tranche_unless_it_is_the_rest(self, session):
        loan = a_loan(session)
        with pytest.raises(given.PartTooSmall) as refusal:
            ask(session, loan, "0.01")
        assert refusal.value.facts["least"] == yuan(10_000)
        ask(session, loan, "3999999.99")
        assert ask(session, loan, "0.01").amount == yuan("0.01")

    def test_waits_for_every_condition(self, session):
        application, _ = decided(session)
        row = condition(session, application)
        loan = signed(session, drawn_up(session, application))
        with pytest.raises(disbursement.ConditionsOpen) as refusal:
            ask(session, loan)
        assert refusal.value.facts["conditions"] == ["股东会决议"]
        contracting.meet_condition(session, condition=row, proof="决议第3号", by=OFFICER, on=ON, at=AT)
        ask(session, loan)

    def test_waits_for_the_guarantee_to_be_in_force(self, session):
        application, _ = decided(session)
        loan = signed(session, drawn_up(session, application), in_force=False)
        with pytest.raises(disbursement.GuaranteeNotInForce) as refusal:
            ask(session, loan)
        assert refusal.value.facts["stage"] is GuaranteeStage.PROPOSED

    def test_waits_for_pledges_to_be_registered(self, session):
        application, _ = decided(session)
        contract = drawn_up(session, application)
        pledge = pledged(session, contract, an_asset(session, contract))
        loan = signed(session, contract)
        with pytest.raises(disbursement.PledgesNotRegistered):
            ask(session, loan)
        registered(session, pledge)
        ask(session, loan)

    def test_waits_for_a_pledge_that_the_decision_demands(self, session):
        application, _ = decided(session)
        row = condition(session, application, "发明专利质押", kind=disbursement.PLEDGE_CONDITION)
        loan = signed(session, drawn_up(session, application))
        contracting.meet_condition(session, condition=row, proof="已约定", by=OFFICER, on=ON, at=AT)
        with pytest.raises(disbursement.PledgesNotRegistered):
            ask(session, loan)

    def test_waits_for_its_milestone(self, session):
        loan = a_loan(session)
        milestone = Milestone(firm_id=loan.firm_id, title="样机下线", due_on=date(2012, 12, 31))
        session.add(milestone)
        session.flush()
        with pytest.raises(disbursement.MilestoneNotReached):
            ask(session, loan, milestone="样机下线")
        milestone.reached_on = ON
        session.flush()
        assert ask(session, loan, milestone="样机下线").milestone == "样机下线"

    def test_is_not_for_a_borrower_in_arrears(self, session):
        loan = a_loan(session)
        pay(session, ask(session, loan, "1000000"))
        loan.oldest_unpaid = ON
        session.flush()
        with pytest.raises(disbursement.BorrowerInArrears):
            ask(session, loan, "1000000")

    def test_ends_with_the_contract(self, session):
        loan = a_loan(session)
        with pytest.raises(disbursement.LoanNotDrawable):
            ask(session, loan, on=date(2013, 11, 7))

    def test_is_the_officers_work(self, session):
        with pytest.raises(NotAllowed):
            disbursement.request_pay_out(
                session, loan=a_loan(session), amount=yuan(1), payee=SUPPLIER, by=DISBURSER, on=ON, at=AT
            )


class TestPayingOut:
    def test_puts_the_principal_into_the_books_and_takes_the_promise_back(self, session):
        loan = a_loan(session)
        paid = pay(session, ask(session, loan, "1500000"))
        assert (paid.stage, paid.paid_on, loan.stage) == (PayOutStage.PAID, ON, LoanStage.ACTIVE)
        assert balance(session, "bank.principal", part=loan.number).net == yuan(1_500_000)
        assert balance(session, "bank.memo_undrawn", part=loan.number).net == yuan(2_500_000)
        assert (loan.outstanding, disbursement.undrawn(loan)) == (yuan(1_500_000), yuan(2_500_000))
        assert loan_account.live_lines(session, loan)[-1].principal == yuan(1_500_000)

    def test_leaves_the_guarantee_at_what_is_owed_and_promised(self, session):
        loan = a_loan(session)
        pay(session, ask(session, loan, "1500000"))
        assert cover_of(session, loan).in_force == yuan(3_200_000)
        assert balance(session, "guarantor.memo_in_force", part=loan.number).net == yuan(3_200_000)

    def test_in_tranches_levels_the_schedule_each_time(self, session):
        loan = a_loan(session)
        pay(session, ask(session, loan, "1500000"))
        on = ON + timedelta(days=20)
        days_pass(session, loan, on)
        pay(session, ask(session, loan, "2500000", on=on), on=on)
        lines = loan_account.live_lines(session, loan)
        assert (lines[-1].principal, lines[0].plan) == (yuan(4_000_000), 2)
        assert lines[0].brought == yuan("5125.00")
        assert balance(session, "bank.memo_undrawn", part=loan.number).net == ZERO

    @pytest.mark.parametrize(
        "hand", ["application.approve", "application.investigate", "contract.sign", "pay_out.request"]
    )
    def test_is_for_a_hand_that_did_nothing_else_in_the_case(self, session, hand):
        both = person(Role.DISBURSER)
        loan = a_loan(session)
        subject, _, verb = hand.partition(".")
        asked = ask(session, loan)
        session.add(
            JournalLine(
                case=f"application:{loan.application_id}", subject=subject, subject_id=1, verb=verb, source="",
                target="", actor_id=both.user_id, actor_name=both.name, role="x", on=ON, at=AT,
            )
        )  # fmt: skip
        session.flush()
        with pytest.raises(SameHand):
            disbursement.pay_out(session, pay_out=asked, bank_ref="BK1", by=both, on=ON, at=AT)

    def test_happens_once(self, session):
        loan = a_loan(session)
        asked = ask(session, loan)
        pay(session, asked)
        with pytest.raises(disbursement.BankReferenceUsed):
            second = a_loan(session)
            pay(session, ask(session, second), bank_ref=asked.bank_ref or "")
        with pytest.raises(MoveNotOpen):
            pay(session, asked)

    def test_looks_again_at_what_had_to_hold(self, session):
        loan = a_loan(session)
        asked = ask(session, loan)
        condition(session, session.get_one(Application, loan.application_id), "新增条件")
        with pytest.raises(disbursement.ConditionsOpen):
            pay(session, asked)

    def test_waits_for_the_contracts_first_day(self, session):
        application, _ = decided(session)
        loan = signed(session, drawn_up(session, application, start_on=date(2012, 11, 12)))
        with pytest.raises(disbursement.LoanNotDrawable):
            pay(session, ask(session, loan))

    def test_refused_leaves_the_promise_for_another(self, session):
        loan = a_loan(session)
        asked = ask(session, loan)
        with pytest.raises(ReasonNeeded):
            disbursement.refuse_pay_out(session, pay_out=asked, reason="", by=DISBURSER, on=ON, at=AT)
        disbursement.refuse_pay_out(session, pay_out=asked, reason="收款账户有误", by=DISBURSER, on=ON, at=AT)
        assert (asked.stage, loan.stage) == (PayOutStage.REFUSED, LoanStage.UNDRAWN)
        pay(session, ask(session, loan))


class TestStoppingToDraw:
    def stop(self, session: Session, loan: Loan, on: date = ON) -> Loan:
        return disbursement.stop_drawing(session, loan=loan, reason="项目缩减", by=OFFICER, on=on, at=AT)

    def test_takes_back_the_promise_of_the_rest(self, session):
        loan = a_loan(session)
        pay(session, ask(session, loan, "1500000"))
        self.stop(session, loan)
        assert (loan.amount, loan.stage) == (yuan(1_500_000), LoanStage.ACTIVE)
        assert balance(session, "bank.memo_undrawn", part=loan.number).net == ZERO
        assert cover_of(session, loan).in_force == yuan(1_200_000)
        with pytest.raises(disbursement.NothingUndrawn):
            self.stop(session, loan)

    def test_of_a_loan_never_drawn_cancels_it_with_all_that_hangs_on_it(self, session):
        loan = a_loan(session)
        cover = cover_of(session, loan)
        self.stop(session, loan)
        assert (loan.stage, cover.stage) == (LoanStage.CANCELLED, GuaranteeStage.RELEASED)
        assert session.get_one(Contract, loan.contract_id).stage is ContractStage.FULFILLED
        assert session.get_one(Application, loan.application_id).stage is Stage.CLOSED
        assert balance(session, "guarantor.memo_in_force").net == ZERO

    def test_before_the_guarantee_is_in_force_lets_it_lapse(self, session):
        application, _ = decided(session)
        loan = signed(session, drawn_up(session, application), in_force=False)
        self.stop(session, loan)
        assert contracting.guarantee_for(session, loan.number) is None
        assert balance(session, "guarantor.memo_reserved").net == ZERO
        assert balance(session, "bank.memo_undrawn").net == ZERO

    def test_waits_for_requests_to_be_answered(self, session):
        loan = a_loan(session)
        ask(session, loan, "1000000")
        with pytest.raises(disbursement.RequestsWaiting):
            self.stop(session, loan)


def test_paying_out_stands_on_both_engines(database):
    with database.write() as session:
        endow(session)
        loan = a_loan(session)
        pay(session, ask(session, loan, "1500000"))
    with database.read() as session:
        assert session.exec(select(Loan)).one().outstanding == yuan(1_500_000)


def test_cash_that_is_not_there_is_not_paid(sqlite_database):
    with sqlite_database.write() as session:
        endow(session, bank=yuan(3_999_999))
        loan = a_loan(session)
        asked = ask(session, loan)
    with pytest.raises(LimitReached), sqlite_database.write() as session:
        pay(session, session.get_one(PayOut, asked.key))
    with sqlite_database.read() as session:
        assert session.get_one(PayOut, asked.key).stage is PayOutStage.REQUESTED
        assert session.get_one(Loan, loan.key).stage is LoanStage.UNDRAWN
