"""The guarantor's book as its limits see it: what it is worth, what binds it, by client and in all (GUA-04 to GUA-06)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.books.chart import Kind
from models.firm import Firm, FirmSize
from models.guarantee import Guarantee
from models.lending.guarantor_book import BookMix, ClientBalance
from models.queries.books import trial_balance
from models.roles import Institution
from models.states.aftercare import GuaranteeStage
from models.values.money import Money

SMALL_SIZES = (FirmSize.MICRO, FirmSize.SMALL)
BINDING = tuple(stage for stage in GuaranteeStage if stage.takes_capacity)
RESERVED = (GuaranteeStage.RESERVED, GuaranteeStage.PROPOSED)
OWED = (GuaranteeStage.IN_FORCE, GuaranteeStage.CALLED)


def guarantor_net_assets(session: Session, on: date | None = None) -> Money:
    """The guarantor's net assets by its own books, now or at the end of a day: capital, reserves and the year's
    result so far (GUA-05)."""
    owned = (Kind.EQUITY, Kind.INCOME, Kind.EXPENSE)
    lines = trial_balance(session, Institution.GUARANTOR, on=on)
    return Money(-sum(balance.net.fen for account, balance in lines if account.kind in owned))


def _binding(but: int | None = None) -> sa.Subquery:
    """Each binding guarantee with its client and what it binds, in plain fen.

    A renewal's guarantee stands beside the one it replaces until the old loan is repaid; only what goes beyond the
    old one is counted meanwhile. `but` leaves one guarantee out.
    """
    old = aliased(Guarantee)
    gross = sa.case(
        (col(Guarantee.stage).in_(RESERVED), sa.type_coerce(Guarantee.amount, sa.BigInteger)),
        else_=sa.type_coerce(Guarantee.in_force, sa.BigInteger),
    )
    own = gross - sa.func.coalesce(sa.type_coerce(old.in_force, sa.BigInteger), 0)
    query = (
        sa.select(
            col(Guarantee.firm_id).label("firm_id"),
            col(Guarantee.talent_id).label("talent_id"),
            sa.case((own > 0, own), else_=0).label("fen"),
        )
        .select_from(Guarantee)
        .join(old, sa.and_(col(old.id) == col(Guarantee.replaces_id), col(old.stage).in_(OWED)), isouter=True)
        .where(col(Guarantee.stage).in_(BINDING))
    )
    if but is not None:
        query = query.where(col(Guarantee.id) != but)
    return query.subquery()


def _by_client(*conditions: Any, but: int | None = None) -> sa.Select[Any]:
    lines = _binding(but)
    # A talent is a client of its own only where no firm stands behind the guarantee.
    person = sa.case((lines.c.firm_id.is_(None), lines.c.talent_id), else_=0)
    small = sa.case((sa.or_(lines.c.firm_id.is_(None), col(Firm.size).in_(SMALL_SIZES)), 1), else_=0)
    query = (
        sa.select(
            lines.c.firm_id,
            sa.func.max(lines.c.talent_id).label("talent_id"),
            sa.func.max(small).label("small"),
            sa.func.sum(lines.c.fen).label("fen"),
        )
        .select_from(lines)
        .join(Firm, col(Firm.id) == lines.c.firm_id, isouter=True)
        .group_by(lines.c.firm_id, person)
    )
    if conditions:
        query = query.where(*(condition(lines) for condition in conditions))
    return query


def book_mix(session: Session, small_client_cap: Money, *, but: int | None = None) -> BookMix:
    """The whole book told apart by weight, summed in the database (GUA-04)."""
    clients = _by_client(but=but).subquery()
    counts_small = sa.case((sa.and_(clients.c.small == 1, clients.c.fen <= small_client_cap.fen), 1), else_=0)
    rows = session.connection().execute(
        sa.select(counts_small, sa.func.sum(clients.c.fen), sa.func.count())
        .where(clients.c.fen > 0)
        .group_by(counts_small)
    )
    found = {int(small): (Money(int(fen)), int(count)) for small, fen, count in rows}
    nothing = (Money(0), 0)
    (small, small_clients), (other, others) = found.get(1, nothing), found.get(0, nothing)
    return BookMix(small, other, small_clients, small_clients + others)


def client_balances(
    session: Session, *, firm_ids: Iterable[int], talent_ids: Iterable[int], but: int | None = None
) -> list[ClientBalance]:
    """What the guarantees of these firms and talents bind, client by client (GUA-06)."""
    firms, talents = list(firm_ids), list(talent_ids)
    query = _by_client(lambda lines: sa.or_(lines.c.firm_id.in_(firms), lines.c.talent_id.in_(talents)), but=but)
    return [
        ClientBalance(firm_id, talent_id, bool(small), Money(int(fen)))
        for firm_id, talent_id, small, fen in session.connection().execute(query)
        if fen
    ]


def related_firms(session: Session, *, firm: Firm | None, talent_id: int) -> list[int]:
    """The firms that count as one debtor with this client: of the same group, or founded by the same talent."""
    ties = [col(Firm.founder_id) == talent_id]
    groups = sa.select(col(Firm.group_id)).where(col(Firm.founder_id) == talent_id, col(Firm.group_id).is_not(None))
    ties.append(col(Firm.group_id).in_(groups))
    if firm is not None:
        ties.append(col(Firm.id) == firm.id)
        if firm.group_id is not None:
            ties.append(col(Firm.group_id) == firm.group_id)
    return list(session.exec(select(Firm.id).where(sa.or_(*ties))))  # type: ignore[arg-type]
