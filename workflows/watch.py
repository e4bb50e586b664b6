"""The watch list: early warnings raised by people or by the clock, given an owner and a deadline, cleared with a reason
(风险预警; system.md section 9).

One signal of one loan is on the list once. While it is there, the clock only sharpens it; once a person has cleared it,
the clock raises it again only when something is new: other evidence, or a worse level.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.loan import Loan
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.states.aftercare import WATCH, WatchStage
from models.states.loan import LoanStage
from models.user import User
from models.watch import AlarmLevel, Signal, WatchCase
from workflows import watch_signals
from workflows.moves import move, note, note_all, require
from workflows.watch_signals import Seen

OWNERS = (Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)

DAYS = {AlarmLevel.RED: 3, AlarmLevel.ORANGE: 7, AlarmLevel.YELLOW: 15}
"""How long the owner has, by level: by design, as the desk's habits are not known yet."""

HELD = tuple(stage for stage in LoanStage if stage.owed)

_WORST_FIRST = list(AlarmLevel)

MOST_ASKED = 5_000
"""So many loans in one query."""


class EvidenceMissing(BadInput):
    """A warning that nobody can check is none: what was seen has to be said."""


class OwnerNotFit(Refusal):
    """Only an active loan officer or credit reviewer can own a warning."""


class NothingToWatch(Refusal):
    """The bank does not hold this loan, so there is nothing to warn of."""


