"""Applications on the screen: the work list, a file with its tabs, the steps of the counter, who may see what."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from people import PDF
from sqlmodel import select
from webdesk import make_app

from models.application import Application
from models.document import Attachment
from models.firm import Firm
from models.journal import AuditLine
from models.roles import Role
from models.states.application import Stage

TABS = ("firm", "talent", "ip", "finance", "score", "review", "guarantee", "documents", "history")


@pytest.fixture
def app(bank, tmp_path) -> FastAPI:
    return make_app(bank.database, tmp_path)


@pytest.fixture
def officer(at):
    return at(Role.LOAN_OFFICER)


def numbered(bank, number: str) -> Application:
    with bank.database.read() as session:
        row = session.exec(select(Application).where(Application.number == number)).one()
        session.expunge(row)
        return row


def file_of(bank, name: str) -> Application:
    return numbered(bank, bank.numbers[name])


def stamp(bank, name: str) -> str:
    return str(file_of(bank, name).stamp)


def numbers_in(page: str) -> list[str]:
    return re.findall(r'href="/applications/(TBA-\d+-\d+)"', page)


class TestTheWorkList:
    def test_shows_every_application_with_the_counts_of_its_stages(self, bank, officer):
        page = officer.get("/applications").text
        assert set(numbers_in(page)) == set(bank.numbers.values())
        assert re.search(r'已评分<span class="tb-tab-n num">2</span>', page)

    def test_is_narrowed_by_stage_product_and_name_and_says_so_in_the_address(self, bank, officer):
        page = officer.get("/applications?stage=scored&product=startup").text
        assert numbers_in(page) == [bank.numbers["planned"]]
        assert numbers_in(officer.get("/applications?q=敏芯").text) == [bank.numbers["draft"]]
        assert "stage=scored" in page

    def test_is_sorted_by_a_column_either_way(self, bank, officer):
        up = numbers_in(officer.get("/applications?sort=amount").text)
        down = numbers_in(officer.get("/applications?sort=-amount").text)
        assert up == list(reversed(down))
        assert up[0] == bank.numbers["draft"]

    def test_answers_htmx_with_the_list_alone(self, officer):
        part = officer.get("/applications?stage=draft", htmx=True).text
        assert part.lstrip().startswith('<div id="work-list">')
        assert "<html" not in part

    def test_leaves_out_words_that_mean_nothing_instead_of_failing(self, officer):
        assert officer.get("/applications?stage=nonsense&product=x&sort=bobby").status_code == 200

    def test_says_why_it_is_empty_and_how_to_go_on(self, officer):
        page = officer.get("/applications?q=nobody").text
        assert "没有符合条件的申请" in page
        assert "清除筛选" in page

    def test_goes_on_by_pages(self, officer):
        assert "第 2 / 1 页" not in officer.get("/applications?page=2").text
        assert officer.get("/applications?page=0").status_code == 422

    def test_is_exported_whole_with_numbers_as_numbers_and_the_export_is_answered_for(self, bank, officer):
        answer = officer.get("/applications.xlsx?stage=scored")
        book = load_workbook(BytesIO(answer.content))
        rows = list(book.active.iter_rows(min_row=2, values_only=True))
        assert {row[0] for row in rows} == {bank.numbers["scored"], bank.numbers["planned"]}
        assert {row[4] for row in rows} == {3_500_000, 4_000_000}
        assert "filename*=UTF-8''" in answer.headers["content-disposition"]
        assert ("阶段", "已评分") in list(book.worksheets[1].iter_rows(values_only=True))
        with bank.database.read() as session:
            assert [line.subject for line in session.exec(select(AuditLine)) if line.act == "export"] == ["贷款申请"]

    def test_speaks_english_too(self, officer):
        officer.post("/language", {"to": "en"})
        page = officer.get("/applications").text
        assert "All applications" in page
        assert "CNY m" in page


class TestTheFile:
    @pytest.mark.parametrize("tab", ["", *TABS])
    @pytest.mark.parametrize("stage", ["draft", "due_diligence", "opinion_issued", "decided", "planned"])
    def test_has_its_tabs_in_every_stage(self, bank, officer, stage, tab):
        answer = officer.get(f"/applications/{bank.numbers[stage]}/{tab}".rstrip("/"))
        assert answer.status_code == 200
        assert bank.numbers[stage] in answer.text

    def test_is_unknown_under_a_number_that_nobody_gave(self, officer):
        assert officer.get("/applications/TBA-1999-0001").status_code == 404
        assert officer.get("/applications/TBA-1999-0001/firm").status_code == 404

    def test_offers_the_buttons_that_are_open_to_whoever_looks(self, bank, at, officer):
        assert f'action="/applications/{bank.numbers["submitted"]}/accept"' in (
            officer.get(f"/applications/{bank.numbers['submitted']}").text
        )
        chair = at(Role.PANEL_CHAIR, second=True).get(f"/applications/{bank.numbers['scored']}").text
        assert f'href="/applications/{bank.numbers["scored"]}/panel"' in chair
        assert "/accept" not in chair

    def test_tells_its_history_with_who_did_what(self, bank, officer):
        page = officer.get(f"/applications/{bank.numbers['opinion_issued']}/history").text
        assert "出具意见书" in page
        assert "评审组长" in page

    def test_says_what_raised_and_what_lowered_the_score(self, bank, officer):
        page = officer.get(f"/applications/{bank.numbers['scored']}/score").text
        assert "行业经验 12 年" in page
        assert "最能提高分数的事项" in page


class TestAnApplicant:
    def test_sees_his_own_files_and_no_others(self, bank, at):
        mine = at(bank.applicant(Stage.SUBMITTED))
        assert numbers_in(mine.get("/applications").text) == [bank.numbers["submitted"]]
        assert mine.get(f"/applications/{bank.numbers['submitted']}").status_code == 200
        for tab in ("", "/firm", "/documents", "/history", "/edit"):
            assert mine.get(f"/applications/{bank.numbers['draft']}{tab}").status_code == 404

    def test_is_held_to_his_own_in_the_export_whatever_he_asks(self, bank, at):
        book = load_workbook(BytesIO(at(bank.applicant("draft")).get("/applications.xlsx?q=").content))
        assert [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)] == [bank.numbers["draft"]]

    def test_does_not_read_the_banks_own_papers(self, bank, at):
        mine = at(bank.applicant(Stage.OPINION_ISSUED))
        number = bank.numbers["opinion_issued"]
        assert mine.get(f"/applications/{number}/score").status_code == 404
        assert mine.get(f"/applications/{number}/review").status_code == 404
        assert mine.get(f"/opinions/{bank.opinion}").status_code == 404
        assert mine.get(f"/applications/{number}/decision").status_code == 403
        assert "账实相符" not in mine.get(f"/applications/{number}").text

    def test_reads_his_answer_with_the_reasons_of_the_score_but_not_who_judged(self, bank, at):
        mine = at(bank.applicant("decided"))
        page = mine.get(f"/applications/{bank.numbers['decided']}").text
        assert "叁佰万元整" in page
        assert "重演核对" not in page
        assert bank.user(Role.CREDIT_COMMITTEE).name not in page
        assert "最能提高分数的事项" in mine.get(f"/applications/{bank.numbers['decided']}/score").text
        assert mine.get(f"/applications/{bank.numbers['decided']}/review").status_code == 404

    def test_cannot_act_on_somebody_elses_file(self, bank, at):
        mine = at(bank.applicant("submitted"))
        answer = mine.post(f"/applications/{bank.numbers['draft']}/submit", {"stamp": stamp(bank, "draft")})
        assert answer.status_code == 404
        assert file_of(bank, "draft").stage is Stage.DRAFT

    def test_applies_for_himself(self, bank, at):
        mine = at(bank.applicant("draft"))
        page = mine.get("/applications/new").text
        assert FORM["purpose"] not in page
        answer = mine.post("/applications", FORM | {"talent": str(bank.talents["submitted"])})
        assert answer.status_code == 404
        answer = mine.post("/applications", FORM | {"talent": str(bank.talents["draft"])})
        assert answer.status_code == 303


FORM = {
    "product": "startup",
    "amount": "120",
    "term_months": "24",
    "method": "interest_first",
    "purpose": "样机试制与检测",
    "project": "示例项目",
    "firm": "",
}


class TestANewApplication:
    def test_begins_with_the_question_for_whom(self, bank, officer):
        page = officer.get("/applications/new?q=周").text
        assert f"/applications/new?talent={bank.talents['draft']}" in page

    def test_goes_from_the_form_to_submission_with_its_documents(self, bank, officer):
        answer = officer.post("/applications", FORM | {"talent": str(bank.talents["planned"])})
        place = answer.headers["location"]
        number = place.split("/")[2]
        assert "申请 " + number in officer.get(place).text
        for kind in ("application_form", "business_plan"):
            sent = officer.post(place, {"kind": kind}, files={"file": (f"{kind}.pdf", PDF + kind.encode())})
            assert sent.status_code == 303
        sent = officer.post(f"/applications/{number}/submit", {"stamp": str(numbered(bank, number).stamp)})
        assert sent.status_code == 303
        row = numbered(bank, number)
        assert (row.stage, row.amount.fen) == (Stage.SUBMITTED, 120_000_000)

    @pytest.mark.parametrize(
        ("typed", "field", "said"),
        [
            ({"amount": ""}, "amount", "请填写"),
            ({"amount": "一百"}, "amount", "请输入数字"),
            ({"amount": "0.000001"}, "amount", "不得少于 1.00 万元"),
            ({"amount": "9999"}, "amount", "最高可申请 500.00 万元"),
            ({"term_months": "0"}, "term_months", "不能小于 1"),
            ({"method": "never"}, "method", "请从列表中选择"),
            ({"product": "rd_centre"}, "firm", ""),
            ({"purpose": "  "}, "purpose", ""),
        ],
    )
    def test_names_what_is_wrong_and_writes_nothing(self, bank, officer, typed, field, said):
        answer = officer.post("/applications", FORM | {"talent": str(bank.talents["planned"])} | typed, htmx=True)
        assert answer.status_code == 422
        assert f'data-field="{field}"' in answer.text
        assert said in answer.text
        with bank.database.read() as session:
            assert len(session.exec(select(Application)).all()) == len(bank.numbers)

    def test_is_made_once_for_two_clicks(self, bank, officer):
        typed = FORM | {"talent": str(bank.talents["planned"]), "once": "one"}
        first, second = officer.post("/applications", typed), officer.post("/applications", typed)
        assert first.headers["location"] == second.headers["location"]
        with bank.database.read() as session:
            assert len(session.exec(select(Application)).all()) == len(bank.numbers) + 1

    def test_may_be_changed_while_it_is_a_draft(self, bank, officer):
        number = bank.numbers["draft"]
        assert 'value="150"' in officer.get(f"/applications/{number}/edit").text
        typed = {name: FORM[name] for name in ("amount", "term_months", "method", "purpose")}
        answer = officer.post(f"/applications/{number}/edit", typed | {"stamp": stamp(bank, "draft")})
        assert answer.status_code == 303
        assert file_of(bank, "draft").amount.fen == 120_000_000

    def test_cannot_be_changed_any_more_once_it_is_in(self, bank, officer):
        assert officer.get(f"/applications/{bank.numbers['accepted']}/edit").status_code == 409


class TestTheCounter:
    def test_accepts_and_looks_after_the_file_from_then_on(self, bank, at):
        second = at(Role.LOAN_OFFICER, second=True)
        answer = second.post(f"/applications/{bank.numbers['submitted']}/accept", {"stamp": stamp(bank, "submitted")})
        assert answer.status_code == 303
        row = file_of(bank, "submitted")
        assert (row.stage, row.officer_id) == (Stage.ACCEPTED, bank.user(Role.LOAN_OFFICER, second=True).id)

    def test_refuses_a_page_that_is_older_than_the_file(self, bank, officer):
        number = bank.numbers["submitted"]
        old = stamp(bank, "submitted")
        officer.post(f"/applications/{number}/accept", {"stamp": old})
        answer = officer.post(f"/applications/{number}/back", {"stamp": old, "act": "return", "reason": "缺材料"})
        assert answer.status_code == 409
        assert "已被更新" in answer.text
        assert file_of(bank, "submitted").stage is Stage.ACCEPTED

    def test_returns_a_file_with_the_reason_and_takes_it_back(self, bank, at, officer):
        number = bank.numbers["accepted"]
        typed = {"stamp": stamp(bank, "accepted"), "act": "return", "reason": "请补充审计报告"}
        assert officer.post(f"/applications/{number}/back", typed).status_code == 303
        mine = at(bank.applicant("accepted"))
        assert "请补充审计报告" in mine.get(f"/applications/{number}/history").text
        answer = mine.post(f"/applications/{number}/submit", {"stamp": stamp(bank, "accepted")})
        assert answer.status_code == 303
        assert file_of(bank, "accepted").stage is Stage.SUBMITTED

    def test_asks_for_a_reason(self, bank, officer):
        typed = {"stamp": stamp(bank, "accepted"), "act": "decline", "reason": " "}
        answer = officer.post(f"/applications/{bank.numbers['accepted']}/back", typed, htmx=True)
        assert answer.status_code == 422
        assert 'data-field="reason"' in answer.text

    def test_files_the_report_and_scores(self, bank, officer):
        number = bank.numbers["accepted"]
        typed = {
            "stamp": stamp(bank, "accepted"),
            "visited_on": "2026-11-23",
            "second_person": "赵示例",
            "findings": "现场查看设备，账实相符。",
            "credit_record": "clean",
            "integrity_checked": "true",
        }
        assert officer.get(f"/applications/{number}/investigation").status_code == 200
        assert officer.post(f"/applications/{number}/investigation", typed).status_code == 303
        answer = officer.post(f"/applications/{number}/score", {"stamp": stamp(bank, "accepted")})
        assert answer.headers["location"] == f"/applications/{number}/score"
        assert "评分完成" in officer.get(f"/applications/{number}/score").text

    def test_shows_what_stops_an_application(self, bank, officer):
        number = bank.numbers["accepted"]
        typed = {
            "stamp": stamp(bank, "accepted"),
            "visited_on": "2026-11-23",
            "second_person": "赵示例",
            "findings": "企业被列入名单。",
            "integrity_checked": "true",
            "integrity_listed": "true",
        }
        officer.post(f"/applications/{number}/investigation", typed)
        officer.post(f"/applications/{number}/score", {"stamp": stamp(bank, "accepted")})
        assert "硬性终止" in officer.get(f"/applications/{number}/score").text

    def test_is_closed_to_those_who_only_read(self, bank, at):
        auditor = at(Role.AUDITOR)
        assert auditor.get(f"/applications/{bank.numbers['submitted']}").status_code == 200
        answer = auditor.post(f"/applications/{bank.numbers['submitted']}/accept", {"stamp": stamp(bank, "submitted")})
        assert answer.status_code == 403

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.TREASURER, Role.ADMINISTRATOR])
    def test_hides_its_files_from_posts_that_have_no_business_there(self, bank, at, role):
        assert at(role).get(f"/applications/{bank.numbers['submitted']}").status_code == 404


class TestDocuments:
    def upload(self, bank, who, name="plan.pdf", content=PDF, kind="other", of="accepted"):
        return who.post(
            f"/applications/{bank.numbers[of]}/documents", {"kind": kind}, files={"file": (name, content)}, htmx=True
        )

    def attachment(self, bank, name: str) -> Attachment:
        with bank.database.read() as session:
            row = session.exec(select(Attachment).where(Attachment.name == name)).one()
            session.expunge(row)
            return row

    def test_are_kept_by_their_content_and_given_back_unchanged(self, bank, officer):
        assert self.upload(bank, officer, "计划.pdf", PDF + b"one").status_code == 204
        answer = officer.get(f"/documents/{self.attachment(bank, '计划.pdf').id}")
        assert answer.content == PDF + b"one"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["content-type"] == "application/pdf"

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.pdf", b"MZ\x90\x00 not a pdf"), ("a.html", b"<script>alert(1)</script>"), ("a.pdf", b""), ("a.png", PDF)],
    )
    def test_are_refused_by_what_they_are_not_by_what_they_are_called(self, bank, officer, name, content):
        answer = self.upload(bank, officer, name, content)
        assert answer.status_code == 422
        assert 'data-field="file"' in answer.text

    def test_are_open_to_the_applicant_himself_and_to_no_other(self, bank, at, officer):
        self.upload(bank, officer, "own.pdf", PDF + b"own", of="submitted")
        url = f"/documents/{self.attachment(bank, 'own.pdf').id}"
        assert at(bank.applicant("submitted")).get(url).status_code == 200
        assert at(bank.applicant("draft")).get(url).status_code == 404

    def test_of_identity_stay_closed_to_experts_who_read_the_rest(self, bank, at, officer):
        self.upload(bank, officer, "id.pdf", PDF + b"id", kind="identity", of="in_review")
        self.upload(bank, officer, "tech.pdf", PDF + b"tech", kind="business_plan", of="in_review")
        expert = at(bank.expert())
        assert expert.get(f"/documents/{self.attachment(bank, 'tech.pdf').id}").status_code == 200
        assert expert.get(f"/documents/{self.attachment(bank, 'id.pdf').id}").status_code == 404


class TestAnApproval:
    def test_leads_the_officer_to_the_contract_and_the_reviewer_to_what_was_drawn_up(self, bank, at, officer):
        number = bank.numbers["decided"]
        assert f"/contracts/new?application={number}" in officer.get(f"/applications/{number}").text
        drawn_up = officer.post(
            "/contracts", {"application": number, "start_on": "2026-11-24", "settle_freq": "quarter"}
        )
        assert drawn_up.status_code == 303, drawn_up.text
        assert f"/contracts/new?application={number}" not in officer.get("/contracts").text
        page = at(Role.CREDIT_REVIEWER).get(f"/applications/{number}").text
        assert "/contracts/TBC-2026-0001" in page
        assert "/contracts/new" not in page

    def test_of_a_firm_that_is_not_founded_says_so_instead_of_offering_the_contract(self, bank, officer):
        number = bank.numbers["decided"]
        with bank.database.write() as session:
            row = session.exec(select(Application).where(Application.number == number)).one()
            firm = session.get_one(Firm, row.firm_id)
            firm.credit_code = firm.registered_on = None
        for url in (f"/applications/{number}", "/contracts"):
            page = officer.get(url).text
            assert "尚未登记成立，没有统一社会信用代码，不能签约" in page, url
            assert f"/contracts/new?application={number}" not in page, url
        assert officer.get(f"/contracts/new?application={number}").status_code == 409
