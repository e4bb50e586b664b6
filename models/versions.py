"""Rule sets and calendar days that people approved, each dated; running numbers of documents and cases."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import InstantColumn, RateColumn, Row, WordColumn
from models.states.aftercare import RuleStage
from models.values.rate import Rate


class RuleSet(Row, table=True):
    """A dated version of one kind of rules: proposed by one person, approved by another, never changed afterwards."""

    __tablename__ = "rule_set"
    __table_args__ = (
        sa.UniqueConstraint("kind", "version"),
        sa.Index("ix_rule_set_kind", "kind", "stage", "effective_from"),
    )

    kind: str = Field(max_length=30)
    version: str = Field(max_length=60)
    effective_from: date
    body: dict[str, Any] = Field(sa_type=sa.JSON)
    note: str = Field(default="", max_length=400)
    proposed_by: int = Field(sa_type=sa.BigInteger)
    approved_by: int | None = Field(default=None, sa_type=sa.BigInteger)
    approved_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    stage: RuleStage = Field(default=RuleStage.PROPOSED, sa_type=WordColumn(RuleStage))


class CalendarDay(SQLModel, table=True):
    """A day of the bank's own calendar that overrides the published one (ID-07)."""

    __tablename__ = "calendar_day"

    on: date = Field(primary_key=True)
    business: bool
    source: str = Field(max_length=120)


class Lpr(SQLModel, table=True):
    """One month's quotation of the loan prime rate (贷款市场报价利率, LOAN-09)."""

    __tablename__ = "lpr"

    published: date = Field(primary_key=True)
    one_year: Rate = Field(sa_type=RateColumn)
    five_year: Rate = Field(sa_type=RateColumn)
    source: str = Field(default="", max_length=200)

    model_config = {"arbitrary_types_allowed": True}


class RunningNumber(SQLModel, table=True):
    """The last number given out of a series and year: TBA-2012-0004."""

    __tablename__ = "running_number"

    series: str = Field(primary_key=True, max_length=8)
    year: int = Field(primary_key=True)
    last: int = Field(default=0)
