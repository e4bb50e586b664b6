"""Sealed score sheets: each expert sends his own, sees only his own while the panel sits, and changes none (TB-06)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime

from sqlmodel import Session, col, select

from models.policies.rules import ReviewRules
from models.queries.rules import rules_in_force
from models.refusals import BadInput, BrokenInvariant, NotThere, Refusal
from models.review import Advice, Dimension, Expert, Panel, Seat, Sheet
from models.roles import Actor, Role
from models.states.application import SEAT, PanelStage, SeatStage
from workflows.moves import move
from workflows.review_panel import ExpertTied, SeatOfAnother, case_of_panel, still_open, subject_of
from workflows.review_roster import bars

OPINION_LEAST = 10
"""Characters of an opinion that says something (the score form asks for as many)."""
SCORE_MOST = 100

READS_CLOSED = (
    Role.PANEL_CHAIR,
    Role.LOAN_OFFICER,
    Role.CREDIT_REVIEWER,
    Role.CREDIT_COMMITTEE,
    Role.TALENT_OFFICE,
    Role.AUDITOR,
)
"""Posts that read the sheets of a panel once it is closed; before that nobody does."""


class ScoreMissing(BadInput):
    """A sheet scores every dimension of the rules, and no other."""


class ScoreOutOfRange(BadInput):
    """A score is a whole number from 0 to 100."""


class CommentNeeded(BadInput):
    """A very low or very high score needs a written reason (TB-08)."""


class OpinionTooShort(BadInput):
    """The opinion says too little to be read by the committee."""


class ConflictStated(Refusal):
    """The expert does not declare himself free of conflict: he steps aside instead of scoring (TB-06)."""


def record_score(
    session: Session,
    *,
    seat: Seat,
    scores: Mapping[str, int],
    comments: Mapping[str, str],
    advice: Advice,
    opinion: str,
    no_conflict: bool,
    by: Actor,
    on: date,
    at: datetime,
) -> Sheet:
    """Send the sheet of one's own seat. From now on it is sealed: nobody reads it before the panel closes.

    `scores` are whole points by dimension, `comments` reasons by dimension. Refuses with SeatOfAnother, PanelNotOpen,
    ScoreMissing, ScoreOutOfRange, CommentNeeded, OpinionTooShort, ConflictStated, ExpertTied, MoveNotOpen.
    """
    return _send(session, "score", seat, scores, comments, advice, opinion, no_conflict, by=by, on=on, at=at)


def supersede_score(
    session: Session,
    *,
    seat: Seat,
    scores: Mapping[str, int],
    comments: Mapping[str, str],
    advice: Advice,
    opinion: str,
    no_conflict: bool,
    reason: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Sheet:
    """Send another sheet in place of one's own, with the reason; the older one stays. Refuses as `record_score`."""
    return _send(
        session, "supersede", seat, scores, comments, advice, opinion, no_conflict, by=by, on=on, at=at, reason=reason
    )


def _send(
    session: Session,
    verb: str,
    seat: Seat,
    scores: Mapping[str, int],
    comments: Mapping[str, str],
    advice: Advice,
    opinion: str,
    no_conflict: bool,
    *,
    by: Actor,
    on: date,
    at: datetime,
    reason: str = "",
) -> Sheet:
    if by.expert_id != seat.expert_id:
        raise SeatOfAnother(act=f"seat.{verb}", role=str(Role.EXPERT))
    panel = still_open(session, seat)
    SEAT.find(verb, seat.stage)
    if not no_conflict:
        raise ConflictStated()
    bar = bars(session, subject_of(session, panel), on).get(seat.expert_id)
    if bar is not None:
        raise ExpertTied(expert=by.name, kind=bar.kind, whom=bar.whom)
    comments = {dimension: text.strip() for dimension, text in comments.items() if text.strip()}
    opinion = opinion.strip()
    _complete(scores, comments, opinion, rules_in_force(session, ReviewRules, on))
    move(session, SEAT, seat, verb, by=by, on=on, at=at, reason=reason, case=case_of_panel(panel))
    last = session.exec(
        select(Sheet.version).where(Sheet.seat_id == seat.key).order_by(col(Sheet.version).desc()).limit(1)
    ).first()
    sheet = Sheet.model_validate(
        {
            "seat_id": seat.key,
            "version": (last or 0) + 1,
            "scores": {str(dimension): score for dimension, score in scores.items()},
            "comments": {str(dimension): text for dimension, text in comments.items()},
            "advice": advice,
            "opinion": opinion,
            "no_conflict": no_conflict,
            "sent_at": at,
            "seal": "",
        }
    )
    sheet.seal = seal_of(sheet)
    session.add(sheet)
    session.flush()
    return sheet


