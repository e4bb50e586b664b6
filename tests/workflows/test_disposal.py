"""Bad claims: compared, sold at a recorded price, collected, closed, written off."""

from __future__ import annotations

import pytest
from bad_loans import (
    ASSET_MANAGER,
    BAD,
    COMMITTEE,
    SOLD,
    a_bad_loan,
    a_held_case,
    a_proposed_case,
    endow_all,
)
from credit import (
    AT,
    OFFICER,
    ON,
    REVIEWER,
    a_contract,
    a_guaranteed_loan,
    an_approval,
    pay_out,
    run_to,
    yuan,
)
from sqlmodel import Session, select

from models.application import Application
from models.disposal import Strategy
from models.lending.ageing import FiveClass
from models.loan import Contract, Instalment, LoanMeter
from models.queries.books import balance, mirror_differences
from models.refusals import NotAllowed
from models.states.aftercare import DisposalStage
from models.states.application import Stage
from models.states.loan import ContractStage, LoanStage
from models.states.machine import MoveNotOpen
from models.values.money import ZERO, Money
from reports.proof import prove
from workflows import classifying, disposal
from workflows.bad_loan import GuaranteeStands, bank_claim
from workflows.booking import book
from workflows.collecting import AmountNotPositive, CaseNotHeld, CollectedTwice, MoreThanClaimed
from workflows.disposal import CaseUnderWay, LoanNotBad, PriceAboveClaim
from workflows.moves import ReasonNeeded, SameHand
from workflows.posting import LimitReached
from workflows.writing_off import NotWrittenOff, ReferenceTaken


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow_all(session)
        yield session


def books(session: Session, name: str, part: str = "") -> Money:
    return balance(session, name, part=part).net


def collected(session, case, amount, bank_ref="AMC-1", **more):
    given = {"case": case, "amount": amount, "source": "设备拍卖", "bank_ref": bank_ref, "by": ASSET_MANAGER}
    return disposal.collect(session, **(given | more), on=SOLD, at=AT)


class TestComparingStrategies:
    def test_puts_the_one_that_is_worth_most_today_first(self, session):
        values = disposal.compare(session, a_bad_loan(session).loan, BAD)
        assert [value.present for value in values] == sorted((value.present for value in values), reverse=True)
        assert {value.strategy for value in values} == set(Strategy)

    def test_is_about_what_the_bank_and_the_guarantor_are_owed_together(self, session):
        loan = a_bad_loan(session).loan
        owed = bank_claim(session, loan).total + books(session, "guarantor.compensation_receivable", loan.number)
        assert {value.claim for value in disposal.compare(session, loan, BAD)} == {owed}


class TestProposingASale:
    def test_records_both_claims_the_prices_and_the_comparison(self, session):
        credit = a_bad_loan(session)
        case = a_proposed_case(session, credit)
        assert case.stage is DisposalStage.PROPOSED
        assert case.guarantor_claim == books(session, "guarantor.compensation_receivable", credit.loan.number)
        assert case.bank_claim > credit.loan.outstanding == yuan(800_000)
        assert case.comparison[0]["strategy"] == "convert"

    def test_is_refused_for_a_loan_that_is_not_bad(self, session):
        credit = a_guaranteed_loan(session)
        with pytest.raises(LoanNotBad) as refusal:
            a_proposed_case(session, credit)
        assert refusal.value.facts["stage"] is LoanStage.ACTIVE

    def test_is_refused_while_the_guarantee_still_stands(self, session):
        credit = a_bad_loan(session, compensated=False)
        with pytest.raises(GuaranteeStands) as refusal:
            a_proposed_case(session, credit, guarantor_price=ZERO)
        assert refusal.value.facts["in_force"] == yuan(3_200_000)

    def test_is_refused_above_what_is_owed(self, session):
        credit = a_bad_loan(session)
        with pytest.raises(PriceAboveClaim) as refusal:
            a_proposed_case(session, credit, price=yuan(5_000_000))
        assert refusal.value.facts["claim"] == bank_claim(session, credit.loan).total
        with pytest.raises(PriceAboveClaim):
            a_proposed_case(session, credit, guarantor_price=yuan(5_000_000))

    def test_is_refused_a_second_time(self, session):
        credit = a_bad_loan(session)
        first = a_proposed_case(session, credit)
        with pytest.raises(CaseUnderWay) as refusal:
            a_proposed_case(session, credit)
        assert refusal.value.facts["case"] == first.number

    def test_is_open_again_after_the_committee_refused(self, session):
        credit = a_bad_loan(session)
        first = a_proposed_case(session, credit)
        disposal.refuse(session, case=first, reason="价格过低", by=COMMITTEE, on=BAD, at=AT)
        assert a_proposed_case(session, credit, price=yuan(400_000)).number != first.number

    def test_belongs_to_the_asset_manager_or_the_officer(self, session):
        credit = a_bad_loan(session)
        with pytest.raises(NotAllowed):
            disposal.propose(
                session, loan=credit.loan, price=ZERO, strategy=Strategy.COLLECT, by=COMMITTEE, on=BAD, at=AT
            )

    def test_is_approved_by_somebody_else(self, session):
        case = a_proposed_case(session, a_bad_loan(session))
        both = type(COMMITTEE)(ASSET_MANAGER.user_id, ASSET_MANAGER.name, COMMITTEE.roles)
        with pytest.raises(SameHand):
            disposal.approve(session, case=case, by=both, on=BAD, at=AT)


