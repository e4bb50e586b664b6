"""Bridges of the re-lending fund: a maturing loan is repaid, renewed, and the money comes back (转贷, BRG)."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, Row, WordColumn
from models.states.aftercare import BridgeStage
from models.values.money import ZERO, Money


class BridgeBound(StrEnum):
    """What bound the amount of a bridge (BRG-03)."""

    RATIO = "ratio"  # 续贷金额的比例
    CAP = "cap"  # 单户上限
    NEED = "need"  # 应还本金减自筹
    FUND = "fund"  # 基金可用余额


class BridgeBar(StrEnum):
    """Why a loan cannot be bridged (BRG-01, BRG-02)."""

    PRODUCT = "product"  # 产品不适用
    NOT_ACTIVE = "not_active"  # 贷款不在还款期
    OVERDUE = "overdue"  # 有逾期
    CLASS = "class"  # 分类为次级及以下
    INTEGRITY = "integrity"  # 列入失信名单
    TOO_EARLY = "too_early"  # 离到期尚早


class RenewalGap(StrEnum):
    """What a renewal lacks before its loan can repay the bridge (BRG-06, BRG-16)."""

    CONTRACT = "contract"  # 续贷合同未签
    TERM = "term"  # 未到起息日或已到期
    GUARANTEE = "guarantee"  # 新担保未生效


class Bridge(Row, table=True):
    """One bridge over the maturity of one loan, under the bank's written promise to renew (BRG-06).

    `binding` is what bound its ceiling; `paid_ref` and `returned_ref` are the bank's references of the money out to the
    borrower's repayment account and back from the new loan (BRG-07).
    """

    __table_args__ = (
        sa.CheckConstraint("amount > 0 AND fee >= 0", name="amounts"),
        sa.Index("ix_bridge_stage", "stage", "due_on"),
    )

    number: str = Field(unique=True, max_length=24)
    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    renewal_contract_id: int = Field(sa_type=sa.BigInteger, foreign_key="contract.id", unique=True)
    amount: Money = Field(sa_type=MoneyColumn)
    own_funds: Money = Field(sa_type=MoneyColumn)
    promise: str = Field(max_length=200)
    promise_document_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="document.id")
    why_not_renewed_directly: str = Field(default="", max_length=400)
    binding: BridgeBound = Field(default=BridgeBound.NEED, sa_type=WordColumn(BridgeBound))
    applied_on: date
    expires_on: date
    paid_on: date | None = None
    due_on: date | None = None
    returned_on: date | None = None
    paid_ref: str | None = Field(default=None, unique=True, max_length=64)
    returned_ref: str | None = Field(default=None, unique=True, max_length=64)
    renewed: bool = True
    days: int | None = None
    fee: Money = Field(default=ZERO, sa_type=MoneyColumn)
    stage: BridgeStage = Field(default=BridgeStage.APPLIED, sa_type=WordColumn(BridgeStage))
