"""The sums of the districts' programmes: subsidies, instalments, the four rates, coverage, progress (rulebook section 7).

Pure: money in fen, shares in parts per million, each figure rounded half up once. A share of nothing is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.values.money import Money, half_up
from models.values.rate import MILLION, Rate

DAY_BASIS = 360
"""Interest subsidies are reckoned on actual days over 360, as the bank reckons its interest (NUM-03, TAL-05)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which the same principal was owed: first day counted, last not."""

    start: date
    end: date
    principal: Money


@dataclass(frozen=True, slots=True)
class InterestSubsidy:
    """What is subsidised: days, the largest principal it was reckoned on, and the amount."""

    days: int
    base: Money
    amount: Money


def interest_subsidy(
    stretches: Sequence[Stretch],
    *,
    rate: Rate,
    policy_end: date,
    cap: Money | None = None,
    cap_is_amount: bool = False,
) -> InterestSubsidy:
    """The full interest at `rate` on the principal owed, no longer than the policy (TAL-05).

    `cap` limits the principal, or with `cap_is_amount` the subsidy itself: "最高500万元" may be read either way
    (`subsidy_cap_basis`). Days on which nothing was owed do not count. Penalty interest is never in it.
    """
    days, parts, base = 0, 0, 0
    for stretch in stretches:
        number = (min(stretch.end, policy_end) - stretch.start).days
        principal = stretch.principal.fen
        if number <= 0 or principal <= 0:
            continue
        if cap is not None and not cap_is_amount:
            principal = min(principal, cap.fen)
        days += number
        parts += principal * number
        base = max(base, principal)
    amount = half_up(parts * rate.ppm, MILLION * DAY_BASIS)
    if cap is not None and cap_is_amount:
        amount = min(amount, cap.fen)
    return InterestSubsidy(days, Money(base), Money(amount))


def instalments(total: Money, weights_ppm: Sequence[int]) -> list[Money]:
    """A grant paid over years by weights that sum to one; the last instalment takes the rest (TAL-06).

    ValueError for weights that do not sum to one million parts.
    """
    if sum(weights_ppm) != MILLION:
        raise ValueError("the weights of the instalments must sum to one")
    return total.shared(weights_ppm, residual=-1)


def ratio(part: int, whole: int) -> int | None:
    """A share in parts per million, or None where there is nothing to take a share of. May be above one million."""
    return half_up(part * MILLION, whole) if whole > 0 else None


@dataclass(frozen=True, slots=True)
class FourRates:
    """Fenghua's four rates (四率, TAL-09) in parts per million: performance, funds in place, start, completion."""

    contract_performance: int | None
    funds_in_place: int | None
    start: int | None
    completion: int | None


def four_rates(
    *, signed: int, performed: int, pledged: Money, paid_in: Money, projects: int, started: int, completed: int
) -> FourRates:
    """合同履约率, 资金到位率, 项目开工率, 建成投产率 (TAL-09)."""
    return FourRates(
        ratio(performed, signed), ratio(paid_in.fen, pledged.fen), ratio(started, projects), ratio(completed, projects)
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the townships of a district have an expert (one township, one talent), with their points."""

    coverage_ppm: int | None
    points: int


def township_coverage(
    townships: int,
    with_expert: int,
    *,
    national: int,
    provincial: int,
    points_national: int = 3,
    points_provincial: int = 2,
) -> Coverage:
    """Coverage to three places and 3 points a national, 2 a provincial expert brought in (TAL-10)."""
    share = half_up(with_expert * 1_000, townships) * 1_000 if townships > 0 else None
    return Coverage(share, points_national * national + points_provincial * provincial)


def progress(actual: int, target: int) -> int | None:
    """How far a target is reached in parts per million; more than reached is shown as more than one (TAL-11)."""
    return ratio(actual, target)
