"""Mistyped addresses, forms sent again after "back", other people's numbers: each is answered kindly and tells nothing."""

from __future__ import annotations

import json

import people
import pytest
from webdesk import NOW, Visitor, make_user

from models.journal import Message
from models.roles import Role
from talentbank.sentences import refusals


class TestANumberThatNoColumnHolds:
    @pytest.mark.parametrize("url", ["/talents/{n}", "/firms/{n}", "/documents/{n}", "/applications/new?talent={n}"])
    def test_names_nothing_that_is_there(self, window, url):
        answer = window(Role.LOAN_OFFICER).get(url.format(n="9" * 20))
        assert answer.status_code == 404


class TestASignThatNobodyTypes:
    def test_is_not_taken_in_an_address(self, window):
        desk = window(Role.LOAN_OFFICER)
        for url in ("/firms?q=a%00b", "/firms?a%00=b", "/applications/a%00b"):
            assert desk.get(url).status_code == 400, url

    def test_is_not_taken_in_a_form(self, window):
        answer = window(Role.TREASURER).post("/facilities", {"lender": "示例\0银行"})
        assert answer.status_code == 400
        assert "无法识别" in answer.text


class TestATextLongerThanItsColumn:
    """PostgreSQL would refuse what SQLite keeps, so the form has to know the column's length."""

    def test_is_refused_by_the_form(self, window):
        form = {"name": "江示例", "id_kind": "passport", "id_number": "E12345678", "id_issuer": "局" * 81}
        answer = window(Role.LOAN_OFFICER).post("/talents", form, htmx=True)
        assert answer.status_code == 422
        assert "最多 80 个字" in answer.text


class TestADateThatCannotBeMeant:
    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("9999-12-31", "日期须在 1900-01-01 至 2100-12-31 之间"),
            ("0001-01-01", "日期须在 1900-01-01 至 2100-12-31 之间"),
            ("2023-02-30", "请输入日期，例如"),
            ("86400", "请输入日期，例如"),
        ],
    )
    def test_is_refused_in_addresses_and_forms_alike(self, window, typed, said):
        visitor = window(Role.TREASURER, Role.AUDITOR)
        form = {"lender": "示例银行", "commitment": "100", "rate": "4", "starts_on": "2026-12-01", "ends_on": typed}
        for answer in (visitor.get(f"/books?on={typed}"), visitor.post("/facilities", form)):
            assert answer.status_code == 422
            assert said in answer.text

    def test_narrows_nothing_in_a_filter(self, window):
        assert window(Role.AUDITOR).get("/audit?since=9999-12-31&until=2023-02-30").status_code == 200


class TestAnApplicant:
    def test_does_not_learn_of_other_peoples_firms_by_their_numbers(self, app):
        with app.state.database.write() as session:
            me = people.a_talent(session, name="江示例")
            other = people.a_firm(session, people.a_talent(session, name="顾示例"), name="宁波他人示例有限公司")
            talent_id, firm_id = me.key, other.key
        visitor = Visitor(app).signed_in(make_user(app.state.database, Role.APPLICANT, talent_id=talent_id))
        form = {"talent": talent_id, "firm": firm_id, "product": "startup", "amount": "100", "term_months": "12"}
        answer = visitor.post("/applications", form | {"method": "bullet", "purpose": "样机"})
        assert answer.status_code == 404
        assert "他人示例" not in answer.text


class TestANotice:
    def test_is_read_in_the_readers_language(self, app):
        user = make_user(app.state.database, Role.LOAN_OFFICER)
        facts = {"number": "TBL-2026-0001", "payable_on": "2026-12-03", "fen": 1_000_000}
        with app.state.database.write() as session:
            session.add(
                Message(user_id=user.key, subject="servicing.due_soon", body=json.dumps(facts), link="/", at=NOW)
            )
        visitor = Visitor(app).signed_in(user)
        assert "将于 2026-12-03 应还 1.00 万元" in visitor.get("/").text
        visitor.post("/language", {"to": "en", "back": "/"})
        page = visitor.get("/").text
        assert "A payment is due soon" in page
        assert "应还" not in page


class TestAFormSentAgainWithOtherContent:
    def test_is_refused_with_a_sentence_of_its_own(self):
        assert "FormUsedForAnother" in refusals()
