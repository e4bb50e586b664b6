"""Planned pay-outs: proved by one person, checked by another, drawn whole (LOAN-06, LOAN-12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from accounts import a_loan
from credit import AT, DISBURSER, ENDS, OFFICER, ON, REVIEWER, endow, yuan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from models.decision import Decision
from models.firm import Milestone
from models.loan import Contract, Loan, PayOut
from models.queries.books import balance
from models.refusals import BrokenInvariant, NotAllowed
from models.states.loan import ContractStage, PayOutStage
from models.states.machine import MoveNotOpen
from models.states.using import TrancheStage
from models.tranche import Tranche
from models.values.money import Money, total
from talentbank.database import Database
from workflows import disbursement, tranches
from workflows.moves import ReasonNeeded, SameHand

SUPPLIER = "示例设备有限公司"
WHEN: dict[str, Any] = {"on": ON, "at": AT}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session on a bank with its rules and its capital."""
    with database.write() as writing:
        endow(writing)
        yield writing


@pytest.fixture
def loan(session: Session) -> Loan:
    """A signed loan of four million, nothing drawn."""
    return a_loan(session)


def contract_of(session: Session, loan: Loan) -> Contract:
    return session.get_one(Contract, loan.contract_id)


def planned(session: Session, loan: Loan, amount: str = "1500000", **more: Any) -> Tranche:
    given: dict[str, Any] = {
        "milestone": "样机下线",
        "earliest_on": ON,
        "payee": SUPPLIER,
        "payee_account": "示例账号",
        "wanted": "采购合同与验收单",
    }
    return tranches.plan_tranche(
        session, contract=contract_of(session, loan), amount=yuan(amount), **(given | more), by=OFFICER, **WHEN
    )


def cleared(session: Session, loan: Loan, amount: str = "1500000", **more: Any) -> Tranche:
    row = planned(session, loan, amount, **more)
    tranches.prove(session, tranche=row, proof="验收单第1号", by=OFFICER, **WHEN)
    return tranches.clear(session, tranche=row, by=REVIEWER, **WHEN)


def paid(session: Session, pay_out: PayOut) -> PayOut:
    return disbursement.pay_out(session, pay_out=pay_out, bank_ref=f"BK{pay_out.number}", by=DISBURSER, **WHEN)


class TestThePlan:
    def test_never_exceeds_the_contract(self, session, loan):
        planned(session, loan, "1500000")
        with pytest.raises(tranches.MoreThanContract) as refusal:
            planned(session, loan, "2500000.01")
        assert refusal.value.facts["left"] == yuan(2_500_000)
        assert planned(session, loan, "2500000").number == 2

    def test_has_room_again_for_what_was_cancelled(self, session, loan):
        row = planned(session, loan, "4000000")
        with pytest.raises(ReasonNeeded):
            tranches.cancel(session, tranche=row, reason=" ", by=OFFICER, **WHEN)
        tranches.cancel(session, tranche=row, reason="改为两笔", by=OFFICER, **WHEN)
        assert planned(session, loan, "4000000").number == 2

    def test_counts_what_was_drawn_before_it(self, session, loan):
        disbursement.request_pay_out(session, loan=loan, amount=yuan(1_000_000), payee=SUPPLIER, by=OFFICER, **WHEN)
        with pytest.raises(tranches.MoreThanContract):
            planned(session, loan, "3000000.01")

    def test_lies_within_the_term(self, session, loan):
        for day in (ON - timedelta(days=1), ENDS):
            with pytest.raises(tranches.TrancheOutsideTerm):
                planned(session, loan, earliest_on=day)

    def test_is_made_while_the_contract_stands(self, session, loan):
        contract = contract_of(session, loan)
        contract.stage = ContractStage.FULFILLED
        with pytest.raises(tranches.PlanTooLate):
            planned(session, loan)

    def test_once_made_is_the_only_way_to_ask_for_money(self, session, loan):
        planned(session, loan)
        with pytest.raises(disbursement.TrancheNeeded):
            disbursement.request_pay_out(session, loan=loan, amount=yuan(10_000), payee=SUPPLIER, by=OFFICER, **WHEN)


class TestTheProof:
    def test_is_checked_by_another_person(self, session, loan):
        row = planned(session, loan)
        tranches.prove(session, tranche=row, proof="验收单第1号", by=OFFICER, **WHEN)
        with pytest.raises(SameHand):
            tranches.clear(session, tranche=row, by=OFFICER, **WHEN)
        assert tranches.clear(session, tranche=row, by=REVIEWER, **WHEN).stage is TrancheStage.CLEARED

    def test_may_be_sent_back_with_a_reason_and_filed_again(self, session, loan):
        row = planned(session, loan)
        tranches.prove(session, tranche=row, proof="照片", by=OFFICER, **WHEN)
        tranches.send_back(session, tranche=row, reason="缺验收单", by=REVIEWER, **WHEN)
        assert row.stage is TrancheStage.PLANNED
        assert tranches.prove(session, tranche=row, proof="验收单", by=OFFICER, **WHEN).proof == "验收单"

    def test_comes_before_any_drawing(self, session, loan):
        row = planned(session, loan)
        with pytest.raises(MoveNotOpen):
            tranches.draw(session, tranche=row, by=OFFICER, **WHEN)
        tranches.prove(session, tranche=row, proof="验收单", by=OFFICER, **WHEN)
        with pytest.raises(MoveNotOpen):
            tranches.draw(session, tranche=row, by=OFFICER, **WHEN)
        assert session.exec(select(PayOut)).all() == []


