"""What waits for whom: on the first page, in the navigation, and only for those who can do it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from people import ACTORS
from webdesk import NOW, make_app

from models.journal import Message
from models.roles import Role
from models.states.lives import LIVES
from talentbank.web import todo


@pytest.fixture
def app(bank, tmp_path) -> FastAPI:
    return make_app(bank.database, tmp_path)


def waits_for(bank, actor) -> dict[str, int]:
    with bank.database.read() as session:
        return {task.act: task.number for task in todo.tasks(session, actor, NOW.date())}


class TestWhatWaits:
    def test_is_what_a_post_can_do_next(self, bank):
        assert waits_for(bank, ACTORS[Role.LOAN_OFFICER]) == {
            "application.accept": 1,
            "application.investigate": 1,
            "application.score": 1,
            "contract.draw_up": 1,
        }
        assert waits_for(bank, ACTORS[Role.PANEL_CHAIR]) == {
            "application.seat_panel": 2,
            "application.issue_opinion": 1,
        }
        assert waits_for(bank, ACTORS[Role.CREDIT_COMMITTEE]) == {"application.approve": 1}

    def test_is_an_experts_own_sheets_and_an_applicants_own_files(self, bank):
        assert waits_for(bank, bank.expert(4).actor()) == {"seat.score": 1}
        assert waits_for(bank, bank.expert(0).actor()) == {}
        assert waits_for(bank, bank.applicant("draft").actor()) == {"application.submit": 1}
        assert waits_for(bank, bank.applicant("accepted").actor()) == {}

    def test_is_nothing_for_those_who_only_read(self, bank):
        assert waits_for(bank, ACTORS[Role.AUDITOR]) == {}

    def test_counts_what_is_over_its_day(self, bank):
        with bank.database.read() as session:
            later = NOW.date().replace(year=2027)
            late = {task.act: task.late for task in todo.tasks(session, ACTORS[Role.LOAN_OFFICER], later)}
        assert late["application.accept"] == 1

    @pytest.mark.parametrize(("subject", "verb", "url"), todo.TASKS)
    def test_leads_to_a_page_that_the_post_may_open(self, at, subject, verb, url):
        moves = [move for move in LIVES[subject].moves if move.verb == verb]
        assert moves
        for role in {role for move in moves for role in move.roles} - {Role.SYSTEM, Role.APPLICANT}:
            assert at(role).get(url).status_code == 200, (role, url)


class TestTheFirstPage:
    def test_says_what_waits_and_so_does_the_navigation(self, at):
        page = at(Role.LOAN_OFFICER).get("/").text
        assert "/applications?stage=submitted" in page
        assert "受理" in page
        assert '<span class="tb-count">3' in page

    def test_shows_notices_until_they_are_put_away(self, bank, at):
        expert = at(bank.expert(4))
        facts = '{"number": "TBA-2026-0006", "round": 1, "due_on": "2026-12-07"}'
        with bank.database.write() as session:
            notice = Message(user_id=bank.expert(4).id, subject="review.invited", body=facts, link="/reviews", at=NOW)
            session.add(notice)
            session.flush()
            notice_id = notice.id
        page = expert.get("/").text
        assert "请您评审" in page
        assert "TBA-2026-0006" in page
        assert at(bank.expert(0)).post(f"/notices/{notice_id}/done").status_code == 404
        assert expert.post(f"/notices/{notice_id}/done").status_code == 303
        assert "请您评审" not in expert.get("/").text

    def test_puts_all_notices_of_one_person_away_at_once(self, bank, at):
        with bank.database.write() as session:
            for user in (bank.expert(4), bank.expert(3)):
                session.add(Message(user_id=user.id, subject="示例通知", at=NOW))
        at(bank.expert(4)).post("/notices/done")
        assert "示例通知" not in at(bank.expert(4)).get("/").text
        assert "示例通知" in at(bank.expert(3)).get("/").text

    def test_says_so_when_nothing_waits(self, at):
        assert "目前没有等待您办理的事项" in at(Role.AUDITOR).get("/").text
