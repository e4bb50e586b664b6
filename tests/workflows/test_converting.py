"""Debt turned into equity: what is refused, what is booked, what the cap table shows (EQ-01 to EQ-06, EQ-23)."""

from __future__ import annotations

from datetime import date

import pytest
from bad_loans import (
    ASSET_MANAGER,
    LATER,
    SOLD,
    VENTURE_APPROVER,
    VENTURE_MANAGER,
    a_bad_loan,
    a_founded_firm,
    a_held_case,
    a_proposed_case,
    a_proposed_conversion,
    endow_all,
)
from credit import yuan
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from models.equity import Exclusion, Holding, HoldingValue, Origin
from models.firm import Firm, FirmYear, Shareholding
from models.queries.books import balance, mirror_differences
from models.roles import Actor
from models.states.aftercare import ConversionStage, DisposalStage, HoldingStage
from models.states.machine import MoveNotOpen
from models.values.money import ZERO, Money
from models.values.rate import Rate
from reports.proof import prove
from workflows import disposal, equity
from workflows.collecting import CaseNotHeld, nominal_left
from workflows.convertible import AppraisalNotValid, NotConvertible, ResolutionMissing, TooFewVotes
from workflows.converting import (
    CapTableMoved,
    ContributionTooSmall,
    ConversionUnderWay,
    PartNotOfCost,
    ValueAboveClaim,
)
from workflows.moves import SameHand
from workflows.posting import LimitReached
from workflows.share_register import IssuedBelowPar, RegisterIncomplete

APPROVER = {"by": VENTURE_APPROVER, "on": SOLD, "at": LATER}


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow_all(session)
        yield session


def books(session: Session, name: str, part: str = "") -> Money:
    return balance(session, name, part=part).net


def converted(session, case=None, **more) -> Holding:
    conversion = a_proposed_conversion(session, case or a_held_case(session), **more)
    equity.approve_conversion(session, conversion=conversion, **APPROVER)
    return equity.convert(session, conversion=conversion, **APPROVER)


