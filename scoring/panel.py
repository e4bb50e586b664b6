"""The experts' scores of one sitting into one: trimmed means, weights, spread and agreement (TB-06, TB-07).

Scores are whole points; means and totals are whole hundredths of a point, so nothing is lost to binary floats. The
panel engine knows nothing of loans: any subject that is scored by dimensions can be put before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.values.money import half_up
from models.values.rate import MILLION, Rate

HUNDREDTHS = 100
Scores = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PanelResult:
    """What a panel found. Hundredths of a point in `by_dimension`, `total_hundredths` and `by_expert`.

    - `spread`: highest minus lowest score of each dimension, in whole points; `divided` names the dimensions in which
      it reaches the limit: they deserve a second round.
    - `by_expert`: each sheet's own weighted total, in the order given; `deviation` is its distance from the panel's.
    - `kendall_w`: how far the experts agree on which dimensions are strong, from 0 (not at all) to 1, corrected for
      ties; None where there is nothing to agree on (one sheet, or everybody ties everything).
    - `below_floor`: the dimensions in which some expert went below the floor (TB-08).
    """

    by_dimension: dict[str, int]
    total_hundredths: int
    spread: dict[str, int]
    by_expert: tuple[int, ...]
    kendall_w: float | None
    divided: tuple[str, ...]
    below_floor: tuple[str, ...]

    @property
    def deviation(self) -> tuple[int, ...]:
        """Each sheet's total minus the panel's, in hundredths."""
        return tuple(own - self.total_hundredths for own in self.by_expert)


def panel_result(
    sheets: Sequence[Scores],
    *,
    weights: Mapping[str, Rate],
    trim_from: int,
    divided_from: int,
    floor_each: int = 0,
) -> PanelResult:
    """One result from the sheets: per dimension one highest and one lowest score are dropped when there are at least
    `trim_from`, the mean is rounded to 0.01, and the total is the weighted sum of the rounded means (TB-07, EX-40).

    Raises ValueError without sheets, or if a sheet lacks a dimension of `weights` or has one besides.
    """
    if not sheets:
        raise ValueError("a panel without sheets has no result")
    for scores in sheets:
        if scores.keys() != weights.keys():
            raise ValueError(f"a sheet scores {sorted(scores)}, wanted {sorted(weights)}")
    columns = {dimension: [scores[dimension] for scores in sheets] for dimension in weights}
    means = {dimension: trimmed_mean(column, trim_from=trim_from) for dimension, column in columns.items()}
    spread = {dimension: max(column) - min(column) for dimension, column in columns.items()}
    return PanelResult(
        by_dimension=means,
        total_hundredths=_weighted(means, weights),
        spread=spread,
        by_expert=tuple(
            _weighted({dimension: scores[dimension] * HUNDREDTHS for dimension in weights}, weights)
            for scores in sheets
        ),
        kendall_w=kendall_w([[scores[dimension] for dimension in weights] for scores in sheets]),
        divided=tuple(dimension for dimension, gap in spread.items() if gap >= divided_from),
        below_floor=tuple(dimension for dimension, column in columns.items() if min(column) < floor_each),
    )


def trimmed_mean(scores: Sequence[int], *, trim_from: int) -> int:
    """The mean in hundredths, half up, without one highest and one lowest score from `trim_from` scores on (TB-07)."""
    kept = sorted(scores)[1:-1] if len(scores) >= trim_from else list(scores)
    return half_up(sum(kept) * HUNDREDTHS, len(kept))


def _weighted(hundredths: Mapping[str, int], weights: Mapping[str, Rate]) -> int:
    return half_up(sum(hundredths[dimension] * weight.ppm for dimension, weight in weights.items()), MILLION)


def kendall_w(ratings: Sequence[Sequence[int]]) -> float | None:
    """Kendall's coefficient of concordance of raters (rows) over items (columns), corrected for ties, to 0.0001.

    None for fewer than two raters or items, and if every rater ties all items.
    """
    raters = len(ratings)
    items = len(ratings[0]) if ratings else 0
    if raters < 2 or items < 2:
        return None
    ranks = [_doubled_ranks(row) for row in ratings]
    sums = [sum(column) for column in zip(*ranks, strict=True)]
    # Ranks are doubled to stay whole, so the squares below are four times what the textbook has.
    squares = sum(((Fraction(one) - Fraction(sum(sums), items)) ** 2 for one in sums), Fraction(0)) / 4
    ties = sum(size**3 - size for row in ratings for size in Counter(row).values())
    whole = raters**2 * (items**3 - items) - raters * ties
    if whole == 0:
        return None
    found = 12 * squares / whole
    return half_up(found.numerator * 10_000, found.denominator) / 10_000


def _doubled_ranks(row: Sequence[int]) -> list[int]:
    """Twice the rank of each item, ties sharing the mean of their ranks."""
    return [2 * sum(other < one for other in row) + sum(other == one for other in row) + 1 for one in row]
