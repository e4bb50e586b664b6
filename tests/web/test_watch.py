"""The watch list on screen: who reads it, how a warning gets an owner and goes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from bad_loans import SOLD
from credit import AT, OFFICER, ON, a_guaranteed_loan, endow
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import select
from webdesk import make_app, make_user

from models.roles import Role
from models.states.aftercare import WatchStage
from models.watch import AlarmLevel, Signal, WatchCase
from talentbank.database import Database
from workflows import watch


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    """The application on the day of the loan."""
    app = make_app(sqlite_database, tmp_path)
    app.state.clock = lambda: AT
    return app


@pytest.fixture
def loan(sqlite_database: Database) -> str:
    """The number of a loan that the bank holds."""
    with sqlite_database.write() as session:
        endow(session)
        return a_guaranteed_loan(session).loan.number


@pytest.fixture
def warning(sqlite_database: Database) -> int:
    """A warning that nobody looks after yet."""
    with sqlite_database.write() as session:
        endow(session)
        loan = a_guaranteed_loan(session).loan
        return watch.raise_case(
            session, loan=loan, signal=Signal.COURT_RECORD, level=AlarmLevel.ORANGE, evidence="(2012)甬仑商初字第1号",
            by=OFFICER, on=ON, at=AT,
        ).key  # fmt: skip


def stamp(page: Response) -> str:
    found = re.search(r'name="stamp" value="(\d+)"', page.text)
    assert found, "the page offers no step"
    return found[1]


def the_case(database: Database) -> WatchCase:
    with database.read() as session:
        row = session.exec(select(WatchCase)).one()
        session.expunge(row)
        return row


def seen(loan: str, **more: str) -> dict[str, str]:
    return {"loan": loan, "signal": "tax_record", "alarm": "orange", "seen": "税务公告欠税"} | more


class TestTheList:
    @pytest.mark.parametrize("role", [Role.LOAN_OFFICER, Role.FINANCE_BUREAU, Role.FUND_MANAGER, Role.AUDITOR])
    def test_opens_for_those_who_watch(self, window, warning, role):
        desk = window(role)
        assert "涉诉信息" in desk.get("/watch").text
        assert desk.get(f"/watch/{warning}").status_code == 200
        assert desk.get("/watch.xlsx").content.startswith(b"PK")

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.APPLICANT, Role.VENTURE_MANAGER])
    def test_is_refused_to_others(self, window, warning, role):
        desk = window(role)
        for url in ("/watch", f"/watch/{warning}", "/watch.xlsx"):
            assert desk.get(url).status_code == 403, url

    def test_is_narrowed_by_level_signal_and_state(self, window, warning):
        desk = window(Role.LOAN_OFFICER)
        for url, there in (
            ("/watch?level=orange", True),
            ("/watch?level=red", False),
            ("/watch?signal=overdue", False),
            ("/watch?show=open", True),
            ("/watch?show=mine", False),
            ("/watch?show=late", False),
            ("/watch?show=nonsense&level=nonsense", True),
        ):
            assert (f'href="/watch/{warning}"' in desk.get(url, htmx=True).text) is there, url

    def test_marks_what_is_past_its_deadline(self, app, window, warning):
        app.state.clock = lambda: AT.replace(year=SOLD.year)
        assert "超时" in window(Role.LOAN_OFFICER).get("/watch?show=late").text


class TestAWarning:
    def test_is_raised_by_people(self, window, sqlite_database, loan):
        desk = window(Role.FINANCE_BUREAU)
        assert loan in desk.get(f"/watch/new?loan={loan}").text
        assert desk.post("/watch", seen(loan)).status_code == 303
        row = the_case(sqlite_database)
        assert (row.signal, row.level, row.due_on) == ("tax_record", AlarmLevel.ORANGE, date(2012, 11, 14))

    def test_without_evidence_or_about_nothing_is_not_written(self, window, sqlite_database, loan):
        desk = window(Role.LOAN_OFFICER)
        assert "看到的情况" in desk.post("/watch", seen(loan, seen=""), htmx=True).text
        assert desk.post("/watch", seen(loan, signal="rumour"), htmx=True).status_code == 422
        assert desk.post("/watch", seen("TBL-1900-0001"), htmx=True).status_code == 404
        assert window(Role.AUDITOR).post("/watch", seen(loan)).status_code == 403
        with sqlite_database.read() as session:
            assert session.exec(select(WatchCase)).all() == []

    def test_is_assigned_and_then_cleared(self, window, sqlite_database, warning):
        reviewer = make_user(sqlite_database, Role.CREDIT_REVIEWER, name="周示例")
        desk = window(Role.LOAN_OFFICER)
        url = f"/watch/{warning}"
        given = {"stamp": stamp(desk.get(url)), "owner_id": str(reviewer.id), "deadline": "2012-11-20"}
        assert desk.post(f"{url}/assign", given).status_code == 303
        assert the_case(sqlite_database).owner_id == reviewer.id
        assert "周示例" in desk.get(url).text
        form = {"stamp": stamp(desk.get(url)), "reason": ""}
        assert desk.post(f"{url}/clear", form, htmx=True).status_code == 422
        assert the_case(sqlite_database).stage is WatchStage.ASSIGNED
        assert desk.post(f"{url}/clear", form | {"reason": "已和解撤诉"}).status_code == 303
        assert the_case(sqlite_database).stage is WatchStage.CLEARED
        assert "没有未处理的预警" in desk.get("/watch").text

    def test_is_given_only_to_somebody_who_can_look_after_it(self, window, sqlite_database, warning):
        expert = make_user(sqlite_database, Role.EXPERT, name="施专家示例")
        desk = window(Role.LOAN_OFFICER)
        given = {"stamp": stamp(desk.get(f"/watch/{warning}")), "owner_id": str(expert.id)}
        refused = desk.post(f"/watch/{warning}/assign", given, htmx=True)
        assert refused.status_code == 409
        assert "不能负责预警" in refused.text
        assert the_case(sqlite_database).stage is WatchStage.OPEN
        assert window(Role.FINANCE_BUREAU).post(f"/watch/{warning}/assign", given).status_code == 403

    def test_from_a_page_that_is_too_old_is_not_touched(self, window, sqlite_database, warning):
        officer = make_user(sqlite_database, Role.LOAN_OFFICER)
        given = {"stamp": "99", "owner_id": str(officer.id)}
        assert window(Role.LOAN_OFFICER).post(f"/watch/{warning}/assign", given).status_code == 409
        assert the_case(sqlite_database).stage is WatchStage.OPEN