class TestHandingOver:
    def test_moves_the_claims_and_the_money_at_once(self, session):
        credit = a_bad_loan(session)
        loan = credit.loan
        amc, bank, guarantor = (books(session, f"{book}.cash") for book in ("amc", "bank", "guarantor"))
        case = a_held_case(session, credit)
        assert (case.stage, loan.stage) == (DisposalStage.HELD, LoanStage.HANDED_OVER)
        assert case.cost == books(session, "amc.bad_asset", case.number) == yuan(1_500_000)
        assert amc - books(session, "amc.cash") == yuan(1_500_000)
        assert books(session, "bank.cash") - bank == yuan(300_000)
        assert books(session, "guarantor.cash") - guarantor == yuan(1_200_000)
        for settled in ("bank.principal", "bank.due_from_amc", "amc.due_to_bank", "guarantor.compensation_receivable"):
            assert books(session, settled, loan.number) == ZERO

    def test_meets_the_gap_from_the_allowance_of_its_class_first(self, session):
        credit = a_bad_loan(session)
        held = books(session, "bank.allowance", "working_capital")
        case = a_held_case(session, credit)
        used = books(session, "bank.allowance", "working_capital") - held
        assert used == yuan(200_000)  # a quarter of 800,000, substandard
        assert books(session, "bank.disposal_loss", credit.loan.number) == yuan(800_000 - 300_000 - 200_000)
        assert case.cost == yuan(1_500_000)

    def test_takes_no_more_allowance_than_the_product_holds(self, session):
        credit = a_bad_loan(session)
        credit.loan.five_class = FiveClass.LOSS
        held = books(session, "bank.allowance", "working_capital")
        case = a_proposed_case(session, credit, price=ZERO)
        disposal.approve(session, case=case, by=COMMITTEE, on=BAD, at=AT)
        disposal.hand_over(session, case=case, by=ASSET_MANAGER, on=BAD, at=AT)
        assert -held >= yuan(800_000)  # set when the whole loan was substandard
        assert books(session, "bank.allowance", "working_capital") - held == yuan(800_000)
        assert books(session, "bank.disposal_loss", credit.loan.number) == ZERO

    def test_clears_the_note_of_suspended_interest(self, session):
        credit = a_bad_loan(session)
        assert books(session, "bank.memo_suspended_interest", "working_capital") > ZERO
        a_held_case(session, credit)
        assert books(session, "bank.memo_suspended_interest", "working_capital") == ZERO
        meter = session.get_one(LoanMeter, credit.loan.key)
        assert (meter.interest_fen, meter.penalty_fen, meter.compound_fen) == (0, 0, 0)

    def test_takes_interest_of_a_loan_on_accrual_out_of_the_books(self, session):
        credit = a_bad_loan(session)
        credit.loan.non_accrual = False  # as if it had never been suspended
        meter = session.get_one(LoanMeter, credit.loan.key)
        claim = bank_claim(session, credit.loan)
        assert claim.interest == Money(meter.interest_fen)
        assert claim.suspended == ZERO

    def test_pays_suspended_interest_with_what_the_price_is_above_the_books(self, session):
        credit = a_bad_loan(session)
        income = books(session, "bank.interest_income", "working_capital")
        a_held_case(session, credit, price=yuan(800_100))
        assert income - books(session, "bank.interest_income", "working_capital") == yuan(100)
        assert books(session, "bank.disposal_loss", credit.loan.number) == ZERO

    def test_leaves_no_line_of_the_schedule_in_force(self, session):
        credit = a_bad_loan(session)
        a_held_case(session, credit)
        lines = session.exec(select(Instalment).where(Instalment.loan_id == credit.loan.key, Instalment.live))
        assert not any(line.unpaid for line in lines)
        assert credit.loan.outstanding == ZERO

    def test_needs_the_committee_first(self, session):
        case = a_proposed_case(session, a_bad_loan(session))
        with pytest.raises(MoveNotOpen):
            disposal.hand_over(session, case=case, by=ASSET_MANAGER, on=BAD, at=AT)

    def test_is_refused_when_the_asset_manager_has_not_the_cash(self, database):
        with database.write() as session:
            endow_all(session, amc=yuan(1_000_000))
            credit = a_bad_loan(session)
            case = a_proposed_case(session, credit)
            disposal.approve(session, case=case, by=COMMITTEE, on=BAD, at=AT)
        with pytest.raises(LimitReached), database.write() as session:
            again = session.get_one(type(case), case.id)
            disposal.hand_over(session, case=again, by=ASSET_MANAGER, on=BAD, at=AT)
        with database.read() as session:
            assert session.get_one(type(case), case.id).stage is DisposalStage.APPROVED
            assert books(session, "bank.principal", credit.loan.number) == yuan(800_000)

    def test_leaves_books_that_prove_on_both_engines(self, database):
        with database.write() as session:
            endow_all(session)
            a_held_case(session)
        with database.read() as session:
            assert prove(session).findings == []
            assert mirror_differences(session) == []


