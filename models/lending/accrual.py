"""Interest by the day with a carried remainder (LOAN-10, NUM-02), penalty interest (LOAN-18, LOAN-19) and compound
interest (LOAN-20). Amounts in fen, rates in parts per million a year, whole days.

A day's interest is seldom a whole number of fen. What rounding leaves is carried to the next day as a whole number of
parts, a part being a fen over one million times the day basis, so that however a period is cut into days or weeks, its
accruals sum to the period's interest rounded half up once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from models.lending.columns import Column, check_product, column
from models.values.money import Money, half_up
from models.values.rate import MILLION, Rate, checked_basis, interest


def accrue(
    principal_fen: ArrayLike, rate_ppm: ArrayLike, remainder: ArrayLike, days: ArrayLike, *, day_basis: int
) -> tuple[Column, Column]:
    """The interest of so many days in fen, and the remainder to carry, for columns of loans.

    `remainder` is nought at the start of an interest period; afterwards hand back what the accrual before gave, under
    the same basis. It lies within half a fen either way. Serves penalty and compound interest too: the principal is
    then what the charge is reckoned on, the rate the penalty rate.

    Raises TypeError for what is not whole, ValueError for negatives, for another basis than 360 and 365 and for a
    remainder of more than half a fen, OverflowError beyond 64 bits.
    """
    parts = MILLION * checked_basis(day_basis)
    principal, rate, carried, number = np.broadcast_arrays(
        column("principal_fen", principal_fen),
        column("rate_ppm", rate_ppm),
        column("remainder", remainder, at_least=-(parts // 2)),
        column("days", days),
    )
    if carried.size and int(carried.max()) >= parts // 2:
        raise ValueError("a remainder of half a fen or more has been rounded up already")
    check_product("principal times rate times days", principal, rate, number, plus=parts)
    due = principal * rate
    due *= number
    due += carried
    whole = due + parts // 2
    whole //= parts
    due -= whole * parts
    return whole, due


def interest_of_days(principal_fen: int, rate_ppm: int, days: int, *, day_basis: int) -> int:
    """Simple interest of one loan for actual days, rounded half up once (LOAN-10). ValueError for negative days."""
    if days < 0:
        raise ValueError(f"{days} days of interest")
    return interest(Money(principal_fen), Rate(rate_ppm), days, day_basis=day_basis).fen


def earned_of_period(interest_fen: int, period_start: date, period_end: date, on: date) -> int:
    """How much of an instalment's interest is earned by the start of the day `on`, spread evenly over its days.

    For methods counted in months (LOAN-13, LOAN-14), whose interest is fixed before the days are known: a day's accrual
    is the difference of two such amounts. Nought before the period, all of it after.
    """
    days = (period_end - period_start).days
    if days <= 0:
        return interest_fen if on >= period_end else 0
    return half_up(interest_fen * min(max((on - period_start).days, 0), days), days)


def penalty_rate_ppm(rate_ppm: int, uplifts_ppm: Iterable[int]) -> int:
    """The contract rate with the highest of the uplifts on top, in whole parts per million (LOAN-18).

    Overdue and diverted together: the higher, not both (择其重, LOAN-19), hence one call with both uplifts. Without any
    the contract rate itself.
    """
    return half_up(rate_ppm * (MILLION + max(uplifts_ppm, default=0)), MILLION)


def penalty_interest(
    principal_fen: int, rate_ppm: int, uplifts_ppm: Iterable[int], start: date, end: date, *, day_basis: int
) -> int:
    """Penalty interest (罚息) on overdue principal from its due day to `end` (LOAN-18), or on a diverted part from the
    day of its diversion (LOAN-19), rounded half up once. Nought if `end` is not after `start`."""
    days = max((end - start).days, 0)
    return interest_of_days(principal_fen, penalty_rate_ppm(rate_ppm, uplifts_ppm), days, day_basis=day_basis)


def compound_interest(
    unpaid_fen: int,
    rate_ppm: int,
    uplifts_ppm: Iterable[int],
    *,
    due: date,
    maturity: date,
    until: date,
    day_basis: int,
) -> int:
    """Compound interest (复利) on interest unpaid when due: contract rate until maturity, penalty rate after it,
    rounded half up once (LOAN-20). It bears none itself. Nought if `until` is not after `due`."""
    in_term, after = compound_days(due=due, maturity=maturity, until=until)
    weighted = rate_ppm * in_term + penalty_rate_ppm(rate_ppm, uplifts_ppm) * after
    return half_up(unpaid_fen * weighted, MILLION * checked_basis(day_basis))


def compound_days(*, due: date, maturity: date, until: date) -> tuple[int, int]:
    """The days of compound interest within the term and after it (LOAN-20)."""
    turn = max(due, maturity)
    return max((min(until, turn) - due).days, 0), max((until - turn).days, 0)


def compound_base_fen(interest_fen: int, penalty_fen: int, *, on_penalty: bool) -> int:
    """What bears compound interest: unpaid interest, and unpaid penalty interest only where the rules say so (courts
    differ: `compound_on_penalty`, LOAN-20)."""
    return interest_fen + penalty_fen if on_penalty else interest_fen
