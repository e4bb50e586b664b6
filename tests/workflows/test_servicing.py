"""Receipts in policy order, surpluses, early repayment, settlement, and receipts undone; the books hold throughout."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credit import (
    AT,
    DISBURSER,
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
    person,
    put_in_force,
    yuan,
)
from days import run_until
from sqlmodel import select

from models.lending.accrual import penalty_interest
from models.lending.allocation import DueKind
from models.loan import ReceiptPart
from models.queries.books import balance
from models.queries.loans import receipts_of
from models.refusals import NotAllowed
from models.roles import Role
from models.states.aftercare import GuaranteeStage
from models.states.application import Stage
from models.states.loan import ContractStage, LoanStage
from models.values.money import ZERO, Money
from reports.proof import prove
from workflows import loan_account, servicing
from workflows.funding import AmountNotAboveNought
from workflows.given import FieldEmpty
from workflows.loan_account import DayOver, DaysNotRun
from workflows.moves import SameHand
from workflows.reversing import (
    LaterReceipt,
    LoanEnded,
    NoSurplus,
    ReceiptReversed,
    ScheduleRewritten,
    SurplusRefunded,
)

FIRST_DUE = date(2012, 12, 21)
"""Interest of 44 days on four million at 6.15% falls due then: 30,066.67."""
INTEREST = yuan("30066.67")


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session
        assert prove(session).findings == []


@pytest.fixture
def credit(session):
    return a_guaranteed_loan(session)


def receive(session, credit, amount, on, *, ref="", by=OFFICER, **more):
    return servicing.receive(
        session, loan=credit.loan, amount=amount, bank_ref=ref or f"R-{on}-{amount.fen}", by=by, on=on, at=AT, **more
    )


def paid(receipt, session):
    """What a receipt settled, by kind of due."""
    parts = session.exec(select(ReceiptPart).where(ReceiptPart.receipt_id == receipt.key))
    sums: dict[DueKind, Money] = {}
    for part in parts:
        sums[part.kind] = sums.get(part.kind, ZERO) + part.amount
    return sums


def book(session, name, part):
    return balance(session, name, part=part).net


class TestAReceipt:
    def test_pays_what_is_due_and_leaves_the_loan_without_arrears(self, session, credit):
        run_until(session, FIRST_DUE)
        receipt = receive(session, credit, INTEREST, FIRST_DUE)
        assert paid(receipt, session) == {DueKind.INTEREST: INTEREST}
        assert receipt.surplus == ZERO
        assert loan_account.meter_of(session, credit.loan).interest_fen == 0
        assert book(session, "bank.interest_receivable", "working_capital") == ZERO
        run = run_until(session, FIRST_DUE + timedelta(days=10))
        assert credit.loan.oldest_unpaid is None
        assert (
            run.interest_fen
            == loan_account.accrued_interest(session, credit.loan, FIRST_DUE + timedelta(days=10)).fen
            - loan_account.accrued_interest(session, credit.loan, FIRST_DUE + timedelta(days=9)).fen
        )

    def test_is_taken_in_once_for_each_bank_reference(self, session, credit):
        run_until(session, FIRST_DUE)
        first = receive(session, credit, yuan(100), FIRST_DUE, ref="CCB-1")
        with pytest.raises(servicing.ReceiptKnown) as refusal:
            receive(session, credit, yuan(100), FIRST_DUE, ref=" CCB-1 ")
        assert refusal.value.facts["number"] == first.number

    def test_needs_an_amount_a_reference_and_the_officer(self, session, credit):
        run_until(session, FIRST_DUE)
        with pytest.raises(AmountNotAboveNought):
            receive(session, credit, ZERO, FIRST_DUE)
        with pytest.raises(FieldEmpty):
            receive(session, credit, yuan(1), FIRST_DUE, ref="  ")
        with pytest.raises(NotAllowed):
            receive(session, credit, yuan(1), FIRST_DUE, by=REVIEWER)

    def test_waits_until_the_days_before_it_were_run_and_cannot_come_after_its_own(self, session, credit):
        run_until(session, FIRST_DUE - timedelta(days=1))
        with pytest.raises(DaysNotRun):
            receive(session, credit, INTEREST, FIRST_DUE)
        run_until(session, FIRST_DUE + timedelta(days=1))
        with pytest.raises(DayOver):
            receive(session, credit, INTEREST, FIRST_DUE)

    def test_is_refused_for_a_loan_that_nothing_was_paid_out_on(self, session):
        application, decision = an_approval(session)
        a_reservation(session, application, decision)
        _, loan = a_contract(session, application, decision)
        with pytest.raises(servicing.LoanNotOwed):
            servicing.receive(session, loan=loan, amount=yuan(1), bank_ref="X", by=OFFICER, on=ON, at=AT)

    def test_settles_compound_then_penalty_then_interest_then_principal(self, session, credit):
        """LOAN-21, EX-20: what is too little stops at the interest."""
        matured = date(2013, 11, 7)
        for due in (FIRST_DUE, date(2013, 3, 21), date(2013, 6, 21), date(2013, 9, 22)):
            run_until(session, due)
            receive(session, credit, loan_account.owed(session, credit.loan, due).due_now, due)
        late = matured + timedelta(days=30)
        run_until(session, late)
        owed = loan_account.owed(session, credit.loan, late)
        assert owed.penalty.fen == penalty_interest(400_000_000, 61_500, (500_000,), matured, late, day_basis=360)
        assert owed.compound > ZERO
        receipt = receive(session, credit, owed.compound + owed.penalty + yuan(1_000), late)
        assert paid(receipt, session) == {
            DueKind.COMPOUND: owed.compound,
            DueKind.PENALTY: owed.penalty,
            DueKind.INTEREST: yuan(1_000),
        }

    def test_bears_the_costs_of_enforcement_first(self, session, credit):
        run_until(session, FIRST_DUE)
        receipt = receive(session, credit, yuan(5_000), FIRST_DUE, costs=yuan(1_200))
        assert paid(receipt, session) == {DueKind.COSTS: yuan(1_200), DueKind.INTEREST: yuan(3_800)}
        assert book(session, "bank.fee_income", "working_capital") == -yuan(1_200)


class TestASurplus:
    def test_is_kept_for_the_borrower_and_used_on_the_next_payable_day(self, session, credit):
        run_until(session, FIRST_DUE)
        receipt = receive(session, credit, INTEREST + yuan(70_000), FIRST_DUE)
        assert receipt.surplus == yuan(70_000)
        assert book(session, "bank.unapplied", credit.loan.number) == -yuan(70_000)
        run_until(session, date(2013, 3, 22))
        assert receipt.surplus == yuan(8_500)
        assert credit.loan.oldest_unpaid is None
        assert loan_account.meter_of(session, credit.loan).penalty_fen == 0

    def test_goes_back_through_another_hand(self, session, credit):
        run_until(session, FIRST_DUE)
        taker = person(Role.LOAN_OFFICER, Role.DISBURSER)
        receipt = receive(session, credit, INTEREST + yuan(10), FIRST_DUE, by=taker)
        with pytest.raises(SameHand):
            servicing.refund_surplus(session, receipt=receipt, by=taker, on=FIRST_DUE, at=AT)
        back = servicing.refund_surplus(session, receipt=receipt, by=DISBURSER, on=FIRST_DUE, at=AT)
        assert (back, receipt.surplus) == (yuan(10), ZERO)
        with pytest.raises(NoSurplus):
            servicing.refund_surplus(session, receipt=receipt, by=DISBURSER, on=FIRST_DUE, at=AT)


class TestAnEarlyRepayment:
    def test_lowers_principal_schedule_and_guarantee(self, session, credit):
        on = date(2013, 1, 15)
        run_until(session, FIRST_DUE)
        receive(session, credit, INTEREST, FIRST_DUE)
        run_until(session, on)
        receipt = receive(session, credit, yuan(1_000_000), on, prepay=True)
        assert paid(receipt, session) == {DueKind.PRINCIPAL: yuan(1_000_000)}
        assert credit.loan.outstanding == yuan(3_000_000)
        assert credit.cover.in_force == yuan(2_400_000)
        assert sum(line.principal.fen for line in loan_account.live_lines(session, credit.loan)) == 300_000_000

    def test_without_being_asked_for_is_only_kept(self, session, credit):
        run_until(session, FIRST_DUE)
        receipt = receive(session, credit, yuan(2_000_000), FIRST_DUE)
        assert receipt.surplus == yuan(2_000_000) - INTEREST
        assert credit.loan.outstanding == yuan(4_000_000)

    def test_of_everything_settles_the_loan_for_the_days_actually_used(self, session, credit):
        """LOAN-17: the quote is what it takes, to the fen; what is over stays the borrower's."""
        on = date(2013, 1, 15)
        run_until(session, on)
        quote = servicing.settlement_quote(session, credit.loan, on)
        assert quote.fee == ZERO
        assert quote.total > yuan(4_000_000)
        receipt = receive(session, credit, quote.total + yuan(3), on, prepay=True)
        assert receipt.surplus == yuan(3)
        assert credit.loan.stage is LoanStage.SETTLED
        assert credit.contract.stage is ContractStage.FULFILLED
        assert credit.cover.stage is GuaranteeStage.RELEASED
        assert credit.application.stage is Stage.CLOSED
        assert loan_account.owed(session, credit.loan, on).total == ZERO

    def test_of_a_fen_too_little_leaves_that_fen_owed(self, session, credit):
        on = date(2013, 1, 15)
        run_until(session, on)
        quote = servicing.settlement_quote(session, credit.loan, on)
        receive(session, credit, quote.total - Money(1), on, prepay=True)
        assert credit.loan.stage is LoanStage.ACTIVE
        assert credit.loan.outstanding == Money(1)


