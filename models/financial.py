"""A firm's statements of a year, and what follows from two of them: how much working capital it needs (LOAN-04)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, RateColumn, Row
from models.values.money import ZERO, Money, total
from models.values.rate import Rate


class FinancialStatement(Row, table=True):
    """Income and balance sheet at a year's end, with who entered them from which document, and when they were known.

    The two sides of the balance sheet are equal, or it is not entered. A later version of a year needs a later day.
    """

    __tablename__ = "financial_statement"
    __table_args__ = (
        sa.UniqueConstraint("firm_id", "year", "known_on"),
        sa.CheckConstraint(
            "cash + receivables + stock + prepaid + other_current + fixed ="
            " short_loans + payables + advances + other_debts + long_loans + equity",
            name="balanced",
        ),
        sa.CheckConstraint("revenue >= 0 AND cost >= 0", name="not_negative"),
    )

    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    year: int
    revenue: Money = Field(sa_type=MoneyColumn)
    cost: Money = Field(sa_type=MoneyColumn)
    profit: Money = Field(sa_type=MoneyColumn)
    cash: Money = Field(default=ZERO, sa_type=MoneyColumn)
    receivables: Money = Field(default=ZERO, sa_type=MoneyColumn)
    stock: Money = Field(default=ZERO, sa_type=MoneyColumn)
    prepaid: Money = Field(default=ZERO, sa_type=MoneyColumn)
    other_current: Money = Field(default=ZERO, sa_type=MoneyColumn)
    fixed: Money = Field(default=ZERO, sa_type=MoneyColumn)
    short_loans: Money = Field(default=ZERO, sa_type=MoneyColumn)
    payables: Money = Field(default=ZERO, sa_type=MoneyColumn)
    advances: Money = Field(default=ZERO, sa_type=MoneyColumn)
    other_debts: Money = Field(default=ZERO, sa_type=MoneyColumn)
    long_loans: Money = Field(default=ZERO, sa_type=MoneyColumn)
    equity: Money = Field(default=ZERO, sa_type=MoneyColumn)
    known_on: date
    source: str = Field(max_length=200)
    entered_by: int = Field(sa_type=sa.BigInteger)

    @property
    def assets(self) -> Money:
        """The left side of the balance sheet."""
        return total(getattr(self, name) for name in ASSETS)

    @property
    def claims(self) -> Money:
        """The right side of the balance sheet: what is owed, and what belongs to the owners."""
        return total(getattr(self, name) for name in CLAIMS)


INCOME = ("revenue", "cost", "profit")
ASSETS = ("cash", "receivables", "stock", "prepaid", "other_current", "fixed")
CLAIMS = ("short_loans", "payables", "advances", "other_debts", "long_loans", "equity")


class NeedEstimate(Row, table=True):
    """One measuring of an application's need for working capital: every input and step, and who may go beyond it.

    `ceiling` is what may be lent at most: the limit in whole units, nought where there is no need. With a `beyond` the
    committee has allowed more, with its reason.
    """

    __tablename__ = "need_estimate"
    __table_args__ = (
        sa.CheckConstraint("ceiling >= 0", name="ceiling_not_negative"),
        sa.CheckConstraint("(beyond IS NULL) = (beyond_by IS NULL)", name="beyond_by_somebody"),
    )

    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    statement_id: int = Field(sa_type=sa.BigInteger, foreign_key="financial_statement.id")
    before_id: int = Field(sa_type=sa.BigInteger, foreign_key="financial_statement.id")
    growth: Rate = Field(sa_type=RateColumn)
    own_funds: Money = Field(sa_type=MoneyColumn)
    existing_loans: Money = Field(sa_type=MoneyColumn)
    other_sources: Money = Field(sa_type=MoneyColumn)
    steps: dict[str, Any] = Field(sa_type=sa.JSON)
    need: Money = Field(sa_type=MoneyColumn)
    room: Money = Field(sa_type=MoneyColumn)
    ceiling: Money = Field(sa_type=MoneyColumn)
    rules_version: str = Field(max_length=60)
    made_on: date
    made_by: int = Field(sa_type=sa.BigInteger)
    beyond: Money | None = Field(default=None, sa_type=MoneyColumn)
    beyond_reason: str = Field(default="", max_length=2000)
    beyond_by: int | None = Field(default=None, sa_type=sa.BigInteger)
    beyond_on: date | None = None

    @property
    def allowed(self) -> Money:
        """What may be decided at most: the ceiling, or what the committee has allowed beyond it."""
        return self.ceiling if self.beyond is None else self.beyond
