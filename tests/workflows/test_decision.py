"""The committee decides: within the offer and every limit, once, with the promise in the books."""

from __future__ import annotations

from datetime import timedelta

import pytest
from committee import TABLE, a_facility, advised, advised_by, approve, fund
from people import (
    ACTORS,
    AT,
    OFFICER,
    ON,
    a_firm,
    a_talent,
    an_application,
)
from sqlmodel import select

from models.application import Stop
from models.decision import Ceiling, Condition, Decision, Outcome
from models.guarantee import Guarantee
from models.loan import Contract
from models.queries.books import balance
from models.queries.guarantees import guarantee_of_decision
from models.refusals import NotAllowed
from models.review import Advice
from models.roles import SYSTEM, Actor, Role
from models.states.aftercare import GuaranteeStage
from models.states.application import Stage
from models.states.loan import ContractStage
from models.states.machine import MoveNotOpen
from models.talent import PartyGroup
from models.values.money import ZERO, Money
from models.values.rate import Rate
from models.versions import Lpr
from reports.proof import prove
from workflows import applying, contracting, decision, guarantee, offering
from workflows.given import AmountTooSmall
from workflows.guarantee_capacity import SingleClientLimit
from workflows.moves import ReasonNeeded, SameHand
from workflows.scoring_desk import HardStop, latest_sheet

SOON = ON + timedelta(days=20)


def memo(session, account: str, part: str = "") -> Money:
    return balance(session, account, part=part).net


