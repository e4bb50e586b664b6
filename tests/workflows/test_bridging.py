"""Re-lending at maturity: promised once, paid in a closed loop, back with its fee, free again the same day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from credit import (
    AT,
    ENDS,
    FUND_APPROVER,
    FUND_MANAGER,
    OFFICER,
    ON,
    REVIEWER,
    Credit,
    a_guaranteed_loan,
    endow,
    person,
    put_in_force,
    run_to,
    yuan,
)
from sqlmodel import select

from models.application import Product
from models.bridge import Bridge, BridgeBar, BridgeBound, RenewalGap
from models.firm import Firm, FirmSize
from models.lending.ageing import FiveClass
from models.loan import Contract, Loan, PayOut
from models.queries.books import balance, mirror_differences
from models.queries.bridges import bridge_rows, used_days
from models.refusals import NotAllowed
from models.roles import SYSTEM, Role
from models.states.aftercare import BridgeStage, GuaranteeStage
from models.states.loan import LoanStage
from models.states.machine import MoveNotOpen
from models.values.money import ZERO, Money
from reports.proof import prove
from workflows import bridge_checks, bridge_return, bridging, loan_account, posting, renewing, servicing
from workflows.given import AmountTooSmall
from workflows.moves import SameHand

AMOUNT = yuan(4_000_000)
OWN = yuan(400_000)
BRIDGED = yuan(3_600_000)
APPLIED = ENDS - timedelta(days=14)
BACK = ENDS + timedelta(days=7)


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session


@dataclass
class Maturing:
    """A loan a fortnight before its maturity, with the renewal that the bank has promised."""

    credit: Credit
    renewal: Contract
    new: Loan | None = None

    @property
    def loan(self) -> Loan:
        return self.credit.loan


def maturing(session, *, start_on=ENDS, **more) -> Maturing:
    credit = a_guaranteed_loan(session, amount=AMOUNT, **more)
    loan_lines = loan_account.live_lines(session, credit.loan)
    # Every quarter's interest was paid; only the last period is running.
    for line in loan_lines[:-1]:
        line.interest_paid, line.settled_on = line.interest, line.payable_on
    run_to(session, credit.loan, APPLIED, interest=loan_account.accrued_interest(session, credit.loan, APPLIED))
    renewal = renewing.draw_up_renewal(
        session, loan=credit.loan, amount=AMOUNT, term_months=12, start_on=start_on, by=OFFICER, on=APPLIED, at=AT
    )
    return Maturing(credit, renewal)


def applied(session, case: Maturing, *, amount=BRIDGED, own=OWN, by=FUND_MANAGER, on=APPLIED, **more) -> Bridge:
    given = {"promise": "续贷承诺函2013-1", "renewal_contract": case.renewal} | more
    return bridging.apply(session, loan=case.loan, amount=amount, own_funds=own, by=by, on=on, at=AT, **given)


def reserved(session, case: Maturing, *, on=APPLIED, **more) -> Bridge:
    return bridging.approve(session, bridge=applied(session, case, **more), by=FUND_APPROVER, on=on, at=AT)


def renewed(session, case: Maturing) -> Loan:
    """The renewal signed, its guarantee in force."""
    case.new = renewing.sign_renewal(session, contract=case.renewal, by=REVIEWER, on=APPLIED, at=AT)
    put_in_force(session, loan_account.guarantee_of(session, case.new), on=APPLIED)
    return case.new


def matured(session, case: Maturing, *, own=OWN, on=ENDS) -> None:
    """The day of maturity has come, and the borrower has paid interest and his own share."""
    before = loan_account.accrued_interest(session, case.loan, APPLIED)
    now = loan_account.accrued_interest(session, case.loan, on)
    run_to(session, case.loan, on, interest=now - before)
    servicing.receive(
        session, loan=case.loan, amount=now + own, bank_ref=f"own-{case.loan.number}", by=OFFICER, on=on, at=AT
    )


def paid(session, case: Maturing, *, on=ENDS, own=OWN) -> Bridge:
    bridge = reserved(session, case)
    renewed(session, case)
    matured(session, case, own=own, on=on)
    return bridging.pay(session, bridge=bridge, bank_ref=f"out-{bridge.number}", by=FUND_MANAGER, on=on, at=AT)


def settled(session, case: Maturing, *, on=BACK) -> Bridge:
    bridge = paid(session, case)
    return bridging.settle(session, bridge=bridge, bank_ref=f"in-{bridge.number}", by=FUND_MANAGER, on=on, at=AT)


def net(session, account: str, part: str = "") -> Money:
    return balance(session, account, part=part).net


class TestApplying:
    def test_notes_what_bound_the_amount_and_touches_no_money(self, session):
        bridge = applied(session, maturing(session))
        assert (bridge.stage, bridge.binding) == (BridgeStage.APPLIED, BridgeBound.NEED)
        assert bridging.fund_position(session, APPLIED).free == yuan(100_000_000)

    def test_is_held_to_the_ceiling_and_names_what_binds(self, session):  # BRG-03
        with pytest.raises(bridge_checks.AboveCeiling) as refusal:
            applied(session, maturing(session), amount=yuan("3800000.01"), own=yuan(200_000))
        assert refusal.value.facts == {
            "asked": yuan("3800000.01"), "ceiling": yuan(3_800_000), "binding": BridgeBound.RATIO,
        }  # fmt: skip

    def test_is_for_no_less_than_the_least_amount(self, session):
        with pytest.raises(AmountTooSmall):
            applied(session, maturing(session), amount=yuan("0.01"), own=yuan(4_000_000))

    def test_asks_for_an_own_share(self, session):  # BRG-11
        with pytest.raises(bridge_checks.OwnFundsTooSmall) as refusal:
            applied(session, maturing(session), amount=yuan(3_800_001), own=yuan(199_999))
        assert refusal.value.facts["least"] == yuan(200_000)

    def test_has_to_cover_the_old_loan_together_with_the_own_share(self, session):
        with pytest.raises(bridge_checks.PrincipalNotCovered) as refusal:
            applied(session, maturing(session), amount=yuan(3_500_000))
        assert refusal.value.facts["short"] == yuan(100_000)

    def test_is_not_for_a_product_that_is_no_working_capital(self, session):  # BRG-01
        with pytest.raises(bridge_checks.NotBridgeable) as refusal:
            applied(session, maturing(session, product=Product.RD_CENTRE))
        assert refusal.value.facts["bar"] is BridgeBar.PRODUCT

    @pytest.mark.parametrize(
        ("spoil", "bar"),
        [
            (lambda loan, firm: setattr(loan, "oldest_unpaid", APPLIED - timedelta(days=1)), BridgeBar.OVERDUE),
            (lambda loan, firm: setattr(loan, "five_class", FiveClass.SUBSTANDARD), BridgeBar.CLASS),
            (lambda loan, firm: setattr(firm, "integrity_listed", True), BridgeBar.INTEGRITY),
            (lambda loan, firm: setattr(loan, "matures_on", APPLIED + timedelta(days=31)), BridgeBar.TOO_EARLY),
        ],
    )
    def test_is_not_for_a_loan_or_firm_in_trouble_nor_long_before_maturity(self, session, spoil, bar):  # BRG-02
        case = maturing(session)
        spoil(case.loan, session.get_one(Firm, case.loan.firm_id))
        with pytest.raises(bridge_checks.NotBridgeable) as refusal:
            applied(session, case)
        assert refusal.value.facts["bar"] is bar

    def test_needs_the_banks_written_promise(self, session):  # BRG-06
        with pytest.raises(bridge_checks.PromiseMissing):
            applied(session, maturing(session), promise=" ")

    def test_needs_a_contract_that_renews_this_loan(self, session):
        case, other = maturing(session), maturing(session)
        with pytest.raises(bridge_checks.PromiseMissing):
            applied(session, case, renewal_contract=other.renewal)

    def test_happens_once_for_a_loan(self, session):
        case = maturing(session)
        applied(session, case)
        with pytest.raises(bridge_checks.BridgeStands):
            applied(session, case)

    def test_uses_each_promise_once_even_after_a_refusal(self, session):
        case = maturing(session)
        bridging.refuse(session, bridge=applied(session, case), reason="材料不齐", by=FUND_APPROVER, on=APPLIED, at=AT)
        with pytest.raises(bridge_checks.PromiseUsed):
            applied(session, case)

    def test_needs_a_reason_where_the_firm_could_renew_without_repaying(self):  # BRG-15
        loan, firm = Loan(product=Product.WORKING_CAPITAL, number="TBL-1"), Firm(size=FirmSize.SMALL)
        bridge_checks.refuse_without_reason(loan, firm, "", date(2024, 9, 23))
        bridge_checks.refuse_without_reason(loan, firm, "不满足正常经营条件", date(2024, 9, 24))
        with pytest.raises(bridge_checks.ReasonForBridge):
            bridge_checks.refuse_without_reason(loan, firm, " ", date(2024, 9, 24))

    def test_is_for_the_officer_or_the_fund(self, session):
        with pytest.raises(NotAllowed):
            applied(session, maturing(session), by=FUND_APPROVER)


class TestApproving:
    def test_holds_the_money_so_that_nobody_else_gets_it(self, session):
        bridge = reserved(session, maturing(session))
        position = bridging.fund_position(session, APPLIED)
        assert (position.reserved, position.free) == (BRIDGED, yuan(96_400_000))
        assert net(session, "relender.memo_reserved", bridge.number) == BRIDGED
        assert bridge.expires_on == APPLIED + timedelta(days=30)

    def test_is_for_another_hand_than_the_one_that_applied(self, session):
        both = person(Role.FUND_MANAGER, Role.FUND_APPROVER)
        bridge = applied(session, maturing(session), by=both)
        with pytest.raises(SameHand):
            bridging.approve(session, bridge=bridge, by=both, on=APPLIED, at=AT)

    def test_looks_at_what_is_free_again(self, sqlite_database):
        with sqlite_database.write() as session:
            endow(session, relender=yuan(5_000_000))
            first, second = (applied(session, maturing(session)) for _ in range(2))
            bridging.approve(session, bridge=first, by=FUND_APPROVER, on=APPLIED, at=AT)
            with pytest.raises(bridge_checks.AboveCeiling) as refusal:
                bridging.approve(session, bridge=second, by=FUND_APPROVER, on=APPLIED, at=AT)
            assert refusal.value.facts["binding"] is BridgeBound.FUND
            assert refusal.value.facts["ceiling"] == yuan(1_400_000)

    def test_stops_when_too_much_of_the_fund_is_overdue(self, sqlite_database):  # BRG-09
        with sqlite_database.write() as session:
            endow(session, relender=yuan(8_500_000))
            waiting = applied(session, maturing(session))
            bridge = paid(session, maturing(session))
            bridge.due_on = APPLIED - timedelta(days=1)
            session.flush()
            with pytest.raises(bridge_checks.FundPaused):
                bridging.approve(session, bridge=waiting, by=FUND_APPROVER, on=APPLIED, at=AT)


class TestPaying:
    def test_repays_the_old_loan_and_releases_its_guarantee(self, database):
        with database.write() as session:
            endow(session)
            case = maturing(session)
            bridge = paid(session, case)
            assert case.loan.stage is LoanStage.SETTLED
            assert case.credit.cover.stage is GuaranteeStage.RELEASED
            assert net(session, "bank.principal", case.loan.number) == ZERO
            assert net(session, "relender.bridge", bridge.number) == BRIDGED
            assert net(session, "relender.memo_reserved") == ZERO
            assert balance(session, "relender.cash").held == 0
            assert bridge.due_on == date(2013, 11, 21)  # ten working days (BRG-04)
            assert mirror_differences(session) == []
        with database.read() as session:
            assert prove(session).findings == []

    def test_waits_for_the_borrowers_own_share(self, session):
        case = maturing(session)
        bridge = reserved(session, case)
        renewed(session, case)
        matured(session, case, own=yuan(300_000))
        with pytest.raises(bridging.OwnFundsMissing) as refusal:
            bridging.pay(session, bridge=bridge, bank_ref="x", by=FUND_MANAGER, on=ENDS, at=AT)
        assert refusal.value.facts["missing"] == yuan(100_000)

    def test_waits_for_the_signature_of_the_renewal(self, session):
        case = maturing(session)
        bridge = reserved(session, case)
        matured(session, case)
        with pytest.raises(bridge_return.RenewalNotReady) as refusal:
            bridging.pay(session, bridge=bridge, bank_ref="x", by=FUND_MANAGER, on=ENDS, at=AT)
        assert refusal.value.facts["bar"] is RenewalGap.CONTRACT

    def test_lends_less_when_the_borrower_brings_more(self, session):
        case = maturing(session)
        bridge = paid(session, case, own=yuan(1_000_000))
        assert bridge.amount == net(session, "relender.bridge", bridge.number) == yuan(3_000_000)
        assert bridging.fund_position(session, ENDS).free == yuan(97_000_000)
        assert net(session, "relender.memo_reserved") == ZERO

    def test_is_for_another_hand_than_the_one_that_approved(self, session):
        both = person(Role.FUND_MANAGER, Role.FUND_APPROVER)
        case = maturing(session)
        bridge = bridging.approve(session, bridge=applied(session, case), by=both, on=APPLIED, at=AT)
        renewed(session, case)
        matured(session, case)
        with pytest.raises(SameHand):
            bridging.pay(session, bridge=bridge, bank_ref="x", by=both, on=ENDS, at=AT)

    def test_is_refused_after_the_reservation_has_run_out(self, session):
        bridge = reserved(session, maturing(session))
        with pytest.raises(bridging.PromiseExpired):
            bridging.pay(session, bridge=bridge, bank_ref="x", by=FUND_MANAGER, on=APPLIED + timedelta(days=31), at=AT)

    def test_needs_a_bank_reference_of_its_own(self, session):
        first = paid(session, maturing(session))
        case = maturing(session)
        bridge = reserved(session, case)
        renewed(session, case)
        matured(session, case)
        for reference in (first.paid_ref, " "):
            with pytest.raises(bridge_return.BridgeReferenceUsed):
                bridging.pay(session, bridge=bridge, bank_ref=reference, by=FUND_MANAGER, on=ENDS, at=AT)


class TestSettling:
    def test_draws_the_renewed_loan_straight_to_the_fund(self, database):
        with database.write() as session:
            endow(session)
            case = maturing(session)
            bridge = settled(session, case)
            new = case.new
            assert bridge.stage is BridgeStage.RETURNED
            assert (bridge.days, bridge.fee) == (7, BRIDGED.times(18, 10_000))  # 5 days at 0.02%, 2 at 0.04%
            assert (new.stage, new.outstanding, new.opened_on) == (LoanStage.ACTIVE, BRIDGED, BACK)
            assert net(session, "bank.principal", new.number) == BRIDGED
            assert net(session, "relender.bridge") == ZERO
            assert net(session, "relender.cash") == yuan(100_000_000) + bridge.fee
            assert loan_account.live_lines(session, new)[-1].due_on == case.renewal.end_on
            assert mirror_differences(session) == []
        with database.read() as session:
            assert prove(session).findings == []

    def test_sets_free_what_the_renewal_promised_beyond_the_bridge(self, session):
        case = maturing(session)
        settled(session, case)
        cover = loan_account.guarantee_of(session, case.new)
        assert case.new.amount == BRIDGED
        assert net(session, "bank.memo_undrawn") == ZERO
        assert cover.in_force == net(session, "guarantor.memo_in_force") == BRIDGED.times(8, 10)

    def test_leaves_the_pay_out_to_the_fund_on_record(self, session):
        case = maturing(session)
        bridge = settled(session, case)
        row = session.exec(select(PayOut).where(PayOut.loan_id == case.new.key)).one()
        assert (row.amount, row.entrusted, row.bank_ref) == (BRIDGED, True, bridge.returned_ref)

    def test_makes_the_money_free_again_the_same_day(self, session):
        settled(session, maturing(session))
        position = bridging.fund_position(session, BACK)
        assert position.free == position.size == position.cash
        assert (position.outstanding, position.use) == (ZERO, 0)

    def test_charges_each_day_after_the_due_day(self, session):  # BRG-08
        case = maturing(session)
        bridge = settled(session, case, on=ENDS + timedelta(days=16))
        fee = BRIDGED.times(5 * 2 + 9 * 4, 10_000)
        assert bridge.fee == fee + BRIDGED.times(2 * 5, 10_000)

    def test_waits_for_the_new_guarantee(self, session):  # GUA-21, BRG-16
        case = maturing(session)
        bridge = reserved(session, case)
        case.new = renewing.sign_renewal(session, contract=case.renewal, by=REVIEWER, on=APPLIED, at=AT)
        matured(session, case)
        bridging.pay(session, bridge=bridge, bank_ref="out", by=FUND_MANAGER, on=ENDS, at=AT)
        with pytest.raises(bridge_return.RenewalNotReady) as refusal:
            bridging.settle(session, bridge=bridge, bank_ref="in", by=FUND_MANAGER, on=BACK, at=AT)
        assert refusal.value.facts["bar"] is RenewalGap.GUARANTEE

    def test_waits_for_the_first_day_of_the_renewal(self, session):
        case = maturing(session, start_on=BACK + timedelta(days=1))
        bridge = paid(session, case)
        with pytest.raises(bridge_return.RenewalNotReady) as refusal:
            bridging.settle(session, bridge=bridge, bank_ref="in", by=FUND_MANAGER, on=BACK, at=AT)
        assert refusal.value.facts["bar"] is RenewalGap.TERM

    def test_waits_for_interest_that_is_still_owed_on_the_old_loan(self, session):
        case = maturing(session)
        bridge = reserved(session, case)
        renewed(session, case)
        early = APPLIED
        servicing.receive(session, loan=case.loan, amount=OWN, bank_ref="own", prepay=True, by=OFFICER, on=early, at=AT)
        bridging.pay(session, bridge=bridge, bank_ref="out", by=FUND_MANAGER, on=early, at=AT)
        assert (case.loan.stage, case.loan.outstanding) == (LoanStage.ACTIVE, ZERO)
        with pytest.raises(bridge_return.OldLoanOpen):
            bridging.settle(session, bridge=bridge, bank_ref="in", by=FUND_MANAGER, on=ENDS, at=AT)


class TestWhenTheBankBreaksItsPromise:
    def test_the_borrower_returns_the_money_with_the_fee(self, session):
        bridge = paid(session, maturing(session))
        bridging.repay_otherwise(session, bridge=bridge, bank_ref="own money", by=FUND_MANAGER, on=BACK, at=AT)
        assert (bridge.stage, bridge.renewed) == (BridgeStage.RETURNED, False)
        assert net(session, "relender.bridge") == ZERO
        assert -net(session, "relender.fee_income") == bridge.fee


class TestExpiring:
    def test_frees_what_was_promised(self, session):
        bridge = reserved(session, maturing(session))
        bridging.expire(session, bridge=bridge, reason="企业自筹还款", by=FUND_MANAGER, on=APPLIED, at=AT)
        assert bridge.stage is BridgeStage.EXPIRED
        assert bridging.fund_position(session, APPLIED).free == yuan(100_000_000)
        assert net(session, "relender.memo_reserved") == ZERO

    def test_happens_by_itself_after_the_last_day(self, session):
        bridge = reserved(session, maturing(session))
        day = bridge.expires_on
        assert bridging.expire_due(session, by=SYSTEM, on=day, at=AT) == []
        after = day + timedelta(days=1)
        posting.expire_holds(session, by=SYSTEM, on=after, at=AT)
        assert bridging.expire_due(session, by=SYSTEM, on=after, at=AT) == [bridge]
        assert net(session, "relender.memo_reserved") == ZERO

    def test_is_no_way_out_once_the_money_is_paid(self, session):
        bridge = paid(session, maturing(session))
        with pytest.raises(MoveNotOpen):
            bridging.expire(session, bridge=bridge, reason="x", by=FUND_MANAGER, on=ENDS, at=AT)


class TestTheFund:
    def test_tells_what_is_out_and_overdue(self, session):
        bridge = paid(session, maturing(session))
        position = bridging.fund_position(session, bridge.due_on + timedelta(days=1))
        assert (position.outstanding, position.overdue, position.overdue_bridges) == (BRIDGED, BRIDGED, 1)
        assert bridging.fund_position(session, bridge.due_on).overdue == ZERO

    def test_counts_amount_and_days_for_its_turnover(self, session):
        settled(session, maturing(session))
        assert used_days(session, ON, ENDS) == []
        assert used_days(session, ENDS, ENDS + timedelta(days=90)) == [(BRIDGED, 7)]
        assert used_days(session, ENDS, ENDS + timedelta(days=3)) == [(BRIDGED, 3)]


class TestTheList:
    def test_is_filtered_and_counted_by_the_database(self, session):
        back = settled(session, maturing(session))
        waiting = applied(session, maturing(session))
        lines, count = bridge_rows(session, open_only=True)
        assert (count, lines[0].number, lines[0].stage) == (1, waiting.number, BridgeStage.APPLIED)
        lines, _ = bridge_rows(session, text=back.number)
        assert (lines[0].fee, lines[0].returned_on, lines[0].late(BACK)) == (back.fee, BACK, False)
        assert [line.number for line in bridge_rows(session, sort="number")[0]] == [back.number, waiting.number]
        assert bridge_rows(session, overdue_on=BACK) == ([], 0)
