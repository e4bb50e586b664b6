"""A bank statement's file as lines: CSV (UTF-8, UTF-16, GB18030; comma, semicolon, tab, bar) or XLSX, any usual columns.

Nothing is guessed in silence: a cell that cannot be read is named with its row, its column, what stands there and what
was expected, and the running balance has to add up from line to line. Rows are numbered as a spreadsheet shows them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from models.banking.columns import IN_WORDS, OUT_WORDS, Heading, is_total, meaning, plain_head
from models.values.money import LIMIT_FEN, Money

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
MOST_UNPACKED = 100 * 1024 * 1024
"""A workbook is packed: so many bytes at most when unpacked."""
HEAD_WITHIN = 30
"""The row of column names stands among so many first rows."""
MOST_FAULTS = 200
LENGTHS = {Heading.REF: 60, Heading.NAME: 160, Heading.THEIR_ACCOUNT: 40, Heading.MEMO: 400}
EARLIEST = date(1990, 1, 1)

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_ACCOUNT = re.compile(r"(?:账号|帐号|账户|account(?: ?(?:no|number))?)\W{0,4}([0-9][0-9 \-]{6,34}[0-9])", re.IGNORECASE)
_SIGNS = str.maketrans({"¥": "", "￥": "", "元": "", " ": "", "\u00a0": "", "\t": ""})
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d*(?:\.\d*)?")


class Trouble(StrEnum):
    """Why a file is no statement that can be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    OLD_EXCEL = "old_excel"
    NOT_WHAT_IT_SAYS = "not_what_it_says"
    DAMAGED = "damaged"
    MACROS = "macros"
    NOT_TEXT = "not_text"
    NO_HEAD = "no_head"
    NO_LINES = "no_lines"


class Wrong(StrEnum):
    """What is the matter with a cell."""

    NOT_A_DATE = "not_a_date"
    DATE_AHEAD = "date_ahead"
    NOT_AN_AMOUNT = "not_an_amount"
    PART_OF_A_FEN = "part_of_a_fen"
    TOO_LARGE = "amount_too_large"
    NO_AMOUNT = "no_amount"
    BOTH_SIDES = "both_sides"
    NO_DIRECTION = "no_direction"
    TOO_LONG = "too_long"
    BALANCE_BREAKS = "balance_breaks"
    TWO_COLUMNS = "two_columns"


class NotAStatement(ValueError):
    """The file cannot be read as a statement at all; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that is wrong: its row, its column's name and letter, what stands there, and what should (if known)."""

    row: int
    column: str
    wrong: Wrong
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as the file has it; `fen` is above nought for money that came in. `balance_fen` only if the file has one."""

    row: int
    on: date
    fen: int
    balance_fen: int | None = None
    ref: str = ""
    name: str = ""
    their_account: str = ""
    memo: str = ""
    print: str = ""
    nth: int = 0
    """`print` tells a line from others, `nth` equal ones of a file apart: with both an overlap is recognised."""

    @property
    def amount(self) -> Money:
        """What came in, or below nought what went out."""
        return Money(self.fen)


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says, oldest line first."""

    lines: tuple[ReadLine, ...]
    faults: tuple[Fault, ...]
    columns: tuple[str, ...]
    account: str = ""
    opening_fen: int | None = None
    closing_fen: int | None = None


Row = Sequence[Any]


def read(content: bytes, name: str, *, today: date) -> Read:
    """Read a statement. Raises NotAStatement; wrong cells are no exception but `faults`."""
    if not content.strip():
        raise NotAStatement(Trouble.EMPTY)
    if len(content) > MOST_BYTES:
        raise NotAStatement(Trouble.TOO_LARGE)
    rows = _workbook(content, name) if content.startswith(b"PK") else _text(content, name)
    if len(rows) > MOST_ROWS:
        raise NotAStatement(Trouble.TOO_MANY_ROWS)
    return _Reader(rows, today).read()


