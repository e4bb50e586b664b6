"""Re-lending on screen: a renewal, the application for a bridge, two hands, money out and back in a closed loop."""

from __future__ import annotations

from datetime import timedelta

import pytest
from counters import links, stamp, turn_to
from credit import AT, ENDS, OFFICER, a_guaranteed_loan, endow, put_in_force, run_to, yuan
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.bridge import Bridge
from models.loan import Contract, Loan
from models.roles import Role
from models.states.aftercare import BridgeStage
from models.states.loan import LoanStage
from talentbank.database import Database
from workflows import loan_account, servicing

APPLIED = ENDS - timedelta(days=14)
BACK = ENDS + timedelta(days=7)


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """The application a fortnight before a loan over four million matures; all interest so far is paid."""
    with sqlite_database.write() as session:
        endow(session)
        loan = a_guaranteed_loan(session).loan
        for line in loan_account.live_lines(session, loan)[:-1]:
            line.interest_paid, line.settled_on = line.interest, line.payable_on
        run_to(session, loan, APPLIED, interest=loan_account.accrued_interest(session, loan, APPLIED))
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, APPLIED)
    return app


@pytest.fixture
def loan(sqlite_database, app) -> str:
    with sqlite_database.read() as session:
        return session.exec(select(Loan)).one().number


@pytest.fixture
def renewal(window, loan) -> str:
    """The number of the renewal that the loan officer has drawn up."""
    form = {"amount": "400", "term_months": "12", "start_on": str(ENDS)}
    answer = window(Role.LOAN_OFFICER).post(f"/loans/{loan}/renewal", form)
    assert answer.status_code == 303
    return answer.headers["location"].rpartition("/")[2]


def application(loan: str, renewal: str, **more: str) -> dict[str, str]:
    form = {"loan": loan, "contract": renewal, "amount": "360", "own_funds": "400,000", "promise": "续贷承诺函2013-1"}
    return form | more


@pytest.fixture
def applied(window, loan, renewal) -> str:
    """The address of a bridge that is applied for."""
    answer = window(Role.FUND_MANAGER).post("/bridges", application(loan, renewal))
    assert answer.status_code == 303
    return answer.headers["location"]


def the_bridge(database: Database) -> Bridge:
    with database.read() as session:
        row = session.exec(select(Bridge)).one()
        session.expunge(row)
        return row


class TestThePages:
    @pytest.mark.parametrize("role", [Role.FUND_MANAGER, Role.FUND_APPROVER, Role.LOAN_OFFICER, Role.AUDITOR])
    def test_open_for_those_who_work_with_them(self, window, applied, role):
        desk = window(role)
        assert desk.get("/bridges").status_code == 200
        assert desk.get(applied).status_code == 200

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.APPLICANT, Role.ADMINISTRATOR])
    def test_are_refused_to_others(self, window, applied, role):
        desk = window(role)
        for address in ("/bridges", "/bridges.xlsx", applied):
            assert desk.get(address).status_code == 403

    def test_lead_to_pages_that_open(self, window, applied):
        desk = window(Role.FUND_MANAGER)
        for page in ("/bridges", applied):
            for address in links(desk.get(page)):
                assert desk.get(address).status_code == 200, address

    def test_tell_the_manager_what_he_may_lend(self, window, loan, renewal):
        form = window(Role.FUND_MANAGER).get(f"/bridges/new?loan={loan}")
        assert form.status_code == 200
        assert renewal in form.text
        assert "最高可转贷" in form.text

    def test_tell_him_to_wait_for_the_renewal(self, window, loan):
        assert "还没有续贷合同" in window(Role.FUND_MANAGER).get(f"/bridges/new?loan={loan}").text


class TestApplying:
    def test_above_the_ceiling_is_refused_and_writes_nothing(self, window, loan, renewal, sqlite_database):
        answer = window(Role.FUND_MANAGER).post("/bridges", application(loan, renewal, amount="390"), htmx=True)
        assert answer.status_code == 409
        with sqlite_database.read() as session:
            assert session.exec(select(Bridge)).first() is None

    @pytest.mark.parametrize("wrong", [{"amount": "much"}, {"own_funds": "x"}, {"promise": ""}])
    def test_needs_amounts_and_a_promise(self, window, loan, renewal, sqlite_database, wrong):
        answer = window(Role.FUND_MANAGER).post("/bridges", application(loan, renewal, **wrong), htmx=True)
        assert answer.status_code == 422
        with sqlite_database.read() as session:
            assert session.exec(select(Bridge)).first() is None

    def test_is_the_managers(self, window, loan, renewal):
        assert window(Role.FUND_APPROVER).post("/bridges", application(loan, renewal)).status_code == 403


