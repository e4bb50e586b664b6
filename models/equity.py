"""Equity: conversions of claims, holdings with their valuations, rounds, awards turned into capital, exits."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, Row, WordColumn
from models.states.aftercare import AwardStage, ConversionStage, HoldingStage
from models.values.money import ZERO, Money


class Origin(StrEnum):
    """How a holding came about."""

    CONVERSION = "conversion"  # 债权转股权
    PRO_RATA = "pro_rata"  # 折比例入股
    AWARD = "award"  # 财政奖励补助转为注资
    FOLLOW_ON = "follow_on"  # 跟进投资


class Exclusion(StrEnum):
    """Why a claim may not be converted (EQ-02)."""

    ZOMBIE = "zombie"
    EVADES_DEBTS = "evades_debts"
    DISHONEST = "dishonest"
    UNCLEAR_CLAIM = "unclear_claim"
    OVER_CAPACITY = "over_capacity"


class ExitKind(StrEnum):
    """How a holding ends."""

    SALE = "sale"  # 公开转让, EQ-17
    TRANSFER = "transfer"  # 让利转让给其他股东, EQ-11
    BUY_BACK = "buy_back"  # 回购, EQ-12
    LIQUIDATION = "liquidation"  # 清算


class Conversion(Row, table=True):
    """A conversion of (part of) a claim into a share of the debtor (EQ-01 to EQ-04, EQ-23).

    `claim` is the nominal amount that is extinguished, `cost` the part of the case's cost that goes with it, `value`
    what the claim was appraised at: the price between the two companies, and the contribution to the firm.
    """

    __table_args__ = (
        sa.CheckConstraint("claim > 0 AND value > 0 AND pre_money > 0", name="amounts"),
        sa.CheckConstraint("cost >= 0 AND value <= claim", name="value_within_claim"),
        sa.CheckConstraint("new_registered + reserve = value", name="value_sums"),
        sa.CheckConstraint("reserve >= 0 AND pre_money >= registered_before", name="not_below_par"),
        sa.CheckConstraint("share_ppm BETWEEN 1 AND 1000000", name="share"),
    )

    number: str = Field(unique=True, max_length=24)
    case_id: int = Field(sa_type=sa.BigInteger, foreign_key="disposal_case.id", index=True)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    origin: Origin = Field(default=Origin.CONVERSION, sa_type=WordColumn(Origin))
    claim: Money = Field(sa_type=MoneyColumn)
    cost: Money = Field(default=ZERO, sa_type=MoneyColumn)
    value: Money = Field(sa_type=MoneyColumn)
    pre_money: Money = Field(sa_type=MoneyColumn)
    registered_before: Money = Field(sa_type=MoneyColumn)
    new_registered: Money = Field(sa_type=MoneyColumn)
    reserve: Money = Field(sa_type=MoneyColumn)
    share_ppm: int
    appraiser: str = Field(max_length=120)
    appraised_on: date
    appraisal_method: str = Field(max_length=60)
    resolution: str = Field(default="", max_length=200)
    proposed_on: date
    done_on: date | None = None
    stage: ConversionStage = Field(default=ConversionStage.PROPOSED, sa_type=WordColumn(ConversionStage))


class Holding(Row, table=True):
    """A holding of the venture company in a firm, at cost and at its carrying value (股权投资)."""

    __table_args__ = (sa.CheckConstraint("cost >= 0 AND carrying >= 0 AND capital >= 0", name="not_negative"),)

    number: str = Field(unique=True, max_length=24)
    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    origin: Origin = Field(sa_type=WordColumn(Origin))
    conversion_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="conversion.id")
    award_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="award.id")
    fiscal: bool = False
    acquired_on: date
    cost: Money = Field(sa_type=MoneyColumn)
    carrying: Money = Field(sa_type=MoneyColumn)
    capital: Money = Field(sa_type=MoneyColumn)
    proceeds: Money = Field(default=ZERO, sa_type=MoneyColumn)
    dividends: Money = Field(default=ZERO, sa_type=MoneyColumn)
    offered: Money = Field(default=ZERO, sa_type=MoneyColumn)
    exited_on: date | None = None
    exit_kind: str = Field(default="", max_length=20)
    buyer: str = Field(default="", max_length=160)
    stage: HoldingStage = Field(default=HoldingStage.HELD, sa_type=WordColumn(HoldingStage))


class HoldingValue(Row, table=True):
    """What a holding was found to be worth on a day."""

    __tablename__ = "holding_value"
    __table_args__ = (sa.CheckConstraint("value >= 0", name="value"),)

    holding_id: int = Field(sa_type=sa.BigInteger, foreign_key="holding.id", index=True)
    on: date
    value: Money = Field(sa_type=MoneyColumn)
    method: str = Field(max_length=60)
    by_name: str = Field(max_length=120)


class Round(Row, table=True):
    """A round of new capital in a firm; the venture company may follow on (跟进投资, EQ-22)."""

    __table_args__ = (sa.CheckConstraint("raised > 0 AND pre_money > 0 AND followed >= 0", name="amounts"),)

    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    on: date
    lead: str = Field(max_length=120)
    pre_money: Money = Field(sa_type=MoneyColumn)
    raised: Money = Field(sa_type=MoneyColumn)
    followed: Money = Field(default=ZERO, sa_type=MoneyColumn)


class Award(Row, table=True):
    """A fiscal award or subsidy that is due to a firm, paid out or turned into capital (奖励补助; EQ-08).

    What is over the ceiling of public holding is not `capitalised`: it stays a grant and is paid.
    """

    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("capitalised >= 0 AND capitalised <= amount", name="capitalised_within"),
    )

    number: str = Field(unique=True, max_length=24)
    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    programme_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="programme.id")
    title: str = Field(max_length=200)
    basis: str = Field(default="", max_length=200)
    amount: Money = Field(sa_type=MoneyColumn)
    capitalised: Money = Field(default=ZERO, sa_type=MoneyColumn)
    proposed_on: date
    approved_on: date | None = None
    done_on: date | None = None
    stage: AwardStage = Field(default=AwardStage.PROPOSED, sa_type=WordColumn(AwardStage))
