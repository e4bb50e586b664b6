"""The auditor's pages: every move with its hand, every read that is answered for, the proof of the books."""

from __future__ import annotations

import pytest
from bad_loans import BAD, a_bad_loan, endow_all
from counters import links, turn_to
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.journal import AuditLine, JournalLine
from models.ledger import leg
from models.roles import Role
from talentbank.web import views_audit

PAGES = ("/audit", "/audit/reads", "/audit/proof", "/audit.xlsx", "/audit/reads.xlsx")


@pytest.fixture
def app(sqlite_database, tmp_path) -> FastAPI:
    """The application over a bank in which a loan has gone bad and was compensated."""
    with sqlite_database.write() as session:
        endow_all(session)
        a_bad_loan(session)
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, BAD)
    return app


@pytest.fixture
def auditor(window):
    return window(Role.AUDITOR)


class TestThePages:
    def test_open_for_the_auditor(self, auditor):
        for address in PAGES:
            assert auditor.get(address).status_code == 200

    @pytest.mark.parametrize("role", [role for role in Role if role not in (Role.AUDITOR, Role.SYSTEM)])
    def test_are_refused_to_everybody_else(self, window, role):
        desk = window(role)
        assert {desk.get(address).status_code for address in PAGES} == {403}

    def test_lead_to_pages_that_open(self, auditor):
        for address in links(auditor.get("/audit")):
            assert auditor.get(address).status_code == 200, address


class TestTheJournal:
    def test_names_act_hand_post_thing_and_change(self, auditor):
        page = auditor.get("/audit").text
        for word in ("支付代偿款", "担保审批", "代偿 TBK-2013-0001", "认定违约", "逾期95天"):
            assert word in page

    def test_is_narrowed_by_thing_days_text_and_case(self, auditor, sqlite_database):
        with sqlite_database.read() as session:
            lines = session.exec(select(JournalLine)).all()
            claims = [line for line in lines if line.subject == "claim"]
            case = claims[0].case
            of_case = [line for line in lines if line.case == case]
        assert f"共 {len(claims)} 条" in auditor.get("/audit?subject=claim").text
        assert f"共 {len(of_case)} 条" in auditor.get(f"/audit?case={case}").text
        assert "共 0 条" in auditor.get("/audit?until=2001-01-01").text
        assert "共 0 条" not in auditor.get(f"/audit?since={BAD}&until={BAD}").text
        assert "认定违约" in auditor.get("/audit?q=逾期95天").text

    def test_takes_half_a_date_for_none(self, auditor):
        assert auditor.get("/audit?since=2013-0&until=soon").status_code == 200

    def test_answers_htmx_with_the_list_alone(self, auditor):
        part = auditor.get("/audit?subject=claim", htmx=True).text
        assert part.lstrip().startswith("<section")
        assert "<html" not in part

    def test_has_words_for_every_line(self, app, sqlite_database):
        with sqlite_database.read() as session:
            lines = session.exec(select(JournalLine)).all()
            views = views_audit.journal(session, lines)
        assert [one.act for one in views if one.act.isascii()] == []
        assert [one.thing for one in views if one.thing[0].isascii()] == []


class TestTheLogOfReads:
    def test_tells_who_took_what(self, window, auditor):
        window(Role.LOAN_OFFICER, name="周示例").get("/loans.xlsx")
        page = auditor.get("/audit/reads?act=export").text
        assert "周示例" in page
        assert "贷款清单" in page
        assert "共 1 条" in page
        assert "共 0 条" in auditor.get("/audit/reads?act=export&until=2001-01-01").text
        assert "共 1 条" in auditor.get(f"/audit/reads?act=export&since={BAD}&until={BAD}").text

    def test_tells_of_exports_of_itself_too(self, auditor, sqlite_database):
        auditor.get("/audit.xlsx")
        with sqlite_database.read() as session:
            assert [line.subject for line in session.exec(select(AuditLine)) if line.act == "export"] == ["经办流水"]


class TestTheProof:
    def test_is_made_when_it_is_asked_for(self, auditor, sqlite_database):
        assert "核验通过" not in auditor.get("/audit/proof").text
        page = auditor.get("/audit/proof?run=true").text
        assert "核验通过" in page
        assert "未核验" not in page
        with sqlite_database.read() as session:
            assert [line.detail for line in session.exec(select(AuditLine)) if line.act == "books.prove"] == ["holds"]

    def test_names_what_does_not_fit(self, auditor, sqlite_database):
        with sqlite_database.engine.begin() as connection:
            for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_leg'"
            ).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.execute(leg.update().values(amount=leg.c.amount + 1).where(leg.c.n == 1))
        page = auditor.get("/audit/proof?run=true")
        assert page.status_code == 200
        assert "核验未通过" in page.text
        assert "哈希链" in page.text

    def test_has_words_for_every_check(self, auditor):
        page = auditor.get("/audit/proof?run=true").text
        assert "is-bad" not in page
        for name, _ in views_audit.CHECKS.values():
            assert name in page
