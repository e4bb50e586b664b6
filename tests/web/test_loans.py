"""A loan on screen: its page, money taken in after a second look, its class, its papers."""

from __future__ import annotations

from datetime import date

import pytest
from bad_loans import endow_all
from counters import links, stamp, turn_to
from credit import a_guaranteed_loan
from days import run_until
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.journal import AuditLine
from models.lending.ageing import FiveClass
from models.loan import Loan, Receipt
from models.roles import Role
from models.values.money import Money

DUE = date(2012, 12, 21)
"""The first interest falls due: 30,066.67 (44 days on four million at 6.15%)."""


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """The application on the morning of the first due date of a loan over four million."""
    with sqlite_database.write() as session:
        endow_all(session)
        a_guaranteed_loan(session)
        run_until(session, DUE)
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, DUE)
    return app


@pytest.fixture
def loan(sqlite_database, app) -> Loan:
    with sqlite_database.read() as session:
        row = session.exec(select(Loan)).one()
        session.expunge(row)
        return row


@pytest.fixture
def officer(window):
    return window(Role.LOAN_OFFICER)


@pytest.fixture
def receipts(sqlite_database):
    """Counts the receipts that the bank has."""

    def count() -> int:
        with sqlite_database.read() as session:
            return len(session.exec(select(Receipt)).all())

    return count


class TestTheList:
    @pytest.mark.parametrize("role", [Role.LOAN_OFFICER, Role.FINANCE_BUREAU, Role.GUARANTEE_OFFICER, Role.AUDITOR])
    def test_opens_for_those_who_work_with_loans(self, window, loan, role):
        assert loan.number in window(role).get("/loans").text

    @pytest.mark.parametrize("role", [Role.EXPERT, Role.ADMINISTRATOR])
    def test_is_refused_to_others(self, window, loan, role):
        desk = window(role)
        for address in ("/loans", "/loans.xlsx", f"/loans/{loan.number}", f"/loans/{loan.number}/accruals"):
            assert desk.get(address).status_code == 403

    def test_shows_an_applicant_his_own_loans_only(self, window, loan):
        own, other = window(Role.APPLICANT, talent_id=loan.talent_id), window(Role.APPLICANT)
        assert loan.number in own.get("/loans").text
        assert own.get(f"/loans/{loan.number}").status_code == 200
        assert loan.number not in other.get("/loans").text
        assert other.get(f"/loans/{loan.number}").status_code == 404

    def test_is_narrowed_by_the_address_and_answers_htmx_with_the_list_alone(self, officer, loan):
        assert "共 0 笔" in officer.get("/loans?five_class=loss").text
        part = officer.get("/loans?stage=active", htmx=True).text
        assert loan.number in part
        assert "<html" not in part


class TestTheLoansPage:
    def test_tells_the_whole_story_and_leads_on(self, officer, loan):
        page = officer.get(f"/loans/{loan.number}")
        assert page.status_code == 200
        assert "30,066.67" in page.text
        for address in links(page):
            assert officer.get(address).status_code == 200, address

    def test_offers_receipts_to_the_officer_and_classes_to_whoever_analyses(self, window, officer, loan):
        assert "登记还款" in officer.get(f"/loans/{loan.number}").text
        reviewer = window(Role.CREDIT_REVIEWER).get(f"/loans/{loan.number}").text
        assert "登记还款" not in reviewer
        assert "分类意见" in reviewer
        assert "分类意见" not in window(Role.AUDITOR).get(f"/loans/{loan.number}").text

    def test_has_its_schedule_as_paper_and_workbook_and_the_print_is_answered_for(self, officer, loan, sqlite_database):
        assert officer.get(f"/loans/{loan.number}/schedule.pdf").content.startswith(b"%PDF")
        assert officer.get(f"/loans/{loan.number}/schedule.xlsx").content.startswith(b"PK")
        with sqlite_database.read() as session:
            acts = [line.act for line in session.exec(select(AuditLine))]
        assert acts.count("schedule.print") == 1
        assert acts.count("export") == 1

    def test_is_not_there_under_a_number_that_nobody_gave(self, officer):
        assert officer.get("/loans/TBL-1999-0001").status_code == 404


