"""Sources of funds on screen: a facility registered, opened, drawn, repaid; capital and the pool, each by its post."""

from __future__ import annotations

from datetime import date

import pytest
from counters import links, stamp, turn_to
from credit import ON, endow
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.facility import Drawing, Facility
from models.ledger import event
from models.queries.books import balance
from models.roles import Role
from models.states.aftercare import FacilityStage
from models.values.money import Money
from talentbank.database import Database

TERMS = {
    "lender": "示例开发银行宁波分行",
    "commitment": "30,000",
    "rate": "6",
    "starts_on": "2012-10-01",
    "ends_on": "2017-10-01",
}
MONTH_LATER = date(2012, 12, 7)


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """The application over a bank with capital and no facility."""
    with sqlite_database.write() as session:
        endow(session)
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, ON)
    return app


@pytest.fixture
def registered(window, app) -> str:
    """The address of a facility that the treasurer has registered."""
    answer = window(Role.TREASURER).post("/facilities", TERMS)
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.fixture
def opened(window, registered) -> str:
    """The address of a facility that may be drawn on."""
    approver = window(Role.BUREAU_APPROVER)
    assert approver.post(f"{registered}/open", {"stamp": stamp(approver.get(registered))}).status_code == 303
    return registered


@pytest.fixture
def drawn(window, opened, sqlite_database) -> str:
    """The address of a drawing over ten million."""
    draw = {"amount": "1,000", "due_on": "2015-11-07", "confirmed": "true"}
    assert window(Role.TREASURER).post(f"{opened}/draw", draw).status_code == 303
    with sqlite_database.read() as session:
        return f"/drawings/{session.exec(select(Drawing)).one().number}"


def the_facility(database: Database) -> Facility:
    with database.read() as session:
        row = session.exec(select(Facility)).one()
        session.expunge(row)
        return row


def net(database: Database, account: str) -> Money:
    with database.read() as session:
        return balance(session, account).net


def events(database: Database) -> int:
    with database.read() as session:
        return len(session.connection().execute(select(event.c.id)).all())


class TestThePages:
    @pytest.mark.parametrize("role", [Role.FINANCE_BUREAU, Role.BUREAU_APPROVER, Role.TREASURER, Role.AUDITOR])
    def test_open_for_the_bureau_the_treasurer_and_the_auditor(self, window, drawn, opened, role):
        desk = window(role)
        for address in ("/facilities", opened, drawn, "/facilities.xlsx"):
            assert desk.get(address).status_code == 200

    @pytest.mark.parametrize("role", [Role.APPLICANT, Role.LOAN_OFFICER, Role.FUND_MANAGER, Role.ADMINISTRATOR])
    def test_are_refused_to_others(self, window, drawn, opened, role):
        desk = window(role)
        for address in ("/facilities", opened, drawn, "/facilities.xlsx"):
            assert desk.get(address).status_code == 403

    def test_lead_to_pages_that_open(self, window, drawn, opened):
        desk = window(Role.TREASURER)
        for page in ("/facilities", opened, drawn):
            for address in links(desk.get(page)):
                assert desk.get(address).status_code == 200, address

    def test_open_on_an_empty_bank(self, window, app):
        page = window(Role.TREASURER).get("/facilities")
        assert "还没有统贷授信" in page.text


class TestAFacility:
    def test_is_opened_by_another_than_who_registered_it(self, window, registered, sqlite_database):
        treasurer = window(Role.TREASURER)
        assert f"{registered}/open" not in treasurer.get(registered).text
        assert treasurer.post(f"{registered}/open", {"stamp": "1"}).status_code == 403
        assert the_facility(sqlite_database).stage is FacilityStage.REGISTERED

    def test_is_not_opened_from_a_stale_page(self, window, registered, sqlite_database):
        assert window(Role.BUREAU_APPROVER).post(f"{registered}/open", {"stamp": "0"}, htmx=True).status_code == 409
        assert the_facility(sqlite_database).stage is FacilityStage.REGISTERED

    @pytest.mark.parametrize(
        "wrong", [{"commitment": "many"}, {"rate": "six"}, {"ends_on": "2011-01-01"}, {"lender": " "}]
    )
    def test_needs_terms_that_can_be(self, window, app, sqlite_database, wrong):
        assert window(Role.TREASURER).post("/facilities", TERMS | wrong, htmx=True).status_code == 422
        with sqlite_database.read() as session:
            assert session.exec(select(Facility)).first() is None

    def test_is_closed_with_a_reason(self, window, opened, sqlite_database):
        treasurer = window(Role.TREASURER)
        closing = {"stamp": stamp(treasurer.get(opened)), "reason": "出资机构收回额度"}
        assert treasurer.post(f"{opened}/close", closing).status_code == 303
        assert the_facility(sqlite_database).stage is FacilityStage.CLOSED


