"""The joint review on the screen: seats and who is out, the expert's own sealed sheet, the opinion and its document."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from people import SCORES, a_score
from sqlmodel import select
from webdesk import NOW, make_app

from models.application import Application
from models.document import Document
from models.review import Advice, Dimension, Expert, Opinion, Panel, Seat, Sheet, Tie
from models.roles import Role
from models.states.application import SeatStage, Stage

SHEET = {f"score_{name}": str(points) for name, points in SCORES.items()} | {
    "advice": "support",
    "opinion": "技术路线清晰，样机已通过第三方检测。",
    "no_conflict": "true",
}
LAST = 4
"""The expert of the panel who has not scored yet."""


@pytest.fixture
def app(bank, tmp_path) -> FastAPI:
    return make_app(bank.database, tmp_path)


@pytest.fixture
def chair(at):
    return at(Role.PANEL_CHAIR, second=True)


def seat_of(bank, place: int) -> Seat:
    with bank.database.read() as session:
        query = select(Seat).where(Seat.panel_id == bank.panel, Seat.expert_id == bank.experts[place])
        row = session.exec(query).one()
        session.expunge(row)
        return row


def rows(bank, kind, **where):
    with bank.database.read() as session:
        found = list(session.exec(select(kind).filter_by(**where)))
        for row in found:
            session.expunge(row)
        return found


def all_score(bank) -> None:
    """The sheets that are still out come in."""
    with bank.database.write() as session:
        for seat in session.exec(select(Seat).where(Seat.panel_id == bank.panel)):
            if seat.stage is SeatStage.INVITED:
                a_score(session, seat, on=NOW.date(), at=NOW)


def in_review(bank) -> Application:
    return rows(bank, Application, number=bank.numbers["in_review"])[0]


class TestAnExpert:
    def test_finds_what_he_is_asked_to_score(self, bank, at):
        page = at(bank.expert(LAST)).get("/reviews").text
        assert "宁波远图示例激光技术有限公司" in page
        assert f"/reviews/{seat_of(bank, LAST).id}" in page

    def test_scores_in_two_steps_and_then_it_is_sealed(self, bank, at):
        expert, seat = at(bank.expert(LAST)), seat_of(bank, LAST)
        asked = expert.post(f"/reviews/{seat.id}", SHEET | {"once": "one"}, htmx=True)
        assert asked.status_code == 428
        assert "确认提交评分" in asked.text
        assert "78.05" in asked.text
        assert rows(bank, Sheet, seat_id=seat.id) == []
        sent = expert.post(f"/reviews/{seat.id}", SHEET | {"once": "one", "confirmed": "true"})
        assert sent.headers["location"] == "/reviews"
        assert [sheet.scores["market"] for sheet in rows(bank, Sheet, seat_id=seat.id)] == [73]

    def test_without_scripts_confirms_on_a_page_that_keeps_what_was_typed(self, bank, at):
        expert, seat = at(bank.expert(LAST)), seat_of(bank, LAST)
        page = expert.post(f"/reviews/{seat.id}", SHEET).text
        kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        assert kept["opinion"] == SHEET["opinion"]
        assert "confirmed" not in kept
        expert.post(f"/reviews/{seat.id}", kept | {"confirmed": "true"})
        assert len(rows(bank, Sheet, seat_id=seat.id)) == 1

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"score_market": ""}, "score_market"),
            ({"score_market": "101"}, "score_market"),
            ({"score_market": "80.5"}, "score_market"),
            ({"score_market": "40"}, "comment_market"),
            ({"score_rd_strength": "98"}, "comment_rd_strength"),
            ({"opinion": "可以"}, "opinion"),
            ({"advice": "perhaps"}, "advice"),
        ],
    )
    def test_is_told_field_by_field_what_is_missing(self, bank, at, typed, field):
        seat = seat_of(bank, LAST)
        answer = at(bank.expert(LAST)).post(f"/reviews/{seat.id}", SHEET | typed, htmx=True)
        assert answer.status_code == 422
        assert f'data-field="{field}"' in answer.text
        assert rows(bank, Sheet, seat_id=seat.id) == []

    def test_does_not_score_with_a_conflict(self, bank, at):
        seat = seat_of(bank, LAST)
        typed = {name: value for name, value in SHEET.items() if name != "no_conflict"}
        assert at(bank.expert(LAST)).post(f"/reviews/{seat.id}", typed).status_code == 409

    def test_sees_nobody_elses_seat_sheet_or_score(self, bank, at):
        expert = at(bank.expert(0))
        assert expert.get(f"/reviews/{seat_of(bank, 1).id}").status_code == 404
        assert expert.post(f"/reviews/{seat_of(bank, LAST).id}", SHEET).status_code == 404
        assert expert.get(f"/panels/{bank.panel}").status_code == 403
        assert expert.get(f"/applications/{bank.numbers['in_review']}").status_code == 404
        own = expert.get(f"/reviews/{seat_of(bank, 0).id}").text
        assert "评审结果" not in own

    def test_supersedes_his_own_sheet_only_with_a_reason(self, bank, at):
        expert, seat = at(bank.expert(0)), seat_of(bank, 0)
        again = SHEET | {"score_market": "60", "confirmed": "true"}
        assert expert.post(f"/reviews/{seat.id}", again).status_code == 422
        assert expert.post(f"/reviews/{seat.id}", again | {"reason": "市场数据看错"}).status_code == 303
        assert [sheet.version for sheet in rows(bank, Sheet, seat_id=seat.id)] == [1, 2]

    def test_steps_aside_and_the_file_is_closed_to_him(self, bank, at):
        expert, seat = at(bank.expert(LAST)), seat_of(bank, LAST)
        answer = expert.post(f"/reviews/{seat.id}/recuse", {"reason": "曾为该企业顾问", "kind": "employment"})
        assert answer.status_code == 303
        assert expert.get(f"/reviews/{seat.id}").status_code == 404
        assert [tie.kind for tie in rows(bank, Tie, expert_id=bank.experts[LAST])] == ["employment"]

    def test_sees_the_result_beside_his_own_marks_after_the_panel_has_closed(self, bank, at):
        seat = rows(bank, Seat, panel_id=rows(bank, Opinion, number=bank.opinion)[0].panel_id)[0]
        with bank.database.read() as session:
            from models.user import User

            user = session.exec(select(User).where(User.expert_id == seat.expert_id)).one()
            session.expunge(user)
        page = at(user).get(f"/reviews/{seat.id}").text
        assert "我的打分" in page
        assert "评审结果" in page


class TestTheChair:
    def test_seats_the_experts_that_were_proposed(self, bank, chair):
        number = bank.numbers["scored"]
        page = chair.get(f"/applications/{number}/panel").text
        proposed = re.findall(r'name="experts" value="(\d+)" checked', page)
        assert len(proposed) == 5
        stamp = re.search(r'name="stamp" value="(\d+)"', page)[1]
        answer = chair.post(f"/applications/{number}/panel", {"stamp": stamp, "experts": proposed})
        assert answer.headers["location"].startswith("/panels/")
        assert rows(bank, Application, number=number)[0].stage is Stage.IN_REVIEW

    @pytest.mark.parametrize("count", [0, 4])
    def test_is_refused_below_the_quorum(self, bank, chair, count):
        number = bank.numbers["scored"]
        page = chair.get(f"/applications/{number}/panel").text
        proposed = re.findall(r'name="experts" value="(\d+)" checked', page)[:count]
        stamp = re.search(r'name="stamp" value="(\d+)"', page)[1]
        assert chair.post(f"/applications/{number}/panel", {"stamp": stamp, "experts": proposed}).status_code == 409
        assert rows(bank, Application, number=number)[0].stage is Stage.SCORED

    def test_sees_who_is_out_but_no_score_while_the_panel_sits(self, bank, chair):
        page = chair.get(f"/panels/{bank.panel}").text
        assert "已打分 3 / 5" in page
        assert "评审结果" not in page

    def test_sees_the_result_without_single_sheets_once_all_are_in(self, bank, chair):
        all_score(bank)
        page = chair.get(f"/panels/{bank.panel}").text
        assert "评审结果" in page
        assert "78.05" in page
        assert "各专家打分表" not in page

    def test_replaces_an_expert_by_another_of_his_discipline(self, bank, chair):
        seat = seat_of(bank, LAST)
        with bank.database.read() as session:
            other = session.exec(
                select(Expert).where(Expert.discipline == seat.discipline, Expert.id.not_in(bank.experts))
            ).first()
            other_id = other.id
        typed = {"stamp": str(seat.stamp), "reason": "出差在外", "expert": str(other_id)}
        assert chair.post(f"/seats/{seat.id}/recuse", typed).headers["location"] == f"/panels/{bank.panel}"
        assert {row.expert_id for row in rows(bank, Seat, panel_id=bank.panel)} > {other_id}
        assert seat_of(bank, LAST).stage in (SeatStage.RECUSED, SeatStage.REPLACED)

    def test_cannot_issue_while_sheets_are_out(self, bank, chair):
        number = bank.numbers["in_review"]
        typed = {"stamp": str(in_review(bank).stamp), "advice": "support", "confirmed": "true"}
        assert chair.post(f"/applications/{number}/opinion", typed).status_code == 409
        assert rows(bank, Panel, id=bank.panel)[0].closed_at is None

    def test_is_told_who_is_awaited_before_the_opinion_can_be_written(self, bank, chair):
        url = f"/applications/{bank.numbers['in_review']}/opinion"
        page = chair.get(url).text.split("<main")[1]
        assert "还不能出具意见书" in page
        assert "出具意见书至少需要" in page
        assert 'name="advice"' not in page
        out = [seat.expert_id for seat in rows(bank, Seat, panel_id=bank.panel) if seat.stage is SeatStage.INVITED]
        assert out
        for expert in out:
            assert rows(bank, Expert, id=expert)[0].name in page.partition("等待打分的专家")[2]
        assert "出具意见书至少需要" in chair.get(f"/panels/{bank.panel}").text
        all_score(bank)
        page = chair.get(url).text.split("<main")[1]
        assert 'name="advice"' in page
        assert "还不能出具意见书" not in page

    def test_issues_the_opinion_with_a_document_that_never_changes(self, bank, chair):
        all_score(bank)
        number = bank.numbers["in_review"]
        typed = {
            "stamp": str(in_review(bank).stamp),
            "advice": "conditional",
            "amount": "350",
            "term_months": "24",
            "conditions": "完成专利质押登记\n\n开立专户",
        }
        asked = chair.post(f"/applications/{number}/opinion", typed)
        assert asked.status_code == 428
        assert "叁佰伍拾万元整" in asked.text
        assert rows(bank, Opinion, application_id=in_review(bank).id) == []
        answer = chair.post(f"/applications/{number}/opinion", typed | {"confirmed": "true"})
        [opinion] = rows(bank, Opinion, application_id=in_review(bank).id)
        assert answer.headers["location"] == f"/opinions/{opinion.number}"
        assert (opinion.advice, opinion.conditions) == (Advice.CONDITIONAL, ["完成专利质押登记", "开立专户"])
        pdf = chair.get(f"/opinions/{opinion.number}.pdf")
        [document] = rows(bank, Document, id=opinion.document_id)
        assert pdf.content.startswith(b"%PDF-")
        assert document.media_type == pdf.headers["content-type"] == "application/pdf"
        page = chair.get(f"/opinions/{opinion.number}").text
        assert document.sha256 in page
        picture = chair.get(f"/opinions/{opinion.number}/pages/1.png")
        assert picture.content.startswith(b"\x89PNG")
        assert chair.get(f"/opinions/{opinion.number}/pages/99.png").status_code == 404

    def test_needs_reasons_for_a_no(self, bank, chair):
        all_score(bank)
        typed = {"stamp": str(in_review(bank).stamp), "advice": "reject", "confirmed": "true"}
        answer = chair.post(f"/applications/{bank.numbers['in_review']}/opinion", typed, htmx=True)
        assert answer.status_code == 422
        assert 'data-field="reasons"' in answer.text

    def test_asks_a_divided_panel_for_a_second_round(self, bank, chair):
        with bank.database.write() as session:
            for seat in session.exec(select(Seat).where(Seat.panel_id == bank.panel)):
                if seat.stage is SeatStage.INVITED:
                    low = dict(SCORES) | {Dimension.MARKET: 51}
                    high = dict(SCORES) | {Dimension.MARKET: 94}
                    a_score(session, seat, scores=low if seat.id % 2 else high, on=NOW.date(), at=NOW)
        page = chair.get(f"/panels/{bank.panel}").text
        if "再评一轮" not in page:
            pytest.fail("a spread of more than thirty points is not shown as divided")
        stamp = str(rows(bank, Panel, id=bank.panel)[0].stamp)
        answer = chair.post(f"/panels/{bank.panel}/again", {"stamp": stamp, "reason": "市场前景分歧大"})
        assert answer.status_code == 303
        assert [panel.round for panel in rows(bank, Panel, subject_id=in_review(bank).id)] == [1, 2]

    def test_is_somebody_else_than_the_officer(self, bank, at):
        assert at(Role.LOAN_OFFICER).get(f"/applications/{bank.numbers['scored']}/panel").status_code == 403


class TestAClosedPanel:
    def test_opens_its_sheets_to_the_committee(self, bank, at):
        panel = rows(bank, Opinion, number=bank.opinion)[0].panel_id
        page = at(Role.CREDIT_COMMITTEE).get(f"/panels/{panel}").text
        assert "各专家打分表" in page
        assert "技术路线清楚" in page

    def test_stays_closed_to_those_who_have_no_business_there(self, bank, at):
        assert at(Role.TREASURER).get(f"/panels/{bank.panel}").status_code == 403


class TestTheRoster:
    def test_is_kept_by_the_talent_office(self, bank, at):
        office = at(Role.TALENT_OFFICE)
        typed = {
            "name": "任专家示例",
            "discipline": "policy",
            "specialities": "人才政策，产业政策",
            "employer": "示例研究院",
        }
        place = office.post("/experts", typed).headers["location"]
        assert "任专家示例" in office.get(place).text
        [expert] = rows(bank, Expert, name="任专家示例")
        assert expert.specialities == ["人才政策", "产业政策"]
        tie = {"kind": "kinship", "whom": "宁波敏芯示例微系统有限公司", "note": "示例"}
        assert office.post(f"{place}/ties", tie).status_code == 303
        assert "亲属关系" in office.get(place).text
        assert office.post(f"{place}/ties", tie | {"whom": "没有这家"}).status_code == 422

    def test_is_filtered_by_discipline_and_name(self, at):
        office = at(Role.TALENT_OFFICE)
        assert "信贷专家" in office.get("/experts?discipline=credit", htmx=True).text
        assert "没有符合条件的专家" in office.get("/experts?q=nobody").text

    def test_bars_an_expert_with_a_tie_from_the_panel(self, bank, at, chair):
        office = at(Role.TALENT_OFFICE)
        free = rows(bank, Expert)[0]
        typed = {"kind": "supervision", "whom": "浙东示例智能传感有限公司"}
        office.post(f"/experts/{free.id}/ties", typed)
        page = chair.get(f"/applications/{bank.numbers['scored']}/panel").text
        assert "师生关系" in page
        assert f'name="experts" value="{free.id}"' not in page

    def test_is_closed_to_the_loan_desk(self, at):
        assert at(Role.LOAN_OFFICER).get("/experts").status_code == 403
