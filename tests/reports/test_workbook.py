"""Lists as Excel workbooks: what a person gets who opens one."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from models.values.money import Money
from models.values.rate import Rate
from reports.workbook import Column, Kind, workbook

COLUMNS = (Column("企业"), Column("金额", Kind.MONEY), Column("利率", Kind.RATE), Column("到期", Kind.DATE))


def opened(rows, conditions=(), title="申请列表"):
    return load_workbook(BytesIO(workbook(COLUMNS, rows, conditions, title)))


class TestAWorkbook:
    def test_holds_numbers_as_numbers_with_their_formats(self):
        sheet = opened([("宁波敏芯示例", Money.yuan("15000000.01"), Rate(43_500), date(2026, 11, 23))]).active
        assert sheet["B2"].value == 15_000_000.01
        assert sheet["B2"].number_format == "#,##0.00"
        assert sheet["C2"].value == 0.0435
        assert sheet["D2"].value.date() == date(2026, 11, 23)

    def test_never_lets_a_text_become_a_formula(self):
        cell = opened([('=HYPERLINK("http://x")', None, None, None)]).active["A2"]
        assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')

    def test_keeps_the_head_in_sight_and_offers_a_filter(self):
        sheet = opened([("甲", None, None, None), ("乙", None, None, None)]).active
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == "A1:D3"

    def test_says_on_a_second_sheet_how_it_was_made(self):
        book = opened([], [("阶段", "待受理"), ("数据日期", date(2026, 11, 23))])
        sheet = book.worksheets[1]
        assert [sheet["A1"].value, sheet["B1"].value] == ["阶段", "待受理"]
        assert sheet["B2"].value.date() == date(2026, 11, 23)

    def test_has_a_name_that_excel_accepts(self):
        assert opened([], title="到期/预警:[2026]" + "长" * 40).sheetnames[0] == "到期 预警  2026 " + "长" * 19

    def test_is_the_same_to_the_byte_for_the_same_rows(self):
        row = ("甲", Money(1), Rate(1), date(2026, 1, 1))
        assert workbook(COLUMNS, [row], [], "表") == workbook(COLUMNS, [row], [], "表")

    def test_refuses_a_row_of_another_length(self):
        with pytest.raises(ValueError, match="row 1 has 1 values for 4 columns"):
            opened([("甲",)])
