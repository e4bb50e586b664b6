"""The rules in force on a date, the calendar and the LPR as the bank knows them."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.policies.rules import Rules
from models.refusals import Refusal
from models.states.aftercare import RuleStage
from models.values.calendar import CHINA, Calendar
from models.values.lpr import LprQuote
from models.versions import CalendarDay, Lpr, RuleSet

RulesT = TypeVar("RulesT", bound=Rules)

RULES_STAND = "rules_stand"


class NoRulesInForce(Refusal):
    """No approved rules of this kind hold on that day: the first ones come with `talentbank init`."""


def rules_in_force(session: Session, kind: type[RulesT], on: date) -> RulesT:
    """The newest approved rules of a kind that hold on a day. Refuses with NoRulesInForce.

    A session in whose life no rules are approved may set `info["rules_stand"]`: the rules of a kind are then read once.
    """
    kept: dict[str, list[RuleSet]] | None = (
        session.info.setdefault("rules_kept", {}) if session.info.get(RULES_STAND) else None
    )
    if kept is None:
        row = session.exec(_approved(kind).where(RuleSet.effective_from <= on).limit(1)).first()
    else:
        if kind.kind not in kept:
            kept[kind.kind] = list(session.exec(_approved(kind)))
        row = next((one for one in kept[kind.kind] if one.effective_from <= on), None)
    if row is None:
        raise NoRulesInForce(kind=kind.kind, on=on)
    return _typed(session, kind, row)


def _approved(kind: type[Rules]) -> SelectOfScalar[RuleSet]:
    """The approved rule sets of a kind, the newest first."""
    return (
        select(RuleSet)
        .where(RuleSet.kind == kind.kind, RuleSet.stage == RuleStage.APPROVED)
        .order_by(col(RuleSet.effective_from).desc(), col(RuleSet.id).desc())
    )


def first_day(session: Session) -> date | None:
    """The first day on which approved rules of every kind hold; None in a bank without rules."""
    first = sa.func.min(RuleSet.effective_from)
    begun = session.exec(select(first).where(RuleSet.stage == RuleStage.APPROVED).group_by(col(RuleSet.kind))).all()
    return max(begun, default=None)


def rules_of_version(session: Session, kind: type[RulesT], version: str) -> RulesT:
    """The rules of a kind under a version, for replays. Refuses with NoRulesInForce."""
    row = session.exec(select(RuleSet).where(RuleSet.kind == kind.kind, RuleSet.version == version)).first()
    if row is None:
        raise NoRulesInForce(kind=kind.kind, on=version)
    return _typed(session, kind, row)


def _typed(session: Session, kind: type[RulesT], row: RuleSet) -> RulesT:
    # A rule set never changes once approved, so its typed form may be kept for the whole session.
    kept: dict[tuple[str, str], Rules] = session.info.setdefault("rules", {})
    key = (row.kind, row.version)
    if key not in kept:
        kept[key] = kind.model_validate(row.body)
    found = kept[key]
    assert isinstance(found, kind)  # nosec B101  the key names the kind
    return found


def calendar(session: Session) -> Calendar:
    """The published calendar with the bank's own days on top."""
    days = {row.on: row.business for row in session.exec(select(CalendarDay))}
    return CHINA.with_days(days) if days else CHINA


def lpr_quotes(session: Session, on: date) -> list[LprQuote]:
    """Every quotation of the LPR published by a day, oldest first."""
    rows = session.exec(select(Lpr).where(Lpr.published <= on).order_by(sa.column("published")))
    return [LprQuote(row.published, row.one_year, row.five_year) for row in rows]


def rule_sets(
    session: Session, *, kind: str | None = None, stage: RuleStage | None = None, limit: int = 50, offset: int = 0
) -> tuple[list[RuleSet], int]:
    """A page of rule sets and how many there are in all: by kind, the one that begins last first."""
    conditions = []
    if kind is not None:
        conditions.append(col(RuleSet.kind) == kind)
    if stage is not None:
        conditions.append(col(RuleSet.stage) == stage)
    total = session.exec(select(sa.func.count()).select_from(RuleSet).where(*conditions)).one()
    order = (col(RuleSet.kind), col(RuleSet.effective_from).desc(), col(RuleSet.id).desc())
    rows = session.exec(select(RuleSet).where(*conditions).order_by(*order).limit(limit).offset(offset))
    return list(rows), int(total)
