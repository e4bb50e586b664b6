"""Capital, facilities, drawings passed on to the bank, their interest, and which drawing funds which loan (TB-03)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from accounts import a_loan, days_pass
from credit import AT, DISBURSER, OFFICER, ON, endow, person, yuan
from sqlmodel import Session, select

from models.facility import Drawing, Facility, Funding
from models.lending.terms import RepaymentMethod
from models.loan import Loan, PayOut
from models.queries.books import balance, mirror_differences
from models.refusals import NotAllowed
from models.roles import SYSTEM, Institution, Role
from models.states.aftercare import FacilityStage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from talentbank.database import Database
from workflows import disbursement, funding, loan_account, rulemaking
from workflows.given import AmountTooSmall, PartTooSmall
from workflows.moves import SameHand
from workflows.posting import LimitReached

BUREAU = person(Role.FINANCE_BUREAU)
BUREAU_APPROVER = person(Role.BUREAU_APPROVER)
TREASURER = person(Role.TREASURER)
TREASURY = {"by": TREASURER, "on": ON, "at": AT}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session on a bank with its first rules, on either engine."""
    with database.write() as writing:
        rulemaking.lay_first_rules(writing, on=ON, at=AT)
        yield writing


def a_facility(session: Session, *, opened: bool = True, commitment: Money = Money.wan(30_000)) -> Facility:
    """The first tranche: CNY 300 million of a policy bank at 6%."""
    facility = funding.register_facility(
        session,
        lender="示例开发银行宁波分行",
        commitment=commitment,
        rate=Rate.of("0.06"),
        starts_on=date(2012, 10, 1),
        ends_on=date(2017, 10, 1),
        purpose="人才企业统贷",
        **TREASURY,
    )
    if opened:
        funding.open_facility(session, facility=facility, by=BUREAU_APPROVER, on=ON, at=AT)
    return facility


def a_drawing(
    session: Session, facility: Facility | None = None, *, amount: Money = Money.wan(1_000), on: date = ON
) -> Drawing:
    """Ten million drawn for three years."""
    return funding.draw(
        session,
        facility=facility or a_facility(session),
        amount=amount,
        due_on=date(2015, 11, 7),
        by=TREASURER,
        on=on,
        at=AT,
    )


class TestCapital:
    def test_of_the_bureau_stands_in_both_books(self, session):
        funding.appropriate(session, amount=Money.wan(20_000), by=BUREAU, on=ON, at=AT)
        for fund in (Institution.GUARANTOR, Institution.RELENDER, Institution.AMC, Institution.VENTURE):
            funding.capitalise(session, fund=fund, amount=Money.wan(1_000), by=BUREAU_APPROVER, on=ON, at=AT)
        assert balance(session, "bureau.cash").net == Money.wan(16_000)
        assert balance(session, "relender.cash").net == Money.wan(1_000)
        assert mirror_differences(session) == []

    def test_of_other_owners_does_not_touch_the_treasury(self, session):
        funding.capitalise(
            session, fund=Institution.BANK, amount=Money.wan(10_000), owner="owner", by=TREASURER, on=ON, at=AT
        )
        assert balance(session, "bank.cash").net == Money.wan(10_000)
        assert balance(session, "bureau.cash").net == ZERO

    def test_cannot_exceed_the_treasury(self, session):
        with pytest.raises(LimitReached):
            funding.capitalise(session, fund=Institution.AMC, amount=Money.wan(1), by=BUREAU_APPROVER, on=ON, at=AT)

    def test_of_the_bureau_never_goes_into_the_bank(self, session):
        with pytest.raises(funding.NoSuchCapital):
            funding.capitalise(session, fund=Institution.BANK, amount=Money.wan(1), by=BUREAU_APPROVER, on=ON, at=AT)

    def test_is_approved_not_just_watched_by_the_bureau(self, session):
        with pytest.raises(NotAllowed):
            funding.capitalise(session, fund=Institution.AMC, amount=Money.wan(1), by=BUREAU, on=ON, at=AT)

    def test_under_one_reference_is_paid_once(self, session):
        for _ in range(2):
            funding.appropriate(session, amount=Money.wan(500), ref="财预2012-8", by=BUREAU, on=ON, at=AT)
        assert balance(session, "bureau.cash").net == Money.wan(500)

    def test_without_a_reference_is_paid_as_often_as_asked(self, session):
        for _ in range(2):
            funding.appropriate(session, amount=Money.wan(500), by=BUREAU, on=ON, at=AT)
        assert balance(session, "bureau.cash").net == Money.wan(1_000)

    def test_of_nought_is_refused(self, session):
        with pytest.raises(funding.AmountNotAboveNought):
            funding.appropriate(session, amount=ZERO, by=BUREAU, on=ON, at=AT)

    def test_set_aside_for_the_risk_pool_leaves_the_treasury(self, session):
        funding.appropriate(session, amount=Money.wan(500), by=BUREAU, on=ON, at=AT)
        funding.fund_pool(session, amount=Money.wan(300), by=BUREAU_APPROVER, on=ON, at=AT)
        assert balance(session, "bureau.pool", part=funding.DISTRICT_POOL).net == Money.wan(300)
        assert balance(session, "bureau.cash").net == Money.wan(200)


