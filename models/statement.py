"""Bank statements that were imported, their lines, and which movements of the books each line is."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.banking.matching import Rule
from models.base import BigKey, InstantColumn, MoneyColumn, Row, WordColumn
from models.values.money import Money


class BankStatement(Row, table=True):
    """A bank statement (对账单) that was imported; its file lies in the vault. Balances are none if the file has none."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        sa.UniqueConstraint("account", "document_id"),
        sa.CheckConstraint("first_on <= last_on", name="days"),
    )

    account: str = Field(max_length=40)
    source: str = Field(max_length=200)
    document_id: int = Field(sa_type=sa.BigInteger, foreign_key="document.id")
    first_on: date
    last_on: date
    opening: Money | None = Field(default=None, sa_type=MoneyColumn)
    closing: Money | None = Field(default=None, sa_type=MoneyColumn)
    line_count: int
    known_count: int = 0
    label: str = Field(default="", max_length=40)
    imported_by: int = Field(sa_type=sa.BigInteger)
    imported_at: datetime = Field(sa_type=InstantColumn)


class StatementLine(Row, table=True):
    """One line of a statement, once however many files hold it: `digest` is of what it says, `nth` counts equal ones.

    `amount` is above nought for money that came in. `aside` says why a line is nothing of ours.
    """

    __tablename__ = "statement_line"
    __table_args__ = (
        sa.UniqueConstraint("account", "digest", "nth"),
        sa.CheckConstraint("amount <> 0", name="amount_not_nought"),
        sa.Index("ix_statement_line_on", "account", "on"),
    )

    statement_id: int = Field(sa_type=sa.BigInteger, foreign_key="bank_statement.id", index=True)
    account: str = Field(max_length=40)
    place: int
    on: date
    amount: Money = Field(sa_type=MoneyColumn)
    balance: Money | None = Field(default=None, sa_type=MoneyColumn)
    bank_ref: str = Field(default="", max_length=64, index=True)
    payer: str = Field(default="", max_length=160)
    payer_account: str = Field(default="", max_length=40)
    memo: str = Field(default="", max_length=400)
    digest: str = Field(max_length=64)
    nth: int = 0
    aside: str = Field(default="", max_length=400)


class StatementMatch(Row, table=True):
    """Lines and movements that are the same money (勾对), by which rule or whose word; their sums are equal.

    Undone it stays as a record, without parts.
    """

    __tablename__ = "statement_match"

    rule: Rule = Field(sa_type=WordColumn(Rule))
    reason: str = Field(default="", max_length=400)
    matched_by: int = Field(sa_type=sa.BigInteger)
    matched_at: datetime = Field(sa_type=InstantColumn)
    undone_by: int | None = Field(default=None, sa_type=sa.BigInteger)
    undone_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    undone_reason: str = Field(default="", max_length=400)


class StatementMatchPart(SQLModel, table=True):
    """A line or a movement in a match, whole. The database lets each of them stand in one match only, so that nothing
    is ever matched with more than its amount."""

    __tablename__ = "statement_match_part"
    __table_args__ = (sa.CheckConstraint("(line_id IS NULL) <> (event_id IS NULL)", name="line_or_event"),)

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    match_id: int = Field(sa_type=sa.BigInteger, foreign_key="statement_match.id", index=True)
    line_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="statement_line.id", unique=True)
    event_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="ledger_event.id", unique=True)
