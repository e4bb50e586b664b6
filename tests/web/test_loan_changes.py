"""Changes and papers of a loan on screen: shown before they are asked for, approved by another, and then on the page."""

from __future__ import annotations

import re
from datetime import date

import pytest
from bad_loans import endow_all
from counters import links, stamp, turn_to
from credit import AT, OFFICER, a_guaranteed_loan, yuan
from days import run_until
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.document import Attachment
from models.loan import Loan
from models.loan_change import LoanChange
from models.roles import Role
from models.values.rate import Rate
from workflows import servicing

DUE = date(2012, 12, 21)


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """The application on the day after a loan over four million has paid its first interest."""
    with sqlite_database.write() as session:
        endow_all(session)
        loan = a_guaranteed_loan(session).loan
        run_until(session, DUE)
        servicing.receive(session, loan=loan, amount=yuan("30066.67"), bank_ref="A", by=OFFICER, on=DUE, at=AT)
        run_until(session, date(2012, 12, 22))
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, date(2012, 12, 22))
    return app


@pytest.fixture
def number(sqlite_database, app) -> str:
    with sqlite_database.read() as session:
        return str(session.exec(select(Loan.number)).one())


@pytest.fixture
def officer(window):
    return window(Role.LOAN_OFFICER)


@pytest.fixture
def reviewer(window):
    return window(Role.CREDIT_REVIEWER)


def send(window, address, **form):
    """Send a form."""
    return window.post(address, form)


def seen(page) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page.text)
    assert found, "the page offers no approval"
    return found[1]


def proposed(officer, number, **asked) -> str:
    """A change that waits; its number."""
    page = officer.get(f"/loans/{number}/what-if", params=asked)
    answer = send(officer, f"/loans/{number}/changes", stamp=stamp(page), reason="借款人申请", **asked)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


class TestTheWhatIf:
    @pytest.mark.parametrize("kind", ["prepayment", "extension", "rate", "restructuring"])
    def test_begins_empty_for_every_kind(self, officer, number, kind):
        page = officer.get(f"/loans/{number}/what-if?kind={kind}")
        assert page.status_code == 200
        assert "先看效果，再提交审批" in page.text

    def test_shows_before_and_after_and_writes_nothing(self, officer, number, sqlite_database):
        page = officer.get(f"/loans/{number}/what-if?kind=extension&months=6").text
        assert "2013-11-07" in page
        assert "2014-05-07" in page
        assert "提交审批" in page
        with sqlite_database.read() as session:
            assert session.exec(select(LoanChange)).all() == []

    def test_says_why_a_change_cannot_be_made(self, officer, number):
        page = officer.get(f"/loans/{number}/what-if?kind=extension&months=13")
        assert "累计最多展期 12 个月" in page.text
        assert 'action="/loans/' + number + '/changes"' not in page.text
        assert "只能降低利率" in officer.get(f"/loans/{number}/what-if?kind=restructuring&rate=8").text
        assert "请输入数字" in officer.get(f"/loans/{number}/what-if?kind=extension&months=abc").text

    def test_is_open_to_those_who_read_files_and_offers_the_request_to_officers_only(self, window, reviewer, number):
        address = f"/loans/{number}/what-if?kind=extension&months=6"
        assert "提交审批</button>" not in reviewer.get(address).text
        assert window(Role.EXPERT).get(address).status_code == 403
        assert window(Role.APPLICANT).get(address).status_code == 403


