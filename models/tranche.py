"""A contract's planned pay-outs (分次放款计划), and the proof of what was done with the money that was paid out."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, Row, WordColumn
from models.states.using import TrancheStage
from models.values.money import Money


class Tranche(Row, table=True):
    """One planned pay-out: so much, not before a day, on a milestone whose proof a second person has checked.

    `payee` and `payee_account` are the named supplier's (LOAN-06). `pay_out_id` is the pay-out that drew it.
    """

    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.UniqueConstraint("contract_id", "number"),
    )

    contract_id: int = Field(sa_type=sa.BigInteger, foreign_key="contract.id")
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    number: int = Field(ge=1)
    milestone: str = Field(max_length=200)
    amount: Money = Field(sa_type=MoneyColumn)
    earliest_on: date
    payee: str = Field(max_length=160)
    payee_account: str = Field(default="", max_length=40)
    wanted: str = Field(max_length=400)
    proof: str = Field(default="", max_length=400)
    pay_out_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="pay_out.id", unique=True)
    stage: TrancheStage = Field(default=TrancheStage.PLANNED, sa_type=WordColumn(TrancheStage))


class UseKind(StrEnum):
    """How the money left the borrower's account."""

    ENTRUSTED = "entrusted"  # 受托支付: passed on to the named supplier by the bank (LOAN-07)
    OWN = "own"  # 自主支付: paid by the borrower itself, proved afterwards (LOAN-06)


class PaymentUse(Row, table=True):
    """Money of a pay-out that went on to somebody, with its proof; together never more than the pay-out."""

    __tablename__ = "payment_use"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount_positive"),)

    pay_out_id: int = Field(sa_type=sa.BigInteger, foreign_key="pay_out.id", index=True)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    kind: UseKind = Field(sa_type=WordColumn(UseKind))
    paid_to: str = Field(max_length=160)
    amount: Money = Field(sa_type=MoneyColumn)
    paid_on: date
    proof: str = Field(max_length=200)
    filed_by: int = Field(sa_type=sa.BigInteger)
    filed_on: date
