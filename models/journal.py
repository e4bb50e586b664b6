"""Who did what when: the history of every move, requests answered once, the audit of reads, messages waiting."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import BigKey, InstantColumn


class JournalLine(SQLModel, table=True):
    """One move of one thing: append-only, refused an update or delete by the database itself.

    `case` ties the lives of one loan together (application, contract, loan, guarantee), so that the rule of four
    users (TB-09) sees all of them.
    """

    __tablename__ = "journal_line"
    __table_args__ = (
        sa.Index("ix_journal_line_subject", "subject", "subject_id"),
        sa.Index("ix_journal_line_case", "case", "verb"),
    )

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    case: str = Field(max_length=64)
    subject: str = Field(max_length=32)
    subject_id: int = Field(sa_type=sa.BigInteger)
    verb: str = Field(max_length=32)
    source: str = Field(max_length=32)
    target: str = Field(max_length=32)
    actor_id: int = Field(sa_type=sa.BigInteger)
    actor_name: str = Field(max_length=120)
    role: str = Field(max_length=32)
    reason: str = Field(default="", max_length=2000)
    on: date
    at: datetime = Field(sa_type=InstantColumn)


class AuditLine(SQLModel, table=True):
    """A read or an export that has to be answered for, and sign-ins: append-only."""

    __tablename__ = "audit_line"

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    at: datetime = Field(sa_type=InstantColumn, index=True)
    actor_id: int = Field(sa_type=sa.BigInteger)
    act: str = Field(max_length=48)
    subject: str = Field(default="", max_length=120)
    detail: str = Field(default="", max_length=2000)
    request_id: str = Field(default="", max_length=64)


class Once(SQLModel, table=True):
    """A request that was answered: the same key and body get the stored answer, the same key with another body none."""

    __tablename__ = "once"

    key: str = Field(primary_key=True, max_length=200)
    body_hash: bytes = Field(sa_type=sa.LargeBinary)
    answer: dict[str, Any] = Field(sa_type=sa.JSON)
    actor_id: int = Field(sa_type=sa.BigInteger)
    at: datetime = Field(sa_type=InstantColumn)


class Message(SQLModel, table=True):
    """A notice or bank file that waits to go out; written with the act that causes it, delivered later."""

    __tablename__ = "message"

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    user_id: int | None = Field(default=None, sa_type=sa.BigInteger, index=True)
    channel: str = Field(default="desk", max_length=32)
    subject: str = Field(max_length=200)
    body: str = Field(default="", max_length=4000)
    link: str = Field(default="", max_length=200)
    at: datetime = Field(sa_type=InstantColumn)
    done_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class DayRun(SQLModel, table=True):
    """One end of day for one business date: started once, finished once."""

    __tablename__ = "day_run"

    on: date = Field(primary_key=True)
    started_at: datetime = Field(sa_type=InstantColumn)
    finished_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    loans: int = 0
    interest_fen: int = Field(default=0, sa_type=sa.BigInteger)
    notes: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)


APPEND_ONLY = ("journal_line", "audit_line")
"""Tables whose rows the database refuses to change; the guards stand with the ledger's in `models/ledger.py`."""