class TestSettlement:
    def test_on_the_last_due_lets_an_undrawn_promise_lapse(self, session):
        application, decision = an_approval(session)
        cover = a_reservation(session, application, decision)
        _, loan = a_contract(session, application, decision)
        put_in_force(session, cover)
        pay_out(session, loan, yuan(1_000_000))
        run_until(session, date(2013, 1, 15))
        quote = servicing.settlement_quote(session, loan, date(2013, 1, 15))
        servicing.receive(
            session, loan=loan, amount=quote.total, bank_ref="X", prepay=True, by=OFFICER, on=date(2013, 1, 15), at=AT
        )
        assert (loan.stage, loan.amount) == (LoanStage.SETTLED, yuan(1_000_000))
        assert book(session, "bank.memo_undrawn", loan.number) == ZERO


class TestALoanOffAccrual:
    """CLS-16: interest stands beside the balance sheet, receipts go to principal first and interest into income."""

    def test_pays_principal_before_interest_and_its_interest_is_income_when_it_comes(self, session, credit):
        on = date(2013, 11, 12)
        run_until(session, on)
        loan = credit.loan
        assert loan.non_accrual
        assert book(session, "bank.interest_receivable", "working_capital") == ZERO
        noted = book(session, "bank.memo_suspended_interest", "working_capital")
        owed = loan_account.owed(session, loan, on)
        assert noted == owed.interest + owed.penalty + owed.compound
        earned_before = balance(session, "bank.interest_income", part="working_capital").net
        receipt = receive(session, credit, yuan(4_000_000) + yuan(100), on)
        assert paid(receipt, session) == {DueKind.PRINCIPAL: yuan(4_000_000), DueKind.INTEREST: yuan(100)}
        assert book(session, "bank.interest_income", "working_capital") == earned_before - yuan(100)
        assert book(session, "bank.memo_suspended_interest", "working_capital") == noted - yuan(100)
        receive(session, credit, loan_account.owed(session, loan, on).total, on, ref="REST")
        assert loan.stage is LoanStage.SETTLED
        assert book(session, "bank.memo_suspended_interest", "working_capital") == ZERO


