"""A second click gets the first click's answer: keys of requests, each answered once (TB-09's twin for forms)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session
from starlette.responses import Response

from models.journal import Once
from models.refusals import Refusal


class FormUsedForAnother(Refusal):
    """The form's key was used before, for a request with another content."""


class AnsweredBefore(Exception):
    """The request was answered before; `answer` is what to say again. Not a fault: the shell catches it."""

    def __init__(self, answer: Response) -> None:
        super().__init__("answered before")
        self.answer = answer


@dataclass(slots=True)
class Turn:
    """A key taken by this request; `answer` is the page to go to if it was answered before, else empty."""

    key: str
    answer: str = ""

    def answered(self, session: Session, url: str) -> None:
        """Keep where this request sent the browser; written with the request's own work."""
        statement = sa.update(Once).where(sa.column("key") == self.key).values(answer={"go": url})
        session.execute(statement)


def take(session: Session, key: str, body_hash: bytes, *, actor_id: int, at: datetime) -> Turn:
    """Take a key, or find what it was answered with. A second request waits here until the first has committed.

    Refuses with FormUsedForAnother when the key came with another body.
    """
    key = f"{actor_id}:{key}"[:200]
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"key": key, "body_hash": body_hash, "answer": {"go": "/"}, "actor_id": actor_id, "at": at}
    taken = session.execute(insert(Once).values(**values).on_conflict_do_nothing().returning(sa.column("key"))).first()
    if taken is not None:
        return Turn(key)
    before = session.get_one(Once, key)
    if before.body_hash != body_hash:
        raise FormUsedForAnother()
    return Turn(key, answer=str(before.answer.get("go", "/")))
