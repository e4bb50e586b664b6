"""The bureau's page and the books: who may see them, and every figure leads down to what it is made of."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from bad_loans import endow_all
from counters import links, turn_to
from credit import ON, a_guaranteed_loan, yuan
from days import run_until
from fastapi import FastAPI
from webdesk import make_app

from models.roles import Institution, Role

TODAY = date(2012, 12, 24)


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """A bank with two loans, seven weeks after they were paid out, one of them with its first interest unpaid."""
    with sqlite_database.write() as session:
        endow_all(session)
        a_guaranteed_loan(session, amount=yuan(4_000_000))
        a_guaranteed_loan(session, amount=yuan(2_875_000), on=ON + timedelta(days=20))
        run_until(session, TODAY)
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, TODAY)
    return app


@pytest.fixture
def bureau(window):
    return window(Role.FINANCE_BUREAU)


class TestTheBureausPage:
    @pytest.mark.parametrize("role", [Role.FINANCE_BUREAU, Role.TREASURER, Role.CREDIT_COMMITTEE, Role.AUDITOR])
    def test_opens_for_those_who_watch(self, window, role):
        page = window(role).get("/funds")
        assert page.status_code == 200
        assert "687.50" in page.text  # 万元 outstanding, in the ring's table

    @pytest.mark.parametrize("role", [Role.APPLICANT, Role.EXPERT, Role.LOAN_OFFICER, Role.ADMINISTRATOR])
    def test_is_refused_to_others(self, window, role):
        desk = window(role)
        assert desk.get("/funds").status_code == 403
        assert desk.get("/funds.xlsx").status_code == 403

    def test_leads_from_every_figure_to_a_page_that_opens(self, bureau):
        found = links(bureau.get("/funds"))
        assert {"/loans?stage=owed", "/loans?non_performing=1", "/guarantees", "/bridges", "/books"} <= set(found)
        assert any(one.startswith("/loans?five_class=") for one in found)
        assert any(one.startswith("/loans?industry=") for one in found)
        opened = {address: bureau.get(address).status_code for address in found}
        assert {address: status for address, status in opened.items() if status != 200} == {}

    def test_tells_the_same_sum_as_the_list_that_it_leads_to(self, bureau):
        assert "共 2 笔" in bureau.get("/loans?stage=owed").text
        assert "共 0 笔" in bureau.get("/loans?non_performing=1").text

    def test_is_exported_from_the_same_numbers(self, bureau):
        answer = bureau.get("/funds.xlsx")
        assert answer.status_code == 200
        assert answer.content.startswith(b"PK")

    def test_counts_in_millions_in_english(self, bureau):
        bureau.post("/language", {"to": "en"})
        page = bureau.get("/funds").text
        assert "Fund exposure" in page
        assert "6.88" in page
        assert "万元" not in page


class TestTheBooks:
    @pytest.mark.parametrize("role", [Role.FINANCE_BUREAU, Role.LOAN_OFFICER, Role.AUDITOR])
    def test_open_for_those_who_work_with_them(self, window, role):
        assert window(role).get("/books").status_code == 200

    @pytest.mark.parametrize("role", [Role.APPLICANT, Role.EXPERT, Role.TALENT_OFFICE])
    def test_are_refused_to_others(self, window, role):
        desk = window(role)
        for address in ("/books", "/books/bank", "/books/bank/principal", "/books/bank.xlsx", "/events/capital:bank"):
            assert desk.get(address).status_code == 403

    def test_say_that_they_agree(self, bureau):
        assert "差额为零" in bureau.get("/books").text

    @pytest.mark.parametrize("book", Institution)
    def test_have_a_trial_balance_each_as_of_any_day(self, bureau, book):
        assert bureau.get(f"/books/{book}").status_code == 200
        assert bureau.get(f"/books/{book}?on={ON}").status_code == 200
        assert bureau.get(f"/books/{book}.xlsx").content.startswith(b"PK")

    def test_lead_from_the_balance_to_the_account_the_posting_and_the_event(self, bureau):
        assert "/books/bank/principal" in links(bureau.get("/books/bank"))
        account = bureau.get("/books/bank/principal")
        assert "6,875,000.00" in account.text
        events = [one for one in links(account) if one.startswith("/events/")]
        assert len(events) == 2
        event = bureau.get(events[0])
        assert event.status_code == 200
        assert "合计（借贷相等）" in event.text

    def test_tell_of_an_event_in_words_and_fold_its_sealed_text_away(self, bureau):
        event = next(one for one in links(bureau.get("/books/bank/principal")) if one.startswith("/events/"))
        page = bureau.get(event).text
        shown = page.split("<details", 1)[0]
        assert "<dt>贷款</dt>" in shown
        assert 'href="/loans/TBL-2012-000' in shown
        assert "pay_out:" not in shown.split("<main")[1]
        assert "技术信息" in page
        assert re.search(r"防重编号</dt><dd>pay_out:.*封存的原文</dt><dd>TBL-2012-000", page)

    def test_are_not_there_for_words_that_nobody_gave(self, bureau):
        for address in ("/books/nobody", "/books/bank/nothing", "/events/nothing:1"):
            assert bureau.get(address).status_code == 404