class TestAReversal:
    def test_opens_the_dues_again_and_makes_up_for_the_days_between(self, session):
        """A twin that never paid owes the same, to the fen."""
        one, twin = (a_guaranteed_loan(session, firm=a_debtor(session)) for _ in range(2))
        run_until(session, FIRST_DUE)
        receipt = receive(session, one, INTEREST, FIRST_DUE)
        bounced = FIRST_DUE + timedelta(days=12)
        run_until(session, bounced)
        assert one.loan.oldest_unpaid is None
        servicing.reverse_receipt(session, receipt=receipt, reason="退票", by=REVIEWER, on=bounced, at=AT)
        assert loan_account.owed(session, one.loan, bounced) == loan_account.owed(session, twin.loan, bounced)
        assert one.loan.oldest_unpaid == twin.loan.oldest_unpaid == FIRST_DUE
        assert prove(session).findings == []
        run_until(session, bounced + timedelta(days=20))
        assert loan_account.meter_of(session, one.loan).days_past_due == 31

    def test_of_the_same_morning_leaves_no_trace_but_the_entries(self, session, credit):
        run_until(session, FIRST_DUE)
        before = loan_account.owed(session, credit.loan, FIRST_DUE)
        receipt = receive(session, credit, INTEREST + yuan(5), FIRST_DUE)
        servicing.reverse_receipt(session, receipt=receipt, reason="错户", by=REVIEWER, on=FIRST_DUE, at=AT)
        assert loan_account.owed(session, credit.loan, FIRST_DUE) == before
        assert book(session, "bank.unapplied", credit.loan.number) == ZERO
        with pytest.raises(ReceiptReversed):
            servicing.reverse_receipt(session, receipt=receipt, reason="错户", by=REVIEWER, on=FIRST_DUE, at=AT)

    def test_restores_principal_and_guarantee(self, session, credit):
        for due in (FIRST_DUE, date(2013, 3, 21), date(2013, 6, 21), date(2013, 9, 22)):
            run_until(session, due)
            receive(session, credit, loan_account.owed(session, credit.loan, due).due_now, due)
        matured = date(2013, 11, 7)
        run_until(session, matured)
        receipt = receive(session, credit, yuan(1_032_116), matured)
        assert credit.cover.in_force < yuan(3_200_000)
        servicing.reverse_receipt(session, receipt=receipt, reason="退票", by=REVIEWER, on=matured, at=AT)
        assert (credit.loan.outstanding, credit.cover.in_force) == (yuan(4_000_000), yuan(3_200_000))

    def test_is_another_person_s_in_any_order(self, session, credit):
        run_until(session, FIRST_DUE)
        both = person(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
        first = receive(session, credit, yuan(10), FIRST_DUE, ref="A", by=both)
        second = receive(session, credit, yuan(20), FIRST_DUE, ref="B")
        args = {"reason": "退票", "on": FIRST_DUE, "at": AT}
        with pytest.raises(SameHand):
            servicing.reverse_receipt(session, receipt=first, by=both, **args)
        with pytest.raises(NotAllowed):
            servicing.reverse_receipt(session, receipt=first, by=OFFICER, **args)
        servicing.reverse_receipt(session, receipt=first, by=REVIEWER, **args)
        servicing.reverse_receipt(session, receipt=second, by=REVIEWER, **args)
        assert [receipt.kind for receipt, _ in receipts_of(session, credit.loan)] == ["reversed", "reversed"]

    def test_goes_from_the_last_receipt_back_where_the_history_cannot_be_walked_anew(self, session, credit):
        """Somebody else has paid interest of the loan, which none of its own facts tells."""
        run_until(session, FIRST_DUE)
        loan_account.settle_interest(session, credit.loan, yuan(1_000), on=FIRST_DUE, by=OFFICER, at=AT)
        servicing.book(
            session, "compensation_recovered", key="recovered", cause="示例", by=OFFICER, on=FIRST_DUE, at=AT,
            amounts={"guarantor": ZERO, "bank": yuan(1_000), "interest": yuan(1_000), "suspended": ZERO,
                     "principal": ZERO, "beyond": ZERO, "pool": ZERO},
            parts={"loan": credit.loan.number, "product": credit.loan.product.value},
        )  # fmt: skip
        args = {"reason": "退票", "by": REVIEWER, "on": FIRST_DUE, "at": AT}
        first = receive(session, credit, yuan(10), FIRST_DUE, ref="A")
        early = receive(session, credit, yuan(500_000), FIRST_DUE, ref="B", prepay=True)
        with pytest.raises(LaterReceipt):
            servicing.reverse_receipt(session, receipt=first, **args)
        with pytest.raises(ScheduleRewritten):
            servicing.reverse_receipt(session, receipt=early, **args)

    def test_is_refused_where_later_steps_rest_on_the_receipt(self, session, credit):
        run_until(session, FIRST_DUE)
        args = {"reason": "退票", "by": REVIEWER, "on": FIRST_DUE, "at": AT}
        over = receive(session, credit, INTEREST + yuan(9), FIRST_DUE, ref="A")
        servicing.refund_surplus(session, receipt=over, by=DISBURSER, on=FIRST_DUE, at=AT)
        with pytest.raises(SurplusRefunded):
            servicing.reverse_receipt(session, receipt=over, **args)
        early = receive(session, credit, yuan(500_000), FIRST_DUE, ref="B", prepay=True)
        servicing.reverse_receipt(session, receipt=early, **args)
        assert credit.loan.outstanding == yuan(4_000_000)
        quote = servicing.settlement_quote(session, credit.loan, FIRST_DUE)
        last = receive(session, credit, quote.total, FIRST_DUE, ref="C", prepay=True)
        with pytest.raises(LoanEnded):
            servicing.reverse_receipt(session, receipt=last, **args)
