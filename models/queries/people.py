"""Accounts in pages: who works here under which posts, and whether he is signed in now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.roles import Role
from models.user import User, UserSession


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account, its posts in the order of the vocabulary, and how many browsers it is signed in with."""

    user: User
    roles: tuple[Role, ...]
    sessions: int


def roles_of(user: User) -> tuple[Role, ...]:
    """The posts of an account in the order of the vocabulary."""
    return tuple(role for role in Role if role in user.roles)


def account_rows(
    session: Session,
    *,
    at: datetime,
    text: str = "",
    role: Role | None = None,
    active: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[AccountLine], int]:
    """A page of accounts by name, and how many there are in all. `text` looks in account and name."""
    conditions: list[sa.ColumnElement[bool]] = []
    if text.strip():
        wanted = f"%{text.strip().lower()}%"
        conditions.append(sa.or_(col(User.account).like(wanted), sa.func.lower(col(User.name)).like(wanted)))
    if role is not None:
        conditions.append(sa.cast(col(User.roles), sa.String).like(f'%"{role}"%'))
    if active is not None:
        conditions.append(col(User.active).is_(active))
    total = session.exec(select(sa.func.count()).select_from(User).where(*conditions)).one()
    users = session.exec(select(User).where(*conditions).order_by(col(User.account)).limit(limit).offset(offset)).all()
    signed_in = {
        user_id: count
        for user_id, count in session.exec(
            select(UserSession.user_id, sa.func.count())
            .where(col(UserSession.user_id).in_([user.key for user in users]), col(UserSession.expires_at) > at)
            .group_by(col(UserSession.user_id))
        )
    }
    return [AccountLine(user, roles_of(user), signed_in.get(user.key, 0)) for user in users], int(total)
