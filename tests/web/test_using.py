"""The need, the checks, tranches, the use of money and inspections on screen, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from accounts import a_loan
from credit import AT, DISBURSER, OFFICER, ON, endow, yuan
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import select
from webdesk import make_app

from models.inspection import Inspection, InspectionKind, UseFinding
from models.loan import Contract, PayOut
from models.roles import Role
from models.states.application import Stage
from models.states.using import InspectionStage, TrancheStage
from models.tranche import PaymentUse, Tranche
from models.watch import Signal, WatchCase
from talentbank.database import Database
from workflows import disbursement

SUPPLIER = "示例设备有限公司"


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    """The application on the day of the loan."""
    app = make_app(sqlite_database, tmp_path)
    app.state.clock = lambda: AT
    return app


@pytest.fixture
def contract(sqlite_database: Database) -> str:
    """The number of a signed contract over four million, nothing drawn."""
    with sqlite_database.write() as session:
        endow(session)
        loan = a_loan(session)
        return session.get_one(Contract, loan.contract_id).number


@pytest.fixture
def pay_out(sqlite_database: Database) -> str:
    """The number of an entrusted pay-out of one million."""
    with sqlite_database.write() as session:
        endow(session)
        loan = a_loan(session)
        asked = disbursement.request_pay_out(
            session, loan=loan, amount=yuan(1_000_000), payee=SUPPLIER, by=OFFICER, on=ON, at=AT
        )
        return disbursement.pay_out(session, pay_out=asked, bank_ref="BK1", by=DISBURSER, on=ON, at=AT).number


def stamp(page: Response) -> str:
    found = re.search(r'name="stamp" value="(\d+)"', page.text)
    assert found, "the page offers no step"
    return found[1]


def only(database: Database, kind: type[Any], *conditions: Any) -> Any:
    with database.read() as session:
        row = session.exec(select(kind).where(*conditions)).one()
        session.expunge(row)
        return row


class TestTranches:
    FORM = {
        "milestone": "样机下线",
        "amount": "1500000",
        "earliest_on": "2012-11-07",
        "payee": SUPPLIER,
        "wanted": "采购合同",
    }

    def test_go_from_plan_to_request_over_two_desks(self, window, sqlite_database, contract):
        officer, reviewer = window(Role.LOAN_OFFICER), window(Role.CREDIT_REVIEWER)
        url = f"/contracts/{contract}/tranches"
        assert "还没有分次放款计划" in officer.get(url).text
        assert officer.post(url, self.FORM).status_code == 303
        given = {"stamp": stamp(officer.get(url)), "proof": "验收单1号"}
        assert officer.post(f"{url}/1/prove", given).status_code == 303
        stood = str(only(sqlite_database, Tranche).stamp)
        assert officer.post(f"{url}/1/clear", {"stamp": stood}).status_code == 403
        seen = reviewer.get(url)
        assert "验收单1号" in seen.text
        assert reviewer.post(f"{url}/1/clear", {"stamp": stamp(seen)}).status_code == 303
        page = officer.get(url)
        numbers = re.findall(r'/1/draw".*?name="stamp" value="(\d+)"', page.text, re.S)
        assert officer.post(f"{url}/1/draw", {"stamp": numbers[0]}).status_code == 303
        row = only(sqlite_database, Tranche)
        assert row.stage is TrancheStage.DRAWN
        assert only(sqlite_database, PayOut).amount == row.amount

    def test_beyond_the_contract_are_refused_in_words(self, window, contract):
        officer = window(Role.LOAN_OFFICER)
        refused = officer.post(f"/contracts/{contract}/tranches", self.FORM | {"amount": "4000001"}, htmx=True)
        assert refused.status_code == 409
        assert "不能安排" in refused.text
        assert window(Role.AUDITOR).post(f"/contracts/{contract}/tranches", self.FORM).status_code == 403


class TestUses:
    def test_are_listed_and_filed(self, window, sqlite_database, pay_out):
        desk = window(Role.DISBURSER)
        assert pay_out in desk.get("/uses").text
        assert "2012-11-14" in desk.get(f"/uses/{pay_out}").text
        assert desk.get("/uses.xlsx").content.startswith(b"PK")
        given = {"paid_to": SUPPLIER, "amount": "1000000", "gone_on": "2012-11-07", "evidence": "流水1号"}
        wrong = desk.post(f"/uses/{pay_out}", given | {"paid_to": "别的公司"}, htmx=True)
        assert wrong.status_code == 422
        assert SUPPLIER in wrong.text
        assert desk.post(f"/uses/{pay_out}", given).status_code == 303
        assert only(sqlite_database, PaymentUse).proof == "流水1号"
        assert "都已登记去向" in desk.get("/uses").text

    def test_are_closed_to_others(self, window, pay_out):
        for role in (Role.EXPERT, Role.APPLICANT):
            assert window(role).get("/uses").status_code == 403
            assert window(role).get(f"/uses/{pay_out}").status_code == 403


class TestInspections:
    FORM = {
        "held_on": "2012-11-07",
        "finding": "as_agreed",
        "looked_at": "100",
        "evidence": "发票1号",
        "rights": "none",
        "remarks": "设备已到货",
    }

    def first(self, database: Database) -> Inspection:
        row: Inspection = only(database, Inspection, Inspection.kind == InspectionKind.FIRST_USE)
        return row

    def test_are_listed_by_day_and_exported(self, window, pay_out):
        desk = window(Role.LOAN_OFFICER)
        assert "2012-12-07" in desk.get("/inspections").text
        assert "2013-02-07" not in desk.get("/inspections").text
        assert "2013-02-07" in desk.get("/inspections?show=due").text
        assert "没有待办的检查" in desk.get("/inspections?show=late", htmx=True).text
        assert "2013-02-07" not in desk.get("/inspections?show=due&kind=first_use", htmx=True).text
        assert desk.get("/inspections?show=nonsense&kind=nonsense&sort=nonsense").status_code == 200
        assert desk.get("/inspections.xlsx?show=all").content.startswith(b"PK")

    def test_speak_english_too(self, window, sqlite_database, pay_out):
        desk = window(Role.LOAN_OFFICER)
        desk.client.cookies.set("tb_language", "en")
        for url in ("/inspections", f"/inspections/{self.first(sqlite_database).id}", "/uses", f"/uses/{pay_out}"):
            page = desk.get(url)
            assert page.status_code == 200
            assert "贷后" not in page.text, url

    def test_are_recorded_once(self, window, sqlite_database, pay_out):
        desk = window(Role.LOAN_OFFICER)
        url = f"/inspections/{self.first(sqlite_database).id}"
        given = self.FORM | {"stamp": stamp(desk.get(url))}
        assert window(Role.CREDIT_REVIEWER).post(f"{url}/record", given).status_code == 403
        assert desk.post(f"{url}/record", given).status_code == 303
        row = self.first(sqlite_database)
        assert (row.stage, row.finding) == (InspectionStage.RECORDED, UseFinding.AS_AGREED)
        assert "发票1号" in desk.get(url).text
        assert desk.post(f"{url}/record", given, htmx=True).status_code == 409

    def test_that_find_money_diverted_open_a_red_warning(self, window, sqlite_database, pay_out):
        desk = window(Role.LOAN_OFFICER)
        url = f"/inspections/{self.first(sqlite_database).id}"
        given = self.FORM | {"stamp": stamp(desk.get(url)), "finding": "diverted"}
        assert desk.post(f"{url}/record", given, htmx=True).status_code == 422
        assert desk.post(f"{url}/record", given | {"diverted": "30"}).status_code == 303
        assert only(sqlite_database, WatchCase).signal == Signal.USE_DIVERTED
        assert "挪用已移交" in desk.get(url).text


class TestTheNeed:
    @pytest.fixture
    def app(self, bank, tmp_path):
        return make_app(bank.database, tmp_path)

    STATEMENT = {
        "known_on": "2026-06-01", "source": "示例审计报告", "revenue": "5000", "cost": "4000", "profit": "500",
        "receivables": "900", "stock": "800", "fixed": "2300", "payables": "600", "advances": "100", "equity": "3300",
    }  # fmt: skip

    def test_is_measured_on_the_file_and_exceeded_by_the_committee(self, bank, at):
        number = bank.numbers[Stage.OPINION_ISSUED]
        desk, url = at(Role.LOAN_OFFICER), f"/applications/{number}"
        assert "录入财务报表" in desk.get(f"{url}/finance").text
        assert desk.get(f"{url}/statements/new").status_code == 200
        on = re.search(
            r'name="known_on" type="date"[^>]*value="(\d{4})-[\d-]+"', desk.get(f"{url}/statements/new").text
        )
        assert on
        year = int(on[1])
        given = self.STATEMENT | {"known_on": f"{year}-01-01"}
        wrong = desk.post(f"{url}/statements", given | {"year": str(year - 1), "cash": "5"}, htmx=True)
        assert wrong.status_code == 422
        assert "相差" in wrong.text
        for one in (year - 2, year - 1):
            assert desk.post(f"{url}/statements", given | {"year": str(one)}).status_code == 303
        assert desk.post(f"{url}/need", {"growth": "10", "own_funds": "1000"}).status_code == 303
        page = desk.get(f"{url}/finance").text
        assert "64.80 天" in page
        assert "¥390,000.00" in page
        committee = at(Role.CREDIT_COMMITTEE)
        assert committee.post(f"{url}/need/beyond", {"amount": "100", "reason": "订单"}).status_code == 303
        assert "订单" in committee.get(f"{url}/finance").text

    def test_and_the_checks_are_closed_to_applicants(self, bank, at):
        number = bank.numbers[Stage.SUBMITTED]
        own = at(bank.applicant(Stage.SUBMITTED))
        assert "流动资金需求测算" not in own.get(f"/applications/{number}/finance").text
        assert own.get(f"/applications/{number}/checks").status_code == 403

    def test_checks_are_shown_and_filled_in(self, bank, at):
        number = bank.numbers[Stage.SCORED]
        desk, url = at(Role.LOAN_OFFICER), f"/applications/{number}/checks"
        assert "《商业银行法》第三十九条" in desk.get(url).text
        assert desk.post(f"{url}/size", {"staff": "30", "revenue": "5000"}).status_code == 303
        assert desk.post(f"{url}/part", {"part": "use", "note": "合同三份"}).status_code == 303
        enquiry = {"subject": "示例", "purpose": "before_loan", "consent_on": "", "consent_paper": "1号"}
        assert "书面授权" in desk.post(f"{url}/enquiry", {**enquiry, "consent_paper": ""}, htmx=True).text
        page = desk.get(url).text
        assert "合同三份" in page
        assert "小型" in page
        desk.client.cookies.set("tb_language", "en")
        assert "Commercial Bank Law, article 39" in desk.get(url).text
