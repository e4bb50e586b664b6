"""Claims under a guarantee: when, how much, by whom, and how what is recovered later is shared."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credit import (
    AT,
    ENDS,
    GUARANTEE_APPROVER,
    GUARANTEE_OFFICER,
    OFFICER,
    a_contract,
    a_guaranteed_loan,
    an_approval,
    endow,
    pay_out,
    person,
    run_to,
    yuan,
)

from models.queries.books import balance, mirror_differences
from models.queries.guarantees import claim_rows
from models.refusals import NotAllowed
from models.roles import SYSTEM, Role
from models.states.aftercare import ClaimStage, GuaranteeStage
from models.states.application import Stage
from models.states.loan import LoanStage
from models.values.money import ZERO, Money
from reports.proof import prove
from workflows import claims, guarantee, loan_account, posting, servicing
from workflows.booking import book
from workflows.moves import ReasonNeeded, SameHand

LATE = ENDS + timedelta(days=62)
"""Two months after the maturity."""


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session


def overdue(session, *, days=60, interest=yuan("41687.50"), on=LATE, amount=yuan(2_875_000), **more):
    """A guaranteed loan past its maturity with unpaid interest, so many days overdue."""
    credit = a_guaranteed_loan(session, amount=amount, **more)
    earned = loan_account.accrued_interest(session, credit.loan, on)
    paid = earned - interest
    # All interest but the last is paid, so that what is open is what the test says.
    for line in loan_account.live_lines(session, credit.loan):
        part = min(line.interest, paid)
        line.interest_paid, paid = part, paid - part
    run_to(session, credit.loan, on, interest=interest, days_past_due=days)
    return credit


def filed(session, credit, *, on=LATE):
    return claims.file_claim(session, loan=credit.loan, by=OFFICER, on=on, at=AT)


def accepted(session, credit, *, on=LATE, by=GUARANTEE_OFFICER):
    return claims.accept(session, claim=filed(session, credit, on=on), by=by, on=on, at=AT)


def paid(session, credit, *, on=LATE):
    return claims.pay(session, claim=accepted(session, credit, on=on), by=GUARANTEE_APPROVER, on=on, at=AT)


def recovered(session, claim, amount, *, costs=ZERO, ref="R-1", on=LATE, by=GUARANTEE_OFFICER):
    return claims.recover(session, claim=claim, amount=amount, costs=costs, bank_ref=ref, by=by, on=on, at=AT)


def net(session, account: str, part: str = "") -> Money:
    return balance(session, account, part=part).net


def pay_out_unguaranteed(session, loan):
    """A loan without a guarantee: its promise is put into the books first."""
    book(
        session, "loan_approved", key=f"approve:{loan.number}", cause=loan.number,
        amounts={"amount": loan.amount, "guaranteed": ZERO}, parts={"loan": loan.number}, by=OFFICER,
        on=loan.matures_on, at=AT,
    )  # fmt: skip
    pay_out(session, loan)


class TestFilingAClaim:
    def test_asks_for_the_guaranteed_share_of_principal_and_interest(self, session):  # EX-08
        claim = filed(session, overdue(session))
        assert (claim.loss_principal, claim.loss_interest) == (yuan(2_875_000), yuan("41687.50"))
        assert claim.payout == yuan("2333350.00")
        assert claim.days_past_due == 60

    def test_leaves_the_books_as_they_are(self, session):
        credit = overdue(session)
        filed(session, credit)
        assert net(session, "bank.principal", credit.loan.number) == yuan(2_875_000)
        assert credit.cover.stage is GuaranteeStage.IN_FORCE

    def test_sets_the_day_of_payment_in_working_days(self, session):
        claim = filed(session, overdue(session))
        assert claim.pay_by == date(2014, 1, 28)  # Sunday the 26th was a make-up workday

    def test_is_too_early_before_the_wait_is_over(self, session):
        with pytest.raises(claims.ClaimTooEarly) as refusal:
            filed(session, overdue(session, days=59))
        assert (refusal.value.facts["days"], refusal.value.facts["wait"]) == (59, 60)

    def test_is_too_early_for_a_loan_that_is_on_time(self, session):
        credit = a_guaranteed_loan(session)
        with pytest.raises(claims.ClaimTooEarly):
            filed(session, credit)

    def test_is_too_late_after_the_guarantee_period(self, session):
        credit = overdue(session)
        credit.cover.ends_on = LATE - timedelta(days=1)
        with pytest.raises(claims.GuaranteePeriodOver):
            filed(session, credit)

    def test_needs_a_guarantee_in_force(self, session):
        application, decision = an_approval(session)
        _, loan = a_contract(session, application, decision)
        pay_out_unguaranteed(session, loan)
        run_to(session, loan, LATE, days_past_due=90)
        with pytest.raises(claims.NoGuaranteeInForce):
            claims.file_claim(session, loan=loan, by=OFFICER, on=LATE, at=AT)

    def test_happens_once_while_a_claim_is_open(self, session):
        credit = overdue(session)
        filed(session, credit)
        with pytest.raises(claims.ClaimStands):
            filed(session, credit)

    def test_is_the_banks_to_do(self, session):
        with pytest.raises(NotAllowed):
            claims.file_claim(session, loan=overdue(session).loan, by=GUARANTEE_OFFICER, on=LATE, at=AT)


class TestAcceptingAClaim:
    def test_moves_the_guaranteed_part_from_the_borrower_to_the_guarantor(self, database):
        with database.write() as session:
            endow(session)
            credit = overdue(session)
            claim = accepted(session, credit)
            number = credit.loan.number
            assert claim.stage is ClaimStage.ACCEPTED
            assert credit.cover.stage is GuaranteeStage.CALLED
            assert credit.loan.outstanding == net(session, "bank.principal", number) == yuan(575_000)
            assert net(session, "bank.interest_receivable") == yuan("8337.50")
            assert net(session, "bank.due_from_guarantor", number) == claim.payout
            assert net(session, "guarantor.compensation_receivable", number) == claim.payout
            assert loan_account.meter_of(session, credit.loan).interest_fen == 833_750
            assert net(session, "guarantor.memo_in_force", number) == credit.cover.in_force == yuan(2_300_000)
            assert mirror_differences(session) == []
        with database.read() as session:
            assert prove(session).findings == []

    def test_is_for_what_is_owed_on_the_day(self, session):
        credit = overdue(session)
        claim = filed(session, credit)
        servicing.receive(
            session, loan=credit.loan, amount=yuan("41687.50"), bank_ref="late interest", by=OFFICER, on=LATE, at=AT
        )
        claims.accept(session, claim=claim, by=GUARANTEE_OFFICER, on=LATE, at=AT)
        assert (claim.interest, claim.payout) == (ZERO, yuan(2_300_000))

    def test_is_refused_once_the_borrower_has_paid(self, session):
        credit = overdue(session)
        claim = filed(session, credit)
        servicing.receive(
            session, loan=credit.loan, amount=yuan("2916687.50"), bank_ref="all", by=OFFICER, on=LATE, at=AT
        )
        with pytest.raises(claims.NothingToClaim):
            claims.accept(session, claim=claim, by=GUARANTEE_OFFICER, on=LATE, at=AT)

    def test_takes_interest_of_a_non_accrual_loan_off_the_list_beside_the_balance_sheet(self, session):
        credit = overdue(session)
        interest = yuan("41687.50")
        book(
            session, "interest_suspended", key="suspend", cause="", by=SYSTEM, on=LATE, at=AT,
            amounts={"interest": interest, "penalty": ZERO, "amount": interest},
            parts={"product": credit.loan.product.value},
        )  # fmt: skip
        credit.loan.non_accrual = True
        accepted(session, credit)
        assert net(session, "bank.memo_suspended_interest") == yuan("8337.50")
        assert net(session, "bank.interest_receivable") == ZERO
        assert -net(session, "bank.interest_income") == yuan("33350.00")

    def test_may_be_refused_with_a_reason_and_filed_again(self, session):
        credit = overdue(session)
        claim = filed(session, credit)
        with pytest.raises(ReasonNeeded):
            claims.refuse(session, claim=claim, reason="", by=GUARANTEE_OFFICER, on=LATE, at=AT)
        claims.refuse(session, claim=claim, reason="材料不齐", by=GUARANTEE_OFFICER, on=LATE, at=AT)
        assert filed(session, credit).stage is ClaimStage.FILED


class TestPayingAClaim:
    def test_settles_it_in_cash_and_ends_the_guarantee(self, database):
        with database.write() as session:
            endow(session)
            credit = overdue(session)
            cash = net(session, "bank.cash")
            claim = paid(session, credit)
            assert claim.paid_on == LATE
            assert credit.cover.stage is GuaranteeStage.HONOURED
            assert (credit.cover.in_force, credit.cover.fee_earned) == (ZERO, credit.cover.fee)
            assert net(session, "bank.cash") == cash + claim.payout
            assert net(session, "guarantor.memo_in_force") == ZERO
            assert net(session, "guarantor.unearned_reserve") == ZERO
            assert guarantee.capacity(session, LATE).liability == ZERO
            assert mirror_differences(session) == []
        with database.read() as session:
            assert prove(session).findings == []

    @pytest.mark.parametrize("early", ["accept", "file"])
    def test_is_for_another_hand_than_those_that_filed_and_accepted(self, session, early):
        credit = overdue(session)
        both = person(Role.GUARANTEE_OFFICER, Role.GUARANTEE_APPROVER, Role.LOAN_OFFICER)
        by = both if early == "file" else OFFICER
        claim = claims.file_claim(session, loan=credit.loan, by=by, on=LATE, at=AT)
        accepter = both if early == "accept" else GUARANTEE_OFFICER
        claims.accept(session, claim=claim, by=accepter, on=LATE, at=AT)
        with pytest.raises(SameHand):
            claims.pay(session, claim=claim, by=both, on=LATE, at=AT)

    def test_is_refused_to_a_guarantor_without_the_cash(self, sqlite_database):
        with sqlite_database.write() as session:
            endow(session, guarantor=yuan(24_000_000))
            claim = accepted(session, overdue(session))
            posting.hold(
                session, "guarantor.cash", yuan(23_000_000), key="h", cause="", expires=LATE, by=OFFICER, on=LATE, at=AT
            )
            with pytest.raises(posting.LimitReached):
                claims.pay(session, claim=claim, by=GUARANTEE_APPROVER, on=LATE, at=AT)


class TestRecovering:
    def test_pays_the_costs_first_and_then_both_by_their_losses(self, database):
        with database.write() as session:
            endow(session)
            credit = overdue(session)
            claim = paid(session, credit)
            recovered(session, claim, yuan(812_500), costs=yuan("36418.77"))
            number = credit.loan.number
            assert claim.recovered == yuan("620864.98")
            assert net(session, "guarantor.compensation_receivable", number) == claim.payout - claim.recovered
            assert (
                credit.loan.outstanding == net(session, "bank.principal", number) == yuan(575_000) - yuan("155216.25")
            )
        with database.read() as session:
            assert prove(session).findings == []

    def test_of_everything_settles_the_loan_and_closes_the_application(self, session):
        credit = overdue(session)
        claim = paid(session, credit)
        recovered(session, claim, yuan("2916687.50"))
        assert claim.recovered == claim.payout
        assert credit.loan.stage is LoanStage.SETTLED
        assert credit.application.stage is Stage.CLOSED
        assert net(session, "bank.interest_receivable") == ZERO

    def test_beyond_what_the_guarantor_paid_is_the_banks(self, session):
        credit = overdue(session)
        claim = paid(session, credit)
        recovered(session, claim, yuan(3_000_000))
        assert claim.recovered == claim.payout
        assert -net(session, "bank.recovery_income", credit.loan.number) == yuan("83312.50")

    def test_under_the_same_reference_again_changes_nothing(self, session):
        credit = overdue(session)
        claim = paid(session, credit)
        for _ in range(2):
            recovered(session, claim, yuan(100_000))
        assert claim.recovered == yuan(80_000)
        with pytest.raises(posting.KeyUsedForAnother):
            recovered(session, claim, yuan(100_001))

    def test_needs_a_claim_that_was_paid(self, session):
        claim = accepted(session, overdue(session))
        with pytest.raises(claims.NothingToRecover):
            recovered(session, claim, yuan(1))

    @pytest.mark.parametrize(("amount", "costs", "ref"), [(0, 0, "R"), (5, 6, "R"), (5, 1, " "), (-1, 0, "R")])
    def test_needs_an_amount_its_costs_and_a_reference(self, session, amount, costs, ref):
        claim = paid(session, overdue(session))
        with pytest.raises(claims.RecoveryNotUnderstood):
            recovered(session, claim, yuan(amount), costs=yuan(costs), ref=ref)


class TestTheList:
    def test_shows_what_is_late_and_what_came_back(self, session):
        credit = overdue(session)
        claim = paid(session, credit)
        recovered(session, claim, yuan(100_000))
        lines, count = claim_rows(session, text=credit.loan.number)
        assert count == 1
        assert (lines[0].payout, lines[0].recovered, lines[0].late(LATE)) == (claim.payout, yuan(80_000), False)
        assert claim_rows(session, stage=ClaimStage.FILED) == ([], 0)
        other = filed(session, overdue(session))
        waiting, _ = claim_rows(session, stage=ClaimStage.FILED)
        assert waiting[0].number == other.number
        assert waiting[0].late(other.pay_by + timedelta(days=1))