class TestADrawing:
    def test_is_looked_at_twice_and_made_once(self, window, opened, sqlite_database):
        treasurer = window(Role.TREASURER)
        treasurer.get(opened)
        draw = {"amount": "1,000", "due_on": "2015-11-07", "once": "the-key-of-this-form"}
        asked = treasurer.post(f"{opened}/draw", draw, htmx=True)
        assert asked.status_code == 428
        assert "壹仟万元整" in asked.text
        assert "6.00%" in asked.text
        assert net(sqlite_database, "vehicle.facility_payable") == Money(0)
        sure = draw | {"confirmed": "true"}
        first, second = treasurer.post(f"{opened}/draw", sure), treasurer.post(f"{opened}/draw", sure)
        assert first.headers["location"] == second.headers["location"]
        assert net(sqlite_database, "vehicle.facility_payable") == -Money.wan(1_000)

    def test_beyond_the_commitment_is_refused_by_the_books(self, window, opened, sqlite_database):
        draw = {"amount": "30,000.01", "due_on": "2015-11-07", "confirmed": "true"}
        assert window(Role.TREASURER).post(f"{opened}/draw", draw, htmx=True).status_code == 409
        assert net(sqlite_database, "vehicle.facility_payable") == Money(0)

    def test_is_repaid_with_the_interest_that_has_accrued(self, app, window, drawn, sqlite_database):
        turn_to(app, MONTH_LATER)
        treasurer = window(Role.TREASURER)
        repay = {"stamp": stamp(treasurer.get(drawn)), "amount": "4,000,000"}
        assert treasurer.post(f"{drawn}/repay", repay, htmx=True).status_code == 428
        assert treasurer.post(f"{drawn}/repay", repay | {"confirmed": "true"}).status_code == 303
        page = treasurer.get(drawn)
        assert "6,000,000.00" in page.text
        assert "50,000.00" in page.text  # thirty days of ten million at 6% over 360
        pay = {"stamp": stamp(page)}
        assert treasurer.post(f"{drawn}/interest", pay, htmx=True).status_code == 428
        assert treasurer.post(f"{drawn}/interest", pay | {"confirmed": "true"}).status_code == 303
        assert net(sqlite_database, "vehicle.interest_payable") == Money(0)
        stale = treasurer.post(f"{drawn}/repay", repay | {"confirmed": "true"}, htmx=True)
        assert stale.status_code == 409


class TestCapital:
    def test_reaches_treasury_fund_and_pool_by_the_bureaus_hands(self, window, app, sqlite_database):
        approver = window(Role.BUREAU_APPROVER)
        for kind, more in (
            ("appropriate", {"ref": "甬财2012-1"}),
            ("bureau", {"fund": "guarantor", "amount": "500"}),
            ("pool", {"amount": "300"}),
        ):
            form = {"kind": kind, "amount": "1,000", "confirmed": "true"} | more
            assert approver.post("/facilities/capital", form).status_code == 303, kind
        assert net(sqlite_database, "bureau.pool") == Money.wan(300)
        assert net(sqlite_database, "bureau.capital_in") == Money.wan(500)

    def test_is_looked_at_before_it_is_booked(self, window, app, sqlite_database):
        before = events(sqlite_database)
        form = {"kind": "owner", "fund": "bank", "amount": "100"}
        asked = window(Role.TREASURER).post("/facilities/capital", form, htmx=True)
        assert asked.status_code == 428
        assert "壹佰万元整" in asked.text
        assert "人才银行" in asked.text
        assert events(sqlite_database) == before

    @pytest.mark.parametrize(
        ("role", "kind", "status"),
        [
            (Role.TREASURER, "pool", 403),
            (Role.TREASURER, "bureau", 403),
            (Role.FINANCE_BUREAU, "bureau", 403),
            (Role.LOAN_OFFICER, "owner", 403),
            (Role.BUREAU_APPROVER, "gift", 422),
        ],
    )
    def test_is_each_posts_own(self, window, app, sqlite_database, role, kind, status):
        before = events(sqlite_database)
        form = {"kind": kind, "fund": "guarantor", "amount": "100", "confirmed": "true"}
        assert window(role).post("/facilities/capital", form, htmx=True).status_code == status
        assert events(sqlite_database) == before

    def test_needs_a_fund_that_has_such_an_owner(self, window, app, sqlite_database):
        approver, before = window(Role.BUREAU_APPROVER), events(sqlite_database)
        for fund in ("", "bank"):
            form = {"kind": "bureau", "fund": fund, "amount": "100", "confirmed": "true"}
            assert approver.post("/facilities/capital", form, htmx=True).status_code == 422
        assert events(sqlite_database) == before
