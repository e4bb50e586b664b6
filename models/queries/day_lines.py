"""What the day blocks say of a loan: the newest block alone tells how it stands, all of them what accrued day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.lending.blocks import DayColumns, LoanDay, loan_day, unpack
from models.loan import AccrualBlock, Loan, part_of

_KEPT = "day_blocks"
"""Under this name a session keeps the newest block of each partition that it has read."""

_NEWEST = sa.text('SELECT "on", sha256 FROM accrual_block WHERE part = :part ORDER BY "on" DESC LIMIT 1').columns(
    sa.column("on", sa.Date), sa.column("sha256", sa.LargeBinary)
)


def newest_line(session: Session, loan: Loan, *, after: date) -> tuple[date, LoanDay] | None:
    """The loan's line in the newest block of its partition, with the block's day; None unless that day lies behind
    `after` and the loan is in the block."""
    part = part_of(loan.firm_id)
    newest = session.connection().execute(_NEWEST, {"part": part}).one_or_none()
    if newest is None or newest.on <= after:
        return None
    line = loan_day(_columns(session, part, newest.on, bytes(newest.sha256)), loan.key)
    return None if line is None else (newest.on, line)


def _columns(session: Session, part: int, on: date, sha256: bytes) -> DayColumns:
    kept: dict[int, tuple[bytes, DayColumns]] = session.info.setdefault(_KEPT, {})
    if part not in kept or kept[part][0] != sha256:
        block = session.get_one(AccrualBlock, (part, on))
        kept[part] = (sha256, unpack(block.codec, block.data, block.sha256))
        session.expunge(block)
    return kept[part][1]


def lines_of(
    session: Session, loan: Loan, *, since: date | None = None, until: date | None = None
) -> Iterator[tuple[date, LoanDay]]:
    """What accrued on a loan day by day, the oldest first; only days on which the bank held it."""
    query = select(AccrualBlock).where(AccrualBlock.part == part_of(loan.firm_id))
    if since is not None:
        query = query.where(AccrualBlock.on >= since)
    if until is not None:
        query = query.where(AccrualBlock.on <= until)
    for block in session.exec(query.order_by(col(AccrualBlock.on))):
        line = loan_day(unpack(block.codec, block.data, block.sha256), loan.key)
        if line is not None:
            yield block.on, line
