"""Statements, the need that follows from them, and who may go beyond it (LOAN-04, LOAN-05)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from committee import advised, approve, fund
from people import ACTORS, AT, OFFICER, ON, an_application
from sqlmodel import Session

from models.application import Application
from models.decision import Ceiling
from models.financial import FinancialStatement
from models.firm import Firm
from models.refusals import NotAllowed
from models.roles import Role
from models.states.application import Stage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from talentbank.database import Database
from workflows import offering, stating
from workflows.decision import AboveOffer, NothingToOffer
from workflows.given import FieldEmpty

WHEN: dict[str, Any] = {"on": ON, "at": AT}
BALANCED = {"receivables": 900, "stock": 800, "fixed": 2_300, "payables": 600, "advances": 100, "equity": 3_300}
LAST = ON.year - 1


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session on a bank whose guarantor has capital."""
    with database.write() as writing:
        yield writing


def entered(session: Session, application: Application, year: int, **more: Any) -> FinancialStatement:
    wan = {"revenue": 5_000, "cost": 4_000, "profit": 500} | BALANCED | more.pop("wan", {})
    firm = session.get_one(Firm, application.firm_id)
    given: dict[str, Any] = {
        "figures": {name: Money.wan(amount) for name, amount in wan.items()},
        "source": "示例审计报告",
    }
    return stating.enter_statement(session, firm=firm, year=year, **(given | more), by=OFFICER, **WHEN)


def measured(session: Session, application: Application, **more: Any):
    for year in (LAST - 1, LAST):
        entered(session, application, year)
    return again(session, application, **more)


def again(session: Session, application: Application, **more: Any):
    given: dict[str, Any] = {"growth": Rate.of("0.10"), "own_funds": ZERO}
    return stating.measure_need(session, application=application, **(given | more), by=OFFICER, **WHEN)


class TestAStatement:
    def test_balances_or_is_not_entered(self, session):
        application = an_application(session)
        with pytest.raises(stating.StatementUnbalanced) as refusal:
            entered(session, application, LAST, wan={"cash": 1})
        assert refusal.value.facts["difference"] == Money.wan(1)
        assert entered(session, application, LAST).assets == Money.wan(4_000)

    def test_keeps_its_document_and_who_read_it(self, session):
        row = entered(session, an_application(session), LAST)
        assert (row.source, row.entered_by, row.known_on) == ("示例审计报告", OFFICER.user_id, ON)
        with pytest.raises(FieldEmpty):
            entered(session, an_application(session), LAST, source=" ")

    def test_is_corrected_by_a_later_version_and_never_changed(self, session):
        application = an_application(session)
        entered(session, application, LAST, known_on=ON - timedelta(days=9))
        with pytest.raises(stating.StatementTwice):
            entered(session, application, LAST, known_on=ON - timedelta(days=9))
        entered(session, application, LAST, wan={"revenue": 6_000})
        firm_id = application.firm_id or 0
        assert stating.statements_of(session, firm_id, ON)[0].revenue == Money.wan(6_000)
        assert stating.statements_of(session, firm_id, ON - timedelta(days=1))[0].revenue == Money.wan(5_000)

    def test_has_no_balance_below_nought_but_a_loss_may_be(self, session):
        application = an_application(session)
        with pytest.raises(stating.FigureNegative):
            entered(session, application, LAST, wan={"stock": -800, "fixed": 3_900})
        assert entered(session, application, LAST, wan={"profit": -200}).profit == Money.wan(-200)

    def test_is_the_officers(self, session):
        application = an_application(session)
        with pytest.raises(NotAllowed):
            stating.enter_statement(
                session, firm=session.get_one(Firm, application.firm_id), year=LAST, figures={}, source="示例",
                by=ACTORS[Role.CREDIT_COMMITTEE], **WHEN,
            )  # fmt: skip


