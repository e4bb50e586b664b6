"""Which drawing funds which loan (TB-03): drawn is lent, idle or repaid upstream, and nothing is counted twice."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.facility import Drawing, Funding
from models.loan import Loan, PayOut
from models.values.money import ZERO, Money


def allocate(session: Session, *, pay_out: PayOut) -> list[Funding]:
    """Say which drawings fund a pay-out: the oldest with room first; what none can cover is the bank's own money."""
    rows, left = [], pay_out.amount
    for drawing, room in headroom(session):
        if not left:
            break
        part = min(room, left)
        left -= part
        rows.append(
            Funding.model_validate(
                {"drawing_id": drawing.key, "loan_id": pay_out.loan_id, "pay_out_id": pay_out.key, "amount": part}
            )
        )
    session.add_all(rows)
    session.flush()
    return rows


def headroom(session: Session) -> list[tuple[Drawing, Money]]:
    """Drawings with money that funds no loan now, the oldest first. Principal that came back sets a loan's oldest
    funding free first, so nothing is counted twice and nothing is lost."""
    newer = sa.func.sum(Funding.amount).over(partition_by=col(Funding.loan_id), order_by=col(Funding.id).desc())
    rows = (
        sa.select(
            col(Funding.drawing_id).label("drawing_id"),
            sa.type_coerce(col(Funding.amount), sa.BigInteger).label("amount"),
            sa.type_coerce(newer, sa.BigInteger).label("with_newer"),
            sa.type_coerce(col(Loan.outstanding), sa.BigInteger).label("outstanding"),
        )
        .join(Loan, col(Loan.id) == col(Funding.loan_id))
        .where(sa.type_coerce(col(Loan.outstanding), sa.BigInteger) > 0)
        .subquery()
    )
    free_of = rows.c.outstanding - (rows.c.with_newer - rows.c.amount)
    in_use = sa.case((free_of <= 0, 0), (free_of < rows.c.amount, free_of), else_=rows.c.amount)
    used = {
        drawing_id: int(fen)
        for drawing_id, fen in session.execute(
            sa.select(rows.c.drawing_id, sa.func.sum(in_use)).group_by(rows.c.drawing_id)
        )
    }
    query = select(Drawing).where(col(Drawing.repaid) < col(Drawing.amount))
    drawings = session.exec(query.order_by(col(Drawing.drawn_on), col(Drawing.id))).all()
    rooms = [(one, one.amount - one.repaid - Money(used.get(one.key, 0))) for one in drawings]
    return [(drawing, room) for drawing, room in rooms if room > ZERO]
