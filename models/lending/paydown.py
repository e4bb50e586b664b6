"""How columns of loans are paid down row by row: the one loop behind every schedule that counts in instalments.

Interest of a row is the balance times the row's growth over `unit`, rounded half up once; principal is what the agreed
instalment leaves (or the agreed principal); the last row pays the whole balance. A loan that ends before the longest one
has noughts in its later rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.lending.columns import Column

NEAR_HALF = 1e-5
"""A float instalment whose fraction lies this near to one half is settled with exact rationals instead."""

FLOAT_ERROR = 2.0**-46
"""A generous bound (64 units in the last place) for the relative error of the float formula: it widens `NEAR_HALF`
for instalments above some seven million yuan, where a fen is no longer far above the float's own grain."""

Level = Callable[[int, Column], Column]
"""The agreed instalment of a row, from the row and what is owed at its start."""

Joins = Mapping[int, tuple[Column, Column]]
"""By row, what is paid out during it and its numbers (积数): amounts times growth to the end of the row."""


@dataclass(frozen=True, slots=True, eq=False)
class Instalments:
    """Schedules side by side, in fen: row = instalment, column = loan. `level` is the agreed instalment of each loan
    (for equal principal: its principal part), the first one where it changes."""

    level: Column
    principal: NDArray[np.int64]
    interest: NDArray[np.int64]
    balance: NDArray[np.int64]

    @property
    def payment(self) -> NDArray[np.int64]:
        """Principal and interest of each instalment together."""
        return self.principal + self.interest


def paid_down(
    principal: Column,
    growth: NDArray[np.int64],
    periods: Column,
    unit: int,
    level: Column | Level,
    *,
    annuity: bool,
    joins: Joins | None = None,
) -> Instalments:
    """Pay each loan down over its periods. `growth` is the same in every row (a column) or a row for each instalment."""
    longest, shortest = int(periods.max(initial=0)), int(periods.min(initial=0))
    interest = np.empty((longest, len(principal)), np.int64)
    repaid = np.empty_like(interest)
    balance = np.empty_like(interest)
    owed: Column = principal
    first = agreed = np.zeros_like(principal) if callable(level) else level
    for row in range(longest):
        if callable(level):
            agreed = level(row, owed)
            first = np.where(first == 0, agreed, first)
        due = np.multiply(owed, growth if growth.ndim == 1 else growth[row], out=interest[row])
        if joins and row in joins:
            joined, numbers = joins[row]
            due += numbers
            owed = owed + joined
        due += unit // 2
        due //= unit
        part = repaid[row]
        if annuity:
            np.subtract(agreed, due, out=part)
        else:
            part[:] = agreed
        if callable(level):  # an instalment that does not cover its interest repays nothing
            np.maximum(part, 0, out=part)
        # Instalments rounded up may clear a loan of a few fen before its last day.
        np.minimum(part, owed, out=part)
        if row >= shortest - 1:
            np.copyto(part, owed, where=row >= periods - 1)
        owed = np.subtract(owed, part, out=balance[row])
    return Instalments(first, repaid, interest, balance)