class TestProposingAConversion:
    def test_reckons_capital_reserve_and_share_at_the_appraised_value(self, session):
        conversion = a_proposed_conversion(session, a_held_case(session))
        assert conversion.new_registered == yuan(1_000_000)  # 3 of 30 million, of 10 million
        assert conversion.reserve == yuan(2_000_000)
        assert conversion.share_ppm == 90_909
        assert (conversion.cost, conversion.origin) == (yuan(1_500_000), Origin.CONVERSION)

    def test_waits_until_the_asset_manager_holds_the_claim(self, session):
        case = a_proposed_case(session, a_bad_loan(session))
        with pytest.raises(CaseNotHeld):
            a_proposed_conversion(session, case)

    def test_is_refused_above_what_is_owed(self, session):
        case = a_held_case(session)
        with pytest.raises(ValueAboveClaim) as refusal:
            a_proposed_conversion(session, case, value=yuan(5_000_000))
        assert refusal.value.facts["claim"] == case.bank_claim + case.guarantor_claim

    @pytest.mark.parametrize("appraised_on", [date(2012, 4, 9), date(2013, 4, 11)])
    def test_needs_an_appraisal_that_is_valid_that_day(self, session, appraised_on):
        with pytest.raises(AppraisalNotValid) as refusal:
            a_proposed_conversion(session, a_held_case(session), appraised_on=appraised_on)
        assert refusal.value.facts["on"] == SOLD

    def test_needs_the_shareholders_resolution(self, session):
        with pytest.raises(ResolutionMissing):
            a_proposed_conversion(session, a_held_case(session), resolution="  ")

    def test_needs_two_thirds_of_the_votes(self, session):
        case = a_held_case(session)
        with pytest.raises(TooFewVotes) as refusal:
            a_proposed_conversion(session, case, votes=Rate.of("0.66"))
        assert refusal.value.facts == {"votes": Rate.of("0.66"), "needed": Rate.of("0.666667")}
        assert a_proposed_conversion(session, case, votes=Rate(666_667)).stage is ConversionStage.PROPOSED

    def test_is_refused_for_a_firm_on_the_list_of_the_dishonest(self, session):
        case = a_held_case(session)
        session.get_one(Firm, case.firm_id).integrity_listed = True
        with pytest.raises(NotConvertible) as refusal:
            a_proposed_conversion(session, case, found=[Exclusion.OVER_CAPACITY])
        assert refusal.value.facts["reasons"] == (Exclusion.DISHONEST, Exclusion.OVER_CAPACITY)

    def test_is_refused_for_a_firm_without_business(self, session):
        case = a_held_case(session)
        for year in (2011, 2012):
            session.add(
                FirmYear.model_validate(
                    {
                        "firm_id": case.firm_id,
                        "year": year,
                        "revenue": ZERO,
                        "profit": -yuan(1),
                        "assets": yuan(1_000_000),
                        "debts": yuan(6_000_000),
                        "known_on": date(year + 1, 3, 1),
                    }
                )
            )
        with pytest.raises(NotConvertible) as refusal:
            a_proposed_conversion(session, case)
        assert refusal.value.facts["reasons"] == (Exclusion.ZOMBIE,)

    def test_is_refused_while_the_register_of_shareholders_is_incomplete(self, session):
        firm = a_founded_firm(session, founder_holds=yuan(7_000_000))
        case = a_held_case(session, a_bad_loan(session, firm=firm))
        with pytest.raises(RegisterIncomplete) as refusal:
            a_proposed_conversion(session, case)
        assert (refusal.value.facts["registered"], refusal.value.facts["known"]) == (yuan(10_000_000), yuan(7_000_000))

    def test_is_refused_if_it_would_not_make_a_fen_of_capital(self, session):
        case = a_held_case(session)
        with pytest.raises(ContributionTooSmall):
            a_proposed_conversion(session, case, value=yuan("0.01"), pre_money=yuan(900_000_000))

    def test_is_refused_where_a_yuan_of_capital_would_cost_less_than_a_yuan(self, session):
        case = a_held_case(session)
        with pytest.raises(IssuedBelowPar) as refusal:
            a_proposed_conversion(session, case, pre_money=yuan("9999999.99"))
        assert refusal.value.facts["registered"] == yuan(10_000_000)
        at_par = a_proposed_conversion(session, case, pre_money=yuan(10_000_000))
        assert (at_par.new_registered, at_par.reserve) == (at_par.value, ZERO)

    @pytest.mark.parametrize("part", [ZERO, yuan("1500000.01")])
    def test_takes_a_part_that_lies_within_the_cost(self, session, part):
        with pytest.raises(PartNotOfCost):
            a_proposed_conversion(session, a_held_case(session), part=part)

    def test_is_one_at_a_time(self, session):
        case = a_held_case(session)
        first = a_proposed_conversion(session, case)
        with pytest.raises(ConversionUnderWay):
            a_proposed_conversion(session, case)
        equity.refuse_conversion(session, conversion=first, reason="估值偏高", **APPROVER)
        assert a_proposed_conversion(session, case, value=yuan(2_000_000)).number != first.number

    def test_is_approved_by_another_person(self, session):
        conversion = a_proposed_conversion(session, a_held_case(session))
        same = Actor(VENTURE_MANAGER.user_id, VENTURE_MANAGER.name, VENTURE_APPROVER.roles)
        with pytest.raises(SameHand):
            equity.approve_conversion(session, conversion=conversion, by=same, on=SOLD, at=LATER)

    def test_below_par_is_refused_by_the_database_too(self, session):
        conversion = a_proposed_conversion(session, a_held_case(session))
        conversion.reserve, conversion.new_registered = -Money(1), conversion.value + Money(1)
        with pytest.raises(IntegrityError, match="not_below_par"):
            session.flush()
        session.rollback()