class TestApproving:
    def test_promises_the_loan_under_its_number_and_takes_the_guarantors_capacity(self, database):
        with database.write() as session:
            application = advised(session)
            made = approve(session, application)
            number = made.id
        with database.read() as session:
            made = session.get_one(Decision, number)
            cover = guarantee_of_decision(session, made.key)
            assert (made.outcome, made.amount, made.term_months) == (Outcome.APPROVED, Money.wan(400), 24)
            assert made.rate == Rate(made.offer["rate_ppm"])
            assert made.loan_number == "TBL-2012-0001"
            assert made.valid_to == ON + timedelta(days=180)
            assert (cover.amount, cover.stage) == (Money.wan(320), GuaranteeStage.RESERVED)
            assert memo(session, "bank.memo_undrawn", made.loan_number) == Money.wan(400)
            assert memo(session, "guarantor.memo_reserved", cover.number) == Money.wan(320)
            assert prove(session).findings == []

    def test_moves_the_application_and_keeps_what_the_decision_rests_on(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            offer = decision.propose_offer(session, application=application, on=ON)
            made = approve(session, application)
            assert application.stage is Stage.DECIDED
            assert made.offer == offer.as_dict()
            assert made.inputs["versions"]["credit"] == "credit-pilot-1"
            assert made.rules_version == "credit-pilot-1, exposure-pilot-1"
            assert made.score_sheet_id == latest_sheet(session, application).id

    def test_may_grant_less_but_never_more_than_the_offer(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            with pytest.raises(decision.AboveOffer) as refusal:
                approve(session, application, amount=Money.wan(401))
            assert refusal.value.facts == {
                "asked": Money.wan(401), "offer": Money.wan(400), "binding": Ceiling.REQUEST,
            }  # fmt: skip
            assert application.stage is Stage.OPINION_ISSUED
            with pytest.raises(decision.NothingApproved):
                approve(session, application, amount=ZERO)
            with pytest.raises(AmountTooSmall):
                approve(session, application, amount=Money.yuan("0.01"))
            assert approve(session, application, amount=Money.wan(300)).amount == Money.wan(300)

    def test_takes_the_panels_smaller_amount_unless_a_reason_is_given_for_more(self, sqlite_database):
        with sqlite_database.write() as session:
            fund(session)
            application = an_application(session, stage=Stage.SCORED)
            advised_by(session, application, amount=Money.wan(250))
            with pytest.raises(ReasonNeeded):
                approve(session, application, amount=Money.wan(400))
            assert approve(session, application).amount == Money.wan(250)

    def test_supports_a_talent_before_the_firm_is_founded_tb_02(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session, planned=True)
            made = approve(session, application)
            assert made.outcome is Outcome.APPROVED
            with pytest.raises(contracting.FirmNotFounded):
                contracting.draw_up(session, application=application, start_on=SOON, by=OFFICER, on=SOON, at=AT)

    def test_without_a_guarantee_binds_the_bank_alone(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            made = approve(session, application, guarantee_share=Rate(0))
            assert made.guarantee_share_ppm == 0
            assert session.exec(select(Guarantee)).first() is None
            assert memo(session, "guarantor.memo_reserved") == ZERO
            assert memo(session, "bank.memo_undrawn", made.loan_number) == made.amount


class TestConditions:
    def test_are_the_panels_and_dropping_one_needs_a_reason(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session, advice=Advice.CONDITIONAL)
            with pytest.raises(ReasonNeeded):
                approve(session, application, conditions=())
            made = approve(session, application)
            kept = session.exec(select(Condition).where(Condition.decision_id == made.key)).all()
            assert [(one.kind, one.text, one.met_on) for one in kept] == [("agreed", "完成专利质押登记", None)]

    def test_ask_for_the_pledge_of_the_rights_that_the_amount_leans_on(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            made = approve(session, application, guarantee_share=Rate.of("0.2"))
            kept = session.exec(select(Condition).where(Condition.decision_id == made.key)).one()
            rights = [
                r["facts"]["number"] for r in latest_sheet(session, application).reasons if r["code"] == "ip.best"
            ]
            assert (kept.kind, kept.text) == ("pledge", ", ".join(rights))
            line = latest_sheet(session, application).reputation_line
            needed = Money.wan(320) - line.times(30, 100)
            assert made.inputs["pledge_needed_fen"] == needed.fen


class TestTheCommittee:
    def test_is_nobody_else(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            for role in set(Role) - {Role.CREDIT_COMMITTEE}:
                with pytest.raises(NotAllowed):
                    approve(session, application, by=ACTORS[role])

    def test_is_none_of_those_who_investigated_scored_or_reviewed_tb_09(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            for earlier in (OFFICER, ACTORS[Role.PANEL_CHAIR]):
                both = Actor(earlier.user_id, earlier.name, earlier.roles | {Role.CREDIT_COMMITTEE})
                with pytest.raises(SameHand):
                    approve(session, application, by=both)

    def test_decides_once(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            approve(session, application)
            with pytest.raises(MoveNotOpen):
                approve(session, application)
            with pytest.raises(MoveNotOpen):
                decision.reject(session, application=application, reason="x", **TABLE)

    def test_gives_its_reason_where_it_goes_beyond_the_panels_advice(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session, advice=Advice.REJECT)
            with pytest.raises(ReasonNeeded):
                approve(session, application)
            assert (
                approve(session, application, reason="区重点项目，集体审议同意。").reason
                == "区重点项目，集体审议同意。"
            )

    def test_gives_its_reason_for_a_price_below_the_offers_and_none_above(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            offered = decision.propose_offer(session, application=application, on=ON).rate
            with pytest.raises(ReasonNeeded):
                approve(session, application, rate=offered.plus_basis_points(-1))
            assert approve(session, application, rate=offered.plus_basis_points(25)).rate > offered


class TestWhatIsRefused:
    def test_a_sheet_with_stops(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            sheet = latest_sheet(session, application)
            sheet.stops = [{"code": "integrity_listed", "facts": {}}]
            session.flush()
            with pytest.raises(HardStop) as refusal:
                approve(session, application)
            assert refusal.value.facts == {"stops": (Stop.INTEGRITY_LISTED,)}

    def test_a_grade_below_the_least(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            sheet = latest_sheet(session, application)
            sheet.ip_points, sheet.reputation_points = 0, 0
            session.flush()
            with pytest.raises(decision.GradeTooLow):
                approve(session, application, reason="x")

    def test_a_case_that_nothing_secures(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            sheet = latest_sheet(session, application)
            sheet.pledge_value = sheet.reputation_line = ZERO
            session.flush()
            with pytest.raises(decision.NothingToOffer) as refusal:
                approve(session, application)
            assert refusal.value.facts == {"binding": Ceiling.SECURITY}

    @pytest.mark.parametrize(
        ("rate", "refusal"),
        [
            ("0.0299", decision.RateOutOfBounds),
            ("0.1201", decision.RateOutOfBounds),
            ("0.060001", decision.RateNotInBasisPoints),
        ],
    )
    def test_a_rate_out_of_bounds_or_off_the_grid(self, sqlite_database, rate, refusal):
        with sqlite_database.write() as session:
            application = advised(session)
            with pytest.raises(refusal):
                approve(session, application, rate=Rate.of(rate), reason="x")

    def test_a_term_longer_than_was_asked_for_and_a_share_beyond_all(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            for months in (0, 25):
                with pytest.raises(offering.TermTooLong):
                    approve(session, application, term_months=months)
            with pytest.raises(offering.ShareNotPossible):
                approve(session, application, guarantee_share=Rate(1_000_001))


class TestTheLimits:
    def test_cap_what_one_client_may_take_from_the_funds_tb_11(self, database):
        with database.write() as session:
            fund(session)
            talent = a_talent(session)
            firm, other = a_firm(session, talent), a_firm(session, talent)
            first = an_application(session, stage=Stage.OPINION_ISSUED, firm=firm, amount=Money.wan(700))
            approve(session, first)
            second = an_application(session, stage=Stage.OPINION_ISSUED, firm=other, amount=Money.wan(400))
            with pytest.raises(decision.FundSingleCap) as refusal:
                approve(session, second, amount=Money.wan(400))
            assert refusal.value.facts == {
                "limit": "TB-11",
                "cap": Money.wan(1_000),
                "used": Money.wan(700),
                "asked": Money.wan(400),
                "headroom": Money.wan(300),
            }
            assert approve(session, second).amount == Money.wan(300)

    def test_count_firms_of_one_group_as_one_client(self, sqlite_database):
        with sqlite_database.write() as session:
            fund(session)
            group = PartyGroup(name="示例集团")
            session.add(group)
            session.flush()
            firms = [a_firm(session, a_talent(session)) for _ in range(2)]
            for firm in firms:
                firm.group_id = group.id
            session.flush()
            approve(
                session,
                an_application(session, stage=Stage.OPINION_ISSUED, firm=firms[0], amount=Money.wan(800)),
            )
            offer = decision.propose_offer(
                session,
                application=an_application(session, stage=Stage.OPINION_ISSUED, firm=firms[1], amount=Money.wan(800)),
                on=ON,
            )
            assert (offer.amount, offer.binding) == (Money.wan(200), Ceiling.FUND_SINGLE_CAP)

    def test_hold_one_client_to_his_share_of_the_open_facilities_tb_11(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            a_facility(session, Money.wan(6_000))
            with pytest.raises(decision.FundSingleShare) as refusal:
                approve(session, application, amount=Money.wan(301))
            assert refusal.value.facts["cap"] == Money.wan(300)
            assert approve(session, application).amount == Money.wan(300)

    def test_hold_one_borrower_to_his_share_of_the_banks_capital_loan_08(self, sqlite_database):
        with sqlite_database.write() as session:
            fund(session, bank=Money.wan(3_000))
            application = an_application(session, stage=Stage.OPINION_ISSUED)
            with pytest.raises(decision.BankSingleLimit) as refusal:
                approve(session, application, amount=Money.wan(400))
            assert refusal.value.facts["limit"] == "LOAN-08"
            assert approve(session, application).amount == Money.wan(300)

    def test_are_not_measured_on_capital_that_a_partner_bank_keeps_and_the_decision_says_so(self, sqlite_database):
        with sqlite_database.write() as session:
            made = approve(session, advised(session))
            part = next(part for part in made.offer["parts"] if part["name"] == "bank_single")
            assert (part["amount_fen"], part["inputs"]["why"]) == (None, "no_capital")

    def test_refuse_an_approval_that_the_guarantor_cannot_bear_and_leave_nothing_behind(self, database):
        with database.write() as session:
            fund(session, guarantor=Money.wan(1_000))
            application = an_application(session, stage=Stage.OPINION_ISSUED)
        with pytest.raises(SingleClientLimit), database.write() as session:
            approve(session, session.merge(application))
        with database.read() as session:
            assert session.merge(application).stage is Stage.OPINION_ISSUED
            assert session.exec(select(Decision)).first() is None
            assert memo(session, "bank.memo_undrawn") == ZERO
            assert prove(session).holds


class TestDeclining:
    def test_keeps_the_reason_and_the_offer_that_stood(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            made = decision.reject(session, application=application, reason="市场依据不足", **TABLE)
            assert application.stage is Stage.REJECTED
            assert (made.outcome, made.amount, made.loan_number) == (Outcome.REJECTED, None, None)
            assert (made.reason, made.offer["amount_fen"]) == ("市场依据不足", Money.wan(400).fen)
            assert memo(session, "bank.memo_undrawn") == ZERO

    def test_needs_a_reason(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            for verb in (decision.reject, decision.defer):
                with pytest.raises(ReasonNeeded):
                    verb(session, application=application, reason=" ", **TABLE)

    def test_for_now_lets_the_application_come_back_with_another_score_and_opinion(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            made = decision.defer(session, application=application, reason="补充中试报告", **TABLE)
            assert (application.stage, made.outcome) == (Stage.DEFERRED, Outcome.DEFERRED)
            applying.resume(session, application=application, reason="报告已补", by=OFFICER, on=SOON, at=AT)
            assert application.stage is Stage.DUE_DILIGENCE


class TestLapsing:
    def test_sets_promise_and_capacity_free(self, database):
        with database.write() as session:
            application = advised(session)
            made = approve(session, application)
            decision.lapse(session, application=application, reason="逾期未签约", by=SYSTEM, on=SOON, at=AT)
            cover = guarantee_of_decision(session, made.key)
            assert (application.stage, cover.stage) == (Stage.LAPSED, GuaranteeStage.LAPSED)
            for account in ("bank.memo_undrawn", "guarantor.memo_reserved", "guarantor.memo_commitments_contra"):
                assert memo(session, account) == ZERO
            assert prove(session).findings == []
            assert decision.propose_offer(session, application=application, on=SOON).amount == Money.wan(400)

    def test_cancels_the_contract_that_was_drawn_up_and_releases_a_guarantee_in_force(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            made = approve(session, application)
            session.add(Lpr(published=ON, one_year=Rate.of("0.0600"), five_year=Rate.of("0.0655")))
            contract = contracting.draw_up(session, application=application, start_on=SOON, by=OFFICER, on=SOON, at=AT)
            cover = guarantee_of_decision(session, made.key)
            guarantee.propose(session, guarantee=cover, by=ACTORS[Role.GUARANTEE_OFFICER], on=SOON, at=AT)
            guarantee.put_in_force(session, guarantee=cover, by=ACTORS[Role.GUARANTEE_APPROVER], on=SOON, at=AT)
            decision.lapse(session, application=application, reason="企业放弃", by=OFFICER, on=SOON, at=AT)
            assert session.get_one(Contract, contract.key).stage is ContractStage.CANCELLED
            assert cover.stage is GuaranteeStage.RELEASED
            for account in ("bank.memo_undrawn", "guarantor.memo_reserved", "guarantor.memo_in_force"):
                assert memo(session, account) == ZERO
            assert prove(session).holds

    def test_needs_an_approval(self, sqlite_database):
        with sqlite_database.write() as session, pytest.raises(decision.NotApprovedYet):
            decision.lapse(session, application=advised(session), reason="x", by=OFFICER, on=ON, at=AT)

    def test_is_not_for_the_committee(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            approve(session, application)
            with pytest.raises(NotAllowed):
                decision.lapse(session, application=application, reason="x", **TABLE)