class TestAFacility:
    def test_is_opened_by_somebody_else(self, session):
        both = person(Role.TREASURER, Role.BUREAU_APPROVER)
        facility = funding.register_facility(
            session,
            lender="示例集团",
            commitment=Money.wan(100),
            rate=Rate.of("0.05"),
            starts_on=ON,
            ends_on=date(2013, 11, 7),
            by=both,
            on=ON,
            at=AT,
        )
        with pytest.raises(SameHand):
            funding.open_facility(session, facility=facility, by=both, on=ON, at=AT)
        assert facility.stage is FacilityStage.REGISTERED

    def test_gives_nothing_before_it_is_open_nor_after_it_is_closed(self, session):
        facility = a_facility(session, opened=False)
        with pytest.raises(funding.FacilityNotOpen):
            a_drawing(session, facility)
        funding.open_facility(session, facility=facility, by=BUREAU_APPROVER, on=ON, at=AT)
        a_drawing(session, facility)
        funding.close_facility(session, facility=facility, reason="额度不再需要", **TREASURY)
        with pytest.raises(funding.FacilityNotOpen):
            a_drawing(session, facility)

    def test_gives_its_commitment_and_not_a_fen_more(self, session):
        facility = a_facility(session, commitment=Money.wan(1_500))
        drawing = a_drawing(session, facility)
        with pytest.raises(LimitReached) as refusal, session.begin_nested():
            a_drawing(session, facility, amount=Money.wan(501))
        assert refusal.value.facts["available"] == Money.wan(500)
        a_drawing(session, facility, amount=Money.wan(500))
        funding.repay(session, drawing=drawing, amount=Money.wan(200), **TREASURY)
        a_drawing(session, facility, amount=Money.wan(200))

    def test_ends_after_it_begins(self, session):
        with pytest.raises(funding.FacilityDatesWrong):
            funding.register_facility(
                session, lender="示例", commitment=Money.wan(1), rate=Rate(0), starts_on=ON, ends_on=ON, **TREASURY
            )

    def test_promises_no_less_than_the_least_drawing(self, session):
        with pytest.raises(AmountTooSmall) as refusal:
            a_facility(session, commitment=yuan("9999.99"))
        assert refusal.value.facts["least"] == yuan(10_000)


class TestADrawing:
    def test_is_no_smaller_than_the_least_unless_it_is_the_rest(self, session):
        facility = a_facility(session, commitment=yuan("20000.01"))
        with pytest.raises(PartTooSmall) as refusal:
            a_drawing(session, facility, amount=yuan("0.01"))
        assert refusal.value.facts["left"] == yuan("20000.01")
        a_drawing(session, facility, amount=yuan(20_000))
        assert a_drawing(session, facility, amount=yuan("0.01")).amount == Money(1)

    def test_reaches_the_bank_in_the_same_act(self, session):
        drawing = a_drawing(session)
        assert balance(session, "bank.cash").net == Money.wan(1_000)
        assert balance(session, "vehicle.cash").net == ZERO
        assert balance(session, "vehicle.due_from_bank", part=drawing.number).net == Money.wan(1_000)
        assert mirror_differences(session) == []

    def test_does_not_outlast_its_facility(self, session):
        facility = a_facility(session)
        with pytest.raises(funding.FacilityDatesWrong):
            funding.draw(session, facility=facility, amount=Money.wan(1), due_on=date(2017, 10, 2), **TREASURY)

    def test_accrues_each_day_once_and_a_year_sums_to_its_interest(self, session):
        drawing = a_drawing(session, amount=Money(100_000_007))
        days = [ON + timedelta(days=number) for number in range(60)]
        for day in days:
            funding.accrue_interest(session, on=day, by=SYSTEM, at=AT)
            assert funding.accrue_interest(session, on=day, by=SYSTEM, at=AT) == ZERO
        assert -balance(session, "vehicle.interest_payable", part=drawing.number).net.fen == 1_000_000
        assert balance(session, "bank.funding_cost").net.fen == 1_000_000
        assert mirror_differences(session) == []

    def test_repaid_in_part_bears_interest_on_the_rest_only(self, session):
        drawing = a_drawing(session)
        ten = ON + timedelta(days=10)
        funding.repay(session, drawing=drawing, amount=Money.wan(400), by=TREASURER, on=ten, at=AT)
        funding.accrue_interest(session, on=ten, by=SYSTEM, at=AT)
        interest = -balance(session, "vehicle.interest_payable", part=drawing.number).net
        assert interest == yuan("16666.67") + yuan("1000.00")

    def test_cannot_be_repaid_twice(self, session):
        drawing = a_drawing(session)
        funding.repay(session, drawing=drawing, amount=drawing.amount, **TREASURY)
        with pytest.raises(funding.MoreThanDrawn):
            funding.repay(session, drawing=drawing, amount=Money(1), **TREASURY)

    def test_has_its_interest_settled_by_bank_and_vehicle_together(self, session):
        drawing = a_drawing(session)
        funding.accrue_interest(session, on=ON + timedelta(days=29), by=SYSTEM, at=AT)
        with pytest.raises(NotAllowed):
            funding.pay_interest(session, drawing=drawing, by=BUREAU, on=ON, at=AT)
        paid = funding.pay_interest(session, drawing=drawing, by=TREASURER, on=ON + timedelta(days=30), at=AT)
        assert paid == yuan(50_000)
        assert balance(session, "bank.cash").net == Money.wan(995)
        assert balance(session, "vehicle.cash").net == ZERO
        assert mirror_differences(session) == []
        with pytest.raises(funding.NoInterestDue):
            funding.pay_interest(session, drawing=drawing, by=TREASURER, on=ON + timedelta(days=30), at=AT)