class TestConverting:
    def test_turns_the_claim_into_a_holding_and_changes_the_cap_table_at_once(self, session):
        case = a_held_case(session)
        holding = converted(session, case)
        firm = session.get_one(Firm, case.firm_id)
        assert firm.registered_capital == yuan(11_000_000)
        table = equity.cap_table(session, firm, SOLD)
        assert [(line.capital, line.share_ppm) for line in table] == [
            (yuan(10_000_000), 909_091),
            (yuan(1_000_000), 90_909),
        ]
        assert (table[1].holding_id, table[1].kind) == (holding.id, "public")
        assert (holding.cost, holding.carrying, holding.stage) == (yuan(3_000_000), yuan(3_000_000), HoldingStage.HELD)
        value = session.exec(select(HoldingValue)).one()
        assert (value.value, value.by_name) == (yuan(3_000_000), "示例评估有限公司")

    def test_books_the_claim_from_the_asset_manager_to_the_venture_company(self, session):
        case = a_held_case(session)
        before = books(session, "venture.cash")
        holding = converted(session, case)
        assert books(session, "venture.holding", holding.number) == yuan(3_000_000)
        assert before - books(session, "venture.cash") == yuan(3_000_000)
        assert books(session, "amc.bad_asset", case.number) == ZERO
        assert books(session, "amc.collection_gain", case.number) == -yuan(1_500_000)
        assert (case.stage, case.cost) == (DisposalStage.CONVERTED, ZERO)

    def test_books_a_loss_when_the_value_is_below_the_cost(self, session):
        case = a_held_case(session)
        converted(session, case, value=yuan(1_200_000))
        assert books(session, "amc.disposal_loss", case.number) == yuan(300_000)

    def test_of_a_part_leaves_the_rest_a_claim(self, session):
        case = a_held_case(session)
        holding = converted(session, case, part=yuan(500_000), value=yuan(900_000))
        assert holding.origin is Origin.PRO_RATA
        assert (case.stage, case.cost) == (DisposalStage.HELD, yuan(1_000_000))
        assert books(session, "amc.bad_asset", case.number) == yuan(1_000_000)
        rest = converted(session, case, value=yuan(1_800_000), resolution="第二次股东会决议")
        assert rest.origin is Origin.CONVERSION
        assert case.stage is DisposalStage.CONVERTED
        assert nominal_left(session, case) == ZERO

    def test_needs_the_approval(self, session):
        conversion = a_proposed_conversion(session, a_held_case(session))
        with pytest.raises(MoveNotOpen):
            equity.convert(session, conversion=conversion, **APPROVER)

    def test_is_refused_once_the_appraisal_has_run_out(self, session):
        conversion = a_proposed_conversion(session, a_held_case(session))
        equity.approve_conversion(session, conversion=conversion, **APPROVER)
        with pytest.raises(AppraisalNotValid):
            equity.convert(session, conversion=conversion, by=VENTURE_APPROVER, on=date(2014, 3, 2), at=LATER)

    def test_is_refused_if_the_capital_has_moved_meanwhile(self, session):
        case = a_held_case(session)
        conversion = a_proposed_conversion(session, case)
        equity.approve_conversion(session, conversion=conversion, **APPROVER)
        equity.record_round(
            session,
            firm=session.get_one(Firm, case.firm_id),
            lead="示例基金",
            pre_money=yuan(30_000_000),
            raised=yuan(3_000_000),
            **APPROVER,
        )
        with pytest.raises(CapTableMoved) as refusal:
            equity.convert(session, conversion=conversion, **APPROVER)
        assert refusal.value.facts["now"] == yuan(11_000_000)

    def test_is_refused_for_more_than_is_left_after_money_came_in(self, session):
        case = a_held_case(session)
        conversion = a_proposed_conversion(session, case)
        equity.approve_conversion(session, conversion=conversion, **APPROVER)
        disposal.collect(
            session, case=case, amount=yuan(1), source="回款", bank_ref="A", by=ASSET_MANAGER, on=SOLD, at=LATER
        )
        with pytest.raises(PartNotOfCost):
            equity.convert(session, conversion=conversion, **APPROVER)

    def test_changes_nothing_when_the_venture_company_has_not_the_cash(self, database):
        with database.write() as session:
            endow_all(session, venture=yuan(2_000_000))
            conversion = a_proposed_conversion(session, a_held_case(session))
            equity.approve_conversion(session, conversion=conversion, **APPROVER)
        with pytest.raises(LimitReached), database.write() as session:
            again = session.get_one(type(conversion), conversion.id)
            equity.convert(session, conversion=again, **APPROVER)
        with database.read() as session:
            assert session.get_one(Firm, conversion.firm_id).registered_capital == yuan(10_000_000)
            assert len(session.exec(select(Shareholding)).all()) == 1
            assert session.exec(select(Holding)).first() is None

    def test_leaves_books_that_prove_on_both_engines(self, database):
        with database.write() as session:
            endow_all(session)
            case = a_held_case(session)
            converted(session, case)
            disposal.close(session, case=case, by=VENTURE_APPROVER, on=SOLD, at=LATER)
        with database.read() as session:
            assert prove(session).findings == []
            assert mirror_differences(session) == []
