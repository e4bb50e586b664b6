"""Rules on screen: every number with its source, a change proposed in a form, the difference, another person's yes."""

from __future__ import annotations

import re
from datetime import date

import pytest
from counters import links, stamp, turn_to
from credit import ON, endow
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.policies.pilot import pilot_rules
from models.policies.rules import RULE_KINDS, CreditRules, GuaranteeRules
from models.queries.rules import rules_in_force
from models.roles import Role
from models.states.aftercare import RuleStage
from models.values.rate import Rate
from models.versions import Lpr, RuleSet
from talentbank import i18n, rule_notes
from talentbank.database import Database
from talentbank.web import rule_words, views_rules


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """The application over a bank with the pilot's rules."""
    with sqlite_database.write() as session:
        endow(session)
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, ON)
    return app


def change(**rules: str) -> dict[str, str]:
    """A form that proposes new guarantee rules with these numbers."""
    head = {"version": "guarantee-2", "effective_from": "2013-01-01", "note": "首年运行后调整"}
    return head | {f"rule.{path.replace('__', '.')}": value for path, value in rules.items()}


@pytest.fixture
def proposed(window, app) -> str:
    """The address of guarantee rules with a lower cap, as a guarantee approver has proposed them."""
    answer = window(Role.GUARANTEE_APPROVER).post("/rules/guarantee", change(single_max="0.08", multiple_max="12"))
    assert answer.status_code == 303
    return answer.headers["location"]


def sets(database: Database, kind: str) -> list[RuleSet]:
    with database.read() as session:
        rows = session.exec(select(RuleSet).where(RuleSet.kind == kind).order_by(RuleSet.id)).all()
        for row in rows:
            session.expunge(row)
        return list(rows)


class TestThePages:
    @pytest.mark.parametrize("role", [Role.LOAN_OFFICER, Role.BUREAU_APPROVER, Role.ADMINISTRATOR, Role.AUDITOR])
    def test_open_for_everybody_who_works_here(self, window, role):
        desk = window(role)
        assert desk.get("/rules").status_code == 200
        for kind in RULE_KINDS:
            assert desk.get(f"/rules/{kind}").status_code == 200

    @pytest.mark.parametrize("role", [Role.APPLICANT, Role.EXPERT])
    def test_are_refused_to_outside_people(self, window, role):
        desk = window(role)
        for address in ("/rules", "/rules/credit", "/rules/credit/new"):
            assert desk.get(address).status_code == 403

    def test_lead_to_pages_that_open(self, window, proposed):
        desk = window(Role.BUREAU_APPROVER)
        for page in ("/rules", "/rules/guarantee", proposed):
            for address in links(desk.get(page)):
                assert desk.get(address).status_code == 200, address

    @pytest.mark.parametrize("address", ["/rules/nothing", "/rules/guarantee/99", "/rules/nothing/new"])
    def test_are_not_there_for_kinds_that_nobody_knows(self, window, address):
        assert window(Role.BUREAU_APPROVER).get(address).status_code == 404

    def test_tell_where_a_number_comes_from(self, window):
        page = window(Role.AUDITOR).get("/rules/guarantee").text
        assert "单户上限占净资产" in page
        assert "GUA-06" in page
        assert "10%" in page

    def test_name_grades_by_their_letters_and_levels_by_their_words(self, window):
        page = window(Role.AUDITOR).get("/rules/credit").text
        assert "AAA · 违约率" in page
        assert "国家级" in page
        assert "¥5,000,000.00" in page


