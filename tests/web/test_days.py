"""The end of day on screen: what is due, one day or a month at a click, and a trial of which nothing stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from counters import turn_to
from credit import ON, a_guaranteed_loan, endow
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.journal import DayRun, JournalLine
from models.roles import Role
from talentbank.database import Database
from talentbank.web.routes.days import MOST_DAYS


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """The application three days after a loan was paid out; no end of day has been run."""
    with sqlite_database.write() as session:
        endow(session)
        a_guaranteed_loan(session)
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, ON + timedelta(days=3))
    return app


def runs(database: Database) -> list[date]:
    with database.read() as session:
        return sorted(session.exec(select(DayRun.on)))


class TestThePage:
    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FINANCE_BUREAU, Role.LOAN_OFFICER, Role.AUDITOR])
    def test_opens_and_says_what_is_due(self, window, role):
        page = window(role).get("/days")
        assert page.status_code == 200
        assert "3 天" in page.text
        assert ("/days/next" in page.text) is (role is not Role.AUDITOR)

    @pytest.mark.parametrize("role", [Role.APPLICANT, Role.EXPERT, Role.DISBURSER])
    def test_is_refused_to_others(self, window, role):
        assert window(role).get("/days").status_code == 403

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.TREASURER, Role.APPLICANT])
    def test_lets_nobody_else_run_a_day(self, window, sqlite_database, role):
        desk = window(role)
        for address in ("/days/next", "/days/catch-up", "/days/dry-run"):
            assert desk.post(address, {"on": str(ON)}).status_code == 403
        assert runs(sqlite_database) == []


class TestAnEmptyBank:
    @pytest.fixture
    def app(self, sqlite_database, tmp_path) -> FastAPI:
        return make_app(sqlite_database, tmp_path)

    def test_needs_no_end_of_day(self, window):
        page = window(Role.ADMINISTRATOR).get("/days").text
        assert "不需要日终" in page
        assert "/days/next" not in page


class TestRunning:
    def test_the_next_day_shows_its_counts(self, window, sqlite_database):
        admin = window(Role.ADMINISTRATOR)
        assert admin.post("/days/next", {"on": str(ON)}).status_code == 303
        assert runs(sqlite_database) == [ON]
        page = admin.get("/days").text
        assert "683.33" in page  # a day of four million at 6.15%
        assert "已开始办理" in page
        assert "day-progress" not in page  # it is over already

    def test_a_second_click_runs_it_once(self, window, sqlite_database):
        admin = window(Role.ADMINISTRATOR)
        form = {"on": str(ON), "once": "the-key-of-this-form"}
        assert admin.post("/days/next", form).status_code == 303
        assert admin.post("/days/next", form).status_code == 303
        assert runs(sqlite_database) == [ON]

    def test_a_day_that_somebody_else_has_run_is_a_conflict(self, window, sqlite_database):
        window(Role.ADMINISTRATOR).post("/days/next", {"on": str(ON)})
        late = window(Role.FINANCE_BUREAU).post("/days/next", {"on": str(ON)}, htmx=True)
        assert late.status_code == 409
        assert runs(sqlite_database) == [ON]

    def test_today_waits_until_it_is_over(self, app, window, sqlite_database):
        turn_to(app, ON)
        answer = window(Role.ADMINISTRATOR).post("/days/next", {"on": str(ON)}, htmx=True)
        assert answer.status_code == 409
        assert "次日办理" in answer.text
        assert runs(sqlite_database) == []

    def test_a_demonstration_may_go_ahead_of_its_clock(self, sqlite_database, tmp_path, app, window):
        turn_to(app, ON)
        app.state.settings = app.state.settings.model_copy(update={"demo": True})
        assert window(Role.ADMINISTRATOR).post("/days/next", {"on": str(ON)}).status_code == 303
        assert runs(sqlite_database) == [ON]

    @pytest.mark.parametrize("on", ["", "tomorrow"])
    def test_needs_a_day(self, window, sqlite_database, on):
        assert window(Role.ADMINISTRATOR).post("/days/next", {"on": on}, htmx=True).status_code == 422
        assert runs(sqlite_database) == []


class TestCatchingUp:
    def test_runs_what_is_over_and_says_how_far(self, window, sqlite_database):
        officer = window(Role.LOAN_OFFICER)
        assert officer.post("/days/catch-up", {"on": str(ON)}).status_code == 303
        assert runs(sqlite_database) == [ON, ON + timedelta(days=1), ON + timedelta(days=2)]
        assert "已开始补办 3 天日终" in officer.get("/days").text

    def test_stops_after_a_month_and_says_what_is_left(self, app, window, sqlite_database):
        turn_to(app, ON + timedelta(days=MOST_DAYS + 5))
        officer = window(Role.LOAN_OFFICER)
        assert officer.post("/days/catch-up", {"on": str(ON)}).status_code == 303
        assert len(runs(sqlite_database)) == MOST_DAYS
        assert "还有 5 天待办理" in officer.get("/days").text

    def test_begins_with_the_day_that_the_page_named_or_not_at_all(self, window, sqlite_database):
        form = {"on": str(ON + timedelta(days=1))}
        assert window(Role.LOAN_OFFICER).post("/days/catch-up", form, htmx=True).status_code == 409
        assert runs(sqlite_database) == []


class TestATrial:
    def test_shows_the_day_and_leaves_nothing(self, window, sqlite_database):
        admin = window(Role.ADMINISTRATOR)
        with sqlite_database.read() as session:
            before = len(session.exec(select(JournalLine.id)).all())
        shown = admin.post("/days/dry-run", {"on": str(ON)}, htmx=True)
        assert shown.status_code == 200
        assert "683.33" in shown.text
        assert "已全部撤销" in shown.text
        assert "<html" not in shown.text
        assert runs(sqlite_database) == []
        with sqlite_database.read() as session:
            assert len(session.exec(select(JournalLine.id)).all()) == before
        assert admin.post("/days/next", {"on": str(ON)}).status_code == 303

    def test_of_a_day_that_is_not_next_is_refused(self, window):
        later = {"on": str(ON + timedelta(days=2))}
        assert window(Role.ADMINISTRATOR).post("/days/dry-run", later, htmx=True).status_code == 409


class TestADayThatIsBeingRun:
    @pytest.fixture
    def stopped(self, app, window, sqlite_database):
        """The machine stopped when the day had been begun and nothing else."""
        app.state.start = lambda work: None
        desk = window(Role.ADMINISTRATOR)
        assert desk.post("/days/next", {"on": str(ON)}).status_code == 303
        del app.state.start
        app.state.start = lambda work: work()
        return desk

    def test_shows_how_far_it_has_come_and_can_be_gone_on_with(self, stopped, sqlite_database):
        page = stopped.get("/days").text
        assert "已完成 0 / 6 步" in page
        assert "day-progress" in stopped.get("/days/progress", htmx=True).text
        assert stopped.post("/days/next", {"on": str(ON)}).status_code == 303
        answer = stopped.get("/days/progress", htmx=True)
        assert answer.headers["HX-Refresh"] == "true"
        with sqlite_database.read() as session:
            assert session.get_one(DayRun, ON).finished_at is not None


class TestALoanThatIsSetAside:
    def test_is_listed_with_its_reason(self, window, sqlite_database):
        with sqlite_database.write() as session:
            session.execute(sa.text("UPDATE contract SET day_basis = 0"))
        desk = window(Role.ADMINISTRATOR)
        desk.post("/days/next", {"on": str(ON)})
        page = desk.get("/days").text
        assert "暂挂贷款" in page
        assert "合同的计息天数基准不是 360 或 365" in page
        assert "TBL-2012-0001" in page