def _complete(scores: Mapping[str, int], comments: Mapping[str, str], opinion: str, rules: ReviewRules) -> None:
    if set(scores) != set(rules.weights):
        odd = sorted(set(scores) ^ set(rules.weights))
        raise ScoreMissing(field=f"score_{odd[0]}", dimensions=tuple(map(_dimension, odd)))
    for dimension, score in scores.items():
        if type(score) is not int or not 0 <= score <= SCORE_MOST:
            raise ScoreOutOfRange(field=f"score_{dimension}", dimension=_dimension(dimension), given=score)
        extreme = score < rules.comment_below or score > rules.comment_above
        if extreme and dimension not in comments:
            raise CommentNeeded(field=f"comment_{dimension}", dimension=_dimension(dimension), score=score)
    if len(opinion) < OPINION_LEAST:
        raise OpinionTooShort(field="opinion", least=OPINION_LEAST)


def _dimension(word: str) -> Dimension | str:
    return Dimension(word) if word in set(Dimension) else word


def seal_of(sheet: Sheet) -> str:
    """The SHA-256 over everything a sheet says, in hex: it no longer fits if anybody changes a word of it."""
    said = {
        "seat": sheet.seat_id,
        "version": sheet.version,
        "scores": sheet.scores,
        "comments": sheet.comments,
        "advice": str(sheet.advice),
        "opinion": sheet.opinion,
        "no_conflict": sheet.no_conflict,
        "sent_at": sheet.sent_at.astimezone(UTC).isoformat(),
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def seal_holds(sheet: Sheet) -> bool:
    """Whether a sheet still says what was sent."""
    return sheet.seal == seal_of(sheet)


def sheets_of(session: Session, panel: Panel) -> list[tuple[Seat, Sheet]]:
    """The newest sheet of every seat that counts, in the order of the seats: for the panel's result, not for readers.

    BrokenInvariant if a seal no longer fits. Readers go through `sheets_visible_to`.
    """
    query = (
        select(Seat, Sheet)
        .join(Sheet, col(Sheet.seat_id) == col(Seat.id))
        .where(Seat.panel_id == panel.key, Seat.stage == SeatStage.SCORED)
        .order_by(col(Seat.id), col(Sheet.version))
    )
    newest = {seat.key: (seat, sheet) for seat, sheet in session.exec(query)}
    for _, sheet in newest.values():
        if not seal_holds(sheet):
            raise BrokenInvariant("a sealed score sheet was changed", sheet=sheet.key)
    return list(newest.values())


def sheets_visible_to(session: Session, panel: Panel, actor: Actor) -> list[tuple[Seat, Sheet]]:
    """The newest sheets of a panel that this actor may read: before it closes his own and nobody else's, whatever
    posts he holds; afterwards all of them for its experts and for those who work with the result.
    """
    if panel.stage is PanelStage.CLOSED and (actor.holds(*READS_CLOSED) or _sat(session, panel, actor)):
        return sheets_of(session, panel)
    if actor.expert_id is None:
        return []
    query = (
        select(Seat, Sheet)
        .join(Sheet, col(Sheet.seat_id) == col(Seat.id))
        .where(Seat.panel_id == panel.key, Seat.expert_id == actor.expert_id)
        .order_by(col(Sheet.version).desc())
        .limit(1)
    )
    return list(session.exec(query))


def _sat(session: Session, panel: Panel, actor: Actor) -> bool:
    if actor.expert_id is None:
        return False
    own = select(Seat.id).where(
        Seat.panel_id == panel.key, Seat.expert_id == actor.expert_id, Seat.stage == SeatStage.SCORED
    )
    return session.exec(own).first() is not None


def own_seat(session: Session, seat_id: int, by: Actor) -> Seat:
    """An expert's own seat by its number, if he is still asked. Refuses with NotThere for every other: an expert who
    stepped aside, was replaced, or never sat does not learn that the file exists.
    """
    seat = session.get(Seat, seat_id)
    aside = (SeatStage.RECUSED, SeatStage.REPLACED)
    if seat is None or by.expert_id is None or seat.expert_id != by.expert_id or seat.stage in aside:
        raise NotThere(what="seat")
    return seat


def who_is_missing(session: Session, panel: Panel) -> list[tuple[Seat, Expert]]:
    """The seats that have not sent a sheet yet, with their experts: all that the chair learns before closing."""
    query = (
        select(Seat, Expert)
        .join(Expert, col(Expert.id) == col(Seat.expert_id))
        .where(Seat.panel_id == panel.key, Seat.stage == SeatStage.INVITED)
        .order_by(col(Seat.id))
    )
    return list(session.exec(query))
