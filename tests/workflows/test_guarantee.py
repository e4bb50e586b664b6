"""Guarantees: capacity taken once and within the limits, contracts of two hands, liability that follows the principal."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from credit import (
    AT,
    ENDS,
    GUARANTEE_OFFICER,
    OFFICER,
    ON,
    a_contract,
    a_debtor,
    a_decision,
    a_guaranteed_loan,
    a_reservation,
    an_approval,
    endow,
    pay_out,
    person,
    put_in_force,
    run_to,
    yuan,
)

from models.firm import Firm, FirmSize
from models.queries.books import balance
from models.queries.guarantees import guarantee_by_number, guarantee_of_loan, guarantee_rows
from models.queries.guarantor import client_balances, guarantor_net_assets
from models.refusals import NotAllowed, NotThere
from models.roles import SYSTEM, Role
from models.states.aftercare import GuaranteeStage
from models.states.machine import MoveNotOpen
from models.talent import PartyGroup, Talent
from models.values.money import ZERO, Money, total
from models.values.rate import interest
from reports.proof import prove
from workflows import guarantee, guarantee_capacity, loan_account, servicing
from workflows.moves import SameHand

YEAR = (ENDS - ON).days


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session


def reserved(session, amount=yuan(4_000_000), **more):
    """A guarantee that has taken its capacity."""
    application, decision = an_approval(session, amount=amount, **more)
    return a_reservation(session, application, decision)


def memo(session, account: str, part: str = "") -> Money:
    return balance(session, f"guarantor.{account}", part=part).net


def cash(session) -> Money:
    return balance(session, "guarantor.cash").net


class TestReserving:
    def test_takes_the_guaranteed_share_out_of_what_is_free(self, database):
        with database.write() as session:
            endow(session)
            cover = reserved(session)
            assert cover.amount == yuan(3_200_000)
            assert cover.stage is GuaranteeStage.RESERVED
            assert cover.weight_ppm == 750_000
            assert memo(session, "memo_reserved", cover.number) == yuan(3_200_000)
            capacity = guarantee.capacity(session, ON)
            assert capacity.liability == yuan(2_400_000)
            assert capacity.multiple_max == 15
            assert capacity.headroom == yuan(1_500_000_000 - 2_400_000)

    def test_weighs_in_full_what_one_client_has_beyond_the_small_cap(self, session):
        firm = a_debtor(session)
        reserved(session, yuan(5_000_000), firm=firm)
        second = reserved(session, yuan(2_000_000), firm=firm)
        assert second.weight_ppm == 1_000_000
        assert guarantee.capacity(session, ON).liability == yuan(5_600_000)

    def test_lets_all_of_a_clients_guarantees_bear_the_weight_of_what_he_has_together(self, session):
        firm = a_debtor(session)
        first = reserved(session, yuan(5_000_000), firm=firm)
        assert first.weight_ppm == 750_000
        second = reserved(session, yuan(2_000_000), firm=firm)
        assert first.weight_ppm == 1_000_000
        guarantee.lapse(session, guarantee=second, reason="审批失效", by=OFFICER, on=ON, at=AT)
        assert first.weight_ppm == 750_000

    def test_weighs_a_medium_firm_in_full_and_asks_for_the_lower_multiple(self, session):
        reserved(session, firm=a_debtor(session, size=FirmSize.MEDIUM))
        capacity = guarantee.capacity(session, ON)
        assert (capacity.liability, capacity.multiple_max) == (yuan(3_200_000), 10)

    def test_counts_a_planned_firm_as_small(self, session):
        assert reserved(session, planned=True).weight_ppm == 750_000


class TestTheLimits:
    """With net assets of 100 million a client may take 10 million and his group 15 million (GUA-06)."""

    def test_refuse_one_client_more_than_his_share_and_say_how_much_is_left(self, session):
        firm = a_debtor(session, size=FirmSize.MEDIUM)
        reserved(session, yuan(10_000_000), firm=firm)
        with pytest.raises(guarantee_capacity.SingleClientLimit) as refusal:
            reserved(session, yuan(2_500_001), firm=firm)
        assert refusal.value.facts == {
            "limit": "GUA-06",
            "cap": yuan(10_000_000),
            "used": yuan(8_000_000),
            "asked": yuan("2000000.80"),
            "headroom": yuan(2_000_000),
        }

    def test_let_a_client_take_just_his_share(self, session):
        firm = a_debtor(session, size=FirmSize.MEDIUM)
        reserved(session, yuan(10_000_000), firm=firm)
        assert reserved(session, yuan(2_500_000), firm=firm).amount == yuan(2_000_000)

    def test_refuse_related_firms_together_more_than_the_groups_share(self, session):
        group = PartyGroup(name="示例集团")
        session.add(group)
        session.flush()
        for _ in range(2):
            reserved(session, yuan(9_000_000), firm=a_debtor(session, size=FirmSize.MEDIUM, group_id=group.id))
        with pytest.raises(guarantee_capacity.ClientGroupLimit) as refusal:
            reserved(session, yuan(2_000_000), firm=a_debtor(session, size=FirmSize.MEDIUM, group_id=group.id))
        assert refusal.value.facts["headroom"] == yuan(600_000)

    def test_take_the_firms_of_one_founder_together(self, session):
        first = a_debtor(session, size=FirmSize.MEDIUM)
        founder = session.get_one(Talent, first.founder_id)
        reserved(session, yuan(12_000_000), firm=first)
        second = a_debtor(session, size=FirmSize.MEDIUM, founder=founder)
        with pytest.raises(guarantee_capacity.ClientGroupLimit):
            reserved(session, yuan(7_000_000), firm=second)
        assert reserved(session, yuan(6_000_000), firm=second).amount == yuan(4_800_000)

    def test_refuse_what_the_guarantor_cannot_carry_at_all(self, database):
        with database.write() as session:
            # A fifth of the clients is not small, so the lower multiple of 10 holds: 4 million in all.
            endow(session, guarantor=yuan(400_000))
            with pytest.raises(guarantee_capacity.MultipleReached) as refusal:
                reserved(session, yuan(10_000_000), firm=a_debtor(session, size=FirmSize.MEDIUM))
        assert refusal.value.facts["cap"] == yuan(4_000_000)
        assert refusal.value.facts["headroom"] == yuan(4_000_000)

    def test_refuse_everything_to_a_guarantor_without_capital(self, sqlite_database):
        with sqlite_database.write() as session:
            endow(session, guarantor=ZERO)
            with pytest.raises(guarantee_capacity.GuaranteeLimit):
                reserved(session)

    def test_show_the_room_that_is_left_for_a_client(self, session):
        firm = a_debtor(session, size=FirmSize.MEDIUM)
        reserved(session, yuan(10_000_000), firm=firm)
        room = guarantee_capacity.room_for(session, firm=firm, talent_id=firm.founder_id, on=ON)
        assert room == yuan(2_000_000)

    def test_are_checked_in_turn_so_that_two_approvals_cannot_take_the_same_capacity(self, database):
        with database.write() as session:
            endow(session)
            firm = a_debtor(session, size=FirmSize.MEDIUM)
            firm_id = firm.key
            approvals = [an_approval(session, amount=yuan(8_000_000), firm=firm) for _ in range(2)]
            ids = [(application.key, decision.key) for application, decision in approvals]
        barrier, outcomes = threading.Barrier(2), []

        def approve(application_id: int, decision_id: int) -> None:
            from models.application import Application
            from models.decision import Decision

            barrier.wait()
            try:
                with database.write() as session:
                    a_reservation(
                        session, session.get_one(Application, application_id), session.get_one(Decision, decision_id)
                    )
                outcomes.append("taken")
            except guarantee_capacity.SingleClientLimit:
                outcomes.append("refused")

        threads = [threading.Thread(target=approve, args=pair) for pair in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["refused", "taken"]
        with database.read() as session:
            assert client_balances(session, firm_ids=[firm_id], talent_ids=[])[0].balance == yuan(6_400_000)


class TestPuttingInForce:
    def test_turns_what_was_reserved_into_liability_and_takes_the_fee(self, database):
        with database.write() as session:
            endow(session)
            application, decision = an_approval(session)
            cover = a_reservation(session, application, decision)
            _, loan = a_contract(session, application, decision)
            put_in_force(session, cover)
            fee = interest(cover.amount, cover.fee_rate, YEAR)
            assert (cover.in_force, cover.fee, cover.loan_id) == (cover.amount, fee, loan.id)
            assert cover.ends_on == date(2016, 11, 7)
            assert memo(session, "memo_reserved") == ZERO
            assert memo(session, "memo_in_force", loan.number) == cover.amount
            assert cash(session) == yuan(100_000_000) + fee
            assert guarantee_of_loan(session, loan) is cover
            assert guarantor_net_assets(session) == yuan(100_000_000)
        with database.read() as session:
            assert prove(session).findings == []

    def test_is_for_another_hand_than_the_one_that_proposed_it(self, session):
        cover = reserved(session)
        both = person(Role.GUARANTEE_OFFICER, Role.GUARANTEE_APPROVER)
        guarantee.propose(session, guarantee=cover, by=both, on=ON, at=AT)
        with pytest.raises(SameHand):
            guarantee.put_in_force(session, guarantee=cover, by=both, on=ON, at=AT)

    def test_is_not_for_the_loan_officer(self, session):
        with pytest.raises(NotAllowed):
            guarantee.propose(session, guarantee=reserved(session), by=OFFICER, on=ON, at=AT)

    def test_is_refused_once_the_reservation_has_run_out(self, session):
        application, decision = an_approval(session)
        cover = a_reservation(session, application, decision, reserved_to=ON + timedelta(days=30))
        with pytest.raises(guarantee.ReservationExpired):
            guarantee.propose(session, guarantee=cover, by=GUARANTEE_OFFICER, on=ON + timedelta(days=31), at=AT)


class TestFollowingThePrincipal:
    def test_the_liability_falls_with_each_repayment(self, session):
        credit = a_guaranteed_loan(session)
        on = ON + timedelta(days=30)
        run_to(session, credit.loan, on, interest=yuan("20500"))
        loan_account.lower_principal(session, credit.loan, yuan(1_000_000), on=on, by=OFFICER, at=AT)
        assert credit.cover.in_force == yuan(2_400_000)
        assert memo(session, "memo_in_force", credit.loan.number) == yuan(2_400_000)
        assert credit.cover.fee_earned == interest(yuan(3_200_000), credit.cover.fee_rate, 30)

    def test_what_is_not_drawn_yet_stays_guaranteed(self, session):
        application, decision = an_approval(session)
        cover = a_reservation(session, application, decision)
        _, loan = a_contract(session, application, decision)
        put_in_force(session, cover)
        pay_out(session, loan, yuan(1_000_000))
        on = ON + timedelta(days=10)
        run_to(session, loan, on)
        loan_account.lower_principal(session, loan, yuan(500_000), on=on, by=OFFICER, at=AT)
        assert cover.in_force == yuan(2_800_000)

    def test_the_last_repayment_releases_it_and_gives_back_the_fee_of_the_days_that_are_left(self, database):
        with database.write() as session:
            endow(session)
            credit = a_guaranteed_loan(session)
            on = ON + timedelta(days=10)
            accrued = interest(credit.loan.outstanding, credit.loan.rate, 10)
            run_to(session, credit.loan, on, interest=accrued)
            servicing.receive(
                session, loan=credit.loan, amount=credit.loan.outstanding + accrued, bank_ref="all of it", prepay=True,
                by=OFFICER, on=on, at=AT,
            )  # fmt: skip
            cover = credit.cover
            earned = interest(yuan(3_200_000), cover.fee_rate, 10)
            assert cover.stage is GuaranteeStage.RELEASED
            assert (cover.in_force, cover.fee, cover.fee_earned) == (ZERO, earned, earned)
            assert memo(session, "memo_in_force") == ZERO
            assert balance(session, "guarantor.unearned_reserve").net == ZERO
            assert cash(session) == yuan(100_000_000) + earned
            assert guarantee.capacity(session, on).liability == ZERO
        with database.read() as session:
            assert prove(session).findings == []

    def test_a_reversed_repayment_binds_it_again(self, session):
        credit = a_guaranteed_loan(session)
        on = ON + timedelta(days=100)
        run_to(session, credit.loan, on)
        loan_account.lower_principal(session, credit.loan, yuan(4_000_000), on=on, by=OFFICER, at=AT)
        guarantee.reinstate(
            session, guarantee=credit.cover, principal_outstanding=yuan(1_000_000), reason="还款冲正", by=OFFICER, on=on,
            at=AT,
        )  # fmt: skip
        assert credit.cover.stage is GuaranteeStage.IN_FORCE
        assert credit.cover.in_force == memo(session, "memo_in_force", credit.loan.number) == yuan(800_000)

    def test_a_partly_reversed_repayment_raises_the_liability_again(self, session):
        credit = a_guaranteed_loan(session)
        for owed in (yuan(3_000_000), yuan(3_500_000), yuan(3_000_000)):
            guarantee.reduce(session, guarantee=credit.cover, principal_outstanding=owed, by=OFFICER, on=ON, at=AT)
        assert memo(session, "memo_in_force", credit.loan.number) == yuan(2_400_000)


class TestLapsing:
    def test_frees_the_capacity(self, session):
        cover = reserved(session)
        guarantee.lapse(session, guarantee=cover, reason="审批失效", by=OFFICER, on=ON, at=AT)
        assert guarantee.capacity(session, ON).liability == ZERO

    def test_is_not_open_to_a_guarantee_in_force(self, session):
        cover = put_in_force(session, reserved(session))
        with pytest.raises(MoveNotOpen):
            guarantee.lapse(session, guarantee=cover, reason="x", by=OFFICER, on=ON, at=AT)


class TestRenewing:
    def test_counts_only_what_goes_beyond_the_guarantee_it_replaces(self, session):
        firm = a_debtor(session, size=FirmSize.MEDIUM)
        old = a_guaranteed_loan(session, amount=yuan(10_000_000), firm=firm)
        decision = a_decision(session, old.application, old.decision.opinion_id, amount=yuan(12_000_000))
        new = a_reservation(session, old.application, decision, replaces=old.cover)
        assert guarantee.capacity(session, ON).liability == yuan(9_600_000)
        put_in_force(session, new)
        assert guarantee.capacity(session, ON).liability == yuan(9_600_000)
        guarantee.release(session, guarantee=old.cover, by=OFFICER, on=ON, at=AT)
        assert guarantee.capacity(session, ON).liability == yuan(9_600_000)

    def test_is_refused_beyond_the_clients_share_all_the_same(self, session):
        firm = a_debtor(session, size=FirmSize.MEDIUM)
        old = a_guaranteed_loan(session, amount=yuan(10_000_000), firm=firm)
        decision = a_decision(session, old.application, old.decision.opinion_id, amount=yuan(13_000_000))
        with pytest.raises(guarantee_capacity.SingleClientLimit):
            a_reservation(session, old.application, decision, replaces=old.cover)


class TestFeesAndReserves:
    def test_fees_are_earned_once_for_each_day_and_together_come_to_the_fee(self, database):
        with database.write() as session:
            endow(session)
            credits = [a_guaranteed_loan(session) for _ in range(3)]
            fees = total(credit.cover.fee for credit in credits)
            earned = ZERO
            for on in (date(2012, 11, 30), date(2012, 11, 30), date(2013, 2, 28), ENDS, ENDS + timedelta(days=9)):
                earned += guarantee.earn_fees(session, by=SYSTEM, on=on, at=AT)
            assert earned == fees
            assert -balance(session, "guarantor.fee_income").net == fees
            assert balance(session, "guarantor.unearned_reserve").net == ZERO
        with database.read() as session:
            assert prove(session).findings == []

    def test_the_compensation_reserve_is_provided_once_a_year(self, session):
        a_guaranteed_loan(session)
        assert guarantee.provide_reserves(session, by=SYSTEM, on=date(2012, 11, 30), at=AT) == ZERO
        provided = guarantee.provide_reserves(session, by=SYSTEM, on=date(2012, 12, 31), at=AT)
        assert provided == yuan(24_000)
        assert -balance(session, "guarantor.compensation_reserve").net == yuan(24_000)

    def test_a_guarantee_without_a_loan_yet_earns_nothing(self, session):
        reserved(session)
        assert guarantee.earn_fees(session, by=SYSTEM, on=ENDS, at=AT) == ZERO


class TestTheList:
    def test_is_filtered_sorted_and_counted_by_the_database(self, session):
        credits = [a_guaranteed_loan(session, amount=yuan(amount)) for amount in (3_000_000, 5_000_000)]
        waiting = reserved(session)
        lines, total_rows = guarantee_rows(session, binding=True, sort="-amount", limit=2)
        assert total_rows == 3
        assert [line.amount for line in lines] == [yuan(4_000_000), yuan(3_200_000)]
        lines, _ = guarantee_rows(session, stage=GuaranteeStage.RESERVED)
        assert [line.number for line in lines] == [waiting.number]
        lines, _ = guarantee_rows(session, text=credits[0].loan.number.lower())
        assert [(line.loan_number, line.in_force) for line in lines] == [(credits[0].loan.number, yuan(2_400_000))]
        name = session.get_one(Firm, credits[1].loan.firm_id).name
        assert guarantee_rows(session, text=name[2:-3])[1] == 1

    def test_finds_a_guarantee_by_its_number(self, session):
        cover = reserved(session)
        assert guarantee_by_number(session, cover.number) is cover
        with pytest.raises(NotThere):
            guarantee_by_number(session, "TBG-1999-0001")


def test_every_guarantee_stands_in_the_books_with_what_its_row_says(session):
    credit = a_guaranteed_loan(session)
    waiting = reserved(session)
    assert memo(session, "memo_in_force", credit.loan.number) == credit.cover.in_force
    assert memo(session, "memo_reserved", waiting.number) == waiting.amount
