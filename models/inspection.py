"""Inspections after the pay-out (贷后检查, LOAN-27): when they are due, and what was found."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, Row, WordColumn
from models.states.using import InspectionStage
from models.values.money import ZERO, Money


class InspectionKind(StrEnum):
    """The first look at the use of each pay-out, and the regular ones after it."""

    FIRST_USE = "first_use"  # 首次用途检查
    REGULAR = "regular"  # 定期检查


class UseFinding(StrEnum):
    """Whether the money was used for what it was lent for."""

    AS_AGREED = "as_agreed"  # 按约定使用
    NOT_YET = "not_yet"  # 尚未使用完
    DIVERTED = "diverted"  # 挪用


class RightsFinding(StrEnum):
    """What the registers say of the pledged rights (IP-11, IP-21)."""

    IN_FORCE = "in_force"  # 有效
    AT_RISK = "at_risk"  # 欠费、被提无效等
    LOST = "lost"  # 失效
    NONE = "none"  # 无质押


class Inspection(Row, table=True):
    """One inspection of a loan: due on a day, recorded once. `watched` says that it follows the watch list's rhythm."""

    __table_args__ = (
        sa.CheckConstraint("(stage = 'recorded') = (held_on IS NOT NULL)", name="recorded_with_day"),
        sa.CheckConstraint("(kind = 'first_use') = (pay_out_id IS NOT NULL)", name="first_use_of_pay_out"),
        sa.CheckConstraint("looked_at >= 0 AND diverted >= 0", name="not_negative"),
        sa.Index("ix_inspection_stage", "stage", "due_on"),
        sa.Index("ix_inspection_loan_id", "loan_id", "due_on"),
    )

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id")
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id")
    pay_out_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="pay_out.id", unique=True)
    kind: InspectionKind = Field(sa_type=WordColumn(InspectionKind))
    since: date
    due_on: date
    watched: bool = False
    stage: InspectionStage = Field(default=InspectionStage.DUE, sa_type=WordColumn(InspectionStage))
    held_on: date | None = None
    held_by: int | None = Field(default=None, sa_type=sa.BigInteger)
    finding: UseFinding | None = Field(default=None, sa_type=WordColumn(UseFinding))
    looked_at: Money = Field(default=ZERO, sa_type=MoneyColumn)
    diverted: Money = Field(default=ZERO, sa_type=MoneyColumn)
    proof: str = Field(default="", max_length=400)
    rights: RightsFinding | None = Field(default=None, sa_type=WordColumn(RightsFinding))
    remarks: str = Field(default="", max_length=2000)
