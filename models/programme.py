"""District programmes that feed the bank: plans with their benefits, pool projects, targets (rulebook section 7)."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, RateColumn, Row, WordColumn
from models.talent import Level
from models.values.money import Money
from models.values.rate import Rate


class CapBasis(StrEnum):
    """What the cap of an interest subsidy is put on: "最高500万元" may be read either way (TAL-05)."""

    LOAN_PRINCIPAL = "loan_principal"
    SUBSIDY_AMOUNT = "subsidy_amount"


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
    """What a programme gives: kind, cap, instalments, conditions (TAL-03); `years` count from the firm's founding."""

    __table_args__ = (sa.CheckConstraint("years IS NULL OR years > 0", name="years"),)

    programme_id: int = Field(sa_type=sa.BigInteger, foreign_key="programme.id", index=True)
    kind: str = Field(max_length=40)
    cap: Money | None = Field(default=None, sa_type=MoneyColumn)
    cap_basis: CapBasis = Field(default=CapBasis.LOAN_PRINCIPAL, sa_type=WordColumn(CapBasis))
    years: int | None = None
    instalment_weights: list[int] = Field(default_factory=list, sa_type=sa.JSON)
    condition: str = Field(default="", max_length=400)


class Subsidy(Row, table=True):
    """The interest subsidy of one loan for one stretch of time: what it was reckoned on, and its payment (贴息, TAL-05)."""

    __table_args__ = (
        sa.CheckConstraint("ends_on > starts_on", name="stretch"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("(paid_on IS NULL) = (bank_ref IS NULL)", name="paid_with_reference"),
    )

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    benefit_id: int = Field(sa_type=sa.BigInteger, foreign_key="benefit.id", index=True)
    starts_on: date
    ends_on: date
    days: int
    base: Money = Field(sa_type=MoneyColumn)
    rate: Rate = Field(sa_type=RateColumn)
    amount: Money = Field(sa_type=MoneyColumn)
    due_on: date
    paid_on: date | None = None
    bank_ref: str | None = Field(default=None, unique=True, max_length=64)


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