class TestTheWords:
    def test_know_every_rule_in_both_languages(self):
        """A path that fell back to the file's own names would show them to people who read Chinese."""
        bare = []
        for rules in pilot_rules():
            for line in views_rules.lines(rules.kind, rules.model_dump(mode="json")):
                bare += [(rules.kind, line.path) for step in line.label.split(" · ") if step.isascii() and "_" in step]
        assert bare == []
        with i18n.speaking("en"):
            labels = [rule_words.label(path) for path in views_rules.every_path()]
        assert not [label for label in labels if any("\u4e00" <= sign <= "\u9fff" for sign in label)]

    def test_find_a_source_for_every_number_of_the_pilot(self):
        lacking = [
            f"{rules.kind}.{line.path}"
            for rules in pilot_rules()
            for line in views_rules.lines(rules.kind, rules.model_dump(mode="json"))
            if not line.source.note
        ]
        known = ("intake.products", "intake.service_days", "disposal.strategies", "credit.least_grade")
        assert [one for one in lacking if not one.startswith(known)] == []

    def test_say_every_note_of_the_pilot_in_both_languages(self):
        notes = {source.note for source in rule_words.sources().values()}
        assert {note for note in notes if rule_notes.has_words(note)} == set(rule_notes.NOTES)
        chinese = re.compile(r"[\u4e00-\u9fff]")
        for note in rule_notes.NOTES:
            assert chinese.search(rule_notes.say_note(note)), note
            with i18n.speaking("en"):
                assert not chinese.search(rule_notes.say_note(note)), note
        assert rule_notes.say_note("CLS-12") == ""
        assert rule_notes.say_reason("首年运行后调整") == "首年运行后调整"

    def test_of_a_page_are_chinese_first(self, app, window):
        desk = window(Role.CREDIT_COMMITTEE)
        page = desk.get("/rules/credit").text
        assert "在最强一项之外，每多一项有效权利所加的分" in page
        assert "系统自带的首套规则" in page
        assert "pilot.toml" not in page
        assert "by design" not in page
        desk.post("/language", {"to": "en"})
        assert "What each further right in force adds to the best one" in desk.get("/rules/credit").text

    def test_say_a_comparison_as_the_page_says_the_values(self):
        assert views_rules.stored("guarantee", "single_max", "0.08") == "8%"
        assert views_rules.stored("exposure", "fund_single_cap", "10000000.00") == "¥10,000,000.00"
        assert views_rules.stored("guarantee", "covers_interest", "False") == "否"


class TestTypingRules:
    BODY = next(rules for rules in pilot_rules() if rules.kind == "credit").model_dump(mode="json")

    def typed(self, **fields: str):
        paths = {path.replace("__", "."): text for path, text in fields.items()}
        body = views_rules.body_of(self.BODY, paths, version="credit-2", effective_from=date(2013, 1, 1))
        return CreditRules.model_validate(body)

    def test_puts_a_number_at_its_place(self):
        rules = self.typed(offer_valid_days="90", level_line__national="6000000", grades__0__default_rate="0.0050")
        assert (rules.offer_valid_days, rules.grades[0].default_rate) == (90, Rate.of("0.005"))
        assert rules.level_line["national"].in_yuan() == 6_000_000

    def test_leaves_everything_else_as_it_was(self):
        before, after = CreditRules.model_validate(self.BODY), self.typed()
        assert after.model_dump(exclude={"version", "effective_from"}) == before.model_dump(
            exclude={"version", "effective_from"}
        )

    def test_takes_no_rule_that_there_is_not(self):
        assert self.typed(nonsense="1", level_line__global="1", grades__0__more="1") == self.typed()


class TestAProposal:
    def test_waits_with_what_it_changes(self, window, proposed, sqlite_database):
        page = window(Role.BUREAU_APPROVER).get(proposed).text
        assert "首年运行后调整" in page
        assert "8%" in page
        assert "12" in page
        assert sets(sqlite_database, "guarantee")[-1].stage is RuleStage.PROPOSED
        assert "guarantee-2" in window(Role.LOAN_OFFICER).get("/rules").text

    def test_is_offered_with_the_values_in_force(self, window):
        form = window(Role.GUARANTEE_APPROVER).get("/rules/guarantee/new").text
        assert 'name="rule.single_max"' in form
        assert 'value="guarantee-pilot-2"' in form

    def test_may_give_a_rule_that_came_after_the_set_in_force(self, window, sqlite_database):
        with sqlite_database.write() as session:
            row = session.exec(select(RuleSet).where(RuleSet.kind == "exposure")).one()
            row.body = {name: value for name, value in row.body.items() if name != "drawing_min"}
        head = {"version": "exposure-2", "effective_from": "2013-01-01", "note": "提款下限"}
        answer = window(Role.BUREAU_APPROVER).post("/rules/exposure", head | {"rule.drawing_min": "50000"})
        assert answer.status_code == 303
        assert sets(sqlite_database, "exposure")[-1].body["drawing_min"] == "50000.00"

    @pytest.mark.parametrize(
        ("rules", "field"),
        [
            ({"single_max": "a tenth"}, "rule.single_max"),
            ({"multiple_max": "0"}, "rule.multiple_max"),
            ({"period_months": "99"}, "rule.period_months"),
        ],
    )
    def test_that_cannot_be_is_refused_at_its_field_in_words(self, window, sqlite_database, rules, field):
        answer = window(Role.GUARANTEE_APPROVER).post("/rules/guarantee", change(**rules), htmx=True)
        assert answer.status_code == 422
        assert f'data-field="{field}"' in answer.text
        assert rule_words.NAMES[field.removeprefix("rule.")] in answer.text
        assert len(sets(sqlite_database, "guarantee")) == 1

    def test_that_contradicts_itself_is_refused(self, window, sqlite_database):
        form = change() | {"rule.weights.market": "0.90", "version": "review-2"}
        assert window(Role.CREDIT_COMMITTEE).post("/rules/review", form, htmx=True).status_code == 422
        assert len(sets(sqlite_database, "review")) == 1

    @pytest.mark.parametrize("wrong", [{"version": ""}, {"note": " "}, {"effective_from": "soon"}])
    def test_needs_a_version_a_day_and_a_reason(self, window, sqlite_database, wrong):
        answer = window(Role.GUARANTEE_APPROVER).post("/rules/guarantee", change() | wrong, htmx=True)
        assert answer.status_code == 422
        assert len(sets(sqlite_database, "guarantee")) == 1

    def test_does_not_reach_back(self, window, sqlite_database):
        form = change() | {"effective_from": "2012-01-02"}
        assert window(Role.GUARANTEE_APPROVER).post("/rules/guarantee", form, htmx=True).status_code == 409
        assert len(sets(sqlite_database, "guarantee")) == 1

    def test_is_not_everybodys_to_make(self, window, sqlite_database):
        assert window(Role.LOAN_OFFICER).post("/rules/guarantee", change()).status_code == 403
        assert len(sets(sqlite_database, "guarantee")) == 1


