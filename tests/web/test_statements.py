"""The receipts desk on screen: a statement is read dry, imported, matched with a click, reconciled."""

from __future__ import annotations

import io

import openpyxl
import pytest
from counters import turn_to
from credit import AT, OFFICER, ON, a_guaranteed_loan, endow
from fastapi import FastAPI
from sqlmodel import select
from webdesk import make_app

from models.banking.reading import yuan_text
from models.firm import Firm
from models.loan import Receipt
from models.queries.books import balance
from models.roles import Role
from models.statement import BankStatement, StatementLine, StatementMatch
from models.values.money import Money
from workflows import servicing

ACCOUNT = "33100120345678"


@pytest.fixture
def facts(sqlite_database):
    """A loan of which money came in today, in the books and not."""
    with sqlite_database.write() as session:
        endow(session)
        credit = a_guaranteed_loan(session)
        held = balance(session, "bank.cash").net
        servicing.receive(session, loan=credit.loan, amount=Money(500), bank_ref="B1", by=OFFICER, on=ON, at=AT)
        return {"loan": credit.loan.number, "name": session.get_one(Firm, credit.loan.firm_id).name, "held": held}


@pytest.fixture
def app(facts, sqlite_database, tmp_path) -> FastAPI:
    app = make_app(sqlite_database, tmp_path)
    turn_to(app, ON)
    return app


@pytest.fixture
def content(facts) -> bytes:
    lines = ["日期,借方,贷方,余额,对方户名,摘要,流水号"]
    held = facts["held"].fen
    for fen, name, memo, ref in (
        (500, facts["name"], "还款", "B1"),
        (700, facts["name"], "<b>还款</b>", "B2"),
        (-15, "", "手续费", "B3"),
    ):
        held += fen
        sides = f",{yuan_text(fen)}" if fen > 0 else f"{yuan_text(-fen)},"
        lines.append(f"{ON},{sides},{yuan_text(held)},{name},{memo},{ref}")
    return "\n".join(lines).encode("gb18030")


def send(desk, content, act, name="对账单.csv", **more):
    return desk.post("/statements", {"act": act, "account": ACCOUNT} | more, files={"file": (name, content)}, htmx=True)


def count(database, noun) -> int:
    with database.read() as session:
        return len(session.exec(select(noun)).all())


class TestWhoMayEnter:
    @pytest.mark.parametrize("role", [Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.FINANCE_BUREAU, Role.AUDITOR])
    def test_readers_open_every_page_and_only_the_officer_imports(self, window, role):
        desk = window(role)
        for address in ("/statements", "/statements/lines", "/statements/reconciliation", "/statements/unmatched.xlsx"):
            assert desk.get(address).status_code == 200, address
        assert ("对账单文件" in desk.get("/statements").text) is (role is Role.LOAN_OFFICER)

    @pytest.mark.parametrize("role", [Role.APPLICANT, Role.EXPERT, Role.VENTURE_MANAGER])
    def test_others_are_refused(self, window, role):
        assert window(role).get("/statements").status_code == 403

    def test_the_bureau_changes_nothing(self, window, sqlite_database, content):
        bureau = window(Role.FINANCE_BUREAU)
        assert send(bureau, content, "import").status_code == 403
        for address in ("/statements/match", "/statements/lines/1/aside", "/statements/matches/1/undo"):
            assert bureau.post(address, {"reason": "x"}).status_code == 403
        assert count(sqlite_database, BankStatement) == 0


class TestBringingAStatementIn:
    def test_dry_shows_what_it_says_and_writes_nothing(self, window, sqlite_database, content):
        officer = window(Role.LOAN_OFFICER)
        page = send(officer, content, "look", once="one-form")
        assert page.status_code == 428
        assert "试读通过" in page.text
        assert ACCOUNT in page.text
        assert count(sqlite_database, BankStatement) == 0
        assert send(officer, content, "import", once="one-form").status_code == 204
        assert count(sqlite_database, StatementLine) == 3

    def test_names_every_bad_cell(self, window):
        bad = "日期,借方,贷方\n昨天,,1\n2012-11-01,,abc\n".encode()
        page = send(window(Role.LOAN_OFFICER), bad, "look").text
        for told in ("日期 (A)", "不是日期", "贷方 (C)", "不是金额", "abc"):
            assert told in page

    @pytest.mark.parametrize(
        ("bytes_", "name", "told"),
        [
            (b"%PDF-1.7", "a.csv", "列名"),
            (b"PK\x03\x04rest", "a.xlsx", "损坏"),
            (b"x", "a.exe", "扩展名"),
            (b"", "a.csv", "空"),
        ],
    )
    def test_says_why_a_file_is_none(self, window, bytes_, name, told):
        for act in ("look", "import"):
            answer = send(window(Role.LOAN_OFFICER), bytes_, act, name)
            assert answer.status_code == 422
            assert told in answer.text

    def test_may_be_undone(self, window, sqlite_database, content):
        officer = window(Role.LOAN_OFFICER)
        send(officer, content, "import")
        assert "撤销导入" in officer.get("/statements").text
        assert officer.post("/statements/1/undo", {"reason": "账号选错"}).status_code == 303
        assert count(sqlite_database, StatementLine) == 0
        assert officer.post("/statements/1/undo", {"reason": "again"}).status_code == 404


