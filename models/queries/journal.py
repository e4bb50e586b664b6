"""The journal of moves and the audit of reads in pages, filtered by the database, the newest first."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.journal import AuditLine, JournalLine
from models.user import User


def journal_rows(
    session: Session,
    *,
    subject: str = "",
    text: str = "",
    since: date | None = None,
    until: date | None = None,
    case: str = "",
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[JournalLine], int]:
    """A page of what was done, and how many lines there are in all.

    `text` looks at the person's name, the verb and the reason; `since` and `until` are business dates, both included.
    """
    conditions: list[sa.ColumnElement[bool]] = []
    if subject:
        conditions.append(col(JournalLine.subject) == subject)
    if case:
        conditions.append(col(JournalLine.case) == case)
    if since is not None:
        conditions.append(col(JournalLine.on) >= since)
    if until is not None:
        conditions.append(col(JournalLine.on) <= until)
    if text.strip():
        wanted = f"%{text.strip()}%"
        conditions.append(
            sa.or_(
                col(JournalLine.actor_name).like(wanted),
                col(JournalLine.verb).like(wanted),
                col(JournalLine.reason).like(wanted),
            )
        )
    total = session.exec(select(sa.func.count()).select_from(JournalLine).where(*conditions)).one()
    query = select(JournalLine).where(*conditions).order_by(col(JournalLine.id).desc()).limit(limit).offset(offset)
    return list(session.exec(query)), int(total)


def subjects(session: Session) -> list[str]:
    """The words of everything that the journal tells of."""
    return sorted(session.exec(select(JournalLine.subject).distinct()))


def audit_rows(
    session: Session,
    *,
    act: str = "",
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[tuple[AuditLine, str]], int]:
    """A page of reads, exports, sign-ins and changes of accounts, each with the person's name ("" for the system itself).

    `text` looks at the person's name and the subject; `since` and `until` are moments, the second one excluded.
    """
    conditions: list[sa.ColumnElement[bool]] = []
    if act:
        conditions.append(col(AuditLine.act) == act)
    if since is not None:
        conditions.append(col(AuditLine.at) >= since)
    if until is not None:
        conditions.append(col(AuditLine.at) < until)
    if text.strip():
        wanted = f"%{text.strip()}%"
        conditions.append(sa.or_(col(User.name).like(wanted), col(AuditLine.subject).like(wanted)))
    joined = select(AuditLine, User.name).join(User, col(User.id) == col(AuditLine.actor_id), isouter=True)
    count = select(sa.func.count()).select_from(AuditLine)
    count = count.join(User, col(User.id) == col(AuditLine.actor_id), isouter=True)
    total = session.exec(count.where(*conditions)).one()
    query = joined.where(*conditions).order_by(col(AuditLine.id).desc()).limit(limit).offset(offset)
    return [(line, name or "") for line, name in session.exec(query)], int(total)


def acts(session: Session) -> list[str]:
    """The words of every act that the audit has seen."""
    return sorted(session.exec(select(AuditLine.act).distinct()))