def raise_case(
    session: Session,
    *,
    loan: Loan,
    signal: Signal,
    level: AlarmLevel,
    evidence: str,
    due_on: date | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> WatchCase:
    """Put a warning on the list. If the signal is there already it is sharpened: the worse level, the newer evidence.

    Refuses with EvidenceMissing, NothingToWatch.
    """
    require(
        by, "watch_case.raise", *OWNERS, Role.GUARANTEE_OFFICER, Role.FUND_MANAGER, Role.FINANCE_BUREAU, Role.SYSTEM
    )
    if not evidence.strip():
        raise EvidenceMissing(field="evidence")
    if not loan.stage.owed:
        raise NothingToWatch(loan=loan.number, stage=loan.stage)
    signal = Signal(signal)
    open_case = session.exec(
        select(WatchCase).where(
            WatchCase.loan_id == loan.key, WatchCase.signal == signal, WatchCase.stage != WatchStage.CLEARED
        )
    ).first()
    seen = Seen(loan.key, loan.application_id, signal, AlarmLevel(level), evidence.strip())
    if open_case is not None:
        _sharpen(session, open_case, seen, by=by, on=on, at=at)
        return open_case
    return _open(session, seen, due_on, by=by, on=on, at=at)


def _open(session: Session, seen: Seen, due_on: date | None = None, *, by: Actor, on: date, at: datetime) -> WatchCase:
    case = _case(seen, due_on, on)
    session.add(case)
    note(session, case, "raise", by=by, on=on, at=at, reason=seen.evidence, case=f"application:{seen.application_id}")
    return case


def _case(seen: Seen, due_on: date | None, on: date) -> WatchCase:
    return WatchCase.model_validate(_facts(seen, due_on, on))


def _facts(seen: Seen, due_on: date | None, on: date) -> dict[str, Any]:
    return {
        "loan_id": seen.loan_id,
        "signal": seen.signal.value,
        "level": seen.level,
        "evidence": seen.evidence[:400],
        "raised_on": on,
        "due_on": due_on or on + timedelta(days=DAYS[seen.level]),
    }


def _sharpen(session: Session, case: WatchCase, seen: Seen, *, by: Actor, on: date, at: datetime) -> bool:
    """Take over a worse level (with its shorter deadline) and newer evidence; a warning never softens by itself."""
    worse = _worse(seen.level, case.level)
    if not worse and seen.evidence[:400] == case.evidence:
        return False
    if worse:
        case.level = seen.level
        case.due_on = min(case.due_on, on + timedelta(days=DAYS[seen.level]))
    case.evidence = seen.evidence[:400]
    session.add(case)
    note(session, case, "raise", by=by, on=on, at=at, reason=seen.evidence, case=f"application:{seen.application_id}")
    return True


def _worse(level: AlarmLevel, than: AlarmLevel) -> bool:
    return _WORST_FIRST.index(level) < _WORST_FIRST.index(than)


def assign(
    session: Session,
    *,
    case: WatchCase,
    owner: User,
    due_on: date | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> WatchCase:
    """Give a warning to somebody who looks after it until a day. Refuses with OwnerNotFit."""
    if not owner.active or not owner.actor().holds(*OWNERS):
        raise OwnerNotFit(owner=owner.name)
    move(session, WATCH, case, "assign", by=by, on=on, at=at, case=_journal_case(session, case))
    case.owner_id, case.due_on = owner.key, due_on or case.due_on
    session.add(case)
    session.flush()
    return case


def clear(session: Session, *, case: WatchCase, reason: str, by: Actor, on: date, at: datetime) -> WatchCase:
    """Take a warning off the list: what was done about it."""
    move(session, WATCH, case, "clear", by=by, on=on, at=at, reason=reason, case=_journal_case(session, case))
    return case


def _journal_case(session: Session, case: WatchCase) -> str:
    return f"application:{session.get_one(Loan, case.loan_id).application_id}"


_ANYTHING = sa.text(
    "SELECT 1 FROM loan WHERE stage IN (" + ", ".join(f"'{stage}'" for stage in HELD) + ")"  # nosec B608  our own words
    " UNION ALL SELECT 1 FROM watch_case WHERE stage <> 'cleared' LIMIT 1"
)
"""A loan that the bank holds, or a warning that is open: without either there is nothing to look at."""


def scan(session: Session, *, by: Actor, on: date, at: datetime) -> list[int]:
    """Look at every loan the bank holds and raise what the clock can see by itself; returns the numbers of the warnings
    that are new or have become worse. Run twice on a day it finds nothing the second time."""
    session.flush()
    if session.execute(_ANYTHING).first() is None:
        return []
    _clear_over(session, by=by, on=on, at=at)
    seen = watch_signals.seen(session, on)
    if not seen:
        return []
    known = _latest(session, sorted({one.loan_id for one in seen}))
    new, sharper = [], []
    for one in seen:
        last = known.get((one.loan_id, one.signal.value))
        other = last is None or _worse(one.level, last.level) or one.evidence[:400] != last.evidence
        if last is None or (last.cleared and other):
            new.append(one)
        elif other:
            sharper.append((last.id, one))
    changed = _open_all(session, new, by=by, on=on, at=at)
    for case_id, one in sharper:
        case = session.get_one(WatchCase, case_id)
        if _sharpen(session, case, one, by=by, on=on, at=at):
            changed.append(case.key)
    session.flush()
    return changed


def _open_all(session: Session, seen: Sequence[Seen], *, by: Actor, on: date, at: datetime) -> list[int]:
    """Many new warnings at once: as rows, not one by one as objects. Their numbers."""
    numbers: list[int] = []
    made = sa.insert(WatchCase).returning(col(WatchCase.id), col(WatchCase.loan_id), col(WatchCase.signal))
    standing = {"stage": WatchStage.OPEN, "stamp": 1}
    for start in range(0, len(seen), MOST_ASKED):
        about = {(one.loan_id, one.signal.value): one for one in seen[start : start + MOST_ASKED]}
        rows = session.execute(made, [_facts(one, None, on) | standing for one in about.values()]).all()
        told = [(number, about[loan_id, signal]) for number, loan_id, signal in sorted(tuple(row) for row in rows)]
        noted = [(number, one.evidence, f"application:{one.application_id}") for number, one in told]
        note_all(session, WatchCase.__tablename__, noted, "raise", by=by, on=on, at=at)
        numbers += [number for number, _ in told]
    return numbers


def _clear_over(session: Session, *, by: Actor, on: date, at: datetime) -> None:
    """Take warnings off the list whose loan the bank no longer holds: settled, handed over or written off."""
    query = (
        select(WatchCase)
        .join(Loan, col(Loan.id) == col(WatchCase.loan_id))
        .where(col(WatchCase.stage) != WatchStage.CLEARED, col(Loan.stage).not_in(HELD))
        .order_by(col(WatchCase.id))
    )
    for case in session.exec(query).all():
        move(session, WATCH, case, "clear", by=by, on=on, at=at, reason="loan_over", case=_journal_case(session, case))


class _Last(NamedTuple):
    """The newest warning of a loan and signal, as a plain row: most of them need no looking after."""

    id: int
    level: AlarmLevel
    evidence: str
    cleared: bool


def _latest(session: Session, loan_ids: Sequence[int]) -> dict[tuple[int, str], _Last]:
    """The newest warning of each loan and signal."""
    found: dict[tuple[int, str], _Last] = {}
    for start in range(0, len(loan_ids), MOST_ASKED):
        query = (
            select(
                WatchCase.loan_id, WatchCase.signal, WatchCase.id, WatchCase.level, WatchCase.evidence, WatchCase.stage
            )  # type: ignore[call-overload]
            .where(col(WatchCase.loan_id).in_(loan_ids[start : start + MOST_ASKED]))
            .order_by(col(WatchCase.id))
        )
        for loan_id, signal, case_id, level, evidence, stage in session.exec(query):
            found[loan_id, signal] = _Last(case_id, level, evidence, stage is WatchStage.CLEARED)
    return found
