"""The provisions on screen: views side by side, adequacy, the movement, and who reads them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from credit import AT, ON, a_guaranteed_loan, endow, yuan
from fastapi import FastAPI
from webdesk import make_app

from models.roles import SYSTEM, Role
from talentbank.database import Database
from workflows import provisioning


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    """The application on the day of the loan."""
    app = make_app(sqlite_database, tmp_path)
    app.state.clock = lambda: AT
    return app


@pytest.fixture
def runs(sqlite_database: Database) -> None:
    """Two provision runs over a growing portfolio."""
    with sqlite_database.write() as session:
        endow(session)
        for number in range(2):
            a_guaranteed_loan(session, amount=yuan(3_000_000))
            provisioning.set_allowance(session, on=ON + timedelta(days=number), by=SYSTEM, at=AT)


@pytest.mark.usefixtures("runs")
class TestThePage:
    @pytest.mark.parametrize("role", [Role.CREDIT_REVIEWER, Role.FINANCE_BUREAU, Role.AUDITOR])
    def test_opens_for_those_who_answer_for_it(self, window, role):
        desk = window(role)
        page = desk.get("/provisions").text
        assert "拨备覆盖率" in page
        assert "准备变动表" in page
        assert "60,000.00" in page
        for url in ("/provisions.xlsx", "/provisions/movement.xlsx"):
            assert desk.get(url).content.startswith(b"PK"), url

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.LOAN_OFFICER, Role.APPLICANT])
    def test_is_refused_to_others(self, window, role):
        desk = window(role)
        for url in ("/provisions", "/provisions.xlsx", "/provisions/movement.xlsx"):
            assert desk.get(url).status_code == 403, url
        assert 'href="/provisions"' not in desk.get("/").text

    def test_shows_an_earlier_run(self, window):
        desk = window(Role.FINANCE_BUREAU)
        first = desk.get(f"/provisions?run={ON}").text
        assert "30,000.00" in first
        assert "60,000.00" not in first
        assert desk.get("/provisions?run=nonsense").status_code == 200

    def test_says_what_is_missing(self, window):
        """150,000 are asked for by the ratio of 2.5%, 60,000 stand."""
        page = window(Role.FINANCE_BUREAU).get("/provisions").text
        assert "缺口" in page
        assert "90,000.00" in page

    def test_speaks_english(self, window):
        desk = window(Role.AUDITOR)
        desk.client.cookies.set("tb_language", "en")
        assert "Movement of the allowance" in desk.get("/provisions").text


def test_a_bank_without_a_run_says_so(window, sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
    desk = window(Role.AUDITOR)
    assert "还没有计提过" in desk.get("/provisions").text
    assert desk.get("/provisions.xlsx").status_code == 200
