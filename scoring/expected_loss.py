"""Expected credit loss (预期信用损失) of one loan in one scenario, in whole fen.

The life that is left is cut into years from today, the last one perhaps shorter. In a year of m months the loan defaults
with the chance PD x m/12 if it has survived so far; what is lost is LGD x what is owed at that year's beginning,
discounted from the year's end at the contract rate:

    ECL = sum over t of S(t-1) x q(t) x LGD x EAD(t) x D(t),   q = PD x m/12,   S = prod(1 - q),   D = prod 1/(1 + r x m/12)

First stage: the first year alone. Second: the whole life. Third: the default has come, ECL = LGD x EAD. A scenario's PD is
a whole number of parts per million, everything else an exact fraction; the loss is rounded half up once for each loan and
scenario, and once more when scenarios are weighted. The conventions (linear within a year, discounting from its end) are by
design.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from models.lending.loss_stage import LossStage
from models.values.money import half_up
from models.values.rate import MILLION

YEAR = 12
_WHOLE = MILLION * YEAR
CACHED = 65_536


@dataclass(frozen=True, slots=True)
class Scenario:
    """By what default rate and loss share are multiplied, and the weight, all in parts per million."""

    name: str
    weight_ppm: int
    default_factor_ppm: int
    loss_factor_ppm: int


@dataclass(frozen=True, slots=True)
class Exposed:
    """A loan as its expected loss sees it.

    `exposures` is what is owed at the beginning of each year left, in fen, the first one now; `months` the life left.
    """

    stage: LossStage
    months: int
    exposures: tuple[int, ...]
    default_ppm: int
    loss_share: Fraction
    rate_ppm: int


def years_of(months: int) -> tuple[int, ...]:
    """The life left as years: 29 months are 12, 12 and 5."""
    whole, rest = divmod(max(months, 1), YEAR)
    return (YEAR,) * whole + ((rest,) if rest else ())


def loss_share(
    *, guaranteed_ppm: int, pledged_fen: int, exposure_fen: int, on_guaranteed: int, on_pledged: int, on_rest: int
) -> Fraction:
    """The share of an exposure that is lost after a default, exact: the guarantor's part, what the pledge covers of the
    rest, and the remainder, each with its own loss share in parts per million."""
    guaranteed = Fraction(guaranteed_ppm, MILLION)
    pledged = Fraction(0)
    if exposure_fen > 0:
        pledged = min(1 - guaranteed, Fraction(pledged_fen, exposure_fen))
    rest = 1 - guaranteed - pledged
    return (guaranteed * on_guaranteed + pledged * on_pledged + rest * on_rest) / MILLION


@lru_cache(maxsize=CACHED)
def _weights(default_ppm: int, rate_ppm: int, years: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """S(t-1) x q(t) x D(t) of every year as whole numbers over one denominator; a twelfth of a millionth cancels out."""
    discounts = [_WHOLE + rate_ppm * months for months in years]
    survived, numbers = 1, []
    for place, months in enumerate(years):
        number = survived * default_ppm * months
        for later in discounts[place + 1 :]:
            number *= later
        numbers.append(number)
        survived *= _WHOLE - default_ppm * months
    denominator = 1
    for discount in discounts:
        denominator *= discount
    return tuple(numbers), denominator


def expected_loss(loan: Exposed, scenario: Scenario) -> int:
    """The expected loss in fen, rounded half up once. ValueError if the exposures do not fit the years left."""
    share = min(loan.loss_share * scenario.loss_factor_ppm / MILLION, Fraction(1))
    if loan.stage is LossStage.THIRD:
        return half_up(share.numerator * loan.exposures[0], share.denominator)
    years = years_of(loan.months)
    if len(loan.exposures) != len(years):
        raise ValueError(f"{len(loan.exposures)} exposures for {len(years)} years")
    if loan.stage is LossStage.FIRST:
        years = years[:1]
    default_ppm = min(half_up(loan.default_ppm * scenario.default_factor_ppm, MILLION), MILLION)
    numbers, denominator = _weights(default_ppm, loan.rate_ppm, years)
    summed = sum(owed * number for owed, number in zip(loan.exposures, numbers, strict=False))
    return half_up(share.numerator * summed, share.denominator * denominator)


def weighted(losses: Mapping[str, int], scenarios: Sequence[Scenario]) -> int:
    """The losses of all scenarios by their weights, in fen, rounded half up once."""
    return half_up(sum(losses[one.name] * one.weight_ppm for one in scenarios), MILLION)
