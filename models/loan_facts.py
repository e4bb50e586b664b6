"""What a loan's course hangs on beside pay-outs and receipts, and the corrections that came of facts heard of late."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import InstantColumn, MoneyColumn, RateColumn, Row, WordColumn
from models.states.loan import DiversionStage
from models.values.money import Money
from models.values.rate import Rate


class LoanAdjustment(Row, table=True):
    """A correction booked on an open day because a fact of an earlier day was heard of late (补记调整).

    The amounts are differences in fen: of interest, penalty and compound interest charged over the loan's life, and of
    the principal that is owed. `cause` is the fact (a receipt's number, a court's file), `event_key` the event in the
    books, empty where only the schedule moved. Blocks of the days that passed stay as they were.
    """

    __tablename__ = "loan_adjustment"

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    kind: str = Field(max_length=20)
    cause: str = Field(max_length=120)
    value_on: date
    booked_on: date
    interest_fen: int = Field(sa_type=sa.BigInteger)
    penalty_fen: int = Field(sa_type=sa.BigInteger)
    compound_fen: int = Field(sa_type=sa.BigInteger)
    principal_fen: int = Field(sa_type=sa.BigInteger)
    event_key: str = Field(default="", max_length=120)
    actor_id: int = Field(sa_type=sa.BigInteger)
    at: datetime = Field(sa_type=InstantColumn)


class LoanRateChange(Row, table=True):
    """From `from_on` on the contract rate is `after`; `before` is what the contract said when the change was heard of."""

    __tablename__ = "loan_rate_change"
    __table_args__ = (sa.UniqueConstraint("loan_id", "from_on"),)

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id")
    from_on: date
    before: Rate = Field(sa_type=RateColumn)
    after: Rate = Field(sa_type=RateColumn)
    reason: str = Field(max_length=400)
    changed_on: date
    changed_by: int = Field(sa_type=sa.BigInteger)


class LoanDiversion(Row, table=True):
    """A part of the money that was not used as agreed (挪用, LOAN-19, LOAN-28): from `from_on` until before `until_on`.

    One person declares it with the evidence, a credit reviewer confirms it; only then does it bear the misuse rate.
    """

    __tablename__ = "loan_diversion"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("until_on IS NULL OR until_on > from_on", name="dates_in_order"),
    )

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    amount: Money = Field(sa_type=MoneyColumn)
    from_on: date
    until_on: date | None = None
    evidence: str = Field(max_length=1000)
    stage: DiversionStage = Field(default=DiversionStage.DECLARED, sa_type=WordColumn(DiversionStage))


class InterestStop(Row, table=True):
    """A court accepted a bankruptcy petition against the debtor on `from_on`: interest stops (Enterprise Bankruptcy Law
    art. 46)."""

    __tablename__ = "interest_stop"

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", unique=True)
    from_on: date
    court: str = Field(max_length=120)
    case_number: str = Field(max_length=80)
    recorded_on: date
    recorded_by: int = Field(sa_type=sa.BigInteger)


class LooseReceipt(Row, table=True):
    """Money that came in and nobody knows yet for which loan (待查明款项); `rest` is what is not assigned or returned."""

    __tablename__ = "loose_receipt"
    __table_args__ = (
        sa.CheckConstraint("amount > 0 AND rest BETWEEN 0 AND amount", name="rest_within"),
        sa.Index(
            "ix_loose_receipt_rest",
            "received_on",
            sqlite_where=sa.text("rest > 0"),
            postgresql_where=sa.text("rest > 0"),
        ),
    )

    number: str = Field(unique=True, max_length=24)
    amount: Money = Field(sa_type=MoneyColumn)
    rest: Money = Field(sa_type=MoneyColumn)
    received_on: date
    booked_on: date
    bank_ref: str = Field(unique=True, max_length=64)
    payer: str = Field(default="", max_length=160)
    memo: str = Field(default="", max_length=200)
    taken_by: int = Field(sa_type=sa.BigInteger)
