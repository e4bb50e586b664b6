"""Why loans stand in their classes: circumstances people recorded and ended, and the quarterly reviews. Rows are only added."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import InstantColumn, Row, WordColumn
from models.lending.ageing import FiveClass
from models.lending.circumstances import TriggerKind


class ClassTrigger(Row, table=True):
    """A circumstance of one loan, or of a firm and so of all its loans, that allows no better class (CLS-02 to CLS-05,
    CLS-09): known since when, by what evidence, recorded by whom.

    `share_ppm` is the expected loss or the share of debts over 90 days, in parts per million. A restructured loan carries
    the first repayment day after the adjustment.
    """

    __tablename__ = "class_trigger"
    __table_args__ = (
        sa.CheckConstraint("(loan_id IS NULL) <> (firm_id IS NULL)", name="of_loan_or_firm"),
        sa.CheckConstraint("share_ppm BETWEEN 0 AND 1000000", name="share"),
        sa.CheckConstraint("(kind = 'restructured') = (first_repayment_on IS NOT NULL)", name="restructured_with_day"),
    )

    loan_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    firm_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    kind: TriggerKind = Field(sa_type=WordColumn(TriggerKind))
    share_ppm: int = 0
    known_on: date
    first_repayment_on: date | None = None
    evidence: str = Field(max_length=400)
    document_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="document.id")
    recorded_on: date
    recorded_by: int = Field(sa_type=sa.BigInteger)
    at: datetime = Field(sa_type=InstantColumn)


class ClassTriggerEnd(Row, table=True):
    """That a circumstance no longer stands: since when, why, and who said so (never the one who recorded it)."""

    __tablename__ = "class_trigger_end"

    trigger_id: int = Field(sa_type=sa.BigInteger, foreign_key="class_trigger.id", unique=True)
    ended_on: date
    reason: str = Field(max_length=2000)
    ended_by: int = Field(sa_type=sa.BigInteger)
    at: datetime = Field(sa_type=InstantColumn)


class ClassReview(Row, table=True):
    """A loan was looked at and found to stand in the right class (CLS-15): class, floor, what reaches the floor, by whom,
    when. `batch` marks those confirmed together because nothing had changed."""

    __tablename__ = "class_review"
    __table_args__ = (sa.Index("ix_class_review_loan_id", "loan_id", "on"),)

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id")
    on: date
    five_class: FiveClass = Field(sa_type=WordColumn(FiveClass, "five_class"))
    floor: FiveClass = Field(sa_type=WordColumn(FiveClass, "floor"))
    reasons: list[str] = Field(sa_type=sa.JSON)
    days_past_due: int
    note: str = Field(default="", max_length=2000)
    batch: bool = False
    actor_id: int = Field(sa_type=sa.BigInteger)
    at: datetime = Field(sa_type=InstantColumn)
