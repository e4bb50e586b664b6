"""Bridges of the re-lending fund: a maturing loan is repaid, renewed, and the money comes back (转贷, BRG)."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, Row, WordColumn
from models.states.aftercare import BridgeStage
from models.values.money import ZERO, Money


class Bridge(Row, table=True):
    """One bridge over the maturity of one loan, under the bank's written promise to renew (BRG-06)."""

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
    binding: str = Field(default="", max_length=20)
    applied_on: date
    expires_on: date
    paid_on: date | None = None
    due_on: date | None = None
    returned_on: date | None = None
    days: int | None = None
    fee: Money = Field(default=ZERO, sa_type=MoneyColumn)
    stage: BridgeStage = Field(default=BridgeStage.APPLIED, sa_type=WordColumn(BridgeStage))