def pay(session: Session, loan: Loan, amount: Money, on: date = ON) -> PayOut:
    """A tranche asked for and paid."""
    asked = disbursement.request_pay_out(
        session, loan=loan, amount=amount, payee="示例设备有限公司", by=OFFICER, on=on, at=AT
    )
    return disbursement.pay_out(session, pay_out=asked, bank_ref=f"R{asked.number}", by=DISBURSER, on=on, at=AT)


def funded(session: Session, loan: Loan) -> list[Money]:
    """What each drawing gives to a loan, in the order of allocation."""
    return [row.amount for row in session.exec(select(Funding).where(Funding.loan_id == loan.key).order_by(Funding.id))]


class TestWhichDrawingFundsALoan:
    @pytest.fixture(autouse=True)
    def _rules(self, session: Session) -> None:
        endow(session)

    def test_is_the_oldest_with_room_first(self, session):
        facility = a_facility(session)
        first, second = (a_drawing(session, facility, amount=Money.wan(amount)) for amount in (300, 1_000))
        loan = a_loan(session)
        pay(session, loan, loan.amount)
        assert funded(session, loan) == [Money.wan(300), Money.wan(100)]
        assert funding.headroom(session) == [(second, Money.wan(900))]
        assert first.amount == Money.wan(300)

    def test_is_none_when_the_bank_lends_its_own_money(self, session):
        loan = a_loan(session)
        pay(session, loan, loan.amount)
        assert funded(session, loan) == []

    def test_is_free_again_for_what_came_back_the_oldest_first(self, session):
        facility = a_facility(session)
        first, second = (a_drawing(session, facility, amount=Money.wan(amount)) for amount in (300, 1_000))
        loan = a_loan(session, method=RepaymentMethod.INTEREST_FIRST)
        pay(session, loan, loan.amount)
        tomorrow = ON + timedelta(days=1)
        days_pass(session, loan, tomorrow)
        loan_account.lower_principal(session, loan, Money.wan(200), on=tomorrow, by=OFFICER, at=AT)
        assert funding.headroom(session) == [(first, Money.wan(200)), (second, Money.wan(900))]
        loan_account.lower_principal(session, loan, Money.wan(200), on=tomorrow, by=OFFICER, at=AT)
        assert funding.headroom(session) == [(first, Money.wan(300)), (second, Money.wan(1_000))]

    def test_counts_what_is_drawn_as_lent_idle_or_repaid_upstream(self, session):
        facility = a_facility(session)
        drawing = a_drawing(session, facility, amount=Money.wan(1_000))
        loan = a_loan(session)
        pay(session, loan, Money.wan(150))
        pay(session, loan, Money.wan(100))
        funding.repay(session, drawing=drawing, amount=Money.wan(50), **TREASURY)
        idle = sum(room.fen for _, room in funding.headroom(session))
        assert drawing.amount.fen == loan.outstanding.fen + idle + drawing.repaid.fen
