"""What an event of the books is about, in words: the cause that the journal seals is short and of numbers, and people
read each of them with its noun and the page behind it.

The sealed text itself never changes; who wants it finds it among the technical details of the event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.application import Product
from models.books.recipes import RECIPES
from models.equity import ExitKind
from talentbank import figures
from talentbank.i18n import N_, gettext, word

NUMBERED: dict[str, tuple[str, str]] = {
    "TBA": ("application", "/applications/"),
    "TBO": ("opinion", "/opinions/"),
    "TBS": ("decision", "/decisions/"),
    "TBC": ("contract", "/contracts/"),
    "TBL": ("loan", "/loans/"),
    "TBP": ("pay_out", ""),
    "TBR": ("receipt", ""),
    "TBG": ("guarantee", "/guarantees/"),
    "TBK": ("claim", "/claims/"),
    "TBB": ("bridge", "/bridges/"),
    "TBD": ("disposal_case", "/disposals/"),
    "TBV": ("conversion", "/conversions/"),
    "TBH": ("holding", "/holdings/"),
    "TBW": ("award", "/awards/"),
    "TBF": ("facility", "/facilities/"),
    "TBE": ("drawing", "/drawings/"),
}
"""The letters at the head of a number: its noun, and where its page stands if it has one."""

NUMBER = re.compile(r"(TB[A-Z])-\d{4}-\d{4,}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SUMS = re.compile(r"([\d,]+\.\d{2}) / ([\d,]+\.\d{2})")
"""What was recovered, and what it cost."""

SILENT = frozenset(
    {"tranche", "of", "on", "undrawn", "rest", "drawing", "repayment", "interest", "renewal", "allowance"}
)
"""Words of a cause that the event's own name says already."""
PRODUCT, EXIT = N_("产品"), N_("退出方式")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that an event is about: what it is, what it is called, and where its page is, if it has one."""

    label: str
    text: str
    href: str = ""


def tell(cause: str) -> list[Told]:
    """A cause as people read it, in the language now spoken; what it holds besides known words stands as it is."""
    if sums := SUMS.search(cause):
        told = [Told(gettext("收回金额"), sums[1]), Told(gettext("其中费用"), sums[2])]
        return [*tell(cause.replace(sums[0], "")), *told]
    parts = [part for piece in cause.split() for part in _apart(piece)]
    told, left = [], []
    for before, part in zip(["", *parts], parts, strict=False):
        if (known := _known(part, before)) is not None:
            told += known
        else:
            left.append(part)
    return told + ([Told(gettext("附注"), " ".join(left))] if left else [])


def _apart(piece: str) -> Iterator[str]:
    """`2012-11-07:startup` is two things; a reference of a bank that holds a colon is one."""
    parts = piece.split(":")
    yield from parts if all(_known(part, "") is not None for part in parts) else [piece]


def _known(part: str, before: str) -> list[Told] | None:
    """What a part of a cause tells: nothing if the event says it already, None if it is not known."""
    if number := NUMBER.fullmatch(part):
        noun, address = NUMBERED.get(number[1], ("", ""))
        return [Told(word(noun) if noun else gettext("编号"), part, f"{address}{part}" if address else "")]
    if DAY.fullmatch(part):
        label = gettext("计至（不含当日）") if before == "before" else gettext("日期")
        return [Told(label, figures.day(date.fromisoformat(part)))]
    for label, words in ((PRODUCT, Product), (EXIT, ExitKind)):
        if (found := _member(words, part)) is not None:
            return [Told(gettext(label), word(found))]
    return [] if part in SILENT or part in RECIPES or part == "before" else None


def _member(words: type[StrEnum], part: str) -> StrEnum | None:
    return words(part) if part in set(words) else None
