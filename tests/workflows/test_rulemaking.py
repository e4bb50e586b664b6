"""Rules: laid once, proposed by one person, approved by another, never reaching back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from models.policies.pilot import pilot_rules
from models.policies.rules import RULE_KINDS, GuaranteeRules, ReviewRules
from models.queries.rules import lpr_quotes, rules_in_force, rules_of_version
from models.refusals import NotAllowed
from models.roles import SYSTEM, Actor, Role
from models.states.aftercare import RuleStage
from models.states.machine import MoveNotOpen
from models.values.lpr import lpr_in_force
from models.values.money import ZERO
from models.values.rate import Rate
from models.versions import RuleSet
from workflows import rulemaking
from workflows.moves import ReasonNeeded, SameHand

ON = date(2012, 11, 7)
AT = datetime(2012, 11, 7, 2, tzinfo=UTC)
BUREAU = Actor(1, "财政示例", frozenset({Role.FINANCE_BUREAU, Role.BUREAU_APPROVER}))
CHIEF = Actor(2, "审批示例", frozenset({Role.BUREAU_APPROVER}))
OFFICER = Actor(3, "经办示例", frozenset({Role.LOAN_OFFICER}))


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        rulemaking.lay_first_rules(session, on=ON, at=AT)
        yield session


def body(kind: str = "guarantee", **changes):
    """The pilot's rules of a kind as text, with another version and day, and `changes` on top."""
    first = next(rules for rules in pilot_rules() if rules.kind == kind).model_dump(mode="json")
    return first | {"version": f"{kind}-2", "effective_from": "2012-12-01"} | changes


def proposed(session, kind: str = "guarantee", *, by=BUREAU, on=ON, note="降低担保费率", **changes):
    return rulemaking.propose(session, kind=kind, body=body(kind, **changes), note=note, by=by, on=on, at=AT)


class TestLayingTheFirstRules:
    def test_gives_a_new_bank_rules_of_every_kind(self, database):
        with database.write() as session:
            laid = rulemaking.lay_first_rules(session, on=ON, at=AT)
            assert {row.kind for row in laid} == set(RULE_KINDS)
        with database.read() as session:
            for kind in RULE_KINDS.values():
                assert rules_in_force(session, kind, ON).version.endswith("pilot-1")

    def test_from_before_there_was_a_least_amount_has_none(self, session):
        old = body("bridge")
        del old["min_amount"]
        assert rulemaking.understood("bridge", old).min_amount == ZERO

    def test_happens_once(self, session):
        assert rulemaking.lay_first_rules(session, on=ON, at=AT) == []
        assert len(session.exec(select(RuleSet)).all()) == len(RULE_KINDS)

    def test_stores_what_the_file_says_to_the_last_place(self, session):
        for rules in pilot_rules():
            assert rules_of_version(session, type(rules), rules.version) == rules

    def test_brings_the_quotations_that_price_a_loan_of_2012_and_of_today(self, session):
        assert lpr_in_force(lpr_quotes(session, ON), ON).for_term(36) == Rate.of("0.0615")
        today = date(2025, 6, 1)
        assert lpr_in_force(lpr_quotes(session, today), today).for_term(12) == Rate.of("0.0300")
        first_lpr = date(2019, 8, 20)
        assert lpr_in_force(lpr_quotes(session, first_lpr), first_lpr).five_year == Rate.of("0.0485")


class TestProposing:
    def test_leaves_the_old_rules_in_force(self, session):
        row = proposed(session, fee_rate="0.008")
        assert row.stage is RuleStage.PROPOSED
        assert rules_in_force(session, GuaranteeRules, date(2013, 1, 1)).fee_rate == Rate.of("0.010")

    def test_is_for_those_who_answer_for_rules(self, session):
        with pytest.raises(NotAllowed):
            proposed(session, by=OFFICER)

    def test_names_a_kind_that_there_is_not(self, session):
        with pytest.raises(rulemaking.UnknownRuleKind) as refusal:
            rulemaking.propose(session, kind="weather", body={}, note="", by=BUREAU, on=ON, at=AT)
        assert "guarantee" in refusal.value.facts["known"]

    def test_names_the_field_that_is_missing(self, session):
        short = body()
        del short["fee_rate"]
        with pytest.raises(rulemaking.RuleMissing) as refusal:
            rulemaking.propose(session, kind="guarantee", body=short, note="", by=BUREAU, on=ON, at=AT)
        assert refusal.value.facts == {"field": "fee_rate"}

    def test_names_the_field_that_these_rules_do_not_have(self, session):
        with pytest.raises(rulemaking.RuleUnknown) as refusal:
            proposed(session, fee_rat="0.01")
        assert refusal.value.facts == {"field": "fee_rat"}

    def test_names_the_bound_that_a_number_breaks(self, session):
        with pytest.raises(rulemaking.RuleOutOfBounds) as refusal:
            proposed(session, "review", quorum=3)
        assert refusal.value.facts == {"field": "quorum", "given": "3", "wanted": "≥ 4"}

    @pytest.mark.parametrize(("field", "value"), [("fee_rate", "one per cent"), ("small_client_cap", "1.005")])
    def test_refuses_what_is_no_rate_or_amount(self, session, field, value):
        with pytest.raises(rulemaking.RuleNotUnderstood) as refusal:
            proposed(session, **{field: value})
        assert refusal.value.facts["field"] == field

    def test_refuses_a_word_that_is_none_of_the_words_there_are(self, session):
        with pytest.raises(rulemaking.RuleOutOfBounds) as refusal:
            proposed(session, "servicing", roll="backwards")
        assert "following" in refusal.value.facts["wanted"]

    def test_refuses_weights_that_do_not_sum_to_one(self, session):
        weights = {"rd_strength": "0.30", "reliability": "0.25", "progress": "0.20", "market": "0.30"}
        with pytest.raises(rulemaking.RulesIncoherent):
            proposed(session, "review", weights=weights)

    def test_refuses_a_version_that_stands_already(self, session):
        with pytest.raises(rulemaking.VersionTaken):
            proposed(session, version="guarantee-pilot-1")

    def test_refuses_rules_that_would_reach_back(self, session):
        with pytest.raises(rulemaking.RulesReachBack):
            proposed(session, effective_from="2012-11-06")


