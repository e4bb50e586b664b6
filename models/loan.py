"""Contracts, loans, pay-outs, instalments, receipts, and the daily record of interest."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.application import Product
from models.base import BigKey, InstantColumn, MoneyColumn, RateColumn, Row, WordColumn
from models.lending.ageing import FiveClass
from models.lending.allocation import DueKind
from models.lending.terms import RepaymentMethod
from models.states.loan import ContractStage, LoanStage, PayOutStage
from models.values.money import ZERO, Money
from models.values.rate import PPM_PER_BASIS_POINT, Rate


class Contract(Row, table=True):
    """A loan contract (借款合同, LOAN-31) between the lender of record and a firm; a renewal names the contract it renews."""

    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("end_on > start_on", name="term"),
        sa.Index("ix_contract_stage", "stage"),
        sa.Index(
            "ix_contract_floating",
            "repricing",
            sqlite_where=sa.text("repricing <> 'fixed'"),
            postgresql_where=sa.text("repricing <> 'fixed'"),
        ),
    )

    number: str = Field(unique=True, max_length=24)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    decision_id: int = Field(sa_type=sa.BigInteger, foreign_key="decision.id", index=True)
    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    renews_contract_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="contract.id")
    lender_of_record: str = Field(max_length=120)
    amount: Money = Field(sa_type=MoneyColumn)
    rate: Rate = Field(sa_type=RateColumn)
    lpr: Rate = Field(sa_type=RateColumn)
    lpr_published: date
    penalty_uplift_ppm: int = Field(ge=0)
    misuse_uplift_ppm: int = Field(ge=0)
    day_basis: int = 360
    method: RepaymentMethod = Field(sa_type=WordColumn(RepaymentMethod))
    settle_freq: str | None = Field(default=None, max_length=10)
    settle_day: int | None = None
    plan: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    start_on: date
    end_on: date
    stage: ContractStage = Field(default=ContractStage.DRAWN_UP, sa_type=WordColumn(ContractStage))
    signed_on: date | None = None
    rules_version: str = Field(default="", max_length=200)
    repricing: str = Field(default="fixed", max_length=12, sa_column_kwargs={"server_default": "fixed"})
    """When the rate follows the LPR, a word of `models.lending.changes.Repricing` (LOAN-09)."""

    @property
    def spread_bp(self) -> int:
        """What the rate adds to the quotation it was priced on, in basis points; below nought for a discount."""
        return (self.rate.ppm - self.lpr.ppm) // PPM_PER_BASIS_POINT


class Loan(Row, table=True):
    """A loan from signature to its end (贷款). `outstanding` is the principal still owed to the bank; `class_floor` the
    best class that what is known of it and its firm allows, days past due aside (`workflows/class_triggers.py`).

    District, industry and talent level are those of the day it was signed: exposure is reported by them.
    """

    __table_args__ = (
        sa.CheckConstraint("outstanding >= 0 AND outstanding <= disbursed", name="outstanding_within"),
        sa.CheckConstraint("disbursed <= amount", name="disbursed_within"),
        sa.Index("ix_loan_stage", "stage", "matures_on"),
        sa.Index("ix_loan_outstanding", "outstanding"),
        sa.Index("ix_loan_matures_on", "matures_on"),
    )

    number: str = Field(unique=True, max_length=24)
    contract_id: int = Field(sa_type=sa.BigInteger, foreign_key="contract.id", unique=True)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    firm_id: int = Field(sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    talent_id: int = Field(sa_type=sa.BigInteger, foreign_key="talent.id", index=True)
    product: Product = Field(sa_type=WordColumn(Product))
    district: str = Field(default="", max_length=40)
    industry: str = Field(default="", max_length=32)
    level: str = Field(default="", max_length=32)
    amount: Money = Field(sa_type=MoneyColumn)
    disbursed: Money = Field(default=ZERO, sa_type=MoneyColumn)
    outstanding: Money = Field(default=ZERO, sa_type=MoneyColumn)
    rate: Rate = Field(sa_type=RateColumn)
    opened_on: date | None = None
    matures_on: date
    stage: LoanStage = Field(default=LoanStage.UNDRAWN, sa_type=WordColumn(LoanStage))
    five_class: FiveClass = Field(default=FiveClass.NORMAL, sa_type=WordColumn(FiveClass), index=True)
    class_floor: FiveClass = Field(
        default=FiveClass.NORMAL,
        sa_type=WordColumn(FiveClass, "class_floor"),
        sa_column_kwargs={"server_default": FiveClass.NORMAL.value},
    )
    oldest_unpaid: date | None = Field(default=None, index=True)
    non_accrual: bool = False
    synthetic: bool = Field(default=False)
    label: str = Field(default="", max_length=40)


class LoanMeter(SQLModel, table=True):
    """What has accrued on a loan and is unpaid, to the end of the day `through`, with the carried remainders.

    The row is written when something happens to the loan, not every day: a block of a later day goes before it
    (`models.queries.owed.meter_of` reads both). Amounts in fen. While the loan is on accrual the three sum into `bank.interest_receivable`, afterwards into
    `bank.memo_suspended_interest`.
    """

    __tablename__ = "loan_meter"
    __table_args__ = (
        sa.CheckConstraint("interest_fen >= 0 AND penalty_fen >= 0 AND compound_fen >= 0", name="not_negative"),
    )

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", primary_key=True)
    interest_fen: int = Field(default=0, sa_type=sa.BigInteger)
    penalty_fen: int = Field(default=0, sa_type=sa.BigInteger)
    compound_fen: int = Field(default=0, sa_type=sa.BigInteger)
    penalty_rest: int = Field(default=0, sa_type=sa.BigInteger)
    compound_rest: int = Field(default=0, sa_type=sa.BigInteger)
    days_past_due: int = 0
    through: date | None = None


class PayOut(Row, table=True):
    """Money paid out under a contract, to the named supplier above the threshold (受托支付, LOAN-06)."""

    __tablename__ = "pay_out"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.Index("ix_pay_out_stage", "stage"),
        sa.Index("ix_pay_out_paid_on", "paid_on"),
    )

    number: str = Field(unique=True, max_length=24)
    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    amount: Money = Field(sa_type=MoneyColumn)
    milestone: str = Field(default="", max_length=200)
    payee: str = Field(max_length=160)
    entrusted: bool
    stage: PayOutStage = Field(default=PayOutStage.REQUESTED, sa_type=WordColumn(PayOutStage))
    paid_on: date | None = None
    bank_ref: str | None = Field(default=None, unique=True, max_length=64)


class Instalment(Row, table=True):
    """One line of a loan's schedule. `live` lines are in force; a new plan replaces the unpaid ones and keeps the rest."""

    __table_args__ = (
        sa.CheckConstraint(
            "principal_paid BETWEEN 0 AND principal AND interest_paid BETWEEN 0 AND interest", name="paid_within"
        ),
        sa.CheckConstraint("brought BETWEEN 0 AND interest", name="brought_within"),
        sa.Index("ix_instalment_loan_id", "loan_id", "number"),
        sa.Index("ix_instalment_payable_on", "payable_on"),
        sa.Index(
            "ix_instalment_open",
            "period_start",
            sqlite_where=sa.text("live AND settled_on IS NULL"),
            postgresql_where=sa.text("live AND settled_on IS NULL"),
        ),
    )

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id")
    plan: int = Field(default=1, ge=1)
    live: bool = True
    number: int = Field(ge=1)
    period_start: date
    period_end: date
    due_on: date
    payable_on: date
    balance_before: Money = Field(sa_type=MoneyColumn)
    principal: Money = Field(sa_type=MoneyColumn)
    interest: Money = Field(sa_type=MoneyColumn)
    brought: Money = Field(default=ZERO, sa_type=MoneyColumn)
    principal_paid: Money = Field(default=ZERO, sa_type=MoneyColumn)
    interest_paid: Money = Field(default=ZERO, sa_type=MoneyColumn)
    settled_on: date | None = None

    @property
    def unpaid(self) -> Money:
        """What is not paid of it yet, principal and interest."""
        return self.principal - self.principal_paid + self.interest - self.interest_paid


