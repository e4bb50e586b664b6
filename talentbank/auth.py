"""Signing in and out: password, one-time code, sessions that live in the database and can be ended there."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import pyotp
import sqlalchemy as sa
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, col, select

from models.journal import AuditLine
from models.refusals import NotAllowed, Refusal
from models.roles import Actor
from models.user import User, UserSession

TRIES_MINUTES = 15
TRIES_OF_ACCOUNT: RateLimitItem = RateLimitItemPerMinute(8, TRIES_MINUTES)
TRIES_OF_ADDRESS: RateLimitItem = RateLimitItemPerMinute(60, TRIES_MINUTES)
"""By design: a person mistypes a few times; an office behind one address has many persons."""

DEMO_PASSWORD = "beilun-2012"  # nosec B105  shown on the sign-in page itself, and only where demo is set

CODE_SECONDS = 30
CODE_DRIFT_STEPS = 1
"""A code of the step before or after is taken too: clocks of telephones differ (RFC 6238, section 5.2)."""


class WrongPassword(Refusal):
    """The account, the password or the code is wrong; it is not said which."""

    status = 422


class TooManyTries(Refusal):
    """Too many failed tries for this account or from this address."""

    status = 429


class PostNotHeld(NotAllowed):
    """The page belongs to posts that this person does not hold; `role` names them."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, and the token that his forms carry against forgery."""

    actor: Actor
    account: str
    csrf: str
    token_hash: bytes


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the token goes into the cookie and is kept nowhere else."""

    token: str
    expires_at: datetime


class Tries:
    """Counts failed tries of this process, by account with address and by address."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def refuse_too_many(self, account: str, address: str) -> None:
        """Refuse with TooManyTries when the account or the address has used up its tries."""
        by_account = self._limiter.test(TRIES_OF_ACCOUNT, "account", account, address)
        if not (by_account and self._limiter.test(TRIES_OF_ADDRESS, "address", address)):
            raise TooManyTries(minutes=TRIES_MINUTES)

    def failed(self, account: str, address: str) -> None:
        """Count one failed try."""
        self._limiter.hit(TRIES_OF_ACCOUNT, "account", account, address)
        self._limiter.hit(TRIES_OF_ADDRESS, "address", address)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys_hash() -> str:
    """What an unknown account's password is compared with, so that it takes as long as a known one."""
    return _hasher().hash(secrets.token_urlsafe(24))


def hashed(password: str) -> str:
    """The Argon2id hash of a password. Slow on purpose: hash a shared demonstration password once."""
    return _hasher().hash(password)


def sign_in(
    session: Session, *, account: str, password: str, code: str, address: str, tries: Tries, hours: int, at: datetime
) -> SignedIn:
    """Open a session for an account.

    Refuses with WrongPassword for a wrong account, password or one-time code, or a closed account, and with
    TooManyTries after too many of these.
    """
    account = account.strip().lower()
    tries.refuse_too_many(account, address)
    user = session.exec(select(User).where(User.account == account)).first()
    right = _hasher().verify(password, user.password_hash if user else _nobodys_hash())
    if user is None or not right or not user.active or not _code_is_right(user, code, at):
        tries.failed(account, address)
        raise WrongPassword()
    session.add(user)
    session.add(AuditLine(at=at, actor_id=user.key, act="sign_in"))
    return open_session(session, user, hours=hours, at=at)


def open_session(session: Session, user: User, *, hours: int, at: datetime) -> SignedIn:
    """Give a user whose identity is certain a session of so many hours; sessions that are over are cleared away."""
    token = secrets.token_urlsafe(32)
    expires_at = at + timedelta(hours=hours)
    session.execute(sa.delete(UserSession).where(col(UserSession.expires_at) <= at))
    session.add(
        UserSession(
            token_hash=_token_hash(token),
            user_id=user.key,
            csrf=secrets.token_urlsafe(32),
            created_at=at,
            expires_at=expires_at,
        )
    )
    return SignedIn(token, expires_at)


def look_up(session: Session, token: str, at: datetime) -> Visitor | None:
    """Who holds this token, or None if the session is unknown, over, or its account closed."""
    if not token:
        return None
    digest = _token_hash(token)
    row = session.get(UserSession, digest)
    if row is None or row.expires_at <= at:
        return None
    user = session.get(User, row.user_id)
    if user is None or not user.active:
        return None
    return Visitor(user.actor(), user.account, row.csrf, digest)


def sign_out(session: Session, visitor: Visitor, at: datetime) -> None:
    """End this session."""
    row = session.get(UserSession, visitor.token_hash)
    if row is not None:
        session.delete(row)
    session.add(AuditLine(at=at, actor_id=visitor.actor.user_id, act="sign_out"))


def end_sessions(session: Session, user: User) -> None:
    """End every session of an account: after a change of password, or when it is closed."""
    session.execute(sa.delete(UserSession).where(col(UserSession.user_id) == user.key))


def demonstration_accounts(session: Session) -> list[User]:
    """The open accounts of a demonstration, in the order in which they were made."""
    return list(session.exec(select(User).where(col(User.active)).order_by(col(User.id)).limit(40)))


def confirm_code(user: User, code: str, at: datetime) -> None:
    """Ask the one-time code again for a step that cannot be taken back; WrongPassword if it is wrong or used."""
    if not _code_is_right(user, code, at):
        raise WrongPassword()


def _code_is_right(user: User, code: str, at: datetime) -> bool:
    """True if the account has no second factor, or the code is that of a step not used before, which is now used."""
    if not user.totp_secret:
        return True
    now = int(at.timestamp()) // CODE_SECONDS
    for step in range(now - CODE_DRIFT_STEPS, now + CODE_DRIFT_STEPS + 1):
        wanted = pyotp.TOTP(user.totp_secret).at(step * CODE_SECONDS)
        if step > user.totp_last_step and hmac.compare_digest(wanted.encode(), code.strip().encode()):
            user.totp_last_step = step
            return True
    return False


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