class TestCollecting:
    def test_pays_the_cost_back_first_and_then_makes_a_gain(self, session):
        case = a_held_case(session)
        collected(session, case, yuan(1_000_000), costs=yuan(30_000))
        assert case.cost == books(session, "amc.bad_asset", case.number) == yuan(500_000)
        assert books(session, "amc.collection_cost", case.number) == yuan(30_000)
        collected(session, case, yuan(700_000), bank_ref="AMC-2")
        assert case.cost == ZERO
        assert books(session, "amc.collection_gain", case.number) == -yuan(200_000)

    def test_is_entered_once_for_a_bank_reference(self, session):
        case = a_held_case(session)
        collected(session, case, yuan(1))
        with pytest.raises(CollectedTwice):
            collected(session, case, yuan(1))

    def test_never_brings_more_than_is_owed(self, session):
        case = a_held_case(session)
        with pytest.raises(MoreThanClaimed) as refusal:
            collected(session, case, yuan(5_000_000))
        assert refusal.value.facts["left"] == case.bank_claim + case.guarantor_claim

    @pytest.mark.parametrize(("amount", "costs"), [(0, 0), (-1, 0), (1, -1)])
    def test_needs_amounts_that_make_sense(self, session, amount, costs):
        case = a_held_case(session)
        with pytest.raises(AmountNotPositive):
            collected(session, case, Money(amount), costs=Money(costs))

    def test_waits_for_the_hand_over(self, session):
        case = a_proposed_case(session, a_bad_loan(session))
        with pytest.raises(CaseNotHeld):
            collected(session, case, yuan(1))


