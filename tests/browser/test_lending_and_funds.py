"""The screens of funds, books, loans, guarantees, bridges, rules and audit in a real browser, in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import pytest
from bad_loans import BAD, a_bad_loan, endow_all
from counters import turn_to
from credit import AT, a_guaranteed_loan, person, yuan
from days import run_until
from playwright.sync_api import expect
from screens import House, Window
from webdesk import make_user

from models.policies.pilot import pilot_rules
from models.roles import Role
from models.user import User
from models.values.rate import Rate
from workflows import funding, rulemaking

LANGUAGES = ("zh", "en")
TREASURY = {"by": person(Role.TREASURER), "on": BAD, "at": AT}


@dataclass
class World:
    """What stands in the bank, and one person for each post."""

    house: House
    names: dict[str, str] = field(default_factory=dict)
    users: dict[Role, User] = field(default_factory=dict)

    def window(self, house: House, role: Role, **how: object) -> Window:
        """A window of whoever holds a post."""
        if role not in self.users:
            self.users[role] = make_user(house.database, role)
        return house.window(self.users[role], **how)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def world(shared_house: House) -> World:
    """A bad loan that was compensated, a good one, a facility with a drawing, proposed rules, days that were run."""
    turn_to(shared_house.app, BAD)
    world = World(shared_house)
    with shared_house.database.write() as session:
        endow_all(session)
        credit = a_bad_loan(session)
        good = a_guaranteed_loan(session, amount=yuan(2_000_000), on=date(2013, 2, 20))
        facility = funding.register_facility(
            session, lender="示例开发银行宁波分行", commitment=yuan(300_000_000), rate=Rate.of("0.06"),
            starts_on=date(2012, 10, 1), ends_on=date(2017, 10, 1), label="illustrative", **TREASURY,
        )  # fmt: skip
        funding.open_facility(session, facility=facility, by=person(Role.BUREAU_APPROVER), on=BAD, at=AT)
        drawing = funding.draw(session, facility=facility, amount=yuan(10_000_000), due_on=date(2015, 1, 5), **TREASURY)
        rules = next(one for one in pilot_rules() if one.kind == "guarantee").model_dump(mode="json")
        proposal = rulemaking.propose(
            session, kind="guarantee", note="首年运行后调整", by=person(Role.GUARANTEE_APPROVER), on=BAD, at=AT,
            body=rules | {"version": "guarantee-2", "effective_from": "2014-01-01", "single_max": "0.08"},
        )  # fmt: skip
        world.names = {
            "loan": credit.loan.number,
            "good": good.loan.number,
            "contract": credit.contract.number,
            "guarantee": credit.cover.number,
            "claim": "TBK-2013-0001",
            "facility": facility.number,
            "drawing": drawing.number,
            "rules": str(proposal.key),
        }
    with shared_house.database.write() as session:
        run_until(session, date(2012, 11, 20))
    return world


FOREMOST = {
    "funds": (Role.FINANCE_BUREAU, "/funds"),
    "books": (Role.FINANCE_BUREAU, "/books"),
    "loans": (Role.LOAN_OFFICER, "/loans"),
    "loan": (Role.LOAN_OFFICER, "/loans/{good}"),
    "contract": (Role.LOAN_OFFICER, "/contracts/{contract}"),
}
"""Looked at in every language on every screen."""

OTHERS = {
    "loan-bad": (Role.CREDIT_REVIEWER, "/loans/{loan}"),
    "loans-empty": (Role.AUDITOR, "/loans?q=nobody"),
    "accruals": (Role.LOAN_OFFICER, "/loans/{good}/accruals"),
    "renewal": (Role.LOAN_OFFICER, "/loans/{good}/renewal"),
    "trial": (Role.AUDITOR, "/books/bank"),
    "account": (Role.AUDITOR, "/books/bank/principal"),
    "event": (Role.AUDITOR, "/events/draw:{drawing}"),
    "contracts": (Role.LOAN_OFFICER, "/contracts"),
    "guarantees": (Role.GUARANTEE_OFFICER, "/guarantees"),
    "guarantee": (Role.GUARANTEE_OFFICER, "/guarantees/{guarantee}"),
    "claims": (Role.GUARANTEE_OFFICER, "/claims"),
    "claim": (Role.GUARANTEE_OFFICER, "/claims/{claim}"),
    "bridges": (Role.FUND_MANAGER, "/bridges"),
    "bridge-new": (Role.FUND_MANAGER, "/bridges/new?loan={good}"),
    "facilities": (Role.TREASURER, "/facilities"),
    "facility": (Role.TREASURER, "/facilities/{facility}"),
    "drawing": (Role.TREASURER, "/drawings/{drawing}"),
    "days": (Role.ADMINISTRATOR, "/days"),
    "rules": (Role.BUREAU_APPROVER, "/rules"),
    "rules-kind": (Role.BUREAU_APPROVER, "/rules/credit"),
    "rules-proposed": (Role.BUREAU_APPROVER, "/rules/guarantee/{rules}"),
    "rules-new": (Role.GUARANTEE_APPROVER, "/rules/guarantee/new"),
    "audit": (Role.AUDITOR, "/audit"),
    "reads": (Role.AUDITOR, "/audit/reads"),
    "proof": (Role.AUDITOR, "/audit/proof"),
    "people": (Role.ADMINISTRATOR, "/people"),
    "person": (Role.ADMINISTRATOR, "/people/9002"),
    "person-new": (Role.ADMINISTRATOR, "/people/new"),
}
"""Looked at in Chinese on a desk and in English on a phone, where lines are the longest and the room the least."""


@pytest.mark.parametrize("name", FOREMOST)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_foremost_pages_are_open_to_everybody(house, world, name, language, phone):
    role, path = FOREMOST[name]
    window = world.window(house, role, language=language, phone=phone)
    window.open(path.format(**world.names))
    window.look(name)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)], ids=["zh-desk", "en-phone"])
def test_the_other_pages_are_open_to_everybody(house, world, name, language, phone):
    role, path = OTHERS[name]
    window = world.window(house, role, language=language, phone=phone)
    window.open(path.format(**world.names))
    window.look(name)


class TestTheLeadingFigure:
    def test_is_white_on_navy_and_leads_to_the_loans(self, house, world):
        page = world.window(house, Role.FINANCE_BUREAU).open("/funds")
        figure = page.locator(".tb-kpi-lead .v a")
        expect(figure).to_have_css("color", "rgb(255, 255, 255)")
        figure.click()
        expect(page).to_have_url(re.compile(r"/loans\?stage=owed$"))


class TestAForm:
    def test_keeps_what_was_typed_and_names_the_field(self, house, world):
        window = world.window(house, Role.LOAN_OFFICER)
        page = window.open(f"/loans/{world.names['good']}")
        form = page.locator('form[action$="/receipts"]')
        form.get_by_label("金额").fill("三万")
        form.get_by_label("银行流水号").fill("BK-1")
        form.locator("button[type=submit]").click()
        expect(form.locator("[data-refusal]")).to_be_focused()
        expect(form.get_by_label("金额")).to_have_value("三万")
        expect(form.get_by_label("金额")).to_have_attribute("aria-invalid", "true")
        window.look("receipt-wrong")

    def test_asks_before_a_step_that_cannot_be_taken_back(self, house, world):
        window = world.window(house, Role.TREASURER)
        page = window.open(f"/drawings/{world.names['drawing']}")
        form = page.locator('form[action$="/repay"]')
        form.get_by_label("金额").fill("1,000,000")
        form.locator("button[type=submit]").click()
        question = form.get_by_role("alertdialog")
        expect(question).to_contain_text("壹佰万元整")
        window.look("repay-question")
        question.get_by_role("button").click()
        expect(page.locator(".tb-ok")).to_contain_text("已归还本金")


class TestATrialOfTheEndOfDay:
    def test_is_shown_beside_its_button(self, house, world):
        window = world.window(house, Role.ADMINISTRATOR)
        page = window.open("/days")
        page.locator('form[action="/days/dry-run"] button').click()
        expect(page.locator("#dry-run")).to_contain_text("已全部撤销")
        window.look("trial-day")
