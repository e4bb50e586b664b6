"""Changes to a running loan, each with what was asked, what it did, and the consents it rests on."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import InstantColumn, MoneyColumn, RateColumn, Row, WordColumn
from models.lending.changes import ChangeKind, ConsentOf
from models.states.loan_change import ChangeStage
from models.values.money import ZERO, Money
from models.values.rate import Rate


class LoanChange(Row, table=True):
    """One change of a loan's terms (贷款变更): early repayment, extension, new rate, restructuring.

    `asked` holds what was asked for; `effect` what it came to, amounts in fen, as it was shown last: to the approver,
    and after it took effect as it was applied. Rate, last day and amounts before and after stand beside it once it is in
    effect. `observed_from` and `observed_until` bound the observation of a restructured loan (CLS-09).
    """

    __tablename__ = "loan_change"
    __table_args__ = (
        sa.CheckConstraint("capitalised >= 0 AND waived >= 0", name="not_negative"),
        sa.Index("ix_loan_change_loan_id", "loan_id", "id"),
        sa.Index("ix_loan_change_stage", "stage"),
    )

    number: str = Field(unique=True, max_length=24)
    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id")
    kind: ChangeKind = Field(sa_type=WordColumn(ChangeKind))
    stage: ChangeStage = Field(default=ChangeStage.PROPOSED, sa_type=WordColumn(ChangeStage))
    asked: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    effect: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    reason: str = Field(default="", max_length=2000)
    proposed_on: date
    proposed_by: int = Field(sa_type=sa.BigInteger)
    effective_on: date | None = None
    plan: int | None = None
    rate_before: Rate = Field(sa_type=RateColumn)
    rate_after: Rate | None = Field(default=None, sa_type=RateColumn)
    end_before: date
    end_after: date | None = None
    capitalised: Money = Field(default=ZERO, sa_type=MoneyColumn)
    waived: Money = Field(default=ZERO, sa_type=MoneyColumn)
    observed_from: date | None = None
    observed_until: date | None = None
    rules_version: str = Field(default="", max_length=200)


class ChangeConsent(Row, table=True):
    """That a guarantor or pledgor agreed to a change in writing, and where the paper is (LOAN-25)."""

    __tablename__ = "change_consent"
    __table_args__ = (sa.UniqueConstraint("change_id", "party"),)

    change_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan_change.id")
    party: ConsentOf = Field(sa_type=WordColumn(ConsentOf))
    evidence: str = Field(max_length=200)
    given_on: date
    recorded_by: int = Field(sa_type=sa.BigInteger)
    recorded_at: datetime = Field(sa_type=InstantColumn)
