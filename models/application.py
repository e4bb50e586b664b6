"""Applications for credit, the report of the investigation, and the score sheet with its reasons."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import InstantColumn, MoneyColumn, RateColumn, Row, WordColumn
from models.lending.terms import RepaymentMethod
from models.states.application import Stage
from models.values.money import ZERO, Money
from models.values.rate import Rate


class Product(StrEnum):
    """What is lent for (system.md section 4); interest and allowance are booked by product."""

    STARTUP = "startup"  # 创业启动贷
    RD_CENTRE = "rd_centre"  # 研发中心贷
    NEW_PRODUCT = "new_product"  # 新产品开发贷
    WORKING_CAPITAL = "working_capital"  # 流动资金贷


class CreditRecord(StrEnum):
    """What the credit report says, as the investigation sums it up (征信记录)."""

    CLEAN = "clean"  # 无不良记录
    MINOR = "minor"  # 偶有逾期, settled
    BAD = "bad"  # 严重不良
    NONE = "none"  # 无信贷记录


class Stop(StrEnum):
    """What stops an application whatever its points are (硬性否决): it cannot go to review before it is cleared."""

    INTEGRITY_LISTED = "integrity_listed"  # 失信名单
    INTEGRITY_UNCHECKED = "integrity_unchecked"  # 未核查失信名单
    NO_DESIGNATION = "no_designation"  # 无有效人才计划入选(TB-02)
    DESIGNATION_UNVERIFIED = "designation_unverified"  # 入选未经人才办核实
    NO_CONSENT = "no_consent"  # 未取得征信授权(LOAN-32)
    FIRM_TOO_LARGE = "firm_too_large"  # 不属中小微企业(TB-02)


class Application(Row, table=True):
    """A talent's request for credit, with a firm or before one is founded (贷款申请)."""

    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("term_months BETWEEN 1 AND 120", name="term"),
        sa.Index("ix_application_stage", "stage", "applied_on"),
        sa.Index("ix_application_applied_on", "applied_on"),
        sa.Index("ix_application_amount", "amount"),
        sa.Index("ix_application_due_on", "due_on"),
    )

    number: str = Field(unique=True, max_length=24)
    talent_id: int = Field(sa_type=sa.BigInteger, foreign_key="talent.id", index=True)
    firm_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    product: Product = Field(sa_type=WordColumn(Product))
    amount: Money = Field(sa_type=MoneyColumn)
    term_months: int
    method: RepaymentMethod = Field(sa_type=WordColumn(RepaymentMethod))
    purpose: str = Field(max_length=400)
    project: str = Field(default="", max_length=2000)
    need: Money = Field(default=ZERO, sa_type=MoneyColumn)
    applied_on: date
    stage: Stage = Field(default=Stage.DRAFT, sa_type=WordColumn(Stage))
    officer_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="app_user.id", index=True)
    due_on: date | None = None
    synthetic: bool = Field(default=False)
    label: str = Field(default="", max_length=40)


class Investigation(Row, table=True):
    """The report of due diligence (贷前调查, LOAN-02): who went, what was found."""

    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    visited_on: date
    second_person: str = Field(max_length=120)
    remote: bool = False
    findings: str = Field(max_length=4000)
    credit_record: str = Field(default="clean", max_length=40)
    integrity_checked: bool = False
    integrity_listed: bool = False
    filed_at: datetime = Field(sa_type=InstantColumn)


class ScoreSheet(Row, table=True):
    """One scoring of an application: points with their reasons, everything that went in, and by which rules."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        sa.CheckConstraint("points BETWEEN 0 AND 100", name="points"),
        sa.UniqueConstraint("application_id", "number"),
    )

    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    number: int = Field(ge=1)
    made_at: datetime = Field(sa_type=InstantColumn)
    made_by: int = Field(sa_type=sa.BigInteger)
    ip_points: int = Field(ge=0, le=100)
    reputation_points: int = Field(ge=0, le=100)
    firm_points: int = Field(ge=0, le=100)
    points: int
    grade: str = Field(max_length=4)
    default_rate: Rate = Field(sa_type=RateColumn)
    pledge_value: Money = Field(sa_type=MoneyColumn)
    reputation_line: Money = Field(sa_type=MoneyColumn)
    reasons: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    stops: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    inputs: dict[str, Any] = Field(sa_type=sa.JSON)
    rules_version: str = Field(max_length=60)
