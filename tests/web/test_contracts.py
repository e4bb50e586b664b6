"""A contract on screen: drawn up, signed by another hand, conditions and pledges, money asked for and paid out."""

from __future__ import annotations

import pytest
from accounts import an_asset, decided
from counters import links, stamp, turn_to
from credit import ON, endow
from fastapi import FastAPI
from sqlmodel import Session, select
from webdesk import make_app

from models.application import Application
from models.decision import Condition, Decision
from models.guarantee import Guarantee
from models.intellectual_property import Pledge
from models.loan import Contract, Loan, PayOut
from models.roles import Role
from models.states.loan import ContractStage, LoanStage, PayOutStage
from models.values.money import Money
from talentbank.database import Database


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """The application on the day on which the committee has approved four million, with a condition."""
    with sqlite_database.write() as session:
        endow(session)
        _, decision = decided(session)
        session.add(Condition(decision_id=decision.key, kind="document", text="股东会决议"))
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, ON)
    return app


@pytest.fixture
def application(sqlite_database, app) -> str:
    """The number of the approved application."""
    with sqlite_database.read() as session:
        return session.exec(select(Application)).one().number


@pytest.fixture
def officer(window):
    return window(Role.LOAN_OFFICER)


@pytest.fixture
def contract(officer, application) -> str:
    """The address of a contract that an officer has drawn up."""
    answer = officer.post("/contracts", {"application": application, "start_on": str(ON)})
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.fixture
def signed(window, contract) -> str:
    """The address of a contract that a reviewer has signed."""
    reviewer = window(Role.CREDIT_REVIEWER)
    sure = {"stamp": stamp(reviewer.get(contract)), "confirmed": "true"}
    assert reviewer.post(f"{contract}/sign", sure).status_code == 303
    return contract


def one(database: Database, kind):
    with database.read() as session:
        row = session.exec(select(kind)).one()
        session.expunge(row)
        return row


def count(database: Database, kind) -> int:
    with database.read() as session:
        return len(session.exec(select(kind)).all())


class TestThePages:
    @pytest.mark.parametrize("role", [Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.DISBURSER, Role.AUDITOR])
    def test_open_for_those_who_work_with_contracts(self, window, contract, role):
        desk = window(role)
        assert desk.get("/contracts").status_code == 200
        assert desk.get(contract).status_code == 200

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.APPLICANT, Role.ADMINISTRATOR])
    def test_are_refused_to_others(self, window, contract, role):
        desk = window(role)
        assert desk.get("/contracts").status_code == 403
        assert desk.get(contract).status_code == 403

    def test_lead_to_pages_that_open(self, officer, signed):
        for page in ("/contracts", signed):
            for address in links(officer.get(page)):
                assert officer.get(address).status_code == 200, address

    def test_list_what_waits(self, officer, application):
        assert f"/contracts/new?application={application}" in officer.get("/contracts").text
        form = officer.get(f"/contracts/new?application={application}")
        assert form.status_code == 200
        assert "按季" in form.text


class TestDrawingUp:
    def test_makes_a_contract_that_waits_for_another_hand(self, sqlite_database, contract):
        assert one(sqlite_database, Contract).stage is ContractStage.DRAWN_UP
        assert count(sqlite_database, Loan) == 0

    @pytest.mark.parametrize("wrong", [{"start_on": "soon"}, {"start_on": ""}, {"settle_freq": "hourly"}])
    def test_needs_a_day_and_known_words(self, officer, application, sqlite_database, wrong):
        form = {"application": application, "start_on": str(ON)} | wrong
        assert officer.post("/contracts", form, htmx=True).status_code == 422
        assert count(sqlite_database, Contract) == 0

    def test_is_the_officers(self, window, application, sqlite_database):
        form = {"application": application, "start_on": str(ON)}
        assert window(Role.CREDIT_REVIEWER).post("/contracts", form).status_code == 403
        assert count(sqlite_database, Contract) == 0

    def test_twice_with_one_form_makes_one_contract(self, officer, application, sqlite_database):
        form = {"application": application, "start_on": str(ON), "once": "the-key-of-this-form"}
        first, second = officer.post("/contracts", form), officer.post("/contracts", form)
        assert first.headers["location"] == second.headers["location"]
        assert count(sqlite_database, Contract) == 1


class TestSigning:
    def test_is_asked_twice_with_the_amount_in_capitals(self, window, sqlite_database, contract):
        reviewer = window(Role.CREDIT_REVIEWER)
        asked = reviewer.post(f"{contract}/sign", {"stamp": stamp(reviewer.get(contract))}, htmx=True)
        assert asked.status_code == 428
        assert "肆佰万元整" in asked.text
        assert one(sqlite_database, Contract).stage is ContractStage.DRAWN_UP

    def test_opens_the_loan(self, sqlite_database, signed):
        assert one(sqlite_database, Contract).stage is ContractStage.SIGNED
        assert one(sqlite_database, Loan).stage is LoanStage.UNDRAWN

    def test_from_a_stale_page_is_a_conflict(self, window, sqlite_database, contract):
        answer = window(Role.CREDIT_REVIEWER).post(f"{contract}/sign", {"stamp": "0", "confirmed": "true"}, htmx=True)
        assert answer.status_code == 409
        assert count(sqlite_database, Loan) == 0

    def test_is_not_offered_to_the_officer(self, officer, sqlite_database, contract):
        assert f'action="{contract}/sign"' not in officer.get(contract).text
        assert officer.post(f"{contract}/sign", {"stamp": "1", "confirmed": "true"}).status_code == 403

    def test_is_out_of_reach_once_the_contract_is_given_up(self, window, officer, contract):
        page = stamp(officer.get(contract))
        assert officer.post(f"{contract}/cancel", {"stamp": page, "reason": "企业要求重拟"}).status_code == 303
        assert f'action="{contract}/sign"' not in window(Role.CREDIT_REVIEWER).get(contract).text


