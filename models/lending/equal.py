"""Equal instalments (等额本息, LOAN-13) and equal principal (等额本金, LOAN-14) on columns of loans, exact to the fen.

Every interest is rounded half up once; the last instalment pays the whole balance, so principals always sum to the
loan. A loan that ends before the longest one has noughts in its later rows.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from models.lending.columns import Column, check_product, column
from models.lending.paydown import FLOAT_ERROR, NEAR_HALF, Instalments, paid_down
from models.values.money import half_up
from models.values.rate import MILLION, MONTHS_A_YEAR

__all__ = ["Instalments", "equal_instalments", "equal_principal", "exact_instalment"]


def equal_instalments(
    principal_fen: ArrayLike, rate_ppm: ArrayLike, periods: ArrayLike, *, months_each: int = 1
) -> Instalments:
    """Schedules of equal instalments, A = P·i·(1+i)ⁿ/((1+i)ⁿ−1) rounded half up once (LOAN-13).

    `periods` counts instalments of `months_each` months; i is the yearly rate's twelfth times those months. Raises
    TypeError for what is not whole, ValueError for negatives and for less than one period, OverflowError beyond
    64 bits.
    """
    principal, rate, number, unit = _checked(principal_fen, rate_ppm, periods, months_each)
    return paid_down(principal, rate, number, unit, _level_instalment(principal, rate, number, unit), annuity=True)


def equal_principal(
    principal_fen: ArrayLike, rate_ppm: ArrayLike, periods: ArrayLike, *, months_each: int = 1
) -> Instalments:
    """Schedules of equal principal, each P/n rounded half up, interest on the opening balance, the rest paid last
    (LOAN-14). Arguments and errors as for `equal_instalments`."""
    principal, rate, number, unit = _checked(principal_fen, rate_ppm, periods, months_each)
    base = (2 * principal + number) // (2 * number)
    return paid_down(principal, rate, number, unit, base, annuity=False)


def exact_instalment(principal_fen: int, rate_ppm: int, periods: int, *, unit: int = MILLION * MONTHS_A_YEAR) -> int:
    """The level instalment of one loan in exact rationals, rounded half up (LOAN-13). `rate_ppm` / `unit` is the rate
    of a period; a free loan pays P/n."""
    if rate_ppm == 0:
        return half_up(principal_fen, periods)
    rate = Fraction(rate_ppm, unit)
    growth = (1 + rate) ** periods
    exact = principal_fen * rate * growth / (growth - 1)
    return half_up(exact.numerator, exact.denominator)


def _checked(
    principal_fen: ArrayLike, rate_ppm: ArrayLike, periods: ArrayLike, months_each: int
) -> tuple[Column, Column, Column, int]:
    """The three columns at one length, and the divisor that turns balance times ppm into the interest of a period."""
    if months_each < 1 or MONTHS_A_YEAR % months_each:
        raise ValueError(f"{months_each} months do not divide a year")
    unit = MILLION * MONTHS_A_YEAR // months_each
    principal, rate, number = np.broadcast_arrays(
        column("principal_fen", principal_fen),
        column("rate_ppm", rate_ppm),
        column("periods", periods, at_least=1),
    )
    check_product("principal times rate", principal, rate, plus=unit)
    check_product("twice the principal", principal, np.full(1, 2), plus=int(number.max(initial=0)))
    return principal, rate, number, unit


def _level_instalment(principal: Column, rate: Column, periods: Column, unit: int) -> Column:
    """The level instalment: floats first, then whatever lies too near one half in exact rationals."""
    by_period = rate / unit
    with np.errstate(invalid="ignore", divide="ignore"):
        share = by_period / -np.expm1(-periods * np.log1p(by_period))
    guess = principal * np.where(rate == 0, 1 / periods, share)
    level: Column = np.floor(guess + 0.5).astype(np.int64)
    doubt = np.maximum(NEAR_HALF, guess * FLOAT_ERROR)
    for loan in np.flatnonzero(np.abs(guess - np.floor(guess) - 0.5) <= doubt):
        level[loan] = exact_instalment(int(principal[loan]), int(rate[loan]), int(periods[loan]), unit=unit)
    return level
