"""Bad claims in the asset manager's hands: the case, the strategies compared, what was recovered (不良处置)."""

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, Row, WordColumn
from models.states.aftercare import DisposalStage
from models.values.money import ZERO, Money


class Strategy(StrEnum):
    """What can be done with a bad claim (system.md section 9)."""

    COLLECT = "collect"
    RESTRUCTURE = "restructure"
    SELL_IP = "sell_ip"
    LITIGATE = "litigate"
    CONVERT = "convert"


class DisposalCase(Row, table=True):
    """One bad loan's case. `cost` is what the asset manager paid for the claims and has not got back yet."""

    __tablename__ = "disposal_case"
    __table_args__ = (
        sa.CheckConstraint("bank_claim >= 0 AND guarantor_claim >= 0 AND cost >= 0", name="not_negative"),
        sa.CheckConstraint("price >= 0 AND guarantor_price >= 0", name="prices"),
    )

    number: str = Field(unique=True, max_length=24)
    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    proposed_on: date
    bank_claim: Money = Field(sa_type=MoneyColumn)
    guarantor_claim: Money = Field(default=ZERO, sa_type=MoneyColumn)
    price: Money = Field(sa_type=MoneyColumn)
    guarantor_price: Money = Field(default=ZERO, sa_type=MoneyColumn)
    strategy: Strategy = Field(sa_type=WordColumn(Strategy))
    comparison: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    cost: Money = Field(default=ZERO, sa_type=MoneyColumn)
    handed_over_on: date | None = None
    closed_on: date | None = None
    stage: DisposalStage = Field(default=DisposalStage.PROPOSED, sa_type=WordColumn(DisposalStage))


class Recovery(Row, table=True):
    """Money that came in on a case."""

    __table_args__ = (sa.CheckConstraint("amount > 0 AND costs >= 0", name="amounts"),)

    case_id: int = Field(sa_type=sa.BigInteger, foreign_key="disposal_case.id", index=True)
    on: date
    amount: Money = Field(sa_type=MoneyColumn)
    costs: Money = Field(default=ZERO, sa_type=MoneyColumn)
    source: str = Field(max_length=120)
    bank_ref: str = Field(unique=True, max_length=64)
