"""Columns of whole numbers: what every piece of loan mathematics is computed on, checked before it is trusted.

A single loan is a column of length one. Columns are 64-bit integers, so a product is measured before it is made: numpy
would wrap around without a word.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Column = NDArray[np.int64]
"""One whole number for each loan: fen, parts per million, days or months."""

LARGEST = 2**63 - 1
FLOAT_DOUBT = 1e-9
"""A product that comes this near to the largest integer, relatively, is refused: floats measured it."""


def column(name: str, values: ArrayLike, *, at_least: int | None = 0) -> Column:
    """`values` as a column of 64-bit integers.

    Raises TypeError for floats, bools and anything else that is not whole numbers, OverflowError for numbers that need
    more than 64 bits, and ValueError for numbers below `at_least`.
    """
    given = np.atleast_1d(np.asarray(values))
    if given.size == 0:
        return np.zeros(given.shape, np.int64)
    if given.dtype.kind == "O" and all(type(value) is int for value in given.flat):
        raise OverflowError(f"{name} needs more than 64 bits")
    if given.dtype.kind not in "iu":
        raise TypeError(f"{name} must be whole numbers, not {given.dtype}")
    if given.dtype.kind == "u" and int(given.max()) > LARGEST:
        raise OverflowError(f"{name} needs more than 64 bits")
    whole = given.astype(np.int64, copy=False)
    if at_least is not None and int(whole.min()) < at_least:
        raise ValueError(f"{name} must be {at_least} or more, not {int(whole.min())}")
    return whole


def check_product(what: str, *factors: Column, plus: int = 0) -> None:
    """Raise OverflowError unless the product of non-negative columns, with `plus` on top, fits 64 bits everywhere."""
    if any(factor.size == 0 for factor in factors):
        return
    bound = 1
    for factor in factors:
        bound *= int(factor.max())
    if bound + plus <= LARGEST:
        return
    # The largest loan need not have the highest rate, so look at each loan before refusing.
    each: NDArray[np.float64] = np.ones(1)
    for factor in factors:
        each = each * factor
    if float(each.max()) + plus > LARGEST * (1 - FLOAT_DOUBT):
        raise OverflowError(f"{what} does not fit 64 bits: an amount, a rate or a number of days is too large")
