"""What people type, as exact values: amounts in 万元 or 元, rates in per cent. For the forms of routes.

class RequestForm(BaseModel):
    amount: Wan
    rate: PerCent
    term_months: Annotated[int, Field(ge=1, le=120)]
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, GetPydanticSchema, StringConstraints
from pydantic_core import PydanticCustomError, core_schema

from models.values.dates import FIRST_DAY, LAST_DAY, TOO_FAR, DateNotUnderstood, read_date
from models.values.money import AmountNotUnderstood, Money
from models.values.rate import Rate
from talentbank.i18n import N_

REASONS = {
    "binary floats cannot hold money": N_("请输入数字"),
    "not a number": N_("请输入数字"),
    "scientific notation": N_("请写出全部数字，不要用科学计数法"),
    "too large": N_("金额过大"),
    "fractions of a fen": N_("金额最多精确到分"),
    "misplaced commas": N_("千分位逗号的位置不对"),
    "not whole fen": N_("金额最多精确到分"),
}
NEGATIVE = N_("金额必须大于零")
BELOW_NOUGHT = N_("金额不能小于零")
NO_RATE = N_("请输入百分比，最多四位小数")
NO_DATE = N_("请输入日期，例如 2026-11-23")
DATE_TOO_FAR = N_("日期须在 %(first)s 至 %(last)s 之间")


def _amount(read: Any, text: Any) -> Money:
    if isinstance(text, Money):
        return text
    try:
        amount: Money = read(str(text).strip())
    except AmountNotUnderstood as wrong:
        raise PydanticCustomError("amount", REASONS.get(wrong.reason, REASONS["not a number"])) from None
    return amount


def _positive(read: Any, text: Any) -> Money:
    amount = _amount(read, text)
    if amount.fen <= 0:
        raise PydanticCustomError("amount", NEGATIVE)
    return amount


def _wan_from_nought(text: Any) -> Money:
    amount = _amount(Money.wan, text)
    if amount.fen < 0:
        raise PydanticCustomError("amount", BELOW_NOUGHT)
    return amount


def _wan_signed(text: Any) -> Money:
    return _amount(Money.wan, text)


def _wan(text: Any) -> Money:
    return _positive(Money.wan, text)


def _yuan(text: Any) -> Money:
    return _positive(Money.yuan, text)


def _per_cent(text: Any) -> Rate:
    if isinstance(text, Rate):
        return text
    try:
        hundredfold = Rate.of(str(text).strip().removesuffix("%").removesuffix("％"))
    except ValueError:
        raise PydanticCustomError("rate", NO_RATE) from None
    if hundredfold.ppm % 100:
        raise PydanticCustomError("rate", NO_RATE)
    return Rate(hundredfold.ppm // 100)


def _day(text: Any) -> date:
    if isinstance(text, date):
        return text
    try:
        return read_date(str(text))
    except DateNotUnderstood as wrong:
        if wrong.reason == TOO_FAR:
            raise PydanticCustomError("day_too_far", DATE_TOO_FAR, {"first": FIRST_DAY, "last": LAST_DAY}) from None
        raise PydanticCustomError("day", NO_DATE) from None


_as_it_is = GetPydanticSchema(lambda kind, _handler: core_schema.is_instance_schema(kind))

Wan = Annotated[Money, _as_it_is, BeforeValidator(_wan)]
"""An amount above nought, typed in 万元 (ten-thousands of yuan)."""

WanFromNought = Annotated[Money, _as_it_is, BeforeValidator(_wan_from_nought)]
"""An amount of nought or more, typed in 万元."""

WanSigned = Annotated[Money, _as_it_is, BeforeValidator(_wan_signed)]
"""An amount typed in 万元 that may be below nought, such as a loss."""

Yuan = Annotated[Money, _as_it_is, BeforeValidator(_yuan)]
"""An amount above nought, typed in 元, to the fen."""

PerCent = Annotated[Rate, _as_it_is, BeforeValidator(_per_cent)]
"""A rate or share, typed in per cent: 4.35 is `Rate(43_500)`."""

Day = Annotated[date, BeforeValidator(_day)]
"""A date as the browser sends it, 2026-11-23, within what the calendar knows: nothing else is taken for a date."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
"""Some text that must be there."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
"""Some text that may be left out (give it the default "")."""
