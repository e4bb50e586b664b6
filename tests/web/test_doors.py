"""Links that lead only where the reader may go: the guard of the route is asked as the page leaves."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from people import ACTORS
from webdesk import make_app

from models.roles import Role
from talentbank.web import doors


@pytest.fixture
def app(bank, tmp_path) -> FastAPI:
    return make_app(bank.database, tmp_path)


@pytest.fixture
def officer(app):
    return ACTORS[Role.LOAN_OFFICER]


@pytest.fixture
def treasurer(app):
    return ACTORS[Role.TREASURER]


class TestADoor:
    @pytest.mark.parametrize(
        "url", ["/applications/TBA-2026-0001", "/applications/TBA-2026-0001/firm?x=1#top", "/talents/1", "/assets/1"]
    )
    def test_opens_to_those_whom_the_guard_of_its_route_lets_pass(self, officer, treasurer, url):
        assert doors.opens(url, officer)
        assert not doors.opens(url, treasurer)

    def test_is_asked_by_the_way_it_is_knocked_at(self, officer, treasurer):
        assert doors.opens("/loans/TBL-2026-0001/receipts", officer, method="POST")
        assert not doors.opens("/loans/TBL-2026-0001/receipts", treasurer, method="POST")
        assert doors.opens("/loans.xlsx?stage=owed", treasurer)

    def test_that_no_route_answers_is_not_ours_to_shut(self, treasurer):
        for url in ("/static/app.js", "/nowhere", "/"):
            assert doors.opens(url, treasurer)


class TestALink:
    def test_that_its_reader_may_follow_stays_as_it_is(self, officer):
        link = '<td><a class="num" href="/talents/1?a=1&amp;b=2">陈示例</a></td>'
        assert doors.shut(link, officer) == link

    def test_becomes_the_words_it_stood_on_for_everybody_else(self, treasurer):
        assert doors.shut('<p><a href="/talents/1">陈<b>示例</b></a></p>', treasurer) == "<p>陈<b>示例</b></p>"
        shut = doors.shut('<a class="num" href="/talents/1" hx-boost="true">1</a> <a href="/loans">贷款</a>', treasurer)
        assert shut == '<span class="num">1</span> <a href="/loans">贷款</a>'

    def test_that_only_invites_goes_altogether(self, treasurer):
        assert (
            doors.shut('<p><a class="btn btn-sm" href="/talents/1/firms/new">登记企业</a></p>', treasurer) == "<p></p>"
        )

    def test_of_a_guest_is_left_alone(self, app):
        assert doors.shut('<a href="/talents/1">x</a>', None) == '<a href="/talents/1">x</a>'

    def test_stands_on_a_page_for_one_post_and_is_text_for_the_other(self, bank, at):
        url = f"/firms/{bank.firms['decided']}"
        asked = f'href="/talents/{bank.talents["decided"]}"'
        assert asked in at(Role.LOAN_OFFICER).get(url).text
        number = bank.numbers["decided"]
        assert (
            f'href="/applications/{number}/decision"'
            in at(Role.CREDIT_COMMITTEE).get(f"/applications/{number}/review").text
        )
        page = at(Role.ASSET_MANAGER).get(f"/applications/{number}/review").text
        assert "决策页" not in page
        assert f'href="/applications/{number}/score"' in page
