"""The guarantor's desk on screen: a guarantee put in force by two hands, a claim from filing to what is recovered."""

from __future__ import annotations

import pytest
from bad_loans import BAD, a_bad_loan, endow_all
from counters import links, stamp, turn_to
from credit import ON, a_reservation, an_approval
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.guarantee import Claim, Guarantee
from models.loan import Loan
from models.roles import Role
from models.states.aftercare import ClaimStage, GuaranteeStage
from talentbank.database import Database


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """The application on the day on which a guaranteed loan has gone bad; nothing is claimed yet."""
    with sqlite_database.write() as session:
        endow_all(session)
        a_bad_loan(session, compensated=False)
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, BAD)
    return app


@pytest.fixture
def promised(sqlite_database, app) -> str:
    """The address of a guarantee that is promised and not put up yet."""
    turn_to(app, ON)
    with sqlite_database.write() as session:
        return f"/guarantees/{a_reservation(session, *an_approval(session)).number}"


def the_loan(database: Database) -> str:
    with database.read() as session:
        return session.exec(select(Loan)).first().number


def the_claim(database: Database) -> Claim:
    with database.read() as session:
        row = session.exec(select(Claim)).one()
        session.expunge(row)
        return row


def stage_of(database: Database, address: str) -> GuaranteeStage:
    with database.read() as session:
        return session.exec(select(Guarantee).where(Guarantee.number == address.rpartition("/")[2])).one().stage


@pytest.fixture
def filed(window, sqlite_database, app) -> str:
    """The address of a claim that the bank has filed."""
    officer = window(Role.LOAN_OFFICER)
    answer = officer.post(f"/loans/{the_loan(sqlite_database)}/claim")
    assert answer.status_code == 303
    return answer.headers["location"]


class TestThePages:
    @pytest.mark.parametrize("role", [Role.GUARANTEE_OFFICER, Role.GUARANTEE_APPROVER, Role.TREASURER, Role.AUDITOR])
    def test_open_for_those_who_work_with_them(self, window, filed, role):
        desk = window(role)
        for address in ("/guarantees", "/claims", filed):
            assert desk.get(address).status_code == 200

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.APPLICANT, Role.ADMINISTRATOR])
    def test_are_refused_to_others(self, window, filed, role):
        desk = window(role)
        for address in ("/guarantees", "/guarantees.xlsx", "/claims", filed):
            assert desk.get(address).status_code == 403

    def test_lead_to_pages_that_open(self, window, filed, sqlite_database):
        desk = window(Role.GUARANTEE_OFFICER)
        with sqlite_database.read() as session:
            number = session.exec(select(Guarantee)).one().number
        for page in ("/guarantees", f"/guarantees/{number}", "/claims", filed):
            for address in links(desk.get(page)):
                assert desk.get(address).status_code == 200, address

    def test_narrow_by_stage_and_answer_htmx_with_the_list_alone(self, window, app):
        desk = window(Role.GUARANTEE_OFFICER)
        part = desk.get("/guarantees?stage=in_force", htmx=True).text
        assert "TBG-2012-0001" in part
        assert "<html" not in part
        assert "TBG-2012-0001" not in desk.get("/guarantees?stage=lapsed", htmx=True).text


class TestAGuarantee:
    def test_is_put_up_by_one_and_in_force_by_another(self, window, sqlite_database, promised):
        officer, approver = window(Role.GUARANTEE_OFFICER), window(Role.GUARANTEE_APPROVER)
        assert officer.post(f"{promised}/propose", {"stamp": stamp(officer.get(promised))}).status_code == 303
        assert f"{promised}/in-force" not in officer.get(promised).text
        assert approver.post(f"{promised}/in-force", {"stamp": stamp(approver.get(promised))}).status_code == 303
        assert stage_of(sqlite_database, promised) is GuaranteeStage.IN_FORCE

    def test_is_not_changed_from_a_stale_page(self, window, sqlite_database, promised):
        answer = window(Role.GUARANTEE_OFFICER).post(f"{promised}/propose", {"stamp": "0"}, htmx=True)
        assert answer.status_code == 409
        assert stage_of(sqlite_database, promised) is GuaranteeStage.RESERVED


class TestAClaim:
    def test_shows_how_the_amount_came_about(self, window, filed, sqlite_database):
        page = window(Role.GUARANTEE_OFFICER).get(filed).text
        claim = the_claim(sqlite_database)
        assert f"{claim.principal.in_yuan():,.2f}" in page
        assert "金额如何得出" in page

    def test_is_accepted_by_one_and_paid_by_another_after_a_second_look(self, window, filed, sqlite_database):
        officer, approver = window(Role.GUARANTEE_OFFICER), window(Role.GUARANTEE_APPROVER)
        assert officer.post(f"{filed}/accept", {"stamp": stamp(officer.get(filed))}).status_code == 303
        paying = {"stamp": stamp(approver.get(filed))}
        asked = approver.post(f"{filed}/pay", paying, htmx=True)
        assert asked.status_code == 428
        assert "支付后不能撤销" in asked.text
        assert the_claim(sqlite_database).stage is ClaimStage.ACCEPTED
        sure = paying | {"confirmed": "true", "once": "the-key-of-this-form"}
        assert approver.post(f"{filed}/pay", sure).status_code == 303
        assert approver.post(f"{filed}/pay", sure).status_code == 303
        assert the_claim(sqlite_database).stage is ClaimStage.PAID

        money = {"amount": "100,000", "costs": "5,000", "bank_ref": "R-1"}
        assert officer.post(f"{filed}/recover", money | {"amount": "ten"}).status_code == 422
        assert officer.post(f"{filed}/recover", money | {"costs": "x"}).status_code == 422
        assert officer.post(f"{filed}/recover", money).status_code == 303
        assert the_claim(sqlite_database).recovered

    def test_is_turned_down_with_a_reason(self, window, filed, sqlite_database):
        officer = window(Role.GUARANTEE_OFFICER)
        refusal = {"stamp": stamp(officer.get(filed)), "reason": ""}
        assert officer.post(f"{filed}/refuse", refusal).status_code == 422
        assert officer.post(f"{filed}/refuse", refusal | {"reason": "证据不全"}).status_code == 303
        assert the_claim(sqlite_database).stage is ClaimStage.REFUSED

    def test_is_the_banks_to_file(self, window, sqlite_database, app):
        answer = window(Role.GUARANTEE_OFFICER).post(f"/loans/{the_loan(sqlite_database)}/claim")
        assert answer.status_code == 403