class TestClosingACase:
    def test_books_what_was_not_got_back_as_a_loss_and_ends_the_file(self, session):
        case = a_held_case(session)
        collected(session, case, yuan(1_000_000))
        disposal.close(session, case=case, reason="已无可执行财产", by=ASSET_MANAGER, on=SOLD, at=AT)
        assert books(session, "amc.bad_asset", case.number) == ZERO
        assert books(session, "amc.disposal_loss", case.number) == yuan(500_000)
        assert (case.stage, case.cost, case.closed_on) == (DisposalStage.CLOSED, ZERO, SOLD)
        assert session.get_one(Application, case.application_id).stage is Stage.CLOSED
        contract = session.exec(select(Contract).where(Contract.application_id == case.application_id)).one()
        assert contract.stage is ContractStage.FULFILLED

    def test_needs_a_reason_while_the_claim_is_held(self, session):
        case = a_held_case(session)
        with pytest.raises(ReasonNeeded):
            disposal.close(session, case=case, by=ASSET_MANAGER, on=SOLD, at=AT)


class TestWritingOff:
    def test_uses_the_allowance_and_books_the_rest_as_a_loss(self, session):
        credit = a_bad_loan(session)
        loan = credit.loan
        held = books(session, "bank.allowance", "working_capital")
        loss = books(session, "bank.impairment_loss", "working_capital")
        disposal.write_off(session, loan=loan, reason="破产终结", by=REVIEWER, on=BAD, at=AT)
        assert (loan.stage, loan.outstanding) == (LoanStage.WRITTEN_OFF, ZERO)
        assert books(session, "bank.principal", loan.number) == ZERO
        assert books(session, "bank.allowance", "working_capital") - held == yuan(200_000)
        assert books(session, "bank.impairment_loss", "working_capital") - loss == yuan(600_000)
        assert books(session, "bank.memo_suspended_interest", "working_capital") == ZERO

    def test_is_refused_while_the_guarantee_stands(self, session):
        credit = a_bad_loan(session, compensated=False)
        with pytest.raises(GuaranteeStands):
            disposal.write_off(session, loan=credit.loan, reason="破产终结", by=REVIEWER, on=BAD, at=AT)

    def test_does_not_stop_money_from_coming_in(self, session):
        loan = a_bad_loan(session).loan
        disposal.write_off(session, loan=loan, reason="破产终结", by=REVIEWER, on=BAD, at=AT)
        given = {"loan": loan, "amount": yuan(10_000), "bank_ref": "R-1", "by": OFFICER, "on": SOLD, "at": AT}
        receipt = disposal.recover_written_off(session, **given)
        assert (receipt.kind, books(session, "bank.recovery_income", loan.number)) == ("recovery", -yuan(10_000))
        with pytest.raises(ReferenceTaken):
            disposal.recover_written_off(session, **given)

    def test_comes_before_money_after_it(self, session):
        loan = a_bad_loan(session).loan
        with pytest.raises(NotWrittenOff):
            disposal.recover_written_off(session, loan=loan, amount=yuan(1), bank_ref="R-1", by=OFFICER, on=SOLD, at=AT)

    def test_lets_the_promise_of_what_was_never_drawn_lapse(self, session):
        application, decision = an_approval(session, share_ppm=0)
        book(
            session, "loan_approved", key="approve:test", cause="approve",
            amounts={"amount": decision.amount, "guaranteed": ZERO}, parts={"loan": decision.loan_number},
            by=COMMITTEE, on=ON, at=AT,
        )  # fmt: skip
        _, loan = a_contract(session, application, decision)
        pay_out(session, loan, yuan(1_000_000))
        run_to(session, loan, BAD, days_past_due=95)
        classifying.mark_default(session, loan=loan, reason="逾期", by=OFFICER, on=BAD, at=AT)
        assert books(session, "bank.memo_undrawn", loan.number) == yuan(3_000_000)
        disposal.write_off(session, loan=loan, reason="破产终结", by=REVIEWER, on=BAD, at=AT)
        assert books(session, "bank.memo_undrawn", loan.number) == ZERO

    def test_leaves_books_that_prove(self, sqlite_database):
        with sqlite_database.write() as session:
            endow_all(session)
            disposal.write_off(session, loan=a_bad_loan(session).loan, reason="破产", by=REVIEWER, on=BAD, at=AT)
        with sqlite_database.read() as session:
            assert prove(session).findings == []