class TestTheWorkbench:
    @pytest.fixture
    def officer(self, window, content):
        desk = window(Role.LOAN_OFFICER)
        send(desk, content, "import")
        return desk

    def number_of(self, database, ref) -> int:
        with database.read() as session:
            return session.exec(select(StatementLine).where(StatementLine.bank_ref == ref)).one().key

    def test_matches_what_is_sure_and_proposes_the_rest(self, officer, sqlite_database):
        page = officer.get("/statements/lines").text
        assert "自动勾对 1 组" in page
        assert "流水号一致" in page
        assert "&lt;b&gt;" in page
        assert officer.post("/statements/match").status_code == 303
        assert count(sqlite_database, StatementMatch) == 1
        assert "流水号一致" in officer.get(f"/statements/lines/{self.number_of(sqlite_database, 'B1')}").text

    def test_takes_a_receipt_from_a_line(self, officer, sqlite_database, facts):
        number = self.number_of(sqlite_database, "B2")
        assert "由流水办理还款入账" in officer.get(f"/statements/lines/{number}").text
        assert officer.post(f"/statements/lines/{number}/receipt", {"loan": facts["loan"]}).status_code == 303
        with sqlite_database.read() as session:
            assert {one.bank_ref for one in session.exec(select(Receipt))} == {"B1", "B2"}
        assert officer.post(f"/statements/lines/{number}/receipt", {"loan": facts["loan"]}).status_code == 409

    def test_lays_a_line_aside_and_takes_it_up_again(self, officer, sqlite_database):
        number = self.number_of(sqlite_database, "B3")
        assert officer.post(f"/statements/lines/{number}/aside", {"reason": "银行手续费"}).status_code == 303
        assert "银行手续费" in officer.get("/statements/lines?state=line_aside").text
        assert officer.post(f"/statements/lines/{number}/take-up").status_code == 303
        assert "银行手续费" not in officer.get("/statements/lines?state=line_aside").text

    def test_matches_by_hand_and_undoes_it(self, officer, sqlite_database):
        first = self.number_of(sqlite_database, "B1")
        page = officer.get(f"/statements/lines/{first}").text
        event = page.split('name="events" value="')[1].split('"')[0]
        other = self.number_of(sqlite_database, "B2")
        wrong = officer.post(f"/statements/lines/{other}/match", {"events": event, "reason": "x"})
        assert wrong.status_code == 422
        assert officer.post(f"/statements/lines/{first}/match", {"events": event, "reason": "核对"}).status_code == 303
        assert officer.post("/statements/matches/1/undo", {"reason": "看错"}).status_code == 303
        assert officer.post("/statements/matches/1/undo", {"reason": "看错"}).status_code == 409
        assert officer.get("/statements/lines/999999").status_code == 404

    def test_says_in_english_too(self, officer):
        officer.client.cookies.set("tb_language", "en")
        for address in ("/statements", "/statements/lines", "/statements/lines/2", "/statements/reconciliation"):
            page = officer.get(address).text
            assert "勾对" not in page, address
            assert "对账单</" not in page, address

    def test_reconciles_to_the_fen(self, officer):
        officer.post("/statements/match")
        page = officer.get("/statements/reconciliation").text
        assert "手续费" in page
        assert "未解释" in page
        assert officer.get("/statements/reconciliation?on=2001-01-01").status_code == 200

    def test_exports_what_is_not_matched(self, officer):
        officer.post("/statements/match")
        book = openpyxl.load_workbook(io.BytesIO(officer.get("/statements/unmatched.xlsx").content))
        rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
        assert [row[6] for row in rows] == ["B2", "B3"]
        assert [row[2] for row in rows] == [7, None]
