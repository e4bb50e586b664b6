"""The committee's table on the screen: what waits, the offer part by part, the decision, the register."""

from __future__ import annotations

from io import BytesIO

import pyotp
import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlmodel import select
from webdesk import NOW, make_app

from models.application import Application
from models.decision import Condition, Decision, Outcome
from models.roles import Role
from models.states.application import Stage
from models.user import User
from models.values.money import Money


@pytest.fixture
def app(bank, tmp_path) -> FastAPI:
    return make_app(bank.database, tmp_path)


@pytest.fixture
def member(at):
    return at(Role.CREDIT_COMMITTEE)


def waiting(bank) -> Application:
    with bank.database.read() as session:
        row = session.exec(select(Application).where(Application.number == bank.numbers["opinion_issued"])).one()
        session.expunge(row)
        return row


def decisions(bank) -> list[Decision]:
    with bank.database.read() as session:
        query = select(Decision).where(Decision.application_id == waiting(bank).id)
        found = list(session.exec(query))
        for row in found:
            session.expunge(row)
        return found


def decide(bank, who, *, htmx=False, **typed):
    form = {"stamp": str(waiting(bank).stamp), "outcome": "approve", "confirmed": "true"} | typed
    return who.post(f"/applications/{bank.numbers['opinion_issued']}/decision", form, htmx=htmx)


class TestTheCase:
    def test_shows_the_offer_with_every_part_and_what_it_does_to_the_limits(self, bank, member):
        page = member.get(f"/applications/{bank.numbers['opinion_issued']}/decision").text
        for words in ("金额：取各项最小值", "担保价值", "起限制作用", "预期损失", "担保放大倍数额度", "TB-11"):
            assert words in page
        assert "作出决定" in page

    def test_offers_no_form_to_those_who_took_part_or_only_read(self, bank, at):
        for role in (Role.LOAN_OFFICER, Role.PANEL_CHAIR, Role.AUDITOR):
            page = at(role).get(f"/applications/{bank.numbers['opinion_issued']}/decision")
            assert page.status_code == 200
            assert "提交决定" not in page.text

    def test_is_not_there_before_the_opinion(self, bank, member):
        assert member.get(f"/applications/{bank.numbers['scored']}/decision").status_code == 404

    def test_keeps_the_offer_of_the_day_after_the_decision(self, bank, member):
        page = member.get(f"/applications/{bank.numbers['decided']}/decision").text
        assert "决定时的授信方案（存档）" in page
        assert "开立贷款资金专户" in page


class TestDeciding:
    def test_is_shown_once_more_before_it_stands(self, bank, member):
        answer = decide(bank, member, confirmed="", amount="400", htmx=True)
        assert answer.status_code == 428
        assert "肆佰万元整" in answer.text
        assert decisions(bank) == []

    def test_approves_with_the_terms_given_and_the_rest_from_the_offer(self, bank, member):
        answer = decide(bank, member, amount="400", conditions="完成质押登记\n开立专户")
        assert answer.headers["location"] == f"/applications/{bank.numbers['opinion_issued']}/decision"
        [taken] = decisions(bank)
        assert (taken.outcome, taken.amount) == (Outcome.APPROVED, Money.wan(400))
        with bank.database.read() as session:
            texts = [row.text for row in session.exec(select(Condition).where(Condition.decision_id == taken.id))]
        assert texts[:2] == ["完成质押登记", "开立专户"]
        assert waiting(bank).stage is Stage.DECIDED

    def test_is_refused_above_the_offer_with_the_part_that_binds(self, bank, member):
        answer = decide(bank, member, amount="460")
        assert answer.status_code == 409
        assert "申请金额" in answer.text
        assert decisions(bank) == []

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"outcome": "reject"}, "reason"),
            ({"outcome": "defer"}, "reason"),
            ({"outcome": "perhaps"}, "outcome"),
            ({"rate": "1.00", "reason": "示例"}, "rate"),
            ({"rate": "5.555", "reason": "示例"}, "rate"),
            ({"term_months": "99"}, "term_months"),
            ({"amount": "x"}, "amount"),
        ],
    )
    def test_names_what_is_wrong(self, bank, member, typed, field):
        answer = decide(bank, member, htmx=True, **typed)
        assert answer.status_code == 422
        assert f'data-field="{field}"' in answer.text
        assert decisions(bank) == []

    def test_rejects_or_defers_with_the_reason(self, bank, member):
        assert decide(bank, member, outcome="reject", reason="产品尚未完成中试").status_code == 303
        assert waiting(bank).stage is Stage.REJECTED

    def test_is_made_once_for_two_clicks(self, bank, member):
        first, second = decide(bank, member, once="k"), decide(bank, member, once="k")
        assert first.status_code in (303, 409)
        assert second.status_code in (303, 409)
        assert len(decisions(bank)) == 1

    def test_is_refused_from_a_stale_page(self, bank, member):
        assert decide(bank, member, stamp="1").status_code == 409

    def test_asks_the_code_of_members_who_have_one(self, bank, member):
        secret = pyotp.random_base32()
        with bank.database.write() as session:
            user = session.get_one(User, bank.user(Role.CREDIT_COMMITTEE).id)
            user.totp_secret = secret
            session.add(user)
        assert 'name="code"' in decide(bank, member, confirmed="").text
        assert decide(bank, member).status_code == 422
        assert decisions(bank) == []
        code = pyotp.TOTP(secret).at(int(NOW.timestamp()))
        assert decide(bank, member, code=code).status_code == 303

    def test_is_closed_to_others(self, bank, at):
        assert decide(bank, at(Role.LOAN_OFFICER)).status_code == 403

    def test_can_be_replayed_from_what_was_kept(self, bank, member):
        decide(bank, member)
        [taken] = decisions(bank)
        assert member.post(f"/decisions/{taken.number}/replay").status_code == 303
        page = member.get(f"/applications/{bank.numbers['opinion_issued']}/decision").text
        assert "重演一致" in page


class TestTheRegister:
    def test_shows_what_waits_and_what_was_decided(self, bank, member):
        page = member.get("/decisions").text
        assert bank.opinion in page
        assert bank.numbers["decided"] in page
        assert "0 / 2" in page

    def test_is_narrowed_by_outcome_and_name(self, member):
        assert "没有符合条件的决定" in member.get("/decisions?outcome=rejected", htmx=True).text
        assert "微澜" in member.get("/decisions?q=微澜", htmx=True).text

    def test_leads_from_a_decision_to_its_case(self, bank, member):
        with bank.database.read() as session:
            number = session.exec(select(Decision.number)).first()
        assert member.get(f"/decisions/{number}").headers["location"].endswith("/decision")
        assert member.get("/decisions/TBS-1999-0001").status_code == 404

    def test_is_exported_with_numbers_as_numbers(self, member):
        sheet = load_workbook(BytesIO(member.get("/decisions.xlsx").content)).active
        assert [cell.value for cell in sheet[2]][7:10] == [3_000_000, 24, 0.0569]

    def test_is_closed_to_applicants(self, bank, at):
        assert at(bank.applicant("draft")).get("/decisions").status_code == 403
