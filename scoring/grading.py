"""Points of the four sides into one total, and the total into a grade with its yearly default rate.

The scale is an expert's: before the bank has defaults of its own, a default rate is a prior and is shown as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.policies.rules import GradeRules
from models.values.money import half_up
from models.values.rate import Rate

HUNDREDTHS = 100


def total_points(
    weights: Mapping[str, Rate], *, ip: int, reputation: int, firm: int, panel_hundredths: int | None = None
) -> int:
    """The weighted total, half up to whole points. Before the panel has scored, the other three share its weight."""
    scores = {"ip": ip * HUNDREDTHS, "reputation": reputation * HUNDREDTHS, "firm": firm * HUNDREDTHS}
    if panel_hundredths is not None:
        scores["panel"] = panel_hundredths
    known = sum(weights[side].ppm for side in scores)
    return half_up(sum(weights[side].ppm * score for side, score in scores.items()), known * HUNDREDTHS)


def grade_of(points: int, grades: Sequence[GradeRules]) -> tuple[str, Rate]:
    """The grade that so many points reach, and its yearly default rate. `grades` fall from the best."""
    line = next(line for line in grades if points >= line.from_points)
    return line.grade, line.default_rate


def next_grade(points: int, grades: Sequence[GradeRules]) -> tuple[str, int] | None:
    """The next better grade and the points that are missing to it; None in the best."""
    better = [line for line in grades if line.from_points > points]
    return (better[-1].grade, better[-1].from_points - points) if better else None


def reaches(grade: str, least: str, grades: Sequence[GradeRules]) -> bool:
    """Whether a grade is at least as good as `least`. ValueError if either is not on the scale."""
    scale = [line.grade for line in grades]
    return scale.index(grade) <= scale.index(least)
