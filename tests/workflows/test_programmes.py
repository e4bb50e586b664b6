"""District programmes: benefits, pool projects, targets, and the subsidies they give to loans."""

from __future__ import annotations

from datetime import date

import pytest
from bad_loans import FINANCE_BUREAU, TALENT_OFFICE, endow_all
from credit import AT, OFFICER, ON, a_guaranteed_loan, run_to, yuan
from sqlmodel import Session

from models.loan import Contract
from models.programme import Benefit, CapBasis
from models.queries.books import balance
from models.refusals import NotAllowed
from models.roles import Actor
from models.talent import Level
from models.values.money import Money
from models.values.rate import Rate
from reports.proof import prove
from scoring.programme_math import Stretch
from workflows import loan_account, programmes
from workflows.booking import book
from workflows.moves import SameHand
from workflows.programmes import (
    ProgrammeEndsEarly,
    ProgrammeKnown,
    StepsReversed,
    TargetKnown,
    TrackingUnknown,
    WeightsNotWhole,
)
from workflows.subsidies import (
    NoSuchBenefit,
    NothingToSubsidise,
    PeriodNotOver,
    SubsidyOverlaps,
    SubsidyPaid,
    stretches,
)

DAY = date(2013, 11, 7)
OFFICE = {"by": TALENT_OFFICE, "on": DAY, "at": AT}


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow_all(session)
        yield session


def books(session: Session, name: str, part: str = "") -> Money:
    return balance(session, name, part=part).net


def a_programme(session, **more):
    given = {"name": "姚江英才计划", "district": "余姚", "level": Level.DISTRICT, "starts_on": date(2012, 5, 1)}
    return programmes.open_programme(session, **(given | more), **OFFICE)


def a_benefit(session, **more) -> Benefit:
    given = {"kind": "interest_subsidy", "cap": yuan(5_000_000), "years": 3}
    return programmes.add_benefit(session, programme=a_programme(session), **(given | more), **OFFICE)


def subsidised(session, loan, benefit=None, **more):
    given = {"starts_on": ON, "ends_on": date(2013, 5, 7)}
    return programmes.subsidy_due(session, loan=loan, benefit=benefit or a_benefit(session), **(given | more), **OFFICE)


class TestAProgramme:
    def test_is_opened_once_for_a_day(self, session):
        a_programme(session)
        with pytest.raises(ProgrammeKnown):
            a_programme(session)

    def test_cannot_end_before_it_begins(self, session):
        with pytest.raises(ProgrammeEndsEarly):
            a_programme(session, ends_on=date(2012, 4, 30))

    def test_belongs_to_the_talent_office(self, session):
        with pytest.raises(NotAllowed):
            programmes.open_programme(session, name="x", level=Level.CITY, starts_on=ON, by=OFFICER, on=DAY, at=AT)

    def test_gives_instalments_that_sum_to_one(self, session):
        with pytest.raises(WeightsNotWhole):
            a_benefit(session, instalment_weights=(500_000, 400_000))


class TestThePool:
    def a_project(self, session, tracking="A", **more):
        given = {"title": "示例项目", "district": "奉化", "tracking": tracking, "pledged": yuan(10_000_000)}
        return programmes.add_pool_project(session, **(given | more), **OFFICE)

    def test_tracks_projects_as_a_b_or_c(self, session):
        with pytest.raises(TrackingUnknown):
            self.a_project(session, "D")

    def test_notes_steps_in_their_order(self, session):
        project = self.a_project(session)
        with pytest.raises(StepsReversed):
            programmes.track_project(
                session, project=project, signed_on=date(2013, 5, 1), started_on=date(2013, 4, 1), **OFFICE
            )
        with pytest.raises(StepsReversed):
            programmes.track_project(session, project=project, signed_on=date(2014, 1, 1), **OFFICE)
        with pytest.raises(TypeError):
            programmes.track_project(session, project=project, title="x", **OFFICE)

    def test_gives_the_four_rates_of_a_district(self, session):
        one, two = self.a_project(session), self.a_project(session, "B")
        programmes.track_project(
            session,
            project=one,
            signed_on=date(2013, 1, 1),
            started_on=date(2013, 2, 1),
            in_production_on=date(2013, 9, 1),
            paid_in=yuan(5_000_000),
            **OFFICE,
        )
        programmes.track_project(session, project=two, signed_on=date(2013, 1, 1), **OFFICE)
        rates = programmes.four_rates_of(session, district="奉化")
        assert (rates.contract_performance, rates.funds_in_place) == (500_000, 250_000)
        assert programmes.four_rates_of(session, district="奉化", tracking="A").completion == 1_000_000


class TestATarget:
    def test_is_set_once_and_reached_step_by_step(self, session):
        given = {"place": "研发人才园", "indicator": "staff", "due_on": date(2017, 12, 31)}
        target = programmes.set_target(session, target=300, **given, **OFFICE)
        with pytest.raises(TargetKnown):
            programmes.set_target(session, target=200, **given, **OFFICE)
        assert programmes.record_actual(session, target=target, actual=131, **OFFICE).actual == 131


