"""How amounts, rates, dates and moments are written in either language: 万元 or CNY million, never a rounded store.

Every function takes what the rows hold (`Money` or whole fen, `Rate`, dates), answers the text to show, and writes
"—" for what is missing. The unit of a column stands in its head (`unit`), so the plain amounts carry none.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from babel.dates import format_date

from models.values.money import Money
from models.values.rate import Rate

MISSING = "—"
MINUS = "−"

FEN_PER = {"yuan": 100, "wan": 1_000_000, "million": 100_000_000, "yi": 10_000_000_000}
UNITS = {
    ("wan", "zh"): "万元",
    ("yi", "zh"): "亿元",
    ("yuan", "zh"): "元",
    ("wan", "en"): "CNY m",
    ("yi", "en"): "CNY m",
    ("yuan", "en"): "CNY",
}

Amount = Money | int | None
Number = Rate | Decimal | Fraction | float | int | None


def plain(number: Decimal, places: int) -> str:
    """A decimal with thousands commas, half up, and a real minus sign; nil is 0.00, never −0.00."""
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def _scaled(amount: Amount, fen_per_unit: int, places: int) -> str:
    if amount is None:
        return MISSING
    fen = amount.fen if isinstance(amount, Money) else amount
    return plain(Decimal(fen) / fen_per_unit, places)


def wan(amount: Amount, language: str, places: int = 2) -> str:
    """A loan-level amount without its unit: 1,500.00 (万元), or 15.00 (CNY m) in English."""
    return _scaled(amount, FEN_PER["million" if language == "en" else "wan"], places)


def yi(amount: Amount, language: str, places: int = 2) -> str:
    """A fund-level amount without its unit: 1.86 (亿元), or 186.00 (CNY m) in English."""
    return _scaled(amount, FEN_PER["million" if language == "en" else "yi"], places)


def yuan(amount: Amount, language: str) -> str:
    """A contract or ledger amount without its unit, to the fen: 15,000,000.00."""
    return _scaled(amount, FEN_PER["yuan"], 2)


def full(amount: Amount, language: str) -> str:
    """A contract amount with its sign: ¥15,000,000.00, or CNY 15,000,000.00."""
    if amount is None:
        return MISSING
    return ("CNY " if language == "en" else "¥") + yuan(amount, language)


def money(amount: Amount, language: str, places: int = 2) -> str:
    """A loan-level amount with its unit, for running text: 1,500.00 万元, or CNY 15.00 m."""
    if amount is None:
        return MISSING
    number = wan(amount, language, places)
    return f"CNY {number} m" if language == "en" else f"{number} 万元"


def unit(kind: str, language: str) -> str:
    """The unit for the head of a column written by `wan`, `yi` or `yuan`."""
    return UNITS[kind, language]


def decimal_of(number: Number) -> Decimal | None:
    """A share or multiple as a decimal: 0.0435 for `Rate(43_500)`."""
    match number:
        case None:
            return None
        case Rate():
            return number.as_decimal()
        case Fraction():
            return Decimal(number.numerator) / Decimal(number.denominator)
        case _:
            return Decimal(str(number))


def pct(number: Number, places: int = 2) -> str:
    """A share or yearly rate in per cent: 4.35%."""
    share = decimal_of(number)
    return MISSING if share is None else plain(share * 100, places) + "%"


def points(basis_points: int, language: str) -> str:
    """A margin in basis points with its sign: +85 个基点, or +85 bp."""
    sign = "+" if basis_points >= 0 else MINUS
    return f"{sign}{abs(basis_points):,}" + (" bp" if language == "en" else " 个基点")


def times(number: Number, language: str, places: int = 2) -> str:
    """A multiple: 5.96 倍, or 5.96×."""
    multiple = decimal_of(number)
    if multiple is None:
        return MISSING
    return plain(multiple, places) + ("×" if language == "en" else " 倍")


def count(number: float | Decimal | None, places: int = 0) -> str:
    """A plain number with thousands commas."""
    return MISSING if number is None else plain(Decimal(str(number)), places)


def day(value: date | None) -> str:
    """A date in tables: 2026-11-23."""
    return MISSING if value is None else value.isoformat()[:10]


def long_day(value: date | None, language: str) -> str:
    """A date on documents: 2026年11月26日, or 26 November 2026."""
    if value is None:
        return MISSING
    if language == "en":
        return str(format_date(value, "d MMMM y", locale="en"))
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime | None, zone: tzinfo) -> str:
    """A moment in the bank's own zone: 2026-11-23 10:32."""
    return MISSING if value is None else value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