class TestMeasuring:
    def test_shows_every_step_and_keeps_its_rules(self, session):
        row = measured(session, an_application(session))
        # 360 × 900 ÷ 5000 = 64.8; 360 × 800 ÷ 4000 = 72; 360 × 600 ÷ 4000 = 54; 360 × 100 ÷ 5000 = 7.2
        assert row.steps == {
            "year": LAST,
            "revenue_fen": Money.wan(5_000).fen,
            "margin_ppm": 100_000,
            "receivable_days": 6_480,
            "stock_days": 7_200,
            "payable_days": 5_400,
            "prepaid_days": 0,
            "advance_days": 720,
            "cycle_days": 7_560,
            "turns": 47_619,
        }
        # 5000 × 0.9 × 1.1 × 75.6 ÷ 360 = 1039.5
        assert row.need == Money.yuan(10_395_000)
        assert row.ceiling == Money.yuan(10_390_000)
        assert row.rules_version == "prudence-pilot-1"

    def test_asks_for_two_years_in_a_row(self, session):
        application = an_application(session)
        with pytest.raises(stating.StatementsMissing):
            again(session, application)
        entered(session, application, LAST)
        entered(session, application, LAST - 2)
        with pytest.raises(stating.StatementsMissing) as refusal:
            again(session, application)
        assert refusal.value.facts == {"year": LAST - 1}

    def test_needs_revenue(self, session):
        application = an_application(session)
        for year in (LAST - 1, LAST):
            entered(session, application, year, wan={"revenue": 0})
        with pytest.raises(stating.NotMeasurable):
            again(session, application)

    def test_ends_with_the_decision(self, session):
        fund(session)
        application = advised(session)
        measured(session, application)
        approve(session, application)
        with pytest.raises(stating.DecidedAlready):
            again(session, application)


class TestTheLimit:
    """What was measured bounds the offer; what is not above nought means no loan."""

    def test_bounds_what_can_be_offered(self, session):
        fund(session)
        application = advised(session)
        measured(session, application, own_funds=Money.wan(800))
        offer = offering.propose_offer(session, application=application, on=ON)
        assert (offer.amount, offer.binding) == (Money.wan(239), Ceiling.NEED)
        with pytest.raises(AboveOffer):
            approve(session, application, amount=Money.wan(240))

    def test_of_nought_means_no_loan(self, session):
        fund(session)
        application = advised(session)
        row = measured(session, application, own_funds=Money.wan(2_000))
        assert (row.ceiling, row.room) == (ZERO, Money.yuan(-9_605_000))
        with pytest.raises(NothingToOffer):
            approve(session, application)

    def test_may_be_exceeded_by_whoever_decides_with_a_reason(self, session):
        fund(session)
        application = advised(session)
        measured(session, application, own_funds=Money.wan(800))
        given: dict[str, Any] = {"application": application, "amount": Money.wan(300), **WHEN}
        committee = ACTORS[Role.CREDIT_COMMITTEE]
        with pytest.raises(NotAllowed):
            stating.exceed(session, **given, reason="订单已签", by=OFFICER)
        with pytest.raises(FieldEmpty):
            stating.exceed(session, **given, reason=" ", by=committee)
        row = stating.exceed(session, **given, reason="新签订单三千万元", by=committee)
        assert (row.allowed, row.beyond_by, row.beyond_on) == (Money.wan(300), committee.user_id, ON)
        made = approve(session, application, amount=Money.wan(300))
        assert made.inputs["facts"]["need_fen"] == Money.wan(300).fen

    @pytest.mark.parametrize("wan", [239, 401])
    def test_is_exceeded_by_more_than_it_and_at_most_by_what_was_asked(self, session, wan):
        application = an_application(session, stage=Stage.SCORED)
        measured(session, application, own_funds=Money.wan(800))
        with pytest.raises(stating.NotBeyond):
            stating.exceed(
                session, application=application, amount=Money.wan(wan), reason="示例",
                by=ACTORS[Role.CREDIT_COMMITTEE], **WHEN,
            )  # fmt: skip

    def test_that_nobody_measured_cannot_be_exceeded(self, session):
        with pytest.raises(stating.NeedNotMeasured):
            stating.exceed(
                session, application=an_application(session), amount=Money.wan(1), reason="示例",
                by=ACTORS[Role.CREDIT_COMMITTEE], **WHEN,
            )  # fmt: skip

    def test_falls_back_to_the_stated_need_where_nothing_was_measured(self, session):
        fund(session)
        application = advised(session, amount=Money.wan(300))
        assert offering.basis_of(session, application, on=ON).inputs.need_fen == Money.wan(300).fen


def test_a_year_before_there_was_a_bank_is_a_slip(database):
    with database.write() as session, pytest.raises(Exception, match="least"):
        entered(session, an_application(session), date.min.year)
