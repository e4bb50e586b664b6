"""Statements as banks send them: columns of many names, four separators, three encodings, workbooks, and bad files."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.banking.reading import NotAStatement, Trouble, Wrong, fen_of, read, yuan_text

TODAY = date(2012, 12, 31)
CHINESE = """账号：3310 0120 3456 7890,,,,,,
交易日期,借方发生额,贷方发生额,余额,对方户名,摘要,流水号
2012-12-21,,"30,066.67","1,030,066.67",宁波示例科技有限公司,还款 TBL-2012-0001,B001
2012-12-22,15.00,,"1,030,051.67",,手续费,B002
2012-12-23,"500,000.00",,"530,051.67",宁波示例材料有限公司,放款,B003
合计,"500,015.00","30,066.67",,,,
"""
ENGLISH = """Transaction Date;Amount;DC;Balance;Counterparty;Description;Reference
2012/12/21;30066.67;C;1030066.67;Example Technology Ltd;loan repayment;B001
20121222;15.00;D;1030051.67;;charges;B002
"""


def said(text: str | bytes, name: str = "statement.csv"):
    return read(text.encode() if isinstance(text, str) else text, name, today=TODAY)


def a_workbook(rows) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def trouble(content: bytes, name: str) -> Trouble:
    with pytest.raises(NotAStatement) as error:
        read(content, name, today=TODAY)
    return error.value.trouble


class TestAStatement:
    def test_of_a_chinese_bank_is_read_line_by_line(self):
        found = said(CHINESE)
        assert found.faults == ()
        assert [(one.on.day, one.fen, one.ref) for one in found.lines] == [
            (21, 3_006_667, "B001"), (22, -1_500, "B002"), (23, -50_000_000, "B003"),
        ]  # fmt: skip
        assert found.account == "3310012034567890"
        assert (found.opening_fen, found.closing_fen) == (100_000_000, 53_005_167)
        assert found.lines[0].name == "宁波示例科技有限公司"

    @pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_is_the_same_in_every_encoding(self, code):
        assert said(CHINESE.encode(code)) == said(CHINESE)

    @pytest.mark.parametrize("separator", [";", "\t", "|"])
    def test_is_the_same_with_every_separator(self, separator):
        lines = [line.replace('"', "").split(",") for line in ENGLISH.replace(";", ",").splitlines()]
        assert said("\n".join(separator.join(line) for line in lines)).lines == said(ENGLISH).lines

    def test_with_one_column_of_amounts_goes_by_the_direction(self):
        assert [one.fen for one in said(ENGLISH).lines] == [3_006_667, -1_500]

    def test_with_the_newest_line_first_is_turned_round(self):
        head, *lines = ENGLISH.splitlines()
        assert [one.fen for one in said("\n".join([head, *lines[::-1]])).lines] == [3_006_667, -1_500]

    def test_in_a_workbook_has_dates_and_numbers(self):
        found = said(
            a_workbook(
                [
                    ["日期", "收入", "支出", "余额", "对方名称", "流水号"],
                    [datetime(2012, 12, 21, 9, 30), 0.1 + 0.2, None, 100.3, "示例", 20121221000001],  # noqa: DTZ001
                    [date(2012, 12, 22), None, 30.3, 70.0, "示例", "B2"],
                ]
            ),
            "对账单.xlsx",
        )
        assert found.faults == ()
        assert [(one.fen, one.ref) for one in found.lines] == [(30, "20121221000001"), (-3_030, "B2")]

    def test_tells_equal_lines_of_a_file_apart(self):
        line = "2012-12-21,,10.00,同名,还款"
        found = said("\n".join(["日期,借方,贷方,对方户名,摘要", line, line]))
        assert [one.nth for one in found.lines] == [0, 1]
        assert len({one.print for one in found.lines}) == 1


class TestABadCell:
    @pytest.mark.parametrize(
        ("line", "row", "column", "wrong"),
        [
            ("2012-13-01,,10.00,10.00,,", 3, "交易日期 (A)", Wrong.NOT_A_DATE),
            ("昨天,,10.00,10.00,,", 3, "交易日期 (A)", Wrong.NOT_A_DATE),
            ("2013-01-01,,10.00,10.00,,", 3, "交易日期 (A)", Wrong.DATE_AHEAD),
            ("2012-12-01,,1O.00,10.00,,", 3, "贷方 (C)", Wrong.NOT_AN_AMOUNT),
            ("2012-12-01,,10.005,10.00,,", 3, "贷方 (C)", Wrong.PART_OF_A_FEN),
            ("2012-12-01,,99999999999999999999,10.00,,", 3, "贷方 (C)", Wrong.TOO_LARGE),
            ("2012-12-01,5.00,10.00,10.00,,", 3, "贷方 (C)", Wrong.BOTH_SIDES),
            ("2012-12-01,,,10.00,,", 3, "贷方 (C)", Wrong.NO_AMOUNT),
            (f"2012-12-01,,10.00,10.00,{'长' * 161},", 3, "对方户名 (E)", Wrong.TOO_LONG),
            ("2012-12-02,,10.00,99.00,,", 3, "余额 (D)", Wrong.BALANCE_BREAKS),
        ],
    )
    def test_is_named_with_row_and_column(self, line, row, column, wrong):
        found = said(f"交易日期,借方,贷方,余额,对方户名,摘要\n2012-12-01,,10.00,100.00,,\n{line}\n")
        assert [(one.row, one.column, one.wrong) for one in found.faults] == [(row, column, wrong)]

    def test_says_which_balance_was_expected(self):
        found = said("日期,借方,贷方,余额\n2012-12-01,,10.00,100.00\n2012-12-02,,5.00,106.00\n")
        assert (found.faults[0].found, found.faults[0].expected) == ("106.00", "105.00")

    def test_does_not_hide_another_one(self):
        found = said("日期,借方,贷方\n昨天,,x\n2012-12-01,,y\n")
        assert len(found.faults) == 3

    def test_is_not_told_once_more_as_a_broken_balance(self):
        found = said("日期,借方,贷方,余额\n2012-12-01,,10,10\n2012-12-02,,x,15\n2012-12-03,,5,20\n")
        assert [(one.row, one.wrong) for one in found.faults] == [(3, Wrong.NOT_AN_AMOUNT)]

    def test_of_two_columns_of_one_name_is_no_guess(self):
        found = said("日期,借方,贷方,贷方\n2012-12-01,,1,2\n")
        assert Wrong.TWO_COLUMNS in {one.wrong for one in found.faults}


class TestAFileThatIsNone:
    @pytest.mark.parametrize(
        ("content", "name", "why"),
        [
            (b"", "a.csv", Trouble.EMPTY),
            (b"  \n", "a.csv", Trouble.EMPTY),
            (b"%PDF-1.7 x", "a.pdf", Trouble.NOT_WHAT_IT_SAYS),
            (b"\xd0\xcf\x11\xe0rest", "a.xls", Trouble.OLD_EXCEL),
            (b"<html><table></table></html>", "a.csv", Trouble.NOT_WHAT_IT_SAYS),
            (b"date,amount\n2012-12-01,1\n", "a.xlsx", Trouble.NOT_WHAT_IT_SAYS),
            (b"PK\x03\x04 not a zip", "a.xlsx", Trouble.DAMAGED),
            (b"\x00\x01\x02\x03", "a.csv", Trouble.NOT_TEXT),
            (b"name,colour\nx,y\n", "a.csv", Trouble.NO_HEAD),
            ("日期,借方,贷方\n".encode(), "a.csv", Trouble.NO_LINES),
            (b"date,amount\n" + b"2012-12-01,1\n" * 50_001, "a.csv", Trouble.TOO_MANY_ROWS),
            (b"x" * (10 * 1024 * 1024 + 1), "a.csv", Trouble.TOO_LARGE),
        ],
    )
    def test_is_refused_with_the_reason(self, content, name, why):
        assert trouble(content, name) is why

    def test_is_a_workbook_called_csv(self):
        assert trouble(a_workbook([["日期", "金额"]]), "a.csv") is Trouble.NOT_WHAT_IT_SAYS

    @pytest.mark.parametrize(
        ("inside", "why"), [("word/document.xml", Trouble.NOT_WHAT_IT_SAYS), ("xl/vbaProject.bin", Trouble.MACROS)]
    )
    def test_is_another_office_file(self, inside, why):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(inside, "x")
        assert trouble(out.getvalue(), "a.xlsx") is why

    def test_unpacks_to_far_more_than_it_says(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b"0" * (101 * 1024 * 1024))
        assert trouble(out.getvalue(), "a.xlsx") is Trouble.TOO_LARGE


@given(st.integers(-(10**13), 10**13))
def test_an_amount_comes_back_as_it_was_written(fen):
    assert fen_of(yuan_text(fen)) == fen
    assert fen_of(f"{fen / 100:,.2f}" if abs(fen) < 10**11 else yuan_text(fen)) == fen


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx", "a.txt"]))
def test_whatever_the_bytes_there_is_an_answer(content, name):
    with contextlib.suppress(NotAStatement):
        read(content, name, today=TODAY)


@given(
    st.lists(
        st.tuples(st.dates(date(2012, 1, 1), TODAY), st.integers(1, 10**9), st.booleans()), min_size=1, max_size=30
    )
)
def test_the_lines_of_a_file_sum_up_to_its_balances(lines):
    total, rows = 5_000, ["日期,借方,贷方,余额"]
    for on, fen, comes in sorted(lines, key=lambda one: one[0]):
        total += fen if comes else -fen
        rows.append(f"{on},{'' if comes else yuan_text(fen)},{yuan_text(fen) if comes else ''},{yuan_text(total)}")
    found = said("\n".join(rows))
    assert found.faults == ()
    assert found.opening_fen + sum(one.fen for one in found.lines) == found.closing_fen