class TestApproving:
    def test_lets_the_rules_hold_from_their_day(self, window, proposed, sqlite_database):
        approver = window(Role.BUREAU_APPROVER)
        approval = {"stamp": stamp(approver.get(proposed)), "once": "the-key-of-this-form"}
        assert approver.post(f"{proposed}/approve", approval).status_code == 303
        assert approver.post(f"{proposed}/approve", approval).status_code == 303
        with sqlite_database.read() as session:
            assert rules_in_force(session, GuaranteeRules, ON).single_max == Rate.of("0.10")
            assert rules_in_force(session, GuaranteeRules, date(2013, 1, 1)).single_max == Rate.of("0.08")
        assert "已批准，尚未生效" in approver.get("/rules").text

    def test_is_not_for_whoever_proposed(self, window, app, sqlite_database):
        both = window(Role.BUREAU_APPROVER)
        address = both.post("/rules/guarantee", change(single_max="0.08")).headers["location"]
        page = both.get(address)
        assert f'action="{address}/approve"' not in page.text
        assert both.post(f"{address}/approve", {"stamp": "1"}, htmx=True).status_code == 403
        assert sets(sqlite_database, "guarantee")[-1].stage is RuleStage.PROPOSED

    def test_from_a_stale_page_is_a_conflict(self, window, proposed, sqlite_database):
        assert window(Role.CREDIT_COMMITTEE).post(f"{proposed}/approve", {"stamp": "0"}, htmx=True).status_code == 409
        assert sets(sqlite_database, "guarantee")[-1].stage is RuleStage.PROPOSED

    def test_may_be_refused_with_a_reason(self, window, proposed, sqlite_database):
        committee = window(Role.CREDIT_COMMITTEE)
        refusal = {"stamp": stamp(committee.get(proposed)), "reason": ""}
        assert committee.post(f"{proposed}/refuse", refusal).status_code == 422
        assert committee.post(f"{proposed}/refuse", refusal | {"reason": "依据不足"}).status_code == 303
        assert sets(sqlite_database, "guarantee")[-1].stage is RuleStage.REFUSED


class TestTheLpr:
    QUOTE = {"published": "2012-10-20", "one_year": "6.00", "five_year": "6.55", "source": "公告2012-10"}

    def test_is_entered_with_its_source_once(self, window, sqlite_database):
        admin = window(Role.ADMINISTRATOR)
        assert admin.post("/lpr", self.QUOTE).status_code == 303
        assert admin.post("/lpr", self.QUOTE, htmx=True).status_code == 409
        with sqlite_database.read() as session:
            assert session.get_one(Lpr, date(2012, 10, 20)).one_year == Rate.of("0.06")
        assert "2012-10-20" in admin.get("/rules").text

    @pytest.mark.parametrize("wrong", [{"one_year": "six"}, {"source": ""}, {"published": "2030-01-01"}])
    def test_needs_a_day_that_has_come_two_rates_and_a_source(self, window, sqlite_database, wrong):
        assert window(Role.ADMINISTRATOR).post("/lpr", self.QUOTE | wrong, htmx=True).status_code == 422
        with sqlite_database.read() as session:
            assert session.get(Lpr, date(2012, 10, 20)) is None
