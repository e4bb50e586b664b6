"""Reasons: what raised and what lowered a score, as codes with facts. Their words stand in the shell's catalogue.

Facts are plain and JSON-able, so that a stored sheet still explains itself years later: amounts as whole fen under a
name that ends in `_fen`, shares and rates as parts per million under `_ppm`, dates as ISO text, words as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from models.values.money import half_up

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a score: how many points it gave, of how many it could have given at most.

    `most - points` is what an applicant could still win by it, which is what would have changed the outcome. A
    reason with `most` nought gives no points and explains a value (why an asset counts for nothing).
    """

    code: str
    points: int
    facts: Facts = field(default_factory=dict)
    most: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The reason as it is stored with a score sheet."""
        return {"code": self.code, "points": self.points, "most": self.most, "facts": dict(self.facts)}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Reason:
        """The reason read back from a stored score sheet."""
        return cls(stored["code"], stored["points"], stored["facts"], stored.get("most", 0))


def part_of(most: int, got: int, full: int) -> int:
    """Points for having `got` of what gives full marks: half up, never more than `most`, never below nought."""
    if full <= 0:
        raise ZeroDivisionError("full marks must be above nought")
    return max(0, min(most, half_up(most * got, full)))


def share_of(most: int, share: Fraction) -> int:
    """Points for an exact share of full marks, half up."""
    return part_of(most, share.numerator, share.denominator)


def points_of(reasons: Iterable[Reason]) -> int:
    """The sum of the points that reasons give, within 0 and 100."""
    return max(0, min(100, sum(reason.points for reason in reasons)))