class TestTakingMoneyIn:
    MONEY = {"amount": "30,066.67", "bank_ref": "BK-1"}

    def test_shows_what_it_settles_before_it_stands(self, officer, loan, receipts):
        asked = officer.post(f"/loans/{loan.number}/receipts", self.MONEY, htmx=True)
        assert asked.status_code == 428
        assert "叁万零陆拾陆元陆角柒分" in asked.text
        assert "利息" in asked.text
        assert receipts() == 0

    def test_stands_after_the_second_yes(self, officer, loan, receipts):
        answer = officer.post(f"/loans/{loan.number}/receipts", self.MONEY | {"confirmed": "true"})
        assert answer.status_code == 303
        assert receipts() == 1
        page = officer.get(f"/loans/{loan.number}").text
        assert "BK-1" in page
        assert "已还清" in page

    def test_is_booked_once_however_often_it_is_sent(self, officer, loan, receipts):
        sent = self.MONEY | {"confirmed": "true", "once": "the-key-of-this-form"}
        first = officer.post(f"/loans/{loan.number}/receipts", sent)
        second = officer.post(f"/loans/{loan.number}/receipts", sent)
        assert first.status_code == second.status_code == 303
        assert first.headers["location"] == second.headers["location"]
        assert receipts() == 1

    def test_is_refused_under_a_reference_that_was_booked_before(self, officer, loan, receipts):
        officer.post(f"/loans/{loan.number}/receipts", self.MONEY | {"confirmed": "true"})
        again = officer.post(f"/loans/{loan.number}/receipts", self.MONEY | {"confirmed": "true"}, htmx=True)
        assert again.status_code == 409
        assert receipts() == 1

    @pytest.mark.parametrize(
        "wrong", [{"amount": "三万"}, {"amount": "0"}, {"amount": "1.234"}, {"bank_ref": ""}, {"amount": ""}]
    )
    def test_needs_an_amount_and_a_reference(self, officer, loan, receipts, wrong):
        answer = officer.post(f"/loans/{loan.number}/receipts", self.MONEY | wrong | {"confirmed": "true"}, htmx=True)
        assert answer.status_code == 422
        assert "data-field" in answer.text
        assert receipts() == 0

    def test_is_the_officers(self, window, loan, receipts):
        answer = window(Role.CREDIT_REVIEWER).post(f"/loans/{loan.number}/receipts", self.MONEY)
        assert answer.status_code == 403
        assert receipts() == 0

    def test_uses_what_is_left_to_prepay_when_it_is_asked_to(self, officer, loan, sqlite_database):
        money = {"amount": "1,030,066.67", "bank_ref": "BK-2", "prepay": "true", "confirmed": "true"}
        assert officer.post(f"/loans/{loan.number}/receipts", money).status_code == 303
        with sqlite_database.read() as session:
            assert session.get_one(Loan, loan.key).outstanding == Money.yuan("3000000")

    def test_is_undone_by_a_reviewer_with_a_reason(self, window, officer, loan, sqlite_database):
        officer.post(f"/loans/{loan.number}/receipts", self.MONEY | {"confirmed": "true"})
        with sqlite_database.read() as session:
            number = session.exec(select(Receipt)).one().number
        reviewer = window(Role.CREDIT_REVIEWER)
        assert f"/loans/{loan.number}/reverse" in reviewer.get(f"/loans/{loan.number}").text
        bounced = {"receipt": number, "reason": "银行退票"}
        assert officer.post(f"/loans/{loan.number}/reverse", bounced).status_code == 403
        assert reviewer.post(f"/loans/{loan.number}/reverse", bounced | {"receipt": "TBR-1"}).status_code == 404
        assert reviewer.post(f"/loans/{loan.number}/reverse", bounced | {"reason": ""}).status_code == 422
        assert reviewer.post(f"/loans/{loan.number}/reverse", bounced).status_code == 303
        page = reviewer.get(f"/loans/{loan.number}").text
        assert "已冲正" in page
        assert f"/loans/{loan.number}/reverse" not in page

    def test_pays_back_what_was_too_much_by_the_disburser_after_a_second_look(self, window, officer, loan, receipts):
        money = {"amount": "50,000", "bank_ref": "BK-3", "confirmed": "true"}
        officer.post(f"/loans/{loan.number}/receipts", money)
        disburser = window(Role.DISBURSER)
        page = disburser.get(f"/loans/{loan.number}")
        number = page.text.split('name="receipt" value="')[1].split('"')[0]
        asked = disburser.post(f"/loans/{loan.number}/refund", {"receipt": number}, htmx=True)
        assert asked.status_code == 428
        assert "19,933.33" in asked.text
        sure = {"receipt": number, "confirmed": "true"}
        assert disburser.post(f"/loans/{loan.number}/refund", sure).status_code == 303
        assert disburser.post(f"/loans/{loan.number}/refund", sure).status_code == 409


class TestTheClass:
    def test_is_lowered_by_the_analyst_and_shown_in_the_history(self, officer, loan, sqlite_database):
        page = officer.get(f"/loans/{loan.number}")
        view = {"view": "special_mention", "reason": "订单减少", "stamp": stamp(page)}
        assert officer.post(f"/loans/{loan.number}/class", view).status_code == 303
        with sqlite_database.read() as session:
            assert session.get_one(Loan, loan.key).five_class is FiveClass.SPECIAL_MENTION
        assert "五级分类：正常 → 关注" in officer.get(f"/loans/{loan.number}").text

    def test_is_not_changed_from_a_stale_page(self, officer, loan, sqlite_database):
        view = {"view": "special_mention", "reason": "订单减少", "stamp": "0"}
        stale = officer.post(f"/loans/{loan.number}/class", view, htmx=True)
        assert stale.status_code == 409
        with sqlite_database.read() as session:
            assert session.get_one(Loan, loan.key).five_class is FiveClass.NORMAL
