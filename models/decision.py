"""Credit decisions with everything needed to replay them, and the conditions they set."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import InstantColumn, MoneyColumn, RateColumn, Row, WordColumn
from models.lending.terms import RepaymentMethod
from models.values.money import Money
from models.values.rate import Rate


class Outcome(StrEnum):
    """How the credit committee decided."""

    APPROVED = "approved"
    REJECTED = "rejected"
    DEFERRED = "deferred"


class Ceiling(StrEnum):
    """What may bound the amount of an offer (system.md section 5); the least of them does."""

    REQUEST = "request"  # 申请金额
    SECURITY = "security"  # 担保物价值
    NEED = "need"  # 测算的资金需求
    PRODUCT_CAP = "product_cap"  # 产品上限
    FUND_SINGLE_CAP = "fund_single_cap"  # 单户上限(TB-11)
    FUND_SINGLE_SHARE = "fund_single_share"  # 单户占资金规模比例(TB-11)
    BANK_SINGLE = "bank_single"  # 单一借款人占资本比例(LOAN-08)
    GRADE = "grade"  # 等级低于准入


class PriceElement(StrEnum):
    """What a price is made of, and the bounds it may run into."""

    FUNDING_COST = "funding_cost"
    EXPECTED_LOSS = "expected_loss"
    OPERATING_COST = "operating_cost"
    MARGIN = "margin"
    FLOOR = "floor"
    CAP = "cap"


class Decision(Row, table=True):
    """The committee's decision on an application (审批决定): the offer, its inputs, the versions it was made under.

    An approval already gives the loan its number: the promise is in the books under it from that moment on.
    """

    __table_args__ = (
        sa.CheckConstraint("(outcome = 'approved') = (amount IS NOT NULL)", name="approved_with_amount"),
        sa.CheckConstraint("guarantee_share_ppm BETWEEN 0 AND 1000000", name="share"),
    )

    number: str = Field(unique=True, max_length=24)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    opinion_id: int = Field(sa_type=sa.BigInteger, foreign_key="opinion.id")
    score_sheet_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="score_sheet.id")
    outcome: Outcome = Field(sa_type=WordColumn(Outcome))
    amount: Money | None = Field(default=None, sa_type=MoneyColumn)
    term_months: int | None = None
    method: RepaymentMethod | None = Field(default=None, sa_type=WordColumn(RepaymentMethod))
    rate: Rate | None = Field(default=None, sa_type=RateColumn)
    guarantee_share_ppm: int = 0
    offer: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    inputs: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    rules_version: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=2000)
    decided_on: date
    decided_at: datetime = Field(sa_type=InstantColumn)
    decided_by: int = Field(sa_type=sa.BigInteger)
    valid_to: date | None = None
    loan_number: str | None = Field(default=None, unique=True, max_length=24)


class Condition(Row, table=True):
    """A condition precedent: nothing is paid out before it is met and proved (放款前提条件)."""

    __table_args__ = (sa.CheckConstraint("(met_on IS NULL) = (met_by IS NULL)", name="met_by_somebody"),)

    decision_id: int = Field(sa_type=sa.BigInteger, foreign_key="decision.id", index=True)
    kind: str = Field(max_length=30)
    text: str = Field(max_length=400)
    met_on: date | None = None
    met_by: int | None = Field(default=None, sa_type=sa.BigInteger)
    proof: str = Field(default="", max_length=200)
