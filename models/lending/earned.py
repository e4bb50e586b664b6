"""How much of an instalment's interest is earned by a day: closed form, the same for one loan and for columns of them.

Methods counted in months spread the interest evenly over the days of its period (LOAN-13, LOAN-14), the others count
actual days on the balance of the period (LOAN-10). A day's accrual is the difference of two such amounts, so however a
period is cut, its accruals sum to its interest. `interest_fen` is the interest of the period itself, without what was
brought into the instalment from before it (`interest - brought` of the stored line).
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from models.lending.accrual import earned_of_period, interest_of_days
from models.lending.columns import Column, check_product, column
from models.values.rate import MILLION, checked_basis


def earned(
    *,
    by_months: bool,
    interest_fen: int,
    balance_fen: int,
    rate_ppm: int,
    period_start: date,
    period_end: date,
    on: date,
    day_basis: int,
) -> int:
    """What is earned by the start of the day `on`, in fen: nought before the period, all of it at its end."""
    if on >= period_end:
        return interest_fen
    if on <= period_start:
        return 0
    if by_months:
        return earned_of_period(interest_fen, period_start, period_end, on)
    return min(interest_fen, interest_of_days(balance_fen, rate_ppm, (on - period_start).days, day_basis=day_basis))


def earned_columns(
    *,
    by_months: ArrayLike,
    interest_fen: ArrayLike,
    balance_fen: ArrayLike,
    rate_ppm: ArrayLike,
    period_start: ArrayLike,
    period_end: ArrayLike,
    on: date,
    day_basis: int,
) -> Column:
    """The same for many instalments under one day basis; days are given as `date.toordinal` gives them.

    Raises TypeError for what is not whole, ValueError for negatives, OverflowError beyond 64 bits.
    """
    months = np.atleast_1d(np.asarray(by_months, dtype=np.bool_))
    interest = column("interest_fen", interest_fen)
    start, end = column("period_start", period_start), column("period_end", period_end)
    balance, rate = column("balance_fen", balance_fen), column("rate_ppm", rate_ppm)
    length = np.maximum(end - start, 1)
    passed = np.clip(on.toordinal() - start, 0, length)
    parts = MILLION * checked_basis(day_basis)
    check_product("twice the interest times days", interest, np.full(1, 2), length, plus=int(length.max(initial=0)))
    check_product("principal times rate times days", balance, rate, length, plus=parts)
    evenly = (2 * interest * passed + length) // (2 * length)
    by_days = np.minimum((balance * rate * passed + parts // 2) // parts, interest)
    running: Column = np.where(months, evenly, by_days)
    whole: Column = np.where(on.toordinal() >= end, interest, running)
    return whole
