"""What is looked at before credit is given, each with its day: a firm's size, credit enquiries, the investigation's list."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, Row, WordColumn
from models.firm import FirmSize
from models.values.money import Money


class SizeRecord(Row, table=True):
    """A firm's size as it followed on a day from its staff and revenue under the national standard (划型, LOAN-30)."""

    __tablename__ = "size_record"
    __table_args__ = (sa.Index("ix_size_record_firm_id", "firm_id", "on"),)

    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id")
    on: date
    sector: str = Field(max_length=32)
    staff: int = Field(ge=0)
    revenue: Money = Field(sa_type=MoneyColumn)
    size: FirmSize = Field(sa_type=WordColumn(FirmSize))
    rules_version: str = Field(max_length=60)
    made_by: int = Field(sa_type=sa.BigInteger)


class EnquiryPurpose(StrEnum):
    """What a credit report may be asked for (LOAN-32): nothing else is a purpose."""

    BEFORE_LOAN = "before_loan"  # 贷前审查
    AFTER_LOAN = "after_loan"  # 贷后管理
    GUARANTOR = "guarantor"  # 担保资格审查


class CreditEnquiry(Row, table=True):
    """A credit report asked for, on the written consent of its subject and for a stated purpose (征信查询, LOAN-32)."""

    __tablename__ = "credit_enquiry"
    __table_args__ = (sa.CheckConstraint("consent_on <= made_on", name="consent_before"),)

    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    subject: str = Field(max_length=160)
    purpose: EnquiryPurpose = Field(sa_type=WordColumn(EnquiryPurpose))
    consent_on: date
    consent_paper: str = Field(max_length=200)
    made_on: date
    made_by: int = Field(sa_type=sa.BigInteger)


class InvestigationPart(StrEnum):
    """What the report of due diligence has to cover (LOAN-02)."""

    FIRM = "firm"  # 企业主体
    OWNER = "owner"  # 实际控制人
    USE = "use"  # 资金用途
    CASH_FLOW = "cash_flow"  # 还款来源与现金流
    SECURITY = "security"  # 担保
    RIGHTS = "rights"  # 知识产权


class InvestigationItem(Row, table=True):
    """One part of the investigation's list, with what was seen; a later line on the same part replaces the earlier."""

    __tablename__ = "investigation_item"

    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    part: InvestigationPart = Field(sa_type=WordColumn(InvestigationPart))
    seen: str = Field(max_length=1000)
    seen_on: date
    seen_by: int = Field(sa_type=sa.BigInteger)
