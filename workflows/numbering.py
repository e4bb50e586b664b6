"""Running numbers such as TBA-2012-0004: by series and year, without gaps, safe under concurrency."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from models.versions import RunningNumber


class Series(StrEnum):
    """What is numbered; the letters stand at the head of each number."""

    APPLICATION = "TBA"
    OPINION = "TBO"
    DECISION = "TBS"
    CONTRACT = "TBC"
    LOAN = "TBL"
    PAY_OUT = "TBP"
    RECEIPT = "TBR"
    LOOSE_RECEIPT = "TBU"
    GUARANTEE = "TBG"
    CLAIM = "TBK"
    BRIDGE = "TBB"
    DISPOSAL = "TBD"
    CONVERSION = "TBV"
    HOLDING = "TBH"
    AWARD = "TBW"
    FACILITY = "TBF"
    DRAWING = "TBE"
    CAPITAL = "TBM"
    CHANGE = "TBX"


def next_number(session: Session, series: Series, on: date) -> str:
    """The next number of a series in the year of `on`; others wait until this transaction has ended."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(RunningNumber).values(series=series.value, year=on.year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": sa.text("running_number.last + 1")}
    ).returning(sa.literal_column("last"))
    last = session.execute(statement).scalar_one()
    return f"{series.value}-{on.year}-{last:04d}"
