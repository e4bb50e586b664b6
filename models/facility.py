"""Market funding: facilities of policy banks and groups, what was drawn, which loan it funds (统贷资金, TB-03)."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, RateColumn, Row, WordColumn
from models.states.aftercare import FacilityStage
from models.values.money import ZERO, Money
from models.values.rate import Rate


class Facility(Row, table=True):
    """A commitment of a lender to the financing vehicle (授信额度)."""

    __table_args__ = (sa.CheckConstraint("commitment > 0 AND ends_on > starts_on", name="terms"),)

    number: str = Field(unique=True, max_length=24)
    lender: str = Field(max_length=120)
    commitment: Money = Field(sa_type=MoneyColumn)
    rate: Rate = Field(sa_type=RateColumn)
    starts_on: date
    ends_on: date
    purpose: str = Field(default="", max_length=200)
    stage: FacilityStage = Field(default=FacilityStage.REGISTERED, sa_type=WordColumn(FacilityStage))
    label: str = Field(default="", max_length=40)


class Drawing(Row, table=True):
    """Money drawn on a facility and passed on to the bank (提款)."""

    __table_args__ = (
        sa.CheckConstraint("amount > 0 AND repaid >= 0 AND repaid <= amount", name="amounts"),
        sa.CheckConstraint("due_on > drawn_on", name="term"),
    )

    number: str = Field(unique=True, max_length=24)
    facility_id: int = Field(sa_type=sa.BigInteger, foreign_key="facility.id", index=True)
    amount: Money = Field(sa_type=MoneyColumn)
    repaid: Money = Field(default=ZERO, sa_type=MoneyColumn)
    rate: Rate = Field(sa_type=RateColumn)
    drawn_on: date
    due_on: date
    interest_through: date


class Funding(Row, table=True):
    """Which loan is funded by which drawing, and how much of it."""

    __table_args__ = (
        sa.UniqueConstraint("pay_out_id", "drawing_id"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    drawing_id: int = Field(sa_type=sa.BigInteger, foreign_key="drawing.id", index=True)
    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    pay_out_id: int = Field(sa_type=sa.BigInteger, foreign_key="pay_out.id")
    amount: Money = Field(sa_type=MoneyColumn)
