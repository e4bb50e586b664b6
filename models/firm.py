"""Firms and planned firms, their shareholders over time, their contacts, milestones and yearly figures."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, Row, WordColumn
from models.values.money import ZERO, Money


class FirmSize(StrEnum):
    """Size by the national standard (LOAN-30)."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Industry(StrEnum):
    """The fields in which the district's talent firms work."""

    NEW_MATERIALS = "new_materials"
    EQUIPMENT = "equipment"
    CHIPS = "chips"
    BIOMEDICINE = "biomedicine"
    NEW_ENERGY = "new_energy"
    ELECTRONICS = "electronics"
    SOFTWARE = "software"
    MARINE = "marine"


class Firm(Row, table=True):
    """A firm, or one that is planned: without a credit code it does not exist yet (support before formation, TB-02)."""

    __table_args__ = (
        sa.CheckConstraint("(credit_code IS NULL) = (registered_on IS NULL)", name="registered_with_code"),
        sa.CheckConstraint("registered_capital >= 0 AND staff >= 0", name="sizes"),
    )

    name: str = Field(max_length=160, index=True)
    name_sort: str = Field(default="", max_length=320, index=True)
    credit_code: str | None = Field(default=None, unique=True, max_length=18)
    registered_on: date | None = None
    founder_id: int = Field(sa_type=sa.BigInteger, foreign_key="talent.id", index=True)
    group_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="party_group.id", index=True)
    district: str = Field(default="", max_length=40, index=True)
    industry: Industry = Field(sa_type=WordColumn(Industry), index=True)
    size: FirmSize = Field(default=FirmSize.MICRO, sa_type=WordColumn(FirmSize))
    staff: int = 0
    registered_capital: Money = Field(default=ZERO, sa_type=MoneyColumn)
    bank_line: str = Field(default="", max_length=12)
    account_sealed: bytes = Field(default=b"", sa_type=sa.LargeBinary)
    account_masked: str = Field(default="", max_length=40)
    integrity_listed: bool = False
    synthetic: bool = Field(default=False)
    label: str = Field(default="", max_length=40)

    @property
    def exists(self) -> bool:
        """Whether the firm has been registered and has its credit code."""
        return self.credit_code is not None


class Shareholding(Row, table=True):
    """A line of a cap table from one day to another (股权结构): who holds how much registered capital."""

    __table_args__ = (
        sa.CheckConstraint("capital > 0", name="capital_positive"),
        sa.CheckConstraint("until IS NULL OR until > since", name="since_until"),
        sa.Index("ix_shareholding_firm_id", "firm_id", "since"),
    )

    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id")
    holder: str = Field(max_length=160)
    holder_kind: str = Field(default="founder", max_length=20)
    holding_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="holding.id")
    capital: Money = Field(sa_type=MoneyColumn)
    since: date
    until: date | None = None


class Contact(Row, table=True):
    """Somebody to call at a firm."""

    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    name: str = Field(max_length=120)
    duty: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=120)


class Milestone(Row, table=True):
    """A step of the project that pay-outs or covenants hang on (里程碑)."""

    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    title: str = Field(max_length=200)
    due_on: date
    reached_on: date | None = None


class FirmYear(Row, table=True):
    """A firm's own figures of one year, with who gave them and when they became known."""

    __tablename__ = "firm_year"
    __table_args__ = (sa.UniqueConstraint("firm_id", "year", "known_on"),)

    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    year: int
    revenue: Money = Field(sa_type=MoneyColumn)
    profit: Money = Field(sa_type=MoneyColumn)
    rd_spend: Money = Field(default=ZERO, sa_type=MoneyColumn)
    assets: Money = Field(default=ZERO, sa_type=MoneyColumn)
    debts: Money = Field(default=ZERO, sa_type=MoneyColumn)
    known_on: date
    source: str = Field(default="", max_length=120)
