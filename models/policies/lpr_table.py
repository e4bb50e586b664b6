"""The quotations a new bank starts with, read from `lpr.toml`: benchmark rates, then the LPR (LOAN-09)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.values.lpr import LprQuote
from models.values.rate import Rate

FILE = Path(__file__).with_name("lpr.toml")


@dataclass(frozen=True, slots=True)
class SourcedQuote:
    """A quotation with where it was read, or that it was written down from memory."""

    quote: LprQuote
    source: str


@cache
def first_quotes() -> tuple[SourcedQuote, ...]:
    """Every quotation of the file, oldest first. Raises ValueError for a rate that is none."""
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))["quote"]
    return tuple(
        SourcedQuote(LprQuote(line["published"], Rate.of(line["one_year"]), Rate.of(line["five_year"])), line["source"])
        for line in given
    )
