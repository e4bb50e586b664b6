"""Any list as an Excel workbook: frozen head, filter, numbers as numbers, and a second sheet that says how it was made.

A text never becomes a formula: what a customer typed as `=HYPERLINK(…)` stays the text that it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from io import BytesIO
from typing import Any

import xlsxwriter

from models.values.money import Money
from models.values.rate import Rate

CONDITIONS = "条件 Conditions"
FEN_PER_YUAN = 100
LONGEST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


class Kind(StrEnum):
    """How a column's values are written and shown."""

    TEXT = "text"
    MONEY = "money"  # yuan, to the fen
    RATE = "rate"
    COUNT = "count"
    POINTS = "points"
    DATE = "date"
    MOMENT = "moment"


FORMATS = {
    Kind.MONEY: "#,##0.00",
    Kind.RATE: "0.00%",
    Kind.COUNT: "#,##0",
    Kind.POINTS: "0.00",
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head in the reader's language, what it holds, how wide it is (in characters)."""

    label: str
    kind: Kind = Kind.TEXT
    width: int = 16


def workbook(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    conditions: Sequence[tuple[str, Any]],
    title: str,
    *,
    made_at: datetime | None = None,
) -> bytes:
    """The bytes of an XLSX file: the rows under their columns, and the conditions on a second sheet.

    `Money` is written in yuan, `Rate` as a share, None as an empty cell. `made_at` dates the file (aware); without it
    the file carries a fixed date, so that the same rows give the same bytes. ValueError if a row has another length.
    """
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    moment = made_at.astimezone(UTC).replace(tzinfo=None) if made_at else datetime(2012, 1, 1)  # noqa: DTZ001
    book.set_properties({"title": title, "created": moment})
    head = book.add_format({"bold": True, "bg_color": "#F2F5F9", "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    formats = {kind: book.add_format({"num_format": FORMATS[kind]}) if kind in FORMATS else None for kind in Kind}
    sheet = book.add_worksheet(title.translate(NOT_IN_SHEET_NAMES)[:LONGEST_SHEET_NAME].strip() or "1")
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.label, head)
    last = 0
    for last, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            raise ValueError(f"row {last} has {len(row)} values for {len(columns)} columns")
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write(sheet, last, place, value, formats[column.kind])
    sheet.freeze_panes(1, 0)
    if columns:
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.print_area(0, 0, last, len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    _say(book, conditions, formats)
    book.close()
    return out.getvalue()


def _say(book: Any, conditions: Sequence[tuple[str, Any]], formats: dict[Kind, Any]) -> None:
    """The second sheet: by which conditions, as of when, by whom."""
    sheet = book.add_worksheet(CONDITIONS)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    for line, (label, value) in enumerate(conditions):
        sheet.write_string(line, 0, label)
        kind = Kind.MOMENT if isinstance(value, datetime) else Kind.DATE if isinstance(value, date) else Kind.TEXT
        _write(sheet, line, 1, value, formats[kind])


def _write(sheet: Any, line: int, place: int, value: Any, form: Any) -> None:
    match value:
        case None:
            sheet.write_blank(line, place, None, form)
        case Money():
            sheet.write_number(line, place, value.fen / FEN_PER_YUAN, form)
        case Rate():
            sheet.write_number(line, place, value.ppm / 1_000_000, form)
        case bool():
            sheet.write_boolean(line, place, value, form)
        case datetime():
            plain = value.replace(tzinfo=None) if value.tzinfo else value
            sheet.write_datetime(line, place, plain, form)
        case date():
            sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001
        case int() | float():
            sheet.write_number(line, place, value, form)
        case _:
            sheet.write_string(line, place, str(value), form)
