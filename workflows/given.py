"""What was typed, looked at before it becomes a row: numbers with check digits, names, dates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from pypinyin import lazy_pinyin

from models.refusals import BadInput
from models.values.identifiers import NumberNotValid, mask
from models.values.money import Money


class NumberWrong(BadInput):
    """A number that cannot be right; `why` is the reason's word, `number` its masked form (ID-01 to ID-03, IP-05)."""


class CheckDigitWrong(NumberWrong):
    """The last character of a number does not fit the others; `expected` is what would."""


class FieldEmpty(BadInput):
    """Something that has to be said was left empty."""


class TextTooLong(BadInput):
    """More was said than there is room for."""


class DateAhead(BadInput):
    """A day in the future where only a past one can be."""


class DatesReversed(BadInput):
    """An end before its beginning."""


class NumberOutOfRange(BadInput):
    """A count or an amount outside what is possible; `least` and `most` say what is."""


class AmountTooSmall(BadInput):
    """Less than the least amount of the rules in force: it would cost more to handle than it could ever bring."""


class PartTooSmall(AmountTooSmall):
    """A part smaller than the rules allow; only the whole rest may be."""


@contextmanager
def checked(field: str) -> Iterator[None]:
    """Turn a number that is not valid into the bank's refusal, naming the field of the form."""
    try:
        yield
    except NumberNotValid as wrong:
        facts = {"field": field, "kind": wrong.kind, "number": mask(wrong.number), "why": wrong.reason}
        if wrong.expected is not None:
            raise CheckDigitWrong(**facts, expected=wrong.expected) from None
        raise NumberWrong(**facts) from None


def said(text: str, field: str, *, most: int | None = None) -> str:
    """The text without blanks around it. Refuses with FieldEmpty, and with TextTooLong beyond `most` characters."""
    text = text.strip()
    if not text:
        raise FieldEmpty(field=field)
    if most is not None and len(text) > most:
        raise TextTooLong(field=field, most=most)
    return text


def past(day: date, field: str, *, on: date) -> date:
    """A day that has come. Refuses with DateAhead."""
    if day > on:
        raise DateAhead(field=field, given=day, on=on)
    return day


def in_order(start: date, end: date | None, field: str) -> None:
    """Refuse with DatesReversed if there is an end and it lies before the start."""
    if end is not None and end < start:
        raise DatesReversed(field=field, start=start, end=end)


def within(number: int, field: str, *, least: int, most: int) -> int:
    """A whole number from `least` to `most`. Refuses with NumberOutOfRange."""
    if type(number) is not int or not least <= number <= most:
        raise NumberOutOfRange(field=field, given=number, least=least, most=most)
    return number


def at_least(amount: Money, field: str, *, least: Money) -> Money:
    """An amount that reaches the least of the rules. Refuses with AmountTooSmall."""
    if amount < least:
        raise AmountTooSmall(field=field, given=amount, least=least)
    return amount


def part_at_least(amount: Money, field: str, *, least: Money, left: Money) -> Money:
    """A part of what is left that reaches the least of the rules, or is the whole rest. Refuses with PartTooSmall."""
    if amount < least and amount != left:
        raise PartTooSmall(field=field, given=amount, least=least, left=left)
    return amount


def sort_name(name: str) -> str:
    """The pinyin of a name, by which lists are sorted and searched.

    >>> sort_name("王示例")
    'wang shi li'
    """
    return " ".join(part.strip() for part in lazy_pinyin(name) if part.strip()).lower()
