"""A whole score sheet from one snapshot: three sides, the total before the panel, the grade, the stops, the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.application import Stop
from models.firm import FirmSize
from models.policies.rules import CreditRules
from models.values.money import Money
from models.values.rate import Rate
from scoring.features import Features, Snapshot, read
from scoring.firm_figures import FirmScore, score_firm
from scoring.grading import grade_of, next_grade, total_points
from scoring.ip_value import IpScore, score_ip
from scoring.reasons import Reason
from scoring.reputation import ReputationScore, best_designation, score_reputation


@dataclass(frozen=True, slots=True)
class Scores:
    """What a snapshot is worth under some rules. `stops` are whatever keeps it from going on, with their facts."""

    ip: IpScore
    reputation: ReputationScore
    firm: FirmScore
    points: int
    grade: str
    default_rate: Rate
    stops: tuple[tuple[Stop, dict[str, Any]], ...]
    reasons: tuple[Reason, ...]

    @property
    def figures(self) -> dict[str, Any]:
        """What a stored sheet keeps of it as columns, in plain numbers: for storing, and for replaying."""
        return {
            "ip_points": self.ip.points,
            "reputation_points": self.reputation.points,
            "firm_points": self.firm.points,
            "points": self.points,
            "grade": self.grade,
            "default_rate_ppm": self.default_rate.ppm,
            "pledge_value_fen": self.ip.pledge_value.fen,
            "reputation_line_fen": self.reputation.line.fen,
        }

    @property
    def pledge_value(self) -> Money:
        """What the rights can secure."""
        return self.ip.pledge_value


def score_snapshot(snapshot: Snapshot, *, rules: CreditRules) -> Scores:
    """Score everything that was known on the snapshot's day. The same snapshot and rules always give the same."""
    facts = read(snapshot)
    ip = score_ip(facts.assets, rules=rules, on=facts.on, maturity=facts.maturity)
    reputation = score_reputation(facts.person, facts.team, rules=rules, on=facts.on)
    firm = score_firm(facts.firm, rules=rules, on=facts.on)
    points = total_points(rules.points_weights, ip=ip.points, reputation=reputation.points, firm=firm.points)
    grade, default_rate = grade_of(points, rules.grades)
    reasons = [*reputation.reasons, *ip.reasons, *firm.reasons]
    if better := next_grade(points, rules.grades):
        reasons.append(Reason("grade.next", 0, {"grade": better[0], "missing": better[1], "now": grade}))
    return Scores(ip, reputation, firm, points, grade, default_rate, stops_of(facts), tuple(reasons))


def stops_of(facts: Features) -> tuple[tuple[Stop, dict[str, Any]], ...]:
    """What stops the application: integrity lists, no designation that counts (TB-02), no consent (LOAN-32), a firm
    that is too large (TB-02)."""
    found: list[tuple[Stop, dict[str, Any]]] = []
    cleared = facts.clearance
    if cleared.integrity_listed:
        found.append((Stop.INTEGRITY_LISTED, {}))
    elif not cleared.integrity_checked:
        found.append((Stop.INTEGRITY_UNCHECKED, {}))
    if best_designation(facts.person.designations, facts.on) is None:
        unverified = [one.plan for one in facts.person.designations if one.valid(facts.on) and not one.verified]
        stop = Stop.DESIGNATION_UNVERIFIED if unverified else Stop.NO_DESIGNATION
        found.append((stop, {"plans": unverified} if unverified else {}))
    if cleared.consent_on is None or cleared.consent_on > facts.on:
        found.append((Stop.NO_CONSENT, {}))
    if cleared.firm_size == FirmSize.LARGE:
        found.append((Stop.FIRM_TOO_LARGE, {"size": cleared.firm_size}))
    return tuple(found)
