"""The condition under which a list about firms' affairs finds what somebody typed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from models.firm import Firm


def called(text: str, *numbers: Any) -> sa.ColumnElement[bool]:
    """That one of the number columns begins with a text, or that the (joined) firm is called so, in characters or in
    pinyin."""
    text = text.strip()
    ways: list[sa.ColumnElement[bool]] = [col(number).startswith(text.upper(), autoescape=True) for number in numbers]
    ways.append(col(Firm.name).contains(text, autoescape=True))
    if text.isascii():
        ways.append(col(Firm.name_sort).contains(text.lower(), autoescape=True))
    return sa.or_(*ways)