class TestApproving:
    def test_lets_the_rules_hold_from_their_day_on(self, session):
        row = rulemaking.approve(session, rule_set=proposed(session, fee_rate="0.008"), by=CHIEF, on=ON, at=AT)
        assert row.approved_by == CHIEF.user_id
        assert rules_in_force(session, GuaranteeRules, date(2012, 11, 30)).fee_rate == Rate.of("0.010")
        assert rules_in_force(session, GuaranteeRules, date(2012, 12, 1)).fee_rate == Rate.of("0.008")

    def test_is_for_another_hand_than_the_one_that_proposed(self, session):
        with pytest.raises(SameHand):
            rulemaking.approve(session, rule_set=proposed(session), by=BUREAU, on=ON, at=AT)

    def test_is_refused_to_the_clock(self, session):
        with pytest.raises(NotAllowed):
            rulemaking.approve(session, rule_set=proposed(session), by=SYSTEM, on=ON, at=AT)

    def test_is_refused_once_the_day_has_passed(self, session):
        row = proposed(session)
        with pytest.raises(rulemaking.RulesReachBack):
            rulemaking.approve(session, rule_set=row, by=CHIEF, on=date(2012, 12, 2), at=AT)

    def test_keeps_the_old_version_readable_for_a_replay(self, session):
        rulemaking.approve(session, rule_set=proposed(session, "review", quorum=7), by=CHIEF, on=ON, at=AT)
        assert rules_of_version(session, ReviewRules, "review-pilot-1").quorum == 5
        assert rules_in_force(session, ReviewRules, date(2013, 1, 1)).quorum == 7

    def test_shows_what_changes_field_by_field(self, session):
        row = proposed(session, "review", quorum=7, effective_from="2012-12-01")
        assert rulemaking.differences(session, rule_set=row) == [
            ("effective_from", "2012-01-01", "2012-12-01"),
            ("quorum", "5", "7"),
            ("version", "review-pilot-1", "review-2"),
        ]
        rulemaking.approve(session, rule_set=row, by=CHIEF, on=ON, at=AT)
        assert ("quorum", "5", "7") in rulemaking.differences(session, rule_set=row)


class TestRefusing:
    def test_needs_a_reason_and_ends_the_matter(self, session):
        row = proposed(session)
        with pytest.raises(ReasonNeeded):
            rulemaking.refuse(session, rule_set=row, reason=" ", by=CHIEF, on=ON, at=AT)
        rulemaking.refuse(session, rule_set=row, reason="未附测算", by=CHIEF, on=ON, at=AT)
        with pytest.raises(MoveNotOpen):
            rulemaking.approve(session, rule_set=row, by=CHIEF, on=ON, at=AT)


class TestQuotingTheLpr:
    def quote(self, session, published=date(2026, 1, 20), source="全国银行间同业拆借中心"):
        return rulemaking.quote_lpr(
            session, published=published, one_year=Rate.of("0.0300"), five_year=Rate.of("0.0350"), source=source,
            by=BUREAU, on=date(2026, 1, 20), at=AT,
        )  # fmt: skip

    def test_keeps_where_it_was_read(self, session):
        assert self.quote(session).source == "全国银行间同业拆借中心"

    def test_needs_a_source(self, session):
        with pytest.raises(rulemaking.RuleMissing):
            self.quote(session, source="")

    def test_is_refused_before_it_is_published(self, session):
        with pytest.raises(rulemaking.RuleOutOfBounds):
            self.quote(session, published=date(2026, 2, 20))

    def test_stands_once_it_was_entered(self, session):
        self.quote(session)
        with pytest.raises(rulemaking.QuoteStands):
            self.quote(session)
