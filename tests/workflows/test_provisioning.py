"""The allowance at a month's end: every view kept, one booked, and a movement that ends on what the books hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from bad_loans import BAD, a_bad_loan, endow_all
from credit import AT, OFFICER, ON, REVIEWER, a_debtor, a_guaranteed_loan, person, run_to, yuan
from sqlmodel import select

from models.application import Product
from models.lending.ageing import FiveClass
from models.lending.circumstances import TriggerKind
from models.lending.loss_stage import LossStage
from models.policies.rules import CreditRules, ProvisionRules, ProvisionView
from models.provision import ProvisionMove
from models.queries.books import balance
from models.queries.provisions import latest_run, lines_of, provisioned
from models.queries.rules import rules_in_force
from models.roles import SYSTEM, Role
from models.states.aftercare import RuleStage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from models.versions import RuleSet
from models.watch import AlarmLevel, Signal
from reports.proof import prove
from reports.provisions import provision_report
from scoring.expected_loss import Scenario, expected_loss
from workflows import class_triggers, classifying, provisioning, rulemaking, watch, writing_off
from workflows.booking import book
from workflows.moves import SameHand

NEXT = date(2012, 12, 1)


@pytest.fixture
def session(database):
    with database.write() as session:
        endow_all(session)
        yield session
        assert prove(session).findings == []


def set_allowance(session, on=ON):
    return provisioning.set_allowance(session, on=on, by=SYSTEM, at=AT)


def in_book(session, product=Product.WORKING_CAPITAL):
    return -balance(session, "bank.allowance", part=product.value).net


def choose(session, **changes):
    """Rules that somebody proposed and somebody else approved."""
    rules = rules_in_force(session, ProvisionRules, ON)
    body = rules.model_dump(mode="json") | {"version": "test-1", "effective_from": ON.isoformat()} | changes
    row = rulemaking.propose(session, kind="provision", body=body, note="示例", by=REVIEWER, on=ON, at=AT)
    with pytest.raises(SameHand):
        rulemaking.approve(session, rule_set=row, by=replace(REVIEWER, roles=frozenset(Role)), on=ON, at=AT)
    rulemaking.approve(session, rule_set=row, by=person(*Role), on=ON, at=AT)
    session.info.clear()
    return row


def moves_of_run(session, on):
    run = latest_run(session, on)
    return session.exec(select(ProvisionMove).where(ProvisionMove.run_id == run.key)).all()


def bad_after(session, credit, kind=TriggerKind.CREDIT_IMPAIRED, on=ON):
    class_triggers.record(
        session, kind=kind, loan=credit.loan, share=Rate(0), known_on=on, evidence="示例", by=OFFICER, on=on, at=AT
    )


class TestEveryView:
    def test_is_kept_beside_the_one_that_is_booked(self, session):
        a_guaranteed_loan(session, amount=yuan(3_000_000))
        bad = a_guaranteed_loan(session, amount=yuan(2_000_000), firm=a_debtor(session))
        bad_after(session, bad)
        assert set_allowance(session) == {Product.WORKING_CAPITAL: yuan(550_000)}
        report = provision_report(session)
        assert report.whole.preset_a == report.booked == in_book(session) == yuan(550_000)
        assert report.whole.preset_b == yuan(45_000 + 600_000)
        assert [line.outstanding for line in report.by_stage] == [yuan(3_000_000), ZERO, yuan(2_000_000)]
        assert report.general_shortfall == yuan(95_000)
        assert report.general_reserve == yuan(75_000)
        assert report.adequacy.required == yuan(3_000_000)
        assert report.adequacy.shortfall == yuan(2_450_000)
        assert report.closes

    @pytest.mark.parametrize("view", list(ProvisionView))
    def test_is_booked_if_two_people_say_so(self, session, view):
        a_guaranteed_loan(session, amount=yuan(3_000_000))
        if view is not ProvisionView.PRESET_A:
            choose(session, view=view.value)
        targets = set_allowance(session)
        run = latest_run(session)
        assert run.view is view
        assert targets == {
            Product.WORKING_CAPITAL: Money(sum(getattr(line, view).fen for line in lines_of(session, run)))
        }
        assert in_book(session) == targets[Product.WORKING_CAPITAL] > ZERO

    def test_is_reckoned_once_a_day(self, session):
        a_guaranteed_loan(session)
        set_allowance(session)
        with pytest.raises(provisioning.AllowanceSetAlready):
            set_allowance(session)

    def test_with_ratios_moved_within_their_float(self, session):
        bad = a_guaranteed_loan(session, amount=yuan(2_000_000))
        bad_after(session, bad)
        choose(session, preset_a_moves={"substandard": "0.20", "doubtful": "0"})
        assert set_allowance(session) == {Product.WORKING_CAPITAL: yuan(620_000)}

    @pytest.mark.parametrize(
        "changes",
        [
            {"preset_a_moves": {"substandard": "0.21"}},
            {"preset_a_moves": {"loss": "0.10"}},
            {"preset_b": {"normal": "0.015"}},
            {"second_stage_days": 90},
            {"scenarios": [{"scenario": "base", "weight": "0.9", "default_factor": "1", "loss_factor": "1"}]},
        ],
    )
    def test_refuses_rules_that_contradict_themselves(self, session, changes):
        body = rules_in_force(session, ProvisionRules, ON).model_dump(mode="json") | {"version": "x"} | changes
        with pytest.raises(rulemaking.RulesIncoherent):
            rulemaking.propose(session, kind="provision", body=body, note="", by=REVIEWER, on=ON, at=AT)
        assert len(session.exec(select(RuleSet).where(RuleSet.stage == RuleStage.PROPOSED)).all()) == 0


class TestExpectedLoss:
    def exposed(self, session, loan_id, on=ON, stage=LossStage.SECOND):
        rules, credit = rules_in_force(session, ProvisionRules, on), rules_in_force(session, CreditRules, on)
        rates = {line.grade: line.default_rate.ppm for line in credit.grades}
        one = next(one for one in provisioned(session, on) if one.id == loan_id)
        return provisioning.exposed_of(one, stage, rules, rates, on)

    def test_sees_the_guarantor_s_share_the_life_left_and_the_rate(self, session):
        credit = a_guaranteed_loan(session, amount=yuan(3_000_000), term_months=24)
        found = self.exposed(session, credit.loan.key)
        assert found.loss_share == Fraction(80, 100) * Fraction(10, 100) + Fraction(20, 100) * Fraction(60, 100)
        assert found.exposures == (300_000_000, 300_000_000, 300_000_000)[: len(found.exposures)]
        assert found.months in (24, 25)
        assert (found.rate_ppm, found.default_ppm) == (credit.loan.rate.ppm, 42_000)

    def test_of_a_loan_past_its_maturity_looks_a_year_ahead(self, session):
        credit = a_guaranteed_loan(session)
        run_to(session, credit.loan, date(2014, 1, 10), days_past_due=20)
        assert self.exposed(session, credit.loan.key, on=date(2014, 1, 10)).months == 12

    def test_of_a_loan_follows_its_stage_and_scenarios(self, session):
        credit = a_guaranteed_loan(session, amount=yuan(3_000_000))
        watch.raise_case(
            session, loan=credit.loan, signal=Signal.COURT_RECORD, level=AlarmLevel.ORANGE, evidence="示例", by=OFFICER,
            on=ON, at=AT,
        )  # fmt: skip
        set_allowance(session)
        run = latest_run(session)
        assert [line.stage for line in lines_of(session, run)] == [LossStage.SECOND]
        base = expected_loss(self.exposed(session, credit.loan.key), Scenario("base", 1, 1_000_000, 1_000_000))
        assert run.scenarios["base"] == base > 0
        assert run.scenarios["upside"] < base < run.scenarios["downside"]


class TestTheMovement:
    def test_closes_on_the_books_month_after_month(self, session):
        kept = a_guaranteed_loan(session, amount=yuan(3_000_000))
        leaves = a_guaranteed_loan(session, amount=yuan(2_000_000), firm=a_debtor(session))
        set_allowance(session)
        first = moves_of_run(session, ON)
        assert [(one.stage, one.added, one.closing) for one in first] == [(LossStage.FIRST, yuan(50_000), yuan(50_000))]
        bad_after(session, leaves)
        late = a_guaranteed_loan(session, amount=yuan(1_000_000), firm=a_debtor(session), product=Product.STARTUP)
        set_allowance(session, NEXT - timedelta(days=1))
        report = provision_report(session)
        rows = {row.name: row for row in report.moves}
        assert rows["opening"].amount == yuan(50_000)
        assert rows["transferred"].stages == (-yuan(20_000), ZERO, yuan(20_000))
        assert rows["added"].amount == yuan(10_000)
        assert rows["remeasured"].amount == yuan(500_000)
        assert rows["closing"].amount == report.ledger == in_book(session) + in_book(session, Product.STARTUP)
        assert kept.loan.outstanding + late.loan.outstanding == yuan(4_000_000)

    def test_shows_what_a_write_off_used(self, session):
        """The guarantor had paid four fifths; a quarter of the rest is used, what stood behind the loan beyond it falls away."""
        credit = a_bad_loan(session)
        writing_off.write_off(session, loan=credit.loan, reason="示例", by=REVIEWER, on=BAD, at=AT)
        set_allowance(session, date(2013, 3, 31))
        report = provision_report(session)
        rows = {row.name: row for row in report.moves}
        assert rows["opening"].stages == (ZERO, ZERO, yuan(1_040_000))
        assert rows["used"].amount == -yuan(200_000)
        assert rows["remeasured"].amount == -yuan(840_000)
        assert rows["closing"].amount == in_book(session) == ZERO
        assert report.closes

    def test_carries_over_when_policy_names_another_view(self, session):
        a_guaranteed_loan(session, amount=yuan(3_000_000))
        set_allowance(session)
        choose(session, view="preset_b", effective_from=NEXT.isoformat())
        set_allowance(session, NEXT)
        rows = {row.name: row.amount for row in provision_report(session).moves}
        assert (rows["opening"], rows["remeasured"], rows["closing"]) == (yuan(30_000), yuan(15_000), yuan(45_000))
        earlier = provision_report(session, ON)
        assert (earlier.run.view, earlier.booked) == (ProvisionView.PRESET_A, yuan(30_000))

    def test_begins_with_what_stood_in_the_books_before(self, session):
        book(
            session, "allowance_raised", key="opening", cause="opening", amounts={"amount": yuan(70_000)},
            parts={"product": "working_capital"}, by=SYSTEM, on=ON, at=AT,
        )  # fmt: skip
        a_guaranteed_loan(session, amount=yuan(3_000_000))
        set_allowance(session)
        rows = {row.name: row.amount for row in provision_report(session).moves}
        assert (rows["opening"], rows["added"], rows["closing"]) == (yuan(70_000), yuan(30_000), yuan(30_000))
        assert rows["closing"] == in_book(session)


def test_the_class_of_an_impaired_loan_counts_in_the_report(session):
    credit = a_guaranteed_loan(session)
    classifying.classify(session, loan=credit.loan, view=FiveClass.LOSS, reason="x", by=REVIEWER, on=ON, at=AT)
    set_allowance(session)
    assert provision_report(session).by_class[-1].outstanding == credit.loan.outstanding
