"""`talentbank statement import` and `talentbank reconcile`: dry first, bad cells named, the difference to the fen."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from models.roles import Role
from models.statement import StatementLine
from models.user import User

HEAD = "日期,借方,贷方,余额,对方户名,摘要,流水号\n"
ACCOUNT = ("--account", "33100120345678")


@pytest.fixture
def officer(bank) -> str:
    with bank.write() as session:
        session.add(User(account="officer1", name="示例", password_hash="x", roles=[Role.LOAN_OFFICER]))
    return "officer1"


@pytest.fixture
def file_of(home):
    def written(*lines: str, name: str = "statement.csv"):
        path = home / name
        path.write_bytes((HEAD + "\n".join(lines)).encode("gb18030"))
        return str(path)

    return written


def count(bank) -> int:
    with bank.read() as session:
        return len(session.exec(select(StatementLine)).all())


class TestImporting:
    def test_dry_writes_nothing(self, talentbank, bank, file_of):
        said = talentbank(
            "statement", "import", file_of("2012-11-07,,5.00,5.00,示例,,B1"), *ACCOUNT, "--dry-run", "--json"
        )
        assert said.status == 0
        assert json.loads(said.out) == {
            "account": ACCOUNT[1], "new": 1, "known": 0, "faults": [], "suspected_repetitions": [], "imported": False,
        }  # fmt: skip
        assert count(bank) == 0

    def test_names_bad_cells_and_ends_with_two(self, talentbank, bank, file_of, officer):
        said = talentbank("statement", "import", file_of("2012-11-07,,x,,,,", "昨天,,1,,,,"), *ACCOUNT, "--as", officer)
        assert said.status == 2
        assert "not an amount" in said.out
        assert "not a date" in said.out
        assert count(bank) == 0

    def test_keeps_the_lines_once(self, talentbank, bank, file_of, officer):
        path = file_of("2012-11-07,,5.00,5.00,示例,,B1")
        assert talentbank("statement", "import", path, *ACCOUNT, "--as", officer).status == 0
        assert count(bank) == 1
        again = talentbank("statement", "import", path, *ACCOUNT, "--as", officer)
        assert again.status == 1
        assert "imported before" in again.err
        assert count(bank) == 1

    def test_needs_a_person_and_a_file(self, talentbank, bank, file_of):
        assert talentbank("statement", "import", file_of("2012-11-07,,5.00,5.00,示例,,B1"), *ACCOUNT).status == 1
        assert talentbank("statement", "import", "nowhere.csv").status == 1
        assert count(bank) == 0


class TestReconciling:
    def test_needs_a_statement(self, talentbank, bank):
        said = talentbank("reconcile")
        assert said.status == 1
        assert "no bank statement" in said.err

    def test_explains_the_difference_to_the_fen(self, talentbank, bank, file_of, officer):
        path = file_of("2012-11-07,,5.00,5.00,示例,,B1", "2012-11-08,1.50,,3.50,,手续费,B2")
        talentbank("statement", "import", path, *ACCOUNT, "--as", officer)
        said = talentbank("reconcile", "--match", "--as", officer, "--json")
        assert said.status == 0
        found = json.loads(said.out)
        assert (found["book_fen"], found["statement_fen"], found["unexplained_fen"]) == (0, 350, 0)
        assert [one["fen"] for one in found["only_on_statement"]] == [500, -150]
        assert "unexplained" in talentbank("reconcile", "--on", "2012-11-07").out
