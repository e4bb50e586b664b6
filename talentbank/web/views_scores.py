"""What the score page shows: three sides, what raised and what lowered them in words, and what stops the application."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.application import Application, ScoreSheet
from models.policies.rules import CreditRules
from models.queries.rules import rules_of_version
from models.values.rate import Rate
from scoring.reasons import Reason
from talentbank import reason_words
from talentbank.i18n import N_, gettext
from talentbank.web.desk import Desk
from talentbank.web.views_case import people
from workflows import scoring_desk

SIDES = {
    "ip": N_("知识产权"),
    "reputation": N_("个人与团队信誉"),
    "firm": N_("企业经营"),
}


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason in words: the points that it gave, and of how many."""

    text: str
    points: int
    most: int

    @property
    def missing(self) -> int:
        """The points that could still be won by it."""
        return max(self.most - self.points, 0)


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of the score with its reasons, those that gave most first."""

    name: str
    label: str
    points: int
    weight: Rate
    reasons: list[ReasonView]


@dataclass(frozen=True, slots=True)
class ScoreView:
    """The newest score sheet in words."""

    sheet: ScoreSheet
    made_by: str
    sides: list[SideView]
    stops: list[str]
    remarks: list[str]
    chances: list[ReasonView]


def score(desk: Desk, row: Application) -> ScoreView | None:
    """The newest sheet of an application, or None before it was scored."""
    sheet = scoring_desk.latest_sheet(desk.session, row)
    if sheet is None:
        return None
    rules = rules_of_version(desk.session, CreditRules, sheet.rules_version)
    reasons = [Reason.of(stored) for stored in sheet.reasons]
    given = {"ip": sheet.ip_points, "reputation": sheet.reputation_points, "firm": sheet.firm_points}
    with desk.speaking():
        sides = [
            SideView(name, gettext(label), given[name], rules.points_weights[name], _said(_of(reasons, name)))
            for name, label in SIDES.items()
        ]
        chances = sorted((one for side in sides for one in side.reasons if one.missing), key=lambda one: -one.missing)
        return ScoreView(
            sheet=sheet,
            made_by=people(desk.session, {sheet.made_by}).get(sheet.made_by, ""),
            sides=sides,
            stops=[stop_text(stop) for stop in sheet.stops],
            remarks=[reason_words.say(one) for one in reasons if not one.most],
            chances=chances[:5],
        )


def stop_text(stop: dict[str, Any]) -> str:
    """What stops the application, in words."""
    return reason_words.say_stop(stop["code"], stop["facts"])


def _of(reasons: Iterable[Reason], side: str) -> list[Reason]:
    return [one for one in reasons if one.code.partition(".")[0] == side and one.most]


def _said(reasons: Iterable[Reason]) -> list[ReasonView]:
    ordered = sorted(reasons, key=lambda one: (-one.points, -one.most))
    return [ReasonView(reason_words.say(one), one.points, one.most) for one in ordered]
