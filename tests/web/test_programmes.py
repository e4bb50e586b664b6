"""District programmes on screen: plans and benefits, the pool with its four rates, targets, interest subsidies."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from bad_loans import TALENT_OFFICE, endow_all
from credit import AT, ON, a_guaranteed_loan
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import select
from webdesk import Visitor, make_app, make_user

from models.programme import Benefit, PoolProject, Programme, Subsidy, Target
from models.roles import Role
from models.talent import Level
from models.values.money import Money
from talentbank.database import Database
from workflows import programmes

SPRING = datetime(2013, 4, 10, 2, tzinfo=UTC)
PAGES = ("/programmes", "/programmes/pool", "/programmes/targets", "/programmes/subsidies")


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    """The application on a day in the spring after the loan."""
    app = make_app(sqlite_database, tmp_path)
    app.state.clock = lambda: SPRING
    return app


@pytest.fixture
def office(window) -> Visitor:
    """The talent office at its desk."""
    return window(Role.TALENT_OFFICE)


@pytest.fixture
def subsidised(sqlite_database: Database) -> tuple[str, int]:
    """A loan, and a benefit that subsidises its interest."""
    with sqlite_database.write() as session:
        endow_all(session)
        loan = a_guaranteed_loan(session).loan
        who = {"by": TALENT_OFFICE, "on": ON, "at": AT}
        plan = programmes.open_programme(
            session, name="姚江英才", level=Level.DISTRICT, starts_on=date(2011, 1, 1), **who
        )
        benefit = programmes.add_benefit(session, programme=plan, kind="interest_subsidy", **who)
        return loan.number, benefit.key


def stamp(page: Response) -> str:
    found = re.search(r'name="stamp" value="(\d+)"', page.text)
    assert found, "the page offers no step"
    return found[1]


def the(database: Database, table):
    with database.read() as session:
        row = session.exec(select(table)).one()
        session.expunge(row)
        return row


def count(database: Database, table) -> int:
    with database.read() as session:
        return len(session.exec(select(table)).all())


def plan(**more: str) -> dict[str, str]:
    given = {"name": "姚江英才计划", "district": "余姚", "level": "district", "starts_on": "2011-01-01"}
    return given | {"ends_on": "", "source_document": "示例〔2011〕1号"} | more


class TestThePages:
    @pytest.mark.parametrize("role", [Role.TALENT_OFFICE, Role.FINANCE_BUREAU, Role.LOAN_OFFICER, Role.AUDITOR])
    def test_open_for_those_who_work_with_them(self, window, role):
        desk = window(role)
        for url in PAGES:
            assert desk.get(url).status_code == 200, url
            assert desk.get(f"{url}.xlsx").content.startswith(b"PK"), url

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.APPLICANT, Role.VENTURE_MANAGER])
    def test_are_refused_to_others(self, window, role):
        desk = window(role)
        for url in PAGES:
            assert desk.get(url).status_code == 403, url


class TestAProgramme:
    def test_is_entered_with_what_it_gives(self, office, sqlite_database):
        made = office.post("/programmes", plan())
        assert made.status_code == 303
        url = made.headers["location"]
        gift = {"benefit": "start_up_grant", "cap": "150", "instalment_weights": "33.33, 33.33，33.34", "years": "3"}
        assert office.post(f"{url}/benefits", gift).status_code == 303
        benefit = the(sqlite_database, Benefit)
        assert benefit.cap == Money.wan("150")
        assert benefit.instalment_weights == [333_300, 333_300, 333_400]
        assert "33.34%" in office.get(url).text

    def test_that_is_wrong_is_not_written(self, office, sqlite_database):
        assert "早于开始日" in office.post("/programmes", plan(ends_on="2010-01-01"), htmx=True).text
        missing = office.post("/programmes", plan(source_document=""), htmx=True)
        assert missing.status_code == 422
        assert "文件依据" in missing.text
        assert count(sqlite_database, Programme) == 0

    @pytest.mark.parametrize(
        ("weights", "said"), [("50, 40", "合计"), ("一半", "请输入百分比"), ("-5, 105", "请输入百分比")]
    )
    def test_takes_only_instalments_that_are_whole(self, office, sqlite_database, weights, said):
        url = office.post("/programmes", plan()).headers["location"]
        answer = office.post(f"{url}/benefits", {"benefit": "award", "instalment_weights": weights}, htmx=True)
        assert answer.status_code == 422
        assert said in answer.text
        assert count(sqlite_database, Benefit) == 0

    def test_is_the_talent_offices(self, window, sqlite_database):
        desk = window(Role.FINANCE_BUREAU)
        assert desk.post("/programmes", plan()).status_code == 403
        assert 'method="post" action="/programmes"' not in desk.get("/programmes").text
        assert count(sqlite_database, Programme) == 0


class TestThePool:
    def project(self, office: Visitor, **more: str) -> Response:
        given = {"title": "示例激光雷达项目", "district": "奉化", "tracking": "A", "pledged": "1000"}
        return office.post("/programmes/pool", given | more, htmx=True)

    def test_follows_a_project_and_shows_the_four_rates(self, office, sqlite_database):
        assert self.project(office).status_code == 204
        self.project(office, title="示例机器人项目", tracking="B")
        with sqlite_database.read() as session:
            first = session.exec(select(PoolProject).order_by(PoolProject.id)).first()
            assert first is not None
            url = f"/programmes/pool/{first.key}"
        form = {"stamp": stamp(office.get(url)), "tracking": "A", "signed_on": "2013-01-05", "started_on": "2013-03-01"}
        assert office.post(url, form | {"paid_in": "250"}).status_code == 303
        page = office.get("/programmes/pool?district=奉化").text
        assert "100.00%" in page
        assert "12.50%" in page
        assert "50.00%" in page

    def test_does_not_believe_a_project_that_starts_before_it_is_signed(self, office, sqlite_database):
        self.project(office)
        url = f"/programmes/pool/{the(sqlite_database, PoolProject).key}"
        form = {"stamp": stamp(office.get(url)), "tracking": "A", "signed_on": "2013-03-05", "started_on": "2013-01-01"}
        refused = office.post(url, form, htmx=True)
        assert refused.status_code == 422
        assert "依次为签约、开工、投产" in refused.text
        assert the(sqlite_database, PoolProject).signed_on is None

    def test_takes_only_the_three_classes(self, office, sqlite_database):
        assert self.project(office, tracking="D").status_code == 422
        assert count(sqlite_database, PoolProject) == 0


class TestATarget:
    given = {"place": "江北高新园", "indicator": "研发团队", "target_day": "2015-12-31", "goal": "11"}

    def test_is_set_and_its_progress_is_not_capped(self, office, sqlite_database):
        assert office.post("/programmes/targets", self.given).status_code == 303
        row = the(sqlite_database, Target)
        assert office.post(f"/programmes/targets/{row.key}", {"stamp": row.stamp, "actual": "13"}).status_code == 303
        assert "118.2%" in office.get("/programmes/targets").text

    def test_is_set_once(self, office, sqlite_database):
        office.post("/programmes/targets", self.given)
        again = office.post("/programmes/targets", self.given | {"goal": "12"}, htmx=True)
        assert again.status_code == 409
        assert "已有目标" in again.text
        assert the(sqlite_database, Target).target == 11


class TestASubsidy:
    def reckoned(self, desk: Visitor, loan: str, benefit: int, **more: str) -> Response:
        given = {"loan": loan, "benefit_id": str(benefit), "starts_on": "2012-11-07", "ends_on": "2013-03-07"}
        return desk.post("/programmes/subsidies", given | more, htmx=True)

    def test_is_reckoned_by_one_and_paid_by_another(self, app, office, sqlite_database, subsidised):
        assert self.reckoned(office, *subsidised).status_code == 204
        row = the(sqlite_database, Subsidy)
        assert row.amount == Money.yuan("82000.00")
        bureau = Visitor(app).signed_in(make_user(sqlite_database, Role.FINANCE_BUREAU))
        form = {"stamp": row.stamp, "bank_ref": "S-1"}
        url = f"/programmes/subsidies/{row.key}/pay"
        asked = bureau.post(url, form, htmx=True)
        assert asked.status_code == 428
        assert "捌万贰仟元整" in asked.text
        assert the(sqlite_database, Subsidy).paid_on is None
        assert bureau.post(url, form | {"confirmed": "true"}).status_code == 303
        assert the(sqlite_database, Subsidy).bank_ref == "S-1"
        assert office.post(url, form).status_code == 403

    def test_is_not_paid_by_who_reckoned_it(self, app, sqlite_database, subsidised):
        bureau = Visitor(app).signed_in(make_user(sqlite_database, Role.FINANCE_BUREAU))
        self.reckoned(bureau, *subsidised)
        row = the(sqlite_database, Subsidy)
        form = {"stamp": row.stamp, "bank_ref": "S-1", "confirmed": "true"}
        assert bureau.post(f"/programmes/subsidies/{row.key}/pay", form).status_code == 403
        assert the(sqlite_database, Subsidy).paid_on is None

    def test_covers_no_day_twice_and_none_to_come(self, office, sqlite_database, subsidised):
        self.reckoned(office, *subsidised)
        twice = self.reckoned(office, *subsidised, starts_on="2013-03-01", ends_on="2013-04-01")
        assert twice.status_code == 409
        assert "不能重复贴息" in twice.text
        ahead = self.reckoned(office, *subsidised, starts_on="2013-03-07", ends_on="2014-01-01")
        assert ahead.status_code == 409
        assert "不晚于今天" in ahead.text
        assert count(sqlite_database, Subsidy) == 1
