"""The desk of bad claims: who may see it, a case from its proposal to its end, a loan written off."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bad_loans import BAD, a_bad_loan, a_proposed_case, endow_all
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import Session, select
from webdesk import Visitor, make_app

from models.disposal import DisposalCase, Recovery
from models.loan import Loan
from models.roles import Role
from models.states.aftercare import DisposalStage
from models.states.loan import LoanStage
from models.values.money import Money
from talentbank.database import Database

MORNING = datetime(BAD.year, BAD.month, BAD.day, 2, tzinfo=UTC)


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    """The application on the day on which nothing has been paid for 95 days."""
    app = make_app(sqlite_database, tmp_path)
    app.state.clock = lambda: MORNING
    return app


@pytest.fixture
def loan(sqlite_database: Database) -> str:
    """The number of a bad loan whose guarantor has paid."""
    with sqlite_database.write() as session:
        endow_all(session)
        return a_bad_loan(session).loan.number


@pytest.fixture
def case(sqlite_database: Database) -> str:
    """The number of a case that waits for the committee."""
    with sqlite_database.write() as session:
        endow_all(session)
        return a_proposed_case(session, a_bad_loan(session)).number


def stamp(page: Response) -> str:
    found = re.search(r'name="stamp" value="(\d+)"', page.text)
    assert found, "the page offers no step"
    return found[1]


def the_case(database: Database) -> DisposalCase:
    with database.read() as session:
        row = session.exec(select(DisposalCase)).one()
        session.expunge(row)
        return row


def cases(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(DisposalCase)).all())


def the_loan(session: Session, number: str) -> Loan:
    return session.exec(select(Loan).where(Loan.number == number)).one()


def proposal(loan: str, **more: str) -> dict[str, str]:
    return {"loan": loan, "price": "300000", "guarantor_price": "1200000", "strategy": "convert"} | more


class TestThePages:
    @pytest.mark.parametrize("role", [Role.ASSET_MANAGER, Role.CREDIT_COMMITTEE, Role.VENTURE_MANAGER, Role.AUDITOR])
    def test_open_for_those_who_work_with_them(self, window, case, role):
        desk = window(role)
        assert desk.get("/disposals").status_code == 200
        page = desk.get(f"/disposals/{case}")
        assert page.status_code == 200
        assert "现值最高" in page.text

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.APPLICANT, Role.ADMINISTRATOR])
    def test_are_refused_to_others(self, window, case, role):
        desk = window(role)
        assert desk.get("/disposals").status_code == 403
        assert desk.get(f"/disposals/{case}").status_code == 403
        assert desk.get("/disposals.xlsx").status_code == 403

    def test_show_every_way_out_with_its_formula(self, window, loan):
        page = window(Role.ASSET_MANAGER).get(f"/disposals/new?loan={loan}").text
        for way in ("继续清收", "债务重组", "处置知识产权", "诉讼追偿", "债权转股权"):
            assert way in page
        assert page.count("<sup>") == 5

    def test_list_the_loans_for_which_nothing_is_under_way(self, window, loan):
        page = window(Role.ASSET_MANAGER).get("/disposals").text
        assert f"/disposals/new?loan={loan}" in page

    def test_give_the_whole_list_as_a_workbook(self, window, case):
        answer = window(Role.ASSET_MANAGER).get("/disposals.xlsx")
        assert answer.content.startswith(b"PK")


class TestProposing:
    def test_makes_a_case_that_waits_for_the_committee(self, window, sqlite_database, loan):
        answer = window(Role.ASSET_MANAGER).post("/disposals", proposal(loan))
        assert answer.status_code == 303
        row = the_case(sqlite_database)
        assert answer.headers["location"] == f"/disposals/{row.number}"
        assert (row.stage, row.price) == (DisposalStage.PROPOSED, Money.yuan("300000"))

    def test_above_the_claim_is_refused_in_words_and_writes_nothing(self, window, sqlite_database, loan):
        answer = window(Role.ASSET_MANAGER).post("/disposals", proposal(loan, price="90000000"), htmx=True)
        assert answer.status_code == 409
        assert "高于" in answer.text
        assert cases(sqlite_database) == 0

    def test_needs_numbers_and_a_way_out(self, window, sqlite_database, loan):
        desk = window(Role.ASSET_MANAGER)
        wrong = desk.post("/disposals", proposal(loan, price="三十万"), htmx=True)
        assert wrong.status_code == 422
        assert "银行债权转让价格" in wrong.text
        assert desk.post("/disposals", proposal(loan, strategy=""), htmx=True).status_code == 422
        assert cases(sqlite_database) == 0

    def test_is_not_the_committees(self, window, sqlite_database, loan):
        assert window(Role.CREDIT_COMMITTEE).post("/disposals", proposal(loan)).status_code == 403
        assert cases(sqlite_database) == 0


class TestACase:
    def test_goes_from_the_committee_to_its_end(self, window, sqlite_database, case):
        url = f"/disposals/{case}"
        committee, manager = window(Role.CREDIT_COMMITTEE), window(Role.ASSET_MANAGER)
        assert committee.post(f"{url}/approve", {"stamp": stamp(committee.get(url))}).status_code == 303

        taking = {"stamp": stamp(manager.get(url))}
        asked = manager.post(f"{url}/hand-over", taking, htmx=True)
        assert asked.status_code == 428
        assert "壹佰伍拾万元整" in asked.text
        assert the_case(sqlite_database).stage is DisposalStage.APPROVED
        assert manager.post(f"{url}/hand-over", taking | {"confirmed": "true"}).status_code == 303
        assert the_case(sqlite_database).cost == Money.yuan("1500000")

        money = {"stamp": stamp(manager.get(url)), "amount": "200,000", "source": "应收账款", "bank_ref": "C-1"}
        assert manager.post(f"{url}/collect", money).status_code == 428
        assert manager.post(f"{url}/collect", money | {"confirmed": "true"}).status_code == 303
        assert the_case(sqlite_database).cost == Money.yuan("1300000")

        end = {"stamp": stamp(manager.get(url)), "reason": "企业已无可执行财产"}
        assert manager.post(f"{url}/close", end).status_code == 428
        assert manager.post(f"{url}/close", end | {"confirmed": "true"}).status_code == 303
        assert the_case(sqlite_database).stage is DisposalStage.CLOSED

    def test_may_be_refused_with_a_reason(self, window, sqlite_database, case):
        committee = window(Role.CREDIT_COMMITTEE)
        shown = {"stamp": stamp(committee.get(f"/disposals/{case}"))}
        assert committee.post(f"/disposals/{case}/refuse", shown | {"reason": ""}).status_code == 422
        assert committee.post(f"/disposals/{case}/refuse", shown | {"reason": "价格过低"}).status_code == 303
        assert the_case(sqlite_database).stage is DisposalStage.REFUSED

    def test_is_not_approved_from_a_page_that_is_too_old(self, window, sqlite_database, case):
        committee = window(Role.CREDIT_COMMITTEE)
        assert committee.post(f"/disposals/{case}/approve", {"stamp": "99"}).status_code == 409
        assert the_case(sqlite_database).stage is DisposalStage.PROPOSED

    def test_takes_no_more_than_is_claimed(self, window, sqlite_database, case):
        url = f"/disposals/{case}"
        committee, manager = window(Role.CREDIT_COMMITTEE), window(Role.ASSET_MANAGER)
        committee.post(f"{url}/approve", {"stamp": stamp(committee.get(url))})
        manager.post(f"{url}/hand-over", {"stamp": stamp(manager.get(url)), "confirmed": "true"})
        shown = {"stamp": stamp(manager.get(url)), "amount": "90000000", "source": "执行", "bank_ref": "C-2"}
        refused = manager.post(f"{url}/collect", shown | {"confirmed": "true"}, htmx=True)
        assert refused.status_code == 409
        assert "剩余债权" in refused.text
        with sqlite_database.read() as session:
            assert session.exec(select(Recovery)).all() == []


class TestWritingOff:
    def test_is_asked_once_more_and_then_takes_the_loan_out_of_the_books(self, window, sqlite_database, loan):
        reviewer, officer = window(Role.CREDIT_REVIEWER), window(Role.LOAN_OFFICER)
        url = f"/loans/{loan}/write-off"
        form = {"stamp": stamp(reviewer.get(url)), "reason": "法院裁定终结执行"}
        asked = reviewer.post(url, form, htmx=True)
        assert asked.status_code == 428
        assert "动用减值准备" in asked.text
        with sqlite_database.read() as session:
            assert the_loan(session, loan).stage is LoanStage.DEFAULTED
        assert reviewer.post(url, form | {"confirmed": "true"}).status_code == 303
        with sqlite_database.read() as session:
            assert the_loan(session, loan).stage is LoanStage.WRITTEN_OFF

        assert "登记核销后收回" in officer.get(url).text
        late = officer.post(f"/loans/{loan}/recoveries", {"amount": "1000", "bank_ref": "W-1"})
        assert late.status_code == 303
        assert "1,000.00" in officer.get(url).text

    def test_is_refused_while_the_guarantee_stands(self, window, sqlite_database):
        with sqlite_database.write() as session:
            endow_all(session)
            number = a_bad_loan(session, compensated=False).loan.number
        reviewer = window(Role.CREDIT_REVIEWER)
        page = reviewer.get(f"/loans/{number}/write-off")
        form = {"stamp": stamp(page), "reason": "无法收回", "confirmed": "true"}
        refused = reviewer.post(f"/loans/{number}/write-off", form, htmx=True)
        assert refused.status_code == 409
        assert "尚未履行或解除" in refused.text
        with sqlite_database.read() as session:
            assert the_loan(session, number).stage is LoanStage.DEFAULTED

    def test_is_the_reviewers(self, window, loan):
        officer: Visitor = window(Role.LOAN_OFFICER)
        form = {"stamp": "1", "reason": "无法收回", "confirmed": "true"}
        assert officer.post(f"/loans/{loan}/write-off", form).status_code == 403
        assert window(Role.EXPERT).get(f"/loans/{loan}/write-off").status_code == 403