class TestDrawing:
    def test_asks_for_the_whole_tranche_for_the_named_supplier(self, session, loan):
        row = cleared(session, loan)
        asked = tranches.draw(session, tranche=row, by=OFFICER, **WHEN)
        assert (asked.amount, asked.payee, asked.milestone) == (row.amount, SUPPLIER, "样机下线")
        assert asked.entrusted
        assert (row.stage, row.pay_out_id) == (TrancheStage.DRAWN, asked.key)

    def test_waits_for_its_day(self, session, loan):
        row = cleared(session, loan, earliest_on=date(2012, 12, 3))
        with pytest.raises(tranches.TrancheTooEarly):
            tranches.draw(session, tranche=row, by=OFFICER, **WHEN)

    def test_waits_for_a_milestone_of_the_firm_with_that_name(self, session, loan):
        session.add(Milestone(firm_id=loan.firm_id, title="样机下线", due_on=date(2012, 12, 31)))
        session.flush()
        row = cleared(session, loan)
        with pytest.raises(disbursement.MilestoneNotReached):
            tranches.draw(session, tranche=row, by=OFFICER, **WHEN)

    def test_is_the_officers(self, session, loan):
        row = cleared(session, loan)
        with pytest.raises(NotAllowed):
            tranches.draw(session, tranche=row, by=REVIEWER, **WHEN)

    def test_that_is_refused_leaves_the_tranche_cleared(self, session, loan):
        row = cleared(session, loan)
        asked = tranches.draw(session, tranche=row, by=OFFICER, **WHEN)
        disbursement.refuse_pay_out(session, pay_out=asked, reason="账号有误", by=DISBURSER, **WHEN)
        assert (row.stage, row.pay_out_id) == (TrancheStage.CLEARED, None)
        again = tranches.draw(session, tranche=row, by=OFFICER, **WHEN)
        assert paid(session, again).stage is PayOutStage.PAID

    def test_ends_with_the_promise(self, session, loan):
        first, second = cleared(session, loan), planned(session, loan, "2500000", milestone="量产")
        paid(session, tranches.draw(session, tranche=first, by=OFFICER, **WHEN))
        disbursement.stop_drawing(session, loan=loan, reason="企业不再提款", by=OFFICER, **WHEN)
        assert (first.stage, second.stage) == (TrancheStage.DRAWN, TrancheStage.CANCELLED)


class TestNothingIsDeducted:
    """LOAN-12: interest kept back in advance would make the principal smaller than what is owed."""

    def test_from_a_pay_out_of_a_tranche(self, session, loan):
        asked = tranches.draw(session, tranche=cleared(session, loan), by=OFFICER, **WHEN)
        asked.amount = yuan(1_450_000)
        with pytest.raises(BrokenInvariant, match="part of a tranche"):
            paid(session, asked)

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(parts=st.lists(st.integers(1_000_000, 100_000_000), min_size=1, max_size=3))
    def test_whatever_the_plan_each_tranche_is_owed_and_leaves_the_bank_whole(self, sqlite_database, parts):
        with sqlite_database.write() as session:
            if session.exec(select(Decision.id).limit(1)).first() is None:
                endow(session)
            one = a_loan(session)
            before = balance(session, "bank.cash").net
            for number, fen in enumerate(parts):
                amount = str(Money(fen).in_yuan())
                row = cleared(session, one, amount, milestone=f"第{number}步")
                pay_out = paid(session, tranches.draw(session, tranche=row, by=OFFICER, **WHEN))
                assert pay_out.amount == row.amount
            whole = total(Money(fen) for fen in parts)
            assert one.outstanding == one.disbursed == whole
            assert before - balance(session, "bank.cash").net == whole


class TestANewClientOfOrdinaryCredit:
    def test_is_paid_by_entrusted_payment_whatever_the_amount(self, session, loan):
        """LOAN-06."""
        decision = session.get_one(Decision, contract_of(session, loan).decision_id)
        decision.offer = {"grade": "B"}
        session.add(decision)
        session.flush()
        asked = disbursement.request_pay_out(
            session, loan=loan, amount=yuan(10_000), payee=SUPPLIER, by=OFFICER, **WHEN
        )
        assert asked.entrusted
        decision.offer = {"grade": "AA"}
        session.flush()
        again = disbursement.request_pay_out(
            session, loan=loan, amount=yuan(10_000), payee=SUPPLIER, by=OFFICER, **WHEN
        )
        assert not again.entrusted
