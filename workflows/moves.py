"""The only writer of stages: checks the right and the four eyes, makes the move, writes the journal line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.journal import JournalLine
from models.refusals import BadInput, NotAllowed
from models.roles import Actor, Role
from models.states.machine import Life, Move


class Living(Protocol):
    """A row with a stage."""

    id: int | None
    stage: Any


class SameHand(NotAllowed):
    """Whoever did an earlier step of this case may not do this one too (审贷分离, maker-checker; TB-09)."""


class ReasonNeeded(BadInput):
    """This move goes back or against somebody: it needs a reason."""


def case_of(row: Any) -> str:
    """The case under which the lives of one application hang together in the journal: `application:<id>`.

    Rows that know their application belong to its case; others are a case of their own.
    """
    application_id = getattr(row, "application_id", None)
    if application_id is not None:
        return f"application:{application_id}"
    return f"{row.__tablename__}:{row.id}"


def move(
    session: Session,
    life: Life,
    row: Living,
    verb: str,
    *,
    by: Actor,
    on: date,
    at: datetime,
    reason: str = "",
    case: str = "",
) -> Move:
    """Make one move of a row's life and write its journal line; the row's stage is changed here and nowhere else.

    `case` overrides the case under which the four-eyes rule looks for earlier hands. Refuses with MoveNotOpen in
    the wrong stage, NotAllowed without the role, SameHand for the same person, ReasonNeeded without a reason.
    """
    if row.id is None:
        session.flush()
    step = life.find(verb, row.stage)
    role = next((role for role in step.roles if role in by.roles), None)
    if role is None:
        raise NotAllowed(act=f"{life.subject}.{verb}", role=", ".join(step.roles))
    if step.reason and not reason.strip():
        raise ReasonNeeded(field="reason", act=f"{life.subject}.{verb}")
    case = case or case_of(row)
    _refuse_same_hand(session, life, step, case, by)
    source = row.stage
    row.stage = step.target
    session.add(row)
    session.add(
        JournalLine(
            case=case,
            subject=life.subject,
            subject_id=row.id or 0,
            verb=verb,
            source=str(source),
            target=str(step.target),
            actor_id=by.user_id,
            actor_name=by.name,
            role=str(role),
            reason=reason.strip(),
            on=on,
            at=at,
        )
    )
    session.flush()
    return step


def require(by: Actor, act: str, *roles: Role) -> None:
    """Refuse with NotAllowed unless the actor holds one of the roles: for acts that are no move of a life."""
    if not by.holds(*roles):
        raise NotAllowed(act=act, role=", ".join(roles))


def note(
    session: Session,
    row: Any,
    verb: str,
    *,
    by: Actor,
    on: date,
    at: datetime,
    reason: str = "",
    case: str = "",
) -> None:
    """Write a journal line for an act that changes no stage (a document attached, a condition met)."""
    if row.id is None:
        session.flush()
    subject = row.__tablename__
    session.add(JournalLine(**_noted(subject, row.id, verb, by, on, at, reason, case or case_of(row))))


def note_all(
    session: Session,
    subject: str,
    acts: Iterable[tuple[int, str, str]],
    verb: str,
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    """Write the same act of many rows of a table at once: of each its number, the reason and the case."""
    lines = [_noted(subject, row_id, verb, by, on, at, reason, case) for row_id, reason, case in acts]
    if lines:
        session.execute(sa.insert(JournalLine), lines)


def _noted(
    subject: str, row_id: int, verb: str, by: Actor, on: date, at: datetime, reason: str, case: str
) -> dict[str, Any]:
    return {
        "case": case,
        "subject": subject,
        "subject_id": row_id,
        "verb": verb,
        "source": "",
        "target": "",
        "actor_id": by.user_id,
        "actor_name": by.name,
        "role": ",".join(sorted(by.roles))[:32],
        "reason": reason.strip(),
        "on": on,
        "at": at,
    }


def open_moves(session: Session, life: Life, row: Living, *, by: Actor, case: str = "") -> list[Move]:
    """The moves that this person could make now: role held, stage right, and not by the same hand before."""
    found = []
    for step in life.open_to(row.stage, by.roles):
        try:
            _refuse_same_hand(session, life, step, case or case_of(row), by)
        except SameHand:
            continue
        found.append(step)
    return found


def hands(session: Session, case: str, verbs: tuple[str, ...]) -> dict[int, str]:
    """Who has made any of `verbs` in this case: user number to name. A verb may be given as `subject.verb`."""
    if not verbs:
        return {}
    query = select(JournalLine.actor_id, JournalLine.actor_name).where(
        JournalLine.case == case,
        sa.or_(*(_is_verb(verb) for verb in verbs)),
    )
    return {actor_id: name for actor_id, name in session.exec(query)}


def _is_verb(verb: str) -> sa.ColumnElement[bool]:
    subject, _, plain = verb.rpartition(".")
    match = col(JournalLine.verb) == plain
    return sa.and_(match, col(JournalLine.subject) == subject) if subject else match


def _refuse_same_hand(session: Session, life: Life, step: Move, case: str, by: Actor) -> None:
    earlier = hands(session, case, step.apart_from)
    if by.user_id in earlier:
        raise SameHand(act=f"{life.subject}.{step.verb}", earlier=", ".join(step.apart_from), person=by.name)