class TestAnInterestSubsidy:
    def test_is_the_benchmarks_interest_on_what_was_owed(self, session):
        loan = a_guaranteed_loan(session).loan
        subsidy = subsidised(session, loan)
        assert (subsidy.days, subsidy.base, subsidy.rate) == (181, yuan(4_000_000), Rate.of("0.0615"))
        assert subsidy.amount == yuan("123683.33")
        assert books(session, "bureau.subsidy_payable", loan.number) == -subsidy.amount

    def test_is_reckoned_on_the_capped_principal(self, session):
        loan = a_guaranteed_loan(session).loan
        assert subsidised(session, loan, a_benefit(session, cap=yuan(1_000_000))).base == yuan(1_000_000)

    def test_may_be_capped_itself(self, session):
        loan = a_guaranteed_loan(session).loan
        benefit = a_benefit(session, cap=yuan(100_000), cap_basis=CapBasis.SUBSIDY_AMOUNT)
        assert subsidised(session, loan, benefit).amount == yuan(100_000)

    def test_never_pays_more_than_the_contract_charges(self, session):
        loan = a_guaranteed_loan(session).loan
        session.get_one(Contract, loan.contract_id).rate = Rate.of("0.05")
        assert subsidised(session, loan).rate == Rate.of("0.05")

    def test_follows_the_principal_in_the_books(self, session):
        loan = a_guaranteed_loan(session).loan
        day = date(2013, 2, 7)
        run_to(session, loan, day)
        loan_account.lower_principal(session, loan, yuan(1_000_000), on=day, by=OFFICER, at=AT)
        book(
            session, "receipt_taken", key="r", cause="r", amounts={"amount": yuan(1_000_000)},
            parts={"loan": loan.number}, by=OFFICER, on=day, at=AT,
        )  # fmt: skip
        given = dict.fromkeys(("interest", "suspended", "costs"), Money(0))
        book(
            session, "receipt_allocated", key="a", cause="a",
            amounts=given | {"amount": yuan(1_000_000), "principal": yuan(1_000_000)},
            parts={"loan": loan.number, "product": "working_capital"}, by=OFFICER, on=day, at=AT,
        )  # fmt: skip
        assert stretches(session, loan, date(2012, 12, 1), date(2013, 3, 1)) == [
            Stretch(date(2012, 12, 1), day, yuan(4_000_000)),
            Stretch(day, date(2013, 3, 1), yuan(3_000_000)),
        ]

    def test_ends_three_years_after_the_firm_was_founded(self, session):
        loan, other = (a_guaranteed_loan(session).loan for _ in range(2))  # their firms were founded on 20 May 2010
        benefit = a_benefit(session)
        assert subsidised(session, loan, benefit, ends_on=DAY).days == 194
        with pytest.raises(NothingToSubsidise) as refusal:
            subsidised(session, other, benefit, starts_on=date(2013, 5, 20), ends_on=DAY)
        assert refusal.value.facts["policy_end"] == date(2013, 5, 20)

    def test_is_never_given_twice_for_a_day(self, session):
        loan, benefit = a_guaranteed_loan(session).loan, a_benefit(session)
        subsidised(session, loan, benefit)
        with pytest.raises(SubsidyOverlaps):
            subsidised(session, loan, benefit, starts_on=date(2013, 5, 6), ends_on=date(2013, 5, 10))
        assert subsidised(session, loan, benefit, starts_on=date(2013, 5, 7), ends_on=date(2013, 5, 10)).days == 3

    def test_is_for_days_that_have_passed(self, session):
        loan = a_guaranteed_loan(session).loan
        with pytest.raises(PeriodNotOver):
            subsidised(session, loan, ends_on=date(2013, 11, 8))

    def test_comes_from_a_benefit_of_its_kind(self, session):
        loan = a_guaranteed_loan(session).loan
        with pytest.raises(NoSuchBenefit):
            subsidised(session, loan, a_benefit(session, kind="housing"))

    def test_is_paid_once_by_somebody_else(self, session):
        loan = a_guaranteed_loan(session).loan
        subsidy, cash = subsidised(session, loan), books(session, "bureau.cash")
        same = Actor(TALENT_OFFICE.user_id, TALENT_OFFICE.name, FINANCE_BUREAU.roles)
        given = {"subsidy": subsidy, "bank_ref": "S-1", "on": DAY, "at": AT}
        with pytest.raises(SameHand):
            programmes.pay_subsidy(session, **given, by=same)
        programmes.pay_subsidy(session, **given, by=FINANCE_BUREAU)
        assert cash - books(session, "bureau.cash") == subsidy.amount
        with pytest.raises(SubsidyPaid):
            programmes.pay_subsidy(session, **given, by=FINANCE_BUREAU)

    def test_leaves_books_that_prove_on_both_engines(self, database):
        with database.write() as session:
            endow_all(session)
            subsidy = subsidised(session, a_guaranteed_loan(session).loan)
            programmes.pay_subsidy(session, subsidy=subsidy, bank_ref="S-1", by=FINANCE_BUREAU, on=DAY, at=AT)
        with database.read() as session:
            assert prove(session).findings == []