class Receipt(Row, table=True):
    """Money that came in for a loan, once for each bank reference (还款). `surplus` is what nothing was due for yet.

    It counts from `received_on`; `booked_on` is the later day on which the bank heard of it, none if there is no such day.
    `costs` are the costs of enforcement that it was to bear first, whether or not it could.
    """

    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.Index(
            "ix_receipt_surplus",
            "loan_id",
            sqlite_where=sa.text("surplus > 0"),
            postgresql_where=sa.text("surplus > 0"),
        ),
    )

    number: str = Field(unique=True, max_length=24)
    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    amount: Money = Field(sa_type=MoneyColumn)
    surplus: Money = Field(default=ZERO, sa_type=MoneyColumn)
    received_on: date
    bank_ref: str = Field(unique=True, max_length=64)
    kind: str = Field(default="repayment", max_length=20)
    taken_by: int = Field(sa_type=sa.BigInteger)
    booked_on: date | None = None
    costs: Money | None = Field(default=None, sa_type=MoneyColumn)


class ReceiptPart(SQLModel, table=True):
    """What a receipt settled: of which instalment, which kind of due, how much."""

    __tablename__ = "receipt_part"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount_positive"),)

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    receipt_id: int = Field(sa_type=sa.BigInteger, foreign_key="receipt.id", index=True)
    instalment_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="instalment.id")
    kind: DueKind = Field(sa_type=WordColumn(DueKind))
    amount: Money = Field(sa_type=MoneyColumn)