class TestAChange:
    def test_of_rate_is_approved_by_another_and_stands_on_the_loans_page(
        self, officer, reviewer, number, sqlite_database
    ):
        change = proposed(officer, number, kind="rate", rate="6.05")
        assert change in reviewer.get("/loan-changes").text
        page = reviewer.get(f"/loan-changes/{change}")
        answer = send(reviewer, f"/loan-changes/{change}/approve", stamp=stamp(page), seen=seen(page))
        assert answer.status_code == 303
        assert "已生效" in reviewer.get(f"/loan-changes/{change}").text
        loan_page = officer.get(f"/loans/{number}").text
        assert "6.15% → 6.05%" in loan_page
        with sqlite_database.read() as session:
            assert session.exec(select(Loan.rate)).one() == Rate.of("0.0605")
        plans = officer.get(f"/loans/{number}/plans").text
        assert "第 2 次计划" in plans
        assert "已被新计划取代" in plans

    def test_waits_for_the_guarantors_consent(self, officer, reviewer, number):
        change = proposed(officer, number, kind="extension", months="6")
        page = reviewer.get(f"/loan-changes/{change}")
        declined = send(reviewer, f"/loan-changes/{change}/approve", stamp=stamp(page), seen=seen(page))
        assert declined.status_code == 409
        assert "还缺书面同意" in declined.text
        send(
            officer,
            f"/loan-changes/{change}/consents",
            party="guarantor",
            evidence="同意函2012-7",
            given_on="2012-12-20",
        )
        page = reviewer.get(f"/loan-changes/{change}")
        assert "同意函2012-7" in page.text
        assert send(reviewer, f"/loan-changes/{change}/approve", stamp=stamp(page), seen=seen(page)).status_code == 303

    def test_is_not_approved_from_a_stale_page_nor_by_whoever_may_not(self, officer, reviewer, number):
        change = proposed(officer, number, kind="rate", rate="6.05")
        page = reviewer.get(f"/loan-changes/{change}")
        assert send(officer, f"/loan-changes/{change}/approve", stamp=stamp(page), seen=seen(page)).status_code == 403
        stale = send(reviewer, f"/loan-changes/{change}/approve", stamp="99", seen=seen(page))
        assert stale.status_code == 409
        other = send(reviewer, f"/loan-changes/{change}/approve", stamp=stamp(page), seen="0" * 32)
        assert other.status_code == 409
        assert "重新查看" in other.text

    def test_is_refused_with_a_reason_or_withdrawn(self, officer, reviewer, number):
        change = proposed(officer, number, kind="rate", rate="6.05")
        page = reviewer.get(f"/loan-changes/{change}")
        send(reviewer, f"/loan-changes/{change}/refuse", stamp=stamp(page), reason="理由不足")
        assert "已否决" in officer.get(f"/loans/{number}").text
        change = proposed(officer, number, kind="rate", rate="6.05")
        page = officer.get(f"/loan-changes/{change}")
        send(officer, f"/loan-changes/{change}/withdraw", stamp=stamp(page), reason="借款人撤回")
        assert "已撤回" in officer.get(f"/loans/{number}").text

    def test_of_early_repayment_waits_for_its_money(self, officer, reviewer, number):
        change = proposed(officer, number, kind="prepayment", amount="1000000", choice="lower_instalment")
        page = reviewer.get(f"/loan-changes/{change}")
        send(reviewer, f"/loan-changes/{change}/approve", stamp=stamp(page), seen=seen(page))
        page = officer.get(f"/loan-changes/{change}")
        assert "款项到账" in page.text
        send(officer, f"/loan-changes/{change}/money", stamp=stamp(page), bank_ref="P-1")
        assert "3,000,000.00" in officer.get(f"/loans/{number}/statement").text
        assert "已生效" in officer.get(f"/loan-changes/{change}").text


class TestThePapers:
    @pytest.mark.parametrize("page", ["", "/plans", "/ledger", "/accruals", "/statement", "/quote", "/what-if"])
    def test_lead_to_each_other_in_both_languages(self, officer, number, page):
        shown = officer.get(f"/loans/{number}{page}")
        assert shown.status_code == 200
        for address in links(shown):
            assert officer.get(address).status_code == 200, address

    def test_come_as_pdf_and_workbook(self, officer, number):
        for paper in ("quote", "statement", "schedule"):
            assert officer.get(f"/loans/{number}/{paper}.pdf").content.startswith(b"%PDF")
            assert officer.get(f"/loans/{number}/{paper}.xlsx").content.startswith(b"PK")

    def test_quote_no_day_that_has_passed(self, officer, number):
        assert "只能报" in officer.get(f"/loans/{number}/quote?on=2012-12-01").text
        assert officer.get(f"/loans/{number}/quote.pdf?on=2012-12-01").status_code == 409
        assert officer.get(f"/loans/{number}/statement?since=2013-01-01&until=2012-01-01").status_code == 422

    def test_certify_a_settled_loan_once(self, officer, window, number, sqlite_database):
        page = officer.get(f"/loans/{number}")
        early = send(officer, f"/loans/{number}/certificate", stamp="1")
        assert early.status_code == 409
        assert officer.get(f"/loans/{number}/certificate.pdf").status_code == 404
        assert "出具结清证明" not in page.text
        quote = re.search(r"<b class=\"num\">.*?([\d,]+\.\d\d)", officer.get(f"/loans/{number}/quote").text)
        assert quote
        amount = quote[1].replace(",", "")
        send(officer, f"/loans/{number}/receipts", amount=amount, bank_ref="B", prepay="true", confirmed="true")
        for _ in range(2):
            with sqlite_database.read() as session:
                now = str(session.exec(select(Loan.stamp)).one())
            assert send(officer, f"/loans/{number}/certificate", stamp=now).status_code == 303
        assert officer.get(f"/loans/{number}/certificate.pdf").content.startswith(b"%PDF")
        with sqlite_database.read() as session:
            assert len(session.exec(select(Attachment).where(Attachment.subject == "loan")).all()) == 1
