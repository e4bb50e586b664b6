"""A firm's age and yearly figures into points. What nobody knows yet neither raises nor lowers: a planned firm, or a
part without figures, gets the neutral points of the rules, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.policies.rules import CreditRules
from models.values.money import Money
from models.values.rate import MILLION, Rate
from models.values.terms import months_and_days
from scoring.reasons import Reason, part_of, points_of


@dataclass(frozen=True, slots=True)
class YearFacts:
    """A firm's figures of one year, as they were known."""

    year: int
    revenue: Money
    profit: Money
    rd_spend: Money
    assets: Money
    debts: Money


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """The firm: when it was registered, and its figures year by year."""

    registered_on: date
    years: Sequence[YearFacts]


@dataclass(frozen=True, slots=True)
class FirmScore:
    """Points from 0 to 100, and why."""

    points: int
    reasons: tuple[Reason, ...]


def score_firm(firm: FirmFacts | None, *, rules: CreditRules, on: date) -> FirmScore:
    """The firm's own points on a day; None is a firm that has not been founded (support before formation, TB-02)."""
    if firm is None:
        return FirmScore(rules.firm_unknown_points, (Reason("firm.planned", rules.firm_unknown_points, {}, 100),))
    most, full = rules.firm_parts, rules.full_marks
    months = months_and_days(firm.registered_on, on)[0] if firm.registered_on <= on else 0
    age = Reason(
        "firm.age", part_of(most.age, months, full.firm_months), {"months": months, "full": full.firm_months}, most.age
    )
    by_year = {year.year: year for year in firm.years}
    newest = by_year[max(by_year)] if by_year else None
    before = by_year.get(newest.year - 1) if newest else None
    reasons = (
        age,
        _growth(newest, before, rules),
        _ratio("margin", newest, most.margin, full.margin, rules),
        _ratio("research", newest, most.research, full.research, rules),
        _ratio("solvency", newest, most.solvency, full.own_funds, rules),
    )
    return FirmScore(points_of(reasons), reasons)


def _growth(newest: YearFacts | None, before: YearFacts | None, rules: CreditRules) -> Reason:
    most = rules.firm_parts.growth
    if newest is None or before is None or before.revenue.fen <= 0:
        return _unknown("growth", most, rules)
    grown = newest.revenue - before.revenue
    points = part_of(most, grown.fen * MILLION, before.revenue.fen * rules.full_marks.growth.ppm)
    facts = {"year": newest.year, "growth_ppm": grown.fen * MILLION // before.revenue.fen}
    return Reason("firm.growth", points, facts, most)


def _ratio(part: str, newest: YearFacts | None, most: int, full: Rate, rules: CreditRules) -> Reason:
    if newest is None:
        return _unknown(part, most, rules)
    over, under = {
        "margin": (newest.profit, newest.revenue),
        "research": (newest.rd_spend, newest.revenue),
        "solvency": (newest.assets - newest.debts, newest.assets),
    }[part]
    if under.fen <= 0:
        return _unknown(part, most, rules)
    facts = {"year": newest.year, "share_ppm": over.fen * MILLION // under.fen}
    return Reason(f"firm.{part}", part_of(most, over.fen * MILLION, under.fen * full.ppm), facts, most)


def _unknown(part: str, most: int, rules: CreditRules) -> Reason:
    return Reason(f"firm.{part}_unknown", part_of(most, rules.firm_unknown_points, 100), {}, most)