FIRMS_A_PART = 50_000
"""Firms of a partition of the portfolio; all loans of a firm lie in one, since its claims are judged together (CLS-06)."""


def part_of(firm_id: int) -> int:
    """The partition of the portfolio that a firm's loans belong to."""
    return firm_id // FIRMS_A_PART


def accrual_key(on: date, part: int, product: str) -> str:
    """What the entries of a day, a partition and a product are called in the books."""
    return f"{on:%Y-%m-%d}:{product}:{part}" if part else f"{on:%Y-%m-%d}:{product}"


class AccrualBlock(SQLModel, table=True):
    """What accrued on one business day on every loan of a partition: compressed columns, never rewritten.

    `data` holds the columns `codec` names, little-endian, compressed; `sha256` is of the compressed bytes. The totals
    equal the day's entries in the books.
    """

    __tablename__ = "accrual_block"

    part: int = Field(primary_key=True)
    on: date = Field(primary_key=True)
    loans: int
    interest_fen: int = Field(sa_type=sa.BigInteger)
    penalty_fen: int = Field(sa_type=sa.BigInteger)
    suspended_fen: int = Field(sa_type=sa.BigInteger)
    codec: str = Field(max_length=40)
    data: bytes = Field(sa_type=sa.LargeBinary)
    sha256: bytes = Field(sa_type=sa.LargeBinary)


class LoanTouch(SQLModel, table=True):
    """That a loan's rows were written, and when in the order of such writes: the end of day reads only these loans anew.
    Kept by the database itself (`models.touched`)."""

    __tablename__ = "loan_touch"
    __table_args__ = (sa.Index("ix_loan_touch_part", "part", "seq"),)

    loan_id: int = Field(sa_type=sa.BigInteger, primary_key=True)
    part: int
    seq: int = Field(sa_type=sa.BigInteger, unique=True)


class LoanSetAside(SQLModel, table=True):
    """A loan that the end of day could not reckon: left out since a day with a reason, and tried again every day."""

    __tablename__ = "loan_set_aside"

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", primary_key=True)
    part: int = Field(index=True)
    since: date
    reason: str = Field(max_length=40)
    detail: str = Field(default="", max_length=400)
    tries: int = 1
    at: datetime = Field(sa_type=InstantColumn)


class ClassChange(Row, table=True):
    """A change of a loan's class with what forced it (CLS-15): the floor's reasons, or the analyst's view."""

    __tablename__ = "class_change"
    __table_args__ = (sa.Index("ix_class_change_loan_id", "loan_id", "on"),)

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id")
    on: date
    source: FiveClass = Field(sa_type=WordColumn(FiveClass, "source"))
    target: FiveClass = Field(sa_type=WordColumn(FiveClass, "target"))
    days_past_due: int
    reasons: list[str] = Field(sa_type=sa.JSON)
    actor_id: int = Field(sa_type=sa.BigInteger)
    at: datetime = Field(sa_type=InstantColumn)
