"""Who works at the bank: accounts and the posts they hold. Posts that check each other never meet in one person (TB-09).

The four-eyes rule of every case (`workflows.moves`) asks who acted before; this asks earlier, when a post is given: an
investigator, a reviewer, an approver and a disburser are four people, whatever they will work on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import combinations

from sqlmodel import Session, select

from models.journal import AuditLine
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.user import User
from workflows.given import said
from workflows.moves import require

_ALONE = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.APPLICANT})
"""Who gives posts, who checks, and who asks for money hold no other post."""

_LENDING = (Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.CREDIT_COMMITTEE, Role.DISBURSER)
_PAIRS: tuple[tuple[Role, Role], ...] = (
    *combinations(_LENDING, 2),
    # The panel advises: whoever sits on it, or leads it, neither investigates nor decides (TB-06, TB-09).
    *((judge, post) for judge in (Role.EXPERT, Role.PANEL_CHAIR) for post in _LENDING),
    (Role.GUARANTEE_OFFICER, Role.GUARANTEE_APPROVER),
    (Role.FUND_MANAGER, Role.FUND_APPROVER),
    (Role.VENTURE_MANAGER, Role.VENTURE_APPROVER),
    (Role.FINANCE_BUREAU, Role.BUREAU_APPROVER),
    (Role.TREASURER, Role.BUREAU_APPROVER),
    # The committee approves what the asset manager proposes.
    (Role.ASSET_MANAGER, Role.CREDIT_COMMITTEE),
)
APART = frozenset(frozenset(pair) for pair in _PAIRS)
"""Pairs of posts that one person never holds together."""

GIVEN = tuple(role for role in Role if role not in (Role.SYSTEM, Role.APPLICANT, Role.EXPERT))
"""The posts that an administrator gives. Applicants and experts get theirs with their own rows."""

ACCOUNT = r"[a-z0-9][a-z0-9._-]{1,39}"
"""What is typed to sign in: short, in one case, the same on every keyboard."""

NAME_MOST = 60
"""A longer name would not fit the head of a page."""


class AccountNotUsable(BadInput):
    """The account has signs or a length with which nobody could sign in."""


class AccountTaken(Refusal):
    """There is an account of that name already."""


class PostsApart(Refusal):
    """Two of the posts check each other: one person may not hold both (TB-09)."""


class PostNotGiven(Refusal):
    """This post is not given by hand: the clock's own, or one that comes with a talent's or an expert's row."""


class OwnAccount(Refusal):
    """Nobody changes his own posts or closes his own account: another administrator does."""


def refuse_posts_apart(roles: Iterable[Role]) -> None:
    """Refuse with PostsApart if two of the posts may not be held together; the first such pair is named."""
    held = sorted(set(roles), key=list(Role).index)
    for one, other in combinations(held, 2):
        if frozenset((one, other)) in APART or not _ALONE.isdisjoint((one, other)):
            raise PostsApart(one=one, other=other)


def open_account(
    session: Session,
    *,
    account: str,
    name: str,
    password_hash: str,
    roles: Iterable[Role],
    by: Actor,
    at: datetime,
) -> User:
    """Open an account with its posts.

    Refuses with AccountNotUsable, AccountTaken, PostsApart, PostNotGiven, FieldEmpty, TextTooLong.
    """
    require(by, "account.open", Role.ADMINISTRATOR)
    account = said(account, "account").lower()
    if not re.fullmatch(ACCOUNT, account):
        raise AccountNotUsable(field="account")
    posts = _given(roles)
    if session.exec(select(User.id).where(User.account == account)).first() is not None:
        raise AccountTaken(account=account)
    row = User.model_validate(
        {"account": account, "name": said(name, "name", most=NAME_MOST), "password_hash": password_hash, "roles": posts}
    )
    session.add(row)
    session.flush()
    _audit(session, "user_add", row, ", ".join(posts), by, at)
    return row


def give_posts(session: Session, *, user: User, roles: Iterable[Role], by: Actor, at: datetime) -> User:
    """Give a person exactly these posts. What he did under others stays his (four eyes look at the person).

    Refuses with OwnAccount, PostsApart, PostNotGiven.
    """
    _another(user, by)
    tied = [str(role) for role in (Role.APPLICANT, Role.EXPERT) if str(role) in user.roles]
    before, posts = list(user.roles), _given(roles, tied)
    user.roles = posts
    session.add(user)
    session.flush()
    _audit(session, "user_posts", user, f"{', '.join(before)} > {', '.join(posts)}", by, at)
    return user


def lock(session: Session, *, user: User, by: Actor, at: datetime) -> User:
    """Close an account; what it did stays in the journal. Its sessions are ended by the shell. Refuses with OwnAccount."""
    return _switch(session, user, active=False, by=by, at=at)


def unlock(session: Session, *, user: User, by: Actor, at: datetime) -> User:
    """Open a closed account again."""
    return _switch(session, user, active=True, by=by, at=at)


def renew_password(session: Session, *, user: User, password_hash: str, by: Actor, at: datetime) -> User:
    """Give an account another password; the one-time code is taken away with it, so that a lost telephone is no end."""
    require(by, "account.renew_password", Role.ADMINISTRATOR)
    user.password_hash = password_hash
    user.totp_secret = ""  # nosec B105  no second factor any more
    session.add(user)
    session.flush()
    _audit(session, "user_passwd", user, "", by, at)
    return user


def _switch(session: Session, user: User, *, active: bool, by: Actor, at: datetime) -> User:
    _another(user, by)
    user.active = active
    session.add(user)
    session.flush()
    _audit(session, "user_open" if active else "user_close", user, "", by, at)
    return user


def _another(user: User, by: Actor) -> None:
    require(by, "account.change", Role.ADMINISTRATOR)
    if user.id == by.user_id:
        raise OwnAccount(account=user.account)


def _given(roles: Iterable[Role], tied: Iterable[str] = ()) -> list[str]:
    chosen = set(roles)
    for role in chosen:
        if role not in GIVEN:
            raise PostNotGiven(role=role)
    refuse_posts_apart(chosen | {Role(word) for word in tied})
    return [*tied, *(str(role) for role in GIVEN if role in chosen)]


def _audit(session: Session, act: str, user: User, detail: str, by: Actor, at: datetime) -> None:
    session.add(AuditLine(at=at, actor_id=by.user_id, act=act, subject=user.account, detail=detail))
