"""Old decisions made again from what they kept: the same inputs under the same rules must give the same, to the fen.

A replay reads the stored snapshot, facts and versions, never what the parties look like today. It finds what was
changed behind the system's back, and arithmetic that was changed without a new `MODEL`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from models.application import ScoreSheet
from models.decision import Decision
from models.policies.rules import CreditRules, ExposureRules
from models.queries.rules import NoRulesInForce, rules_of_version
from models.review import Opinion
from models.values.money import ZERO
from scoring.features import MODEL
from scoring.offer import OfferInputs, make_offer
from scoring.sheet import score_snapshot

AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that the replay gives otherwise: where, what is stored, what comes out now."""

    name: str
    stored: Any
    again: Any


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What the replay of one decision gave. `number` is the decision's."""

    number: str
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether everything came out as it was stored."""
        return not self.differences


def replay(session: Session, decision: Decision) -> ReplayResult:
    """Score the sheet again, make the offer again, and compare both with what is stored, figure by figure."""
    differences: list[Difference] = []
    kept = decision.inputs
    try:
        if kept.get("model") != MODEL:
            return ReplayResult(decision.number, (Difference("model", kept.get("model"), MODEL),))
        sheet = session.get(ScoreSheet, decision.score_sheet_id) if decision.score_sheet_id else None
        differences += (
            [Difference("score_sheet", decision.score_sheet_id, None)] if sheet is None else _sheet(session, sheet)
        )
        differences += _facts(session, decision, sheet)
        differences += _offer(session, decision)
    except NoRulesInForce as missing:
        differences.append(Difference(f"rules.{missing.facts['kind']}", missing.facts["on"], None))
    except (AttributeError, KeyError, TypeError, ValueError) as unreadable:
        differences.append(Difference("inputs", "", f"{type(unreadable).__name__}: {unreadable}"))
    return ReplayResult(decision.number, tuple(differences))


def replay_all(session: Session) -> Iterator[ReplayResult]:
    """Replay every decision, oldest first, a result at a time."""
    last = 0
    while True:
        query = select(Decision).where(col(Decision.id) > last).order_by(col(Decision.id)).limit(AT_A_TIME)
        decisions = list(session.exec(query))
        if not decisions:
            return
        for decision in decisions:
            yield replay(session, decision)
        last = decisions[-1].key


def _sheet(session: Session, sheet: ScoreSheet) -> list[Difference]:
    scores = score_snapshot(sheet.inputs, rules=rules_of_version(session, CreditRules, sheet.rules_version))
    stored = {
        "ip_points": sheet.ip_points,
        "reputation_points": sheet.reputation_points,
        "firm_points": sheet.firm_points,
        "points": sheet.points,
        "grade": sheet.grade,
        "default_rate_ppm": sheet.default_rate.ppm,
        "pledge_value_fen": sheet.pledge_value.fen,
        "reputation_line_fen": sheet.reputation_line.fen,
    }
    found = _compared("score_sheet", stored, scores.figures)
    reasons = [reason.as_dict() for reason in scores.reasons]
    if sheet.reasons != reasons:
        found.append(Difference("score_sheet.reasons", sheet.reasons, reasons))
    stops = [{"code": stop.value, "facts": facts} for stop, facts in scores.stops]
    if sheet.stops != stops:
        found.append(Difference("score_sheet.stops", sheet.stops, stops))
    return found


def _facts(session: Session, decision: Decision, sheet: ScoreSheet | None) -> list[Difference]:
    """The facts of the offer against the sheet and the opinion they were taken from."""
    facts = decision.inputs["facts"]
    opinion = session.get_one(Opinion, decision.opinion_id)
    source: dict[str, Any] = {"panel_hundredths": opinion.total_hundredths}
    if sheet is not None:
        source |= {
            "ip_points": sheet.ip_points,
            "reputation_points": sheet.reputation_points,
            "firm_points": sheet.firm_points,
            "pledge_value_fen": sheet.pledge_value.fen,
            "reputation_line_fen": sheet.reputation_line.fen,
        }
    return _compared("inputs", {name: facts[name] for name in source}, source)


def _offer(session: Session, decision: Decision) -> list[Difference]:
    versions = decision.inputs["versions"]
    offer = make_offer(
        OfferInputs.of(decision.inputs["facts"]),
        credit=rules_of_version(session, CreditRules, versions[CreditRules.kind]),
        exposure=rules_of_version(session, ExposureRules, versions[ExposureRules.kind]),
    )
    found = _compared("offer", decision.offer, offer.as_dict())
    if (decision.amount or ZERO) > offer.amount:
        found.append(Difference("amount", decision.amount, offer.amount))
    return found


def _compared(where: str, stored: Mapping[str, Any], again: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(f"{where}.{name}", stored.get(name), again.get(name))
        for name in sorted(stored.keys() | again.keys())
        if stored.get(name) != again.get(name)
    ]
