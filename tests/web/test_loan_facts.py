"""A loan's special facts and unidentified money on screen: declared, confirmed, corrected, told in the loan's story."""

from __future__ import annotations

from datetime import date

import pytest
from bad_loans import endow_all
from counters import turn_to
from credit import a_guaranteed_loan
from days import run_until
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.loan import Loan
from models.loan_facts import LooseReceipt
from models.roles import Role

DUE = date(2012, 12, 21)
TODAY = date(2013, 1, 4)


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """A loan whose first interest fell due two weeks ago."""
    with sqlite_database.write() as session:
        endow_all(session)
        a_guaranteed_loan(session)
        run_until(session, TODAY)
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, TODAY)
    return app


@pytest.fixture
def number(sqlite_database, app) -> str:
    with sqlite_database.read() as session:
        return session.exec(select(Loan.number)).one()


def test_a_payment_that_came_earlier_counts_from_its_day_and_the_story_says_what_changed(app, window, number):
    officer = window(Role.LOAN_OFFICER)
    form = {"amount": "30066.67", "bank_ref": "R-1", "value_on": DUE.isoformat()}
    asked = officer.post(f"/loans/{number}/receipts", form)
    assert "确认入账" in asked.text
    officer.post(f"/loans/{number}/receipts", form | {"confirmed": "true"})
    page = officer.get(f"/loans/{number}")
    assert "自 2012-12-21 起算" in page.text
    assert "复利 −" in page.text
    assert "补记调整" in officer.get(f"/loans/{number}/facts").text


@pytest.mark.parametrize(
    ("value_on", "said"),
    [("2013-01-05", "晚于今天"), ("2012-11-06", "首次放款日"), ("2012-12-01", "超过规则允许")],
)
def test_a_day_that_cannot_be_is_answered_clearly(window, number, value_on, said):
    page = window(Role.LOAN_OFFICER).post(
        f"/loans/{number}/receipts", {"amount": "1", "bank_ref": "R-1", "value_on": value_on, "confirmed": "true"}
    )
    assert said in page.text


def test_fractions_of_a_fen_are_refused_beside_the_field(window, number):
    page = window(Role.LOAN_OFFICER).post(f"/loans/{number}/receipts", {"amount": "1.005", "bank_ref": "R-1"})
    assert page.status_code == 422
    assert "最多精确到分" in page.text


def test_diverted_use_is_declared_by_one_and_confirmed_by_another(window, number):
    officer, reviewer = window(Role.LOAN_OFFICER), window(Role.CREDIT_REVIEWER)
    form = {"amount": "650000", "from_on": "2012-12-24", "evidence": "资金流入股市"}
    officer.post(f"/loans/{number}/diversions", form)
    assert "待确认" in officer.get(f"/loans/{number}/facts").text
    reviewer.post(f"/loans/{number}/diversions/1/confirm", {})
    page = reviewer.get(f"/loans/{number}/facts").text
    assert "已确认" in page
    assert "罚息 +" in page
    reviewer.post(f"/loans/{number}/diversions/1/end", {"until_on": "2013-01-02", "reason": "已收回"})
    assert "已整改" in reviewer.get(f"/loans/{number}/facts").text


def test_a_rate_and_a_bankruptcy_are_recorded_by_the_reviewer(window, number):
    reviewer = window(Role.CREDIT_REVIEWER)
    reviewer.post(f"/loans/{number}/rate", {"rate": "7.2", "from_on": "2012-12-25", "reason": "约定调息"})
    assert "7.20%" in reviewer.get(f"/loans/{number}/facts").text
    stop = {"accepted_on": "2013-01-01", "court": "示例法院", "case_number": "(2013)示例1号"}
    reviewer.post(f"/loans/{number}/interest-stop", stop)
    assert "停止计息" in reviewer.get(f"/loans/{number}/facts").text


def test_unidentified_money_is_taken_and_assigned(sqlite_database, window, number):
    officer = window(Role.LOAN_OFFICER)
    form = {"amount": "30066.67", "bank_ref": "L-1", "received_on": DUE.isoformat(), "payer": "示例公司"}
    officer.post("/loose-receipts", form)
    assert "L-1" in officer.get("/loose-receipts").text
    officer.post("/loose-receipts/TBU-2013-0001/assign", {"loans": number})
    assert "L-1" not in officer.get("/loose-receipts").text
    with sqlite_database.read() as session:
        assert session.exec(select(LooseReceipt)).one().rest.fen == 0
