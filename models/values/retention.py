"""How long records are kept: the longest rule that applies wins (REC-04)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from models.values.terms import add_years


def retention_end(closed: date, years: Mapping[str, int]) -> tuple[date, str]:
    """The day until which a record is kept, and the word of the rule that says so (REC-04).

    `years` are the rules that apply, by word (`aml`, `accounting`, `loan_file`), in years after `closed`. Where two
    are equally long, the first named is given. ValueError if none applies or one is below nought.
    """
    if not years or min(years.values()) < 0:
        raise ValueError("a record is kept under at least one rule, of nought years or more")
    rule = max(years, key=lambda word: years[word])
    return add_years(closed, years[rule]), rule