class TestPayingOut:
    MONEY = {"amount": "4,000,000", "payee": "示例设备有限公司"}

    def ready(self, window, officer, database: Database, signed: str) -> None:
        """The condition is proved, the guarantee in force."""
        proof = {"condition": str(one(database, Condition).id), "proof": "决议2012-3"}
        assert officer.post(f"{signed}/conditions", proof).status_code == 303
        approver = window(Role.GUARANTEE_APPROVER)
        address = f"/guarantees/{one(database, Guarantee).number}"
        assert approver.post(f"{address}/in-force", {"stamp": stamp(approver.get(address))}).status_code == 303

    def test_waits_for_its_conditions(self, officer, sqlite_database, signed):
        answer = officer.post(f"{signed}/pay-outs", self.MONEY, htmx=True)
        assert answer.status_code == 409
        assert "股东会决议" in answer.text
        assert count(sqlite_database, PayOut) == 0

    def test_goes_through_two_hands_and_a_second_look(self, window, officer, sqlite_database, signed):
        self.ready(window, officer, sqlite_database, signed)
        assert officer.post(f"{signed}/pay-outs", self.MONEY).status_code == 303
        asked = one(sqlite_database, PayOut)
        disburser = window(Role.DISBURSER)
        assert "TBP-2012-0001" in disburser.get("/contracts").text
        paying = {"pay_out": str(asked.id), "bank_ref": "BK-9"}
        question = disburser.post(f"{signed}/paid", paying, htmx=True)
        assert question.status_code == 428
        assert "示例设备有限公司" in question.text
        assert one(sqlite_database, PayOut).stage is PayOutStage.REQUESTED

        sure = paying | {"confirmed": "true", "once": "the-key-of-this-form"}
        assert disburser.post(f"{signed}/paid", sure).status_code == 303
        assert disburser.post(f"{signed}/paid", sure).status_code == 303
        loan = one(sqlite_database, Loan)
        assert (loan.stage, loan.outstanding) == (LoanStage.ACTIVE, Money.wan(400))

    def test_may_be_turned_down_with_a_reason(self, window, officer, sqlite_database, signed):
        self.ready(window, officer, sqlite_database, signed)
        officer.post(f"{signed}/pay-outs", self.MONEY)
        refusal = {"pay_out": str(one(sqlite_database, PayOut).id), "reason": ""}
        disburser = window(Role.DISBURSER)
        assert disburser.post(f"{signed}/refused", refusal).status_code == 422
        assert disburser.post(f"{signed}/refused", refusal | {"reason": "收款人账号有误"}).status_code == 303
        assert one(sqlite_database, PayOut).stage is PayOutStage.REFUSED

    @pytest.mark.parametrize("wrong", [{"amount": "four"}, {"amount": "-1"}, {"payee": " "}])
    def test_needs_an_amount_and_a_payee(self, window, officer, sqlite_database, signed, wrong):
        self.ready(window, officer, sqlite_database, signed)
        assert officer.post(f"{signed}/pay-outs", self.MONEY | wrong, htmx=True).status_code == 422
        assert count(sqlite_database, PayOut) == 0

    def test_is_not_the_disbursers_to_ask_for(self, window, sqlite_database, signed):
        assert window(Role.DISBURSER).post(f"{signed}/pay-outs", self.MONEY).status_code == 403


class TestAPledge:
    def test_is_agreed_and_then_entered_as_registered(self, officer, sqlite_database, contract):
        with sqlite_database.write() as session:
            asset = an_asset(session, self.contract_in(session)).key
        assert officer.post(f"{contract}/pledges", {"asset": str(asset), "secured": "200"}).status_code == 303
        pledge = one(sqlite_database, Pledge)
        assert pledge.secured == Money.wan(200)
        entry = {"pledge": str(pledge.id), "registration_number": "Y2012330000123", "registered_on": str(ON)}
        assert officer.post(f"{contract}/registration", entry | {"registered_on": ""}).status_code == 422
        assert officer.post(f"{contract}/registration", entry).status_code == 303
        assert "Y2012330000123" in officer.get(contract).text

    def contract_in(self, session: Session) -> Contract:
        return session.exec(select(Contract)).one()

    def test_of_a_right_that_nobody_has_is_not_there(self, officer, sqlite_database, contract):
        assert officer.post(f"{contract}/pledges", {"asset": "99", "secured": "200"}).status_code == 404
        assert count(sqlite_database, Pledge) == 0


def test_a_decision_keeps_its_loan_number(sqlite_database, signed):
    with sqlite_database.read() as session:
        assert session.exec(select(Loan)).one().number == session.exec(select(Decision)).one().loan_number