class TestABridge:
    def test_goes_out_and_comes_back_through_two_hands(self, app, window, loan, renewal, applied, sqlite_database):
        approver, reviewer = window(Role.FUND_APPROVER), window(Role.CREDIT_REVIEWER)
        approval = {"stamp": stamp(approver.get(applied)), "once": "the-key-of-this-form"}
        assert approver.post(f"{applied}/approve", approval).status_code == 303
        assert approver.post(f"{applied}/approve", approval).status_code == 303
        contract = f"/contracts/{renewal}"
        signing = {"stamp": stamp(reviewer.get(contract)), "confirmed": "true"}
        assert reviewer.post(f"{contract}/sign", signing).status_code == 303
        self.mature(sqlite_database, loan)

        turn_to(app, ENDS)
        manager = window(Role.FUND_MANAGER)
        paying = {"stamp": stamp(manager.get(applied)), "bank_ref": "OUT-1"}
        asked = manager.post(f"{applied}/pay", paying, htmx=True)
        assert asked.status_code == 428
        assert "叁佰陆拾万元整" in asked.text
        assert the_bridge(sqlite_database).stage is BridgeStage.RESERVED
        assert manager.post(f"{applied}/pay", paying | {"confirmed": "true"}).status_code == 303
        assert the_bridge(sqlite_database).due_on is not None

        turn_to(app, BACK)
        manager = window(Role.FUND_MANAGER)
        back = {"stamp": stamp(manager.get(applied)), "bank_ref": "IN-1", "confirmed": "true"}
        assert manager.post(f"{applied}/settle", back).status_code == 303
        bridge = the_bridge(sqlite_database)
        assert (bridge.stage, bridge.days) == (BridgeStage.RETURNED, 7)
        with sqlite_database.read() as session:
            stages = tuple(session.exec(select(Loan.stage).order_by(Loan.id)))
        assert stages == (LoanStage.SETTLED, LoanStage.ACTIVE)

    def mature(self, database: Database, number: str) -> None:
        """The renewal's guarantee is in force; on the day of maturity the firm pays interest and its own share."""
        with database.write() as session:
            old = session.exec(select(Loan).where(Loan.number == number)).one()
            contract = session.exec(select(Contract).where(Contract.renews_contract_id == old.contract_id)).one()
            new = session.exec(select(Loan).where(Loan.contract_id == contract.key)).one()
            put_in_force(session, loan_account.guarantee_of(session, new), on=APPLIED)
            before = loan_account.accrued_interest(session, old, APPLIED)
            now = loan_account.accrued_interest(session, old, ENDS)
            run_to(session, old, ENDS, interest=now - before)
            servicing.receive(
                session, loan=old, amount=now + yuan(400_000), bank_ref="OWN-1", by=OFFICER, on=ENDS, at=AT
            )

    def test_is_not_approved_from_a_stale_page(self, window, applied, sqlite_database):
        answer = window(Role.FUND_APPROVER).post(f"{applied}/approve", {"stamp": "0"}, htmx=True)
        assert answer.status_code == 409
        assert the_bridge(sqlite_database).stage is BridgeStage.APPLIED

    def test_is_turned_down_with_a_reason(self, window, applied, sqlite_database):
        approver = window(Role.FUND_APPROVER)
        refusal = {"stamp": stamp(approver.get(applied)), "reason": " "}
        assert approver.post(f"{applied}/refuse", refusal).status_code == 422
        assert approver.post(f"{applied}/refuse", refusal | {"reason": "承诺函已失效"}).status_code == 303
        assert the_bridge(sqlite_database).stage is BridgeStage.REFUSED

    def test_lets_its_money_go_when_the_manager_gives_it_up(self, window, applied, sqlite_database):
        approver, manager = window(Role.FUND_APPROVER), window(Role.FUND_MANAGER)
        approver.post(f"{applied}/approve", {"stamp": stamp(approver.get(applied))})
        given_up = {"stamp": stamp(manager.get(applied)), "reason": "企业自行还款"}
        assert manager.post(f"{applied}/expire", given_up).status_code == 303
        assert the_bridge(sqlite_database).stage is BridgeStage.EXPIRED
