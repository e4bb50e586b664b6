"""Contracts drawn up and signed by two people, pledges that the register would take, renewals before maturity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import credit
import pytest
from accounts import a_loan, an_asset, cover_of, days_pass, decided, drawn_up, pledged, registered, signed
from credit import AT, OFFICER, ON, REVIEWER, endow, person, yuan
from sqlmodel import Session, select

from models.application import Application
from models.decision import Condition
from models.intellectual_property import IPKind, IPStatus, PledgeBar
from models.lending.ageing import FiveClass
from models.lending.repricing import Repricing
from models.lending.terms import Frequency, PlannedPrincipal, RepaymentMethod
from models.loan import Contract, Loan
from models.queries.books import balance
from models.refusals import NotAllowed
from models.roles import Role
from models.states.aftercare import GuaranteeStage
from models.states.application import Stage
from models.states.loan import ContractStage, LoanStage
from models.values.money import ZERO
from models.values.rate import Rate
from models.versions import Lpr
from talentbank.database import Database
from workflows import contracting, given, loan_account, pledging, renewing
from workflows.moves import ReasonNeeded, SameHand

MATURITY = date(2013, 11, 7)


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """A writing session on a bank with its rules and its capital."""
    with sqlite_database.write() as writing:
        endow(writing)
        yield writing


class TestDrawingUpAContract:
    def test_fixes_what_was_approved_and_what_the_rules_say(self, session):
        application, decision = decided(session)
        contract = drawn_up(session, application)
        assert (contract.amount, contract.rate, contract.end_on) == (decision.amount, decision.rate, MATURITY)
        assert (contract.settle_freq, contract.settle_day, contract.day_basis) == ("quarter", 20, 360)
        assert contract.lender_of_record == "示例合作银行宁波分行"
        assert contract.rules_version == "credit-pilot-1, servicing-pilot-1"
        assert contract.penalty_uplift_ppm == 500_000

    def test_names_the_quotation_and_the_margin_on_it(self, session):
        application, _ = decided(session, rate="0.0635")
        contract = drawn_up(session, application)
        assert contract.lpr.ppm + 100 * contracting.margin_bp(contract) == 63_500
        assert contract.lpr_published <= ON

    def test_waits_for_the_firm_to_be_founded(self, session):
        application, _ = decided(session, planned=True)
        with pytest.raises(contracting.FirmNotFounded):
            drawn_up(session, application)
        firm = credit.a_debtor(session)
        firm.credit_code = firm.registered_on = None
        application.firm_id = firm.key
        session.add_all([application, firm])
        session.flush()
        with pytest.raises(contracting.FirmNotFounded) as refusal:
            drawn_up(session, application)
        assert refusal.value.facts["firm"] == firm.name

    def test_is_too_late_when_the_offer_has_expired(self, session):
        application, decision = decided(session)
        with pytest.raises(contracting.OfferExpired):
            drawn_up(session, application, on=decision.valid_to + timedelta(days=1))

    def test_needs_an_approval_that_still_waits(self, session):
        application, _ = decided(session)
        signed(session, drawn_up(session, application))
        with pytest.raises(contracting.NotApproved):
            drawn_up(session, application)

    def test_happens_once_unless_the_first_one_is_cancelled(self, session):
        application, _ = decided(session)
        contract = drawn_up(session, application)
        with pytest.raises(contracting.ContractStands):
            drawn_up(session, application)
        with pytest.raises(ReasonNeeded):
            contracting.cancel_contract(session, contract=contract, reason=" ", by=OFFICER, on=ON, at=AT)
        contracting.cancel_contract(session, contract=contract, reason="改期", by=OFFICER, on=ON, at=AT)
        assert contract.stage is ContractStage.CANCELLED
        drawn_up(session, application, start_on=date(2012, 11, 20))

    def test_looks_forward(self, session):
        application, _ = decided(session)
        with pytest.raises(contracting.StartInThePast):
            drawn_up(session, application, start_on=date(2012, 11, 6))

    def test_is_the_loan_officers_work(self, session):
        application, _ = decided(session)
        with pytest.raises(NotAllowed):
            contracting.draw_up(session, application=application, start_on=ON, by=REVIEWER, on=ON, at=AT)

    def test_prices_in_whole_basis_points(self, session):
        application, decision = decided(session)
        decision.rate = Rate(61_550)
        session.add(decision)
        with pytest.raises(contracting.RateOffTheGrid):
            drawn_up(session, application)

    def test_names_a_quotation_that_was_published(self, session):
        application, _ = decided(session)
        for quote in session.exec(select(Lpr)):
            session.delete(quote)
        session.flush()
        with pytest.raises(contracting.NoQuotation):
            drawn_up(session, application)

    @pytest.mark.parametrize("method", [RepaymentMethod.EQUAL_INSTALMENTS, RepaymentMethod.BULLET])
    def test_settles_interest_apart_only_where_the_method_does(self, session, method):
        application, _ = decided(session, method=method)
        contract = drawn_up(session, application, settle_freq=Frequency.MONTH)
        assert (contract.settle_freq, contract.settle_day) == (None, None)


class TestAFreeFormPlan:
    def agreed(self, *parts: tuple[date, str]) -> list[PlannedPrincipal]:
        return [PlannedPrincipal(due_on, yuan(amount).fen) for due_on, amount in parts]

    def test_is_kept_with_the_contract(self, session):
        application, _ = decided(session, method=RepaymentMethod.FREE_FORM)
        plan = self.agreed((date(2013, 5, 7), "1500000"), (MATURITY, "2500000"))
        contract = drawn_up(session, application, plan=plan)
        assert contract.plan == [
            {"due_on": "2013-05-07", "fen": 150_000_000},
            {"due_on": "2013-11-07", "fen": 250_000_000},
        ]

    @pytest.mark.parametrize(
        "parts",
        [
            [],
            [(MATURITY, "3999999.99")],
            [(date(2013, 5, 7), "4000000")],
            [(date(2013, 5, 7), "1000000"), (date(2013, 5, 7), "1000000"), (MATURITY, "2000000")],
            [(ON, "1000000"), (MATURITY, "3000000")],
        ],
    )
    def test_repays_the_whole_loan_on_rising_days_by_its_last(self, session, parts):
        application, _ = decided(session, method=RepaymentMethod.FREE_FORM)
        with pytest.raises(contracting.PlanNotValid):
            drawn_up(session, application, plan=self.agreed(*parts))

    def test_belongs_to_no_other_method(self, session):
        application, _ = decided(session, method=RepaymentMethod.BULLET)
        with pytest.raises(contracting.PlanNotValid):
            drawn_up(session, application, plan=self.agreed((MATURITY, "4000000")))


class TestACondition:
    def test_is_met_once_and_with_proof(self, session):
        _, decision = decided(session)
        condition = Condition(decision_id=decision.key, kind="document", text="股东会决议")
        session.add(condition)
        session.flush()
        with pytest.raises(given.FieldEmpty):
            contracting.meet_condition(session, condition=condition, proof=" ", by=OFFICER, on=ON, at=AT)
        contracting.meet_condition(session, condition=condition, proof="决议第3号", by=OFFICER, on=ON, at=AT)
        assert (condition.met_on, condition.met_by) == (ON, OFFICER.user_id)
        with pytest.raises(contracting.ConditionMet):
            contracting.meet_condition(session, condition=condition, proof="再次", by=OFFICER, on=ON, at=AT)


class TestSigningAContract:
    def test_opens_the_loan_under_the_number_of_the_approval(self, session):
        application, decision = decided(session)
        loan = signed(session, drawn_up(session, application))
        assert (loan.number, loan.stage, loan.disbursed) == (decision.loan_number, LoanStage.UNDRAWN, ZERO)
        assert (loan.amount, loan.rate, loan.matures_on) == (decision.amount, decision.rate, MATURITY)
        assert application.stage is Stage.CONTRACTED
        assert loan_account.meter_of(session, loan).through is None
        assert cover_of(session, loan).loan_id == loan.id

    def test_is_not_for_the_hand_that_drew_it_up(self, session):
        application, _ = decided(session)
        both = person(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
        contract = contracting.draw_up(session, application=application, start_on=ON, by=both, on=ON, at=AT)
        with pytest.raises(SameHand):
            contracting.sign(session, contract=contract, by=both, on=ON, at=AT)
        assert application.stage is Stage.DECIDED

    def test_waits_for_the_guarantor(self, session):
        application, _ = decided(session, cover=False)
        contract = drawn_up(session, application)
        with pytest.raises(contracting.GuaranteeMissing):
            signed(session, contract)

    def test_needs_no_guarantor_when_the_decision_asks_for_none(self, session):
        application, _ = decided(session, share_ppm=0)
        loan = signed(session, drawn_up(session, application))
        assert contracting.guarantee_for(session, loan.number) is None

    def test_is_refused_after_the_offer_has_expired(self, session):
        application, decision = decided(session)
        contract = drawn_up(session, application)
        with pytest.raises(contracting.OfferExpired):
            signed(session, contract, on=decision.valid_to + timedelta(days=1))


class TestAPledge:
    @pytest.fixture
    def contract(self, session: Session) -> Contract:
        return drawn_up(session, decided(session)[0])

    def test_takes_the_rate_of_its_kind(self, session, contract):
        pledge = pledged(session, contract, an_asset(session, contract))
        assert (pledge.pledge_rate, pledge.registered_on) == (Rate.of("0.40"), None)

    @pytest.mark.parametrize(
        ("facts", "bar"),
        [
            ({"owner": "宁波别家有限公司"}, PledgeBar.NOT_OWNER),
            ({"status": IPStatus.LAPSED}, PledgeBar.ENDED),
            ({"status": IPStatus.FILED, "granted_on": None}, PledgeBar.NOT_GRANTED),
            ({"filed_on": date(2009, 9, 20), "fees_paid_through": date(2012, 9, 19)}, PledgeBar.FEE_UNPAID),
            ({"status": IPStatus.DISPUTED}, PledgeBar.DISPUTED),
            ({"expires_on": date(2013, 11, 6)}, PledgeBar.ENDS_BEFORE_DEBT),
            ({"co_owners": ["宁波大学"]}, PledgeBar.CO_OWNER),
            ({"service_invention_cleared": False}, PledgeBar.SERVICE_INVENTION),
            ({"kind": IPKind.KNOW_HOW, "granted_on": None}, PledgeBar.NOT_REGISTRABLE),
        ],
    )
    def test_is_refused_on_every_ground_the_register_has(self, session, contract, facts, bar):
        with pytest.raises(contracting.PledgeRefused) as refusal:
            pledged(session, contract, an_asset(session, contract, **facts))
        assert bar in refusal.value.facts["grounds"]

    def test_of_a_co_owned_right_passes_with_consent(self, session, contract):
        pledged(session, contract, an_asset(session, contract, co_owners=["宁波大学"], co_owner_consent=True))

    def test_stands_in_the_way_of_another_of_the_same_rank(self, session, contract):
        asset = an_asset(session, contract)
        pledged(session, contract, asset)
        assert pledging.bars_against(session, contract, asset, on=ON) == (PledgeBar.FULLY_PLEDGED,)
        assert pledging.bars_against(session, contract, asset, rank=2, on=ON) == ()

    def test_of_a_contract_given_up_stands_in_nobodys_way(self, session, contract):
        asset = an_asset(session, contract)
        pledged(session, contract, asset)
        contracting.cancel_contract(session, contract=contract, reason="改期", by=OFFICER, on=ON, at=AT)
        other = drawn_up(session, session.get_one(Application, contract.application_id))
        pledged(session, other, asset)
        with pytest.raises(pledging.ContractOver):
            pledged(session, contract, asset, rank=2)

    @pytest.mark.parametrize("amount", ["0", "4000000.01"])
    def test_secures_something_and_no_more_than_the_contract(self, session, contract, amount):
        with pytest.raises(pledging.SecuredOutOfRange):
            pledged(session, contract, an_asset(session, contract), amount)

    def test_is_registered_under_a_number_of_its_own(self, session, contract):
        pledge = pledged(session, contract, an_asset(session, contract))
        with pytest.raises(given.NumberWrong):
            registered(session, pledge, "2012-33")
        registered(session, pledge, "y2012 3300 00123")
        assert pledge.registration_number == "Y2012330000123"
        with pytest.raises(pledging.PledgeRegistered):
            registered(session, pledge)
        other = pledged(session, contract, an_asset(session, contract, claims=3))
        with pytest.raises(pledging.NumberInUse):
            registered(session, other)

    def test_is_given_back_with_the_loan(self, session, contract):
        first = registered(session, pledged(session, contract, an_asset(session, contract)))
        pledged(session, contract, an_asset(session, contract, claims=3))
        loan = signed(session, contract)
        assert contracting.release_pledges(session, loan=loan, by=OFFICER, on=ON, at=AT) == [first]
        assert first.released_on == ON
        assert contracting.release_pledges(session, loan=loan, by=OFFICER, on=ON, at=AT) == []


class TestARenewal:
    SOON = date(2013, 10, 20)

    @pytest.fixture
    def loan(self, session: Session) -> Loan:
        loan = credit.pay_out(session, a_loan(session))
        for line in loan_account.live_lines(session, loan)[:4]:
            days_pass(session, loan, line.payable_on)
            dues = loan_account.dues(session, loan, line.payable_on)
            loan_account.settle_dues(
                session, loan, [(due, due.amount) for due in dues], on=line.payable_on, by=OFFICER, at=AT
            )
        days_pass(session, loan, self.SOON)
        return loan

    def renewed(self, session: Session, loan: Loan, amount: str = "3500000", **more: Any) -> Contract:
        facts = {"term_months": 12, "start_on": date(2013, 11, 7)} | more
        return contracting.draw_up_renewal(
            session, loan=loan, amount=yuan(amount), **facts, by=OFFICER, on=self.SOON, at=AT
        )

    def test_names_the_contract_it_renews_and_keeps_the_margin(self, session, loan):
        old = session.get_one(Contract, loan.contract_id)
        contract = self.renewed(session, loan)
        assert contract.renews_contract_id == old.key
        assert contracting.margin_bp(contract) == contracting.margin_bp(old)
        assert (contract.end_on, contract.settle_freq) == (date(2014, 11, 7), "quarter")

    def test_lends_nothing_on_top(self, session, loan):
        with pytest.raises(renewing.RenewalTooLarge):
            self.renewed(session, loan, "4000000.01")

    def test_lends_no_less_than_the_product_unless_that_is_all_that_is_owed(self, session, loan):
        with pytest.raises(given.PartTooSmall) as refusal:
            self.renewed(session, loan, "9999.99")
        assert refusal.value.facts["least"] == yuan(10_000)

    def test_stays_within_the_products_term(self, session, loan):
        with pytest.raises(given.NumberOutOfRange):
            self.renewed(session, loan, term_months=37)

    def test_is_drawn_up_once(self, session, loan):
        contract = self.renewed(session, loan)
        with pytest.raises(renewing.RenewalStands):
            self.renewed(session, loan)
        contracting.cancel_contract(session, contract=contract, reason="改额", by=OFFICER, on=self.SOON, at=AT)
        self.renewed(session, loan, "3000000")

    @pytest.mark.parametrize(
        "facts",
        [
            {"oldest_unpaid": date(2013, 10, 1)},
            {"five_class": FiveClass.SUBSTANDARD},
            {"matures_on": date(2013, 10, 19)},
        ],
    )
    def test_is_for_loans_on_time_of_good_class_before_their_last_day(self, session, loan, facts):
        for name, value in facts.items():
            setattr(loan, name, value)
        with pytest.raises(contracting.NotRenewable):
            self.renewed(session, loan)

    def test_signed_is_a_loan_of_its_own_with_a_guarantee_of_its_own(self, session, loan):
        contract = self.renewed(session, loan)
        new = contracting.sign_renewal(session, contract=contract, by=REVIEWER, on=self.SOON, at=AT)
        cover = cover_of(session, new)
        assert (new.number != loan.number, new.stage, new.amount) == (True, LoanStage.UNDRAWN, yuan(3_500_000))
        assert (cover.stage, cover.amount, cover.loan_id) == (GuaranteeStage.RESERVED, yuan(2_800_000), new.id)
        assert cover.replaces_id == cover_of(session, loan).id
        assert balance(session, "bank.memo_undrawn", part=new.number).net == yuan(3_500_000)
        assert balance(session, "guarantor.memo_reserved", part=cover.number).net == yuan(2_800_000)

    def test_is_not_signed_by_the_hand_that_drew_it_up(self, session, loan):
        both = person(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
        contract = contracting.draw_up_renewal(
            session, loan=loan, amount=yuan(10_000), term_months=6, start_on=MATURITY, by=both, on=self.SOON, at=AT
        )
        with pytest.raises(SameHand):
            contracting.sign_renewal(session, contract=contract, by=both, on=self.SOON, at=AT)

    def test_takes_over_the_right_pledged_for_the_old_contract(self, session, loan):
        old = session.get_one(Contract, loan.contract_id)
        asset = an_asset(session, old, fees_paid_through=date(2014, 4, 20))
        pledged(session, old, asset)
        contract = self.renewed(session, loan)
        assert pledging.bars_against(session, contract, asset, on=self.SOON) == ()


class TestWhenTheRateFollowsTheLpr:
    def test_is_what_the_rules_say_unless_the_contract_says_otherwise(self, session):
        first, _ = decided(session)
        assert drawn_up(session, first).repricing == "fixed"
        second, _ = decided(session)
        assert drawn_up(session, second, repricing=Repricing.JANUARY).repricing == "jan1"
