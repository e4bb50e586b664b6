"""Staff, experts and applicants with an account: the posts they hold, their sessions."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import InstantColumn, Row
from models.roles import Actor, Role


class User(Row, table=True):
    """A person with an account. `roles` are the posts held; an applicant is tied to his talent, an expert to his row."""

    __tablename__ = "app_user"
    __table_args__ = (sa.CheckConstraint("account = lower(account) AND account <> ''", name="account_lower"),)

    account: str = Field(unique=True, max_length=64)
    name: str = Field(max_length=120)
    password_hash: str = Field(max_length=200)
    roles: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    active: bool = True
    talent_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="talent.id", index=True)
    expert_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="expert.id", index=True)
    totp_secret: str = Field(default="", max_length=64)
    totp_last_step: int = Field(default=0, sa_type=sa.BigInteger)

    def actor(self) -> Actor:
        """The actor that this user is."""
        return Actor(
            self.key,
            self.name,
            frozenset(Role(role) for role in self.roles),
            talent_id=self.talent_id,
            expert_id=self.expert_id,
        )


class UserSession(SQLModel, table=True):
    """One browser that is signed in. Only the hash of its token is kept."""

    __tablename__ = "user_session"

    token_hash: bytes = Field(sa_type=sa.LargeBinary, primary_key=True)
    user_id: int = Field(sa_type=sa.BigInteger, foreign_key="app_user.id", index=True)
    csrf: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=InstantColumn)
    expires_at: datetime = Field(sa_type=InstantColumn)
