"""Guarantees, claims under them, counter-guarantees, and what was recovered afterwards."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, RateColumn, Row, WordColumn
from models.states.aftercare import ClaimStage, GuaranteeStage
from models.values.money import ZERO, Money
from models.values.rate import Rate


class Guarantee(Row, table=True):
    """A guarantee of the talent guarantee company for one loan (担保): capacity is taken at approval (GUA-04 to GUA-06).

    `share_ppm` of the outstanding principal is guaranteed; `amount` is that share of the approved amount. The loan has
    its number since the approval and a row since the signature. A renewal's guarantee names the one it `replaces_id`:
    never both are owed. `weight_ppm` is what the reservation counted with; the limits weigh anew each time (GUA-04).
    """

    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("share_ppm BETWEEN 1 AND 1000000", name="share"),
        sa.CheckConstraint("in_force >= 0 AND in_force <= amount", name="in_force_within"),
        sa.CheckConstraint("fee_earned BETWEEN 0 AND fee", name="fee_earned_within"),
        sa.Index("ix_guarantee_stage", "stage", "reserved_to"),
    )

    number: str = Field(unique=True, max_length=24)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    decision_id: int = Field(sa_type=sa.BigInteger, foreign_key="decision.id", index=True)
    loan_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="loan.id", unique=True)
    loan_number: str = Field(default="", max_length=24, index=True)
    replaces_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="guarantee.id", index=True)
    firm_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    talent_id: int = Field(sa_type=sa.BigInteger, foreign_key="talent.id", index=True)
    amount: Money = Field(sa_type=MoneyColumn)
    in_force: Money = Field(default=ZERO, sa_type=MoneyColumn)
    share_ppm: int
    weight_ppm: int = Field(default=1_000_000, ge=0, le=1_000_000)
    fee_rate: Rate = Field(sa_type=RateColumn)
    fee: Money = Field(default=ZERO, sa_type=MoneyColumn)
    fee_earned: Money = Field(default=ZERO, sa_type=MoneyColumn)
    fee_through: date | None = None
    term_months: int = Field(default=12, ge=1)
    guarantee_type: str = Field(default="joint", max_length=10)
    period_months: int = Field(default=36, ge=6)
    covers_interest: bool = True
    reserved_to: date
    in_force_on: date | None = None
    ends_on: date | None = None
    stage: GuaranteeStage = Field(default=GuaranteeStage.RESERVED, sa_type=WordColumn(GuaranteeStage))
    label: str = Field(default="", max_length=40)


class Claim(Row, table=True):
    """A claim of the bank under a guarantee, and its payment (代偿, GUA-14)."""

    __table_args__ = (
        sa.CheckConstraint("payout = principal + interest", name="payout_sums"),
        sa.CheckConstraint("principal >= 0 AND interest >= 0", name="not_negative"),
    )

    number: str = Field(unique=True, max_length=24)
    guarantee_id: int = Field(sa_type=sa.BigInteger, foreign_key="guarantee.id", index=True)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    filed_on: date
    pay_by: date
    days_past_due: int
    loss_principal: Money = Field(sa_type=MoneyColumn)
    loss_interest: Money = Field(sa_type=MoneyColumn)
    principal: Money = Field(sa_type=MoneyColumn)
    interest: Money = Field(sa_type=MoneyColumn)
    payout: Money = Field(sa_type=MoneyColumn)
    recovered: Money = Field(default=ZERO, sa_type=MoneyColumn)
    paid_on: date | None = None
    stage: ClaimStage = Field(default=ClaimStage.FILED, sa_type=WordColumn(ClaimStage))