def _workbook(content: bytes, name: str) -> list[Row]:
    if not name.lower().endswith(".xlsx"):
        raise NotAStatement(Trouble.NOT_WHAT_IT_SAYS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = archive.infolist()
        if sum(one.file_size for one in inside) > MOST_UNPACKED:
            raise NotAStatement(Trouble.TOO_LARGE)
        names = {one.filename for one in inside}
        if any(one.endswith("vbaProject.bin") for one in names):
            raise NotAStatement(Trouble.MACROS)
        if "xl/workbook.xml" not in names:
            raise NotAStatement(Trouble.NOT_WHAT_IT_SAYS)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        found: list[Row] = []
        for row in book.worksheets[0].iter_rows(values_only=True):
            found.append(row)
            if len(found) > MOST_ROWS:
                break
        return found
    except NotAStatement:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside the library
        raise NotAStatement(Trouble.DAMAGED) from error


def _text(content: bytes, name: str) -> list[Row]:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotAStatement(Trouble.OLD_EXCEL)
    ending = name.lower().rpartition(".")[2] if "." in name else ""
    if ending not in ("csv", "txt", ""):
        raise NotAStatement(Trouble.OLD_EXCEL if ending == "xls" else Trouble.NOT_WHAT_IT_SAYS)
    text = _decoded(content)
    if text.lstrip()[:1] == "<":
        raise NotAStatement(Trouble.NOT_WHAT_IT_SAYS)
    csv.field_size_limit(MOST_BYTES)
    best: list[Row] = []
    most = 0
    for separator in ",;\t|":
        try:
            head = list(csv.reader(io.StringIO("\n".join(text.splitlines()[: HEAD_WITHIN * 2])), delimiter=separator))
        except csv.Error:
            continue
        known = max((len(_meanings(row)) for row in head[:HEAD_WITHIN]), default=0)
        if known > most:
            most, best = known, _split(text, separator)
    if not best:
        raise NotAStatement(Trouble.NO_HEAD)
    return best


def _split(text: str, separator: str) -> list[Row]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise NotAStatement(Trouble.DAMAGED) from error


def _decoded(content: bytes) -> str:
    codes = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codes = ["utf-16"]
    for code in codes:
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if any(sign < " " and sign not in "\t\r\n\f" for sign in text):
            break
        return text
    raise NotAStatement(Trouble.NOT_TEXT)


def _said(cell: Any) -> str:
    """A cell as text, tidied: full-width signs made narrow, the tabs and marks taken off by which banks keep zeros."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).strip().strip("\t'\"=").strip()


def _meanings(row: Row) -> dict[Heading, int]:
    """Which column holds what, the first of each kind."""
    found: dict[Heading, int] = {}
    for place, cell in enumerate(row):
        field = meaning(str(cell)) if cell is not None else None
        if field is not None:
            found.setdefault(field, place)
    return found


def _usable(fields: dict[Heading, int]) -> bool:
    sides = Heading.INCOME in fields and Heading.OUTGO in fields
    return Heading.ON in fields and (sides or Heading.AMOUNT in fields)


def fen_of(cell: Any) -> int | None:
    """An amount as whole fen; None for an empty cell. ValueError with a word of `Wrong` for what is none.

    >>> fen_of("￥1,234.50"), fen_of("(20.00)"), fen_of("－5"), fen_of("--")
    (123450, -2000, -500, None)
    """
    if isinstance(cell, bool):
        raise ValueError(Wrong.NOT_AN_AMOUNT)
    text = repr(cell) if isinstance(cell, float) else _said(cell)
    text = text.translate(_SIGNS).replace("，", ",").replace("−", "-")
    if not text.strip("-"):
        return None
    below = text.startswith("(") and text.endswith(")")
    text = text.strip("()") if below else text
    sign = -1 if below else 1
    if text[0] in "+-":
        sign, text = (-sign if text[0] == "-" else sign), text[1:]
    if not isinstance(cell, float) and not _GROUPED.fullmatch(text):
        raise ValueError(Wrong.NOT_AN_AMOUNT)
    try:
        exact = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        raise ValueError(Wrong.NOT_AN_AMOUNT) from None
    if not exact.is_finite() or abs(exact) >= LIMIT_FEN:
        raise ValueError(Wrong.TOO_LARGE if exact.is_finite() else Wrong.NOT_AN_AMOUNT)
    whole = exact.to_integral_value()
    # A spreadsheet's sums carry binary dust far behind the fen; a text does not.
    dust = Decimal("0.0001") if isinstance(cell, float) else Decimal(0)
    if abs(exact - whole) > dust:
        raise ValueError(Wrong.PART_OF_A_FEN)
    return sign * int(whole)


def day_of(cell: Any) -> date:
    """A day, with or without a time behind it. ValueError for what is none."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DATE.match(_said(cell))
    if found is None:
        raise ValueError(Wrong.NOT_A_DATE)
    year, month, day = (int(part) for part in found.groups() if part is not None)
    return date(year, month, day)


class _Reader:
    """The rows of one file on their way to lines."""

    def __init__(self, rows: Sequence[Row], today: date) -> None:
        self.rows = rows
        self.today = today
        self.faults: list[Fault] = []
        for place, row in enumerate(rows[:HEAD_WITHIN]):
            fields = _meanings(row)
            if _usable(fields):
                self.head, self.fields = place, fields
                break
        else:
            raise NotAStatement(Trouble.NO_HEAD)

    def read(self) -> Read:
        """Every row below the head, as a line, as a fault, or as no line at all."""
        self._refuse_twins()
        lines = []
        for number, row in enumerate(self.rows[self.head + 1 :], start=self.head + 2):
            first = next((text for text in map(_said, row) if text), "")
            if not first or is_total(first) or self._is_page_head(row):
                continue
            line = self._line(number, row)
            if line is not None:
                lines.append(line)
        if not lines and not self.faults:
            raise NotAStatement(Trouble.NO_LINES)
        lines = self._in_order(lines)
        opening = closing = None
        if lines and lines[0].balance_fen is not None and lines[-1].balance_fen is not None:
            opening, closing = lines[0].balance_fen - lines[0].fen, lines[-1].balance_fen
        faults = sorted(self.faults, key=lambda one: one.row)[:MOST_FAULTS]
        columns = tuple(self._named(field) for field in self.fields)
        return Read(_told_apart(lines), tuple(faults), columns, self._account(), opening, closing)

    def _refuse_twins(self) -> None:
        """Two columns of dates or memos are usual, and the first counts; two of amounts would be a guess."""
        heads = Counter(plain_head(_said(cell)) for cell in self.rows[self.head] if meaning(_said(cell)) in _COUNTED)
        for head, times in heads.items():
            if times > 1:
                self.faults.append(Fault(self.head + 1, head, Wrong.TWO_COLUMNS, head))

    def _is_page_head(self, row: Row) -> bool:
        return len(_meanings(row)) >= len(self.fields) > 1

    def _named(self, field: Heading) -> str:
        place = self.fields[field]
        return f"{_said(self.rows[self.head][place])} ({get_column_letter(place + 1)})"

    def _cell(self, row: Row, field: Heading) -> Any:
        place = self.fields.get(field)
        return row[place] if place is not None and place < len(row) else None

    def _wrong(self, number: int, field: Heading, wrong: Wrong, found: Any, expected: str = "") -> None:
        self.faults.append(Fault(number, self._named(field), wrong, _said(found)[:60], expected))

    def _line(self, number: int, row: Row) -> ReadLine | None:
        before = len(self.faults)
        on = self._day(number, row)
        fen = self._amount(number, row)
        balance = self._fen(number, row, Heading.BALANCE)
        texts = {field: _said(self._cell(row, field)) for field in LENGTHS}
        for field, most in LENGTHS.items():
            if len(texts[field]) > most:
                self._wrong(number, field, Wrong.TOO_LONG, texts[field], str(most))
        if len(self.faults) > before or on is None or fen is None:
            return None
        return ReadLine(
            number,
            on,
            fen,
            balance,
            texts[Heading.REF],
            texts[Heading.NAME],
            texts[Heading.THEIR_ACCOUNT],
            texts[Heading.MEMO],
        )

    def _day(self, number: int, row: Row) -> date | None:
        cell = self._cell(row, Heading.ON)
        try:
            on = day_of(cell)
        except ValueError:
            self._wrong(number, Heading.ON, Wrong.NOT_A_DATE, cell, "2012-11-07")
            return None
        if on > self.today or on < EARLIEST:
            wrong = Wrong.DATE_AHEAD if on > self.today else Wrong.NOT_A_DATE
            self._wrong(number, Heading.ON, wrong, cell, f"{EARLIEST} … {self.today}")
            return None
        return on

    def _fen(self, number: int, row: Row, field: Heading) -> int | None:
        cell = self._cell(row, field)
        try:
            return fen_of(cell)
        except ValueError as error:
            self._wrong(number, field, Wrong(str(error.args[0])), cell, "1234.56")
            return None

    def _amount(self, number: int, row: Row) -> int | None:
        before = len(self.faults)
        if Heading.INCOME in self.fields and Heading.OUTGO in self.fields:
            income, outgo = self._fen(number, row, Heading.INCOME), self._fen(number, row, Heading.OUTGO)
            if income and outgo:
                self._wrong(number, Heading.INCOME, Wrong.BOTH_SIDES, self._cell(row, Heading.INCOME))
                return None
            # A negative debit is a reversal in red (红字): it comes back in.
            amount: int | None = (income or 0) - (outgo or 0)
            column = Heading.INCOME
        else:
            amount, column = self._fen(number, row, Heading.AMOUNT), Heading.AMOUNT
            if amount and Heading.DIRECTION in self.fields:
                said = _said(self._cell(row, Heading.DIRECTION)).casefold()
                if said not in IN_WORDS | OUT_WORDS:
                    self._wrong(number, Heading.DIRECTION, Wrong.NO_DIRECTION, said, "借 / 贷")
                    return None
                amount = -amount if said in OUT_WORDS and amount > 0 else amount
        if not amount and len(self.faults) == before:
            self._wrong(number, column, Wrong.NO_AMOUNT, self._cell(row, column), "1234.56")
            return None
        return amount

    def _in_order(self, lines: list[ReadLine]) -> list[ReadLine]:
        """The lines from the oldest on, by the balance where there is one; breaks of the balance are faults."""
        if Heading.BALANCE not in self.fields:
            return sorted(lines, key=lambda one: one.on)
        backwards = lines[::-1]
        breaks, others = _breaks(lines), _breaks(backwards)
        if len(lines) > 1 and (len(others), lines[0].on > lines[-1].on) < (len(breaks), False):
            lines, breaks = backwards, others
        if len(breaks) == len(others) and len(lines) > 1 and lines[0].on > lines[-1].on:
            lines, breaks = backwards, others
        if self.faults:
            return lines  # a row that cannot be read breaks the balance by itself: first things first
        for line, expected in breaks:
            found = "" if line.balance_fen is None else yuan_text(line.balance_fen)
            self._wrong(line.row, Heading.BALANCE, Wrong.BALANCE_BREAKS, found, yuan_text(expected))
        return lines

    def _account(self) -> str:
        """The account's number, if it stands above the head."""
        for row in self.rows[: self.head]:
            found = _ACCOUNT.search(" ".join(_said(cell) for cell in row))
            if found:
                return re.sub(r"\D", "", found[1])
        return ""


_COUNTED = (Heading.INCOME, Heading.OUTGO, Heading.AMOUNT, Heading.BALANCE)


def _breaks(lines: Sequence[ReadLine]) -> list[tuple[ReadLine, int]]:
    """Lines whose balance is not the one before plus their amount, with what it should be."""
    found = []
    for before, line in itertools.pairwise(lines):
        if before.balance_fen is not None and line.balance_fen != before.balance_fen + line.fen:
            found.append((line, before.balance_fen + line.fen))
    return found


def yuan_text(fen: int) -> str:
    """Fen as yuan, for a cell: 123450 is 1234.50."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _told_apart(lines: Sequence[ReadLine]) -> tuple[ReadLine, ...]:
    """The lines with their prints; equal ones are counted."""
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        text = "\x1f".join(
            [
                line.on.isoformat(),
                str(line.fen),
                str(line.balance_fen),
                line.ref,
                line.name,
                line.their_account,
                line.memo,
            ]
        )
        mark = hashlib.sha256(text.encode()).hexdigest()
        found.append(
            ReadLine(
                line.row, line.on, line.fen, line.balance_fen, line.ref, line.name, line.their_account, line.memo, mark,
                seen[mark],
            )
        )  # fmt: skip
        seen[mark] += 1
    return tuple(found)
