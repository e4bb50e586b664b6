"""District programmes that feed the bank: plans with their benefits, pool projects, targets (rulebook section 7)."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, Row, WordColumn
from models.talent import Level
from models.values.money import Money


class Programme(Row, table=True):
    """A talent plan or programme of a district or the city (人才计划)."""

    __table_args__ = (sa.UniqueConstraint("name", "starts_on"),)

    name: str = Field(max_length=120)
    district: str = Field(default="", max_length=40)
    level: Level = Field(sa_type=WordColumn(Level))
    starts_on: date
    ends_on: date | None = None
    source: str = Field(default="", max_length=200)


class Benefit(Row, table=True):
    """What a programme gives: kind, cap, instalments, conditions (TAL-03)."""

    programme_id: int = Field(sa_type=sa.BigInteger, foreign_key="programme.id", index=True)
    kind: str = Field(max_length=40)
    cap: Money | None = Field(default=None, sa_type=MoneyColumn)
    instalment_weights: list[int] = Field(default_factory=list, sa_type=sa.JSON)
    condition: str = Field(default="", max_length=400)


class PoolProject(Row, table=True):
    """A project in a district's pool, tracked by class (A 特殊跟踪, B 重点跟踪, C 关注了解; TAL-09)."""

    __tablename__ = "pool_project"
    __table_args__ = (sa.CheckConstraint("tracking IN ('A', 'B', 'C')", name="tracking"),)

    title: str = Field(max_length=200)
    district: str = Field(max_length=40)
    talent_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="talent.id")
    tracking: str = Field(max_length=1)
    owner: str = Field(default="", max_length=120)
    signed_on: date | None = None
    started_on: date | None = None
    in_production_on: date | None = None
    pledged: Money | None = Field(default=None, sa_type=MoneyColumn)
    paid_in: Money | None = Field(default=None, sa_type=MoneyColumn)


class Target(Row, table=True):
    """A target of a park or township and how far it is (TAL-10, TAL-11)."""

    __table_args__ = (sa.UniqueConstraint("place", "indicator", "due_on"),)

    place: str = Field(max_length=120)
    indicator: str = Field(max_length=60)
    due_on: date
    target: int = Field(ge=0)
    actual: int = Field(default=0, ge=0)
