"""Instalments of every shape on columns of loans: periods of unequal length, an interest-only start, steps, a balloon,
tranches that join later, new rates, and an instalment rounded to the fen, the yuan or ten yuan.

The level instalment is the one that repays the loan exactly with the periods as they are: at the end of the first row
it is worth what is owed, A = V / Σ w·d, where w is the weight of a row and d what discounts it to there; a row that pays
interest only discounts nothing. With equal periods and weights this is the formula of LOAN-13. It is solved again where a tranche joins or a rate changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.lending.columns import Column, check_product, column
from models.lending.paydown import FLOAT_ERROR, NEAR_HALF, Instalments, Joins, paid_down
from models.values.money import half_up


def levelled(
    principal_fen: ArrayLike,
    growth: ArrayLike,
    periods: int,
    *,
    unit: int,
    annuity: bool = True,
    weights: Sequence[int] | None = None,
    plain: int = 1,
    joins: Joins | None = None,
    again: Mapping[int, ArrayLike] | None = None,
    multiple_fen: int = 1,
) -> Instalments:
    """Schedules of `periods` instalments; `annuity` levels the instalment, otherwise its principal part.

    - `growth`: a row for each instalment (and a column for each loan, or one for all): interest is balance x growth /
      `unit`. Rows beyond `periods` shape the level only, so that the last instalment is a balloon (气球贷).
    - `weights`: how large an instalment is beside the plain one, whose weight is `plain`; nought pays interest only.
    - `joins`: by row, the fen paid out during it and their numbers (积数): each amount times its growth to the row's end.
    - `again`: the rows before which the level is solved again, and the growth that is then foreseen from that row on
      (of a loan repriced later, today's rate is foreseen for the rest). Without an entry for the first row the growth as
      it comes is foreseen; where something joins, what was foreseen before it.
    - `multiple_fen`: the agreed instalment is a multiple of it, half up; the last one pays the rest.

    Raises TypeError for what is not whole, ValueError for negatives and for rows that do not fit, OverflowError beyond
    64 bits.
    """
    principal = column("principal_fen", principal_fen)
    rows = _beside(growth, len(np.asarray(growth)), len(principal))
    principal = np.broadcast_to(principal, rows.shape[1])
    shares = [plain] * len(rows) if weights is None else list(weights)
    if not 1 <= periods <= len(rows) or len(shares) != len(rows) or min(shares) < 0 or multiple_fen < 1:
        raise ValueError(f"{periods} instalments of {len(rows)} rows and {len(shares)} weights")
    common = gcd(plain, *shares) or 1
    shares, plain = [share // common for share in shares], plain // common
    whole = principal + sum((joined for joined, _ in (joins or {}).values()), np.zeros_like(principal))
    check_product("principal times growth", whole, rows.max(axis=0), plus=unit)
    check_product("principal times weight", whole, np.full(1, 4 * max(plain, *shares)), plus=len(rows) * multiple_fen)
    foreseen = {0: rows} | {row: _beside(later, len(rows) - row, rows.shape[1]) for row, later in (again or {}).items()}
    solver = _Solver(foreseen, unit, annuity, shares, plain, joins or {}, multiple_fen)
    number = np.full(len(principal), periods)
    return paid_down(principal, rows, number, unit, solver.level, annuity=annuity, joins=joins)


def _beside(growth: ArrayLike, rows: int, loans: int) -> NDArray[np.int64]:
    """A growth as so many rows side by side; one column serves all loans."""
    given = np.asarray(growth)
    if given.ndim == 1:
        given = given[:, np.newaxis]
    column("growth", given.ravel())
    if len(given) != rows:
        raise ValueError(f"{len(given)} rows of growth where {rows} are needed")
    return np.broadcast_to(given, (rows, max(loans, given.shape[1]))).astype(np.int64)


def level_of(owed: int | Fraction, growths: Sequence[Fraction], weights: Sequence[int] | None = None) -> Fraction:
    """The exact instalment that repays `owed` over rows that grow by `growths` (0.0035 for a month at 4.2%): the rule
    behind the columns, in rationals. A row with the weight nought pays its interest, so that nothing grows in it.

    >>> round(level_of(3_000_000, [Fraction(42, 12_000)] * 24), 2)
    Fraction(13054199, 100)
    """
    worth, discount = Fraction(0), Fraction(1)
    for row, growth in enumerate(growths):
        weight = 1 if weights is None else weights[row]
        if weight:
            discount /= 1 + growth
        worth += discount * weight
    return owed / worth


def kept_level(principal_fen: int, level_fen: int, growth: Sequence[int], *, unit: int) -> Instalments:
    """The schedule of one loan that goes on with an instalment agreed before, until it is repaid: what an early repayment
    makes of the rest where the borrower keeps the instalment and shortens the term (缩短期限).

    `growth` holds the rows of the old term; the last of them pays the rest in any case. OverflowError beyond 64 bits.
    """
    rows = column("growth", growth)[:, np.newaxis]
    principal, number = column("principal_fen", principal_fen), np.full(1, len(rows))
    check_product("principal times growth", principal, rows.max(axis=0), plus=unit)
    made = paid_down(principal, rows, number, unit, column("level_fen", level_fen), annuity=True)
    used = int(np.argmin(made.balance[:, 0])) + 1
    return Instalments(made.level, made.principal[:used], made.interest[:used], made.balance[:used])


class _Solver:
    """The agreed instalment of each row: solved when asked for the first row, and again where terms change."""

    def __init__(
        self,
        foreseen: Mapping[int, NDArray[np.int64]],
        unit: int,
        annuity: bool,
        weights: Sequence[int],
        plain: int,
        joins: Joins,
        multiple: int,
    ) -> None:
        self.foreseen, self.unit, self.annuity, self.multiple = foreseen, unit, annuity, multiple
        self.weights, self.plain, self.joins = weights, plain, joins
        self.base = np.zeros(foreseen[0].shape[1], np.int64)
        self.growth = foreseen[0]

    def level(self, row: int, owed: Column) -> Column:
        """The agreed instalment (or principal part) of a row."""
        self.growth = self.foreseen.get(row, self.growth[1:] if row else self.growth)
        if row in self.foreseen or row in self.joins:
            weighed = np.array(self.weights[row:], np.int64)
            if not weighed.any():
                self.base = np.zeros_like(owed)
            elif self.annuity:
                self.base = self._levelled(row, owed, weighed)
            else:
                joined = self.joins[row][0] if row in self.joins else 0
                self.base = self._rounded((owed + joined) * self.plain, int(weighed.sum()))
        if self.weights[row] == self.plain:
            return self.base
        return self._rounded(self.base * self.weights[row], self.plain)

    def _rounded(self, numerator: Column, denominator: int) -> Column:
        """Half up to a multiple."""
        step = denominator * self.multiple
        return (2 * numerator + step) // (2 * step) * self.multiple

    def _levelled(self, row: int, owed: Column, weights: NDArray[np.int64]) -> Column:
        """Floats first, then whatever lies too near one half in exact rationals."""
        grown = 1 + np.where(weights[:, np.newaxis] == 0, 0, self.growth) / self.unit
        discount = np.ones_like(grown)
        np.cumprod(1 / grown[1:], axis=0, out=discount[1:])
        value = owed * grown[0]
        if row in self.joins:
            joined, numbers = self.joins[row]
            value = value + joined + (numbers / self.unit if weights[0] else 0)
        guess = value / ((weights[:, np.newaxis] / self.plain * discount).sum(axis=0) * self.multiple)
        level: Column = np.floor(guess + 0.5).astype(np.int64)
        doubt = np.maximum(NEAR_HALF, guess * FLOAT_ERROR * len(grown))
        for loan in np.flatnonzero(np.abs(guess - np.floor(guess) - 0.5) <= doubt):
            level[loan] = self._exactly(row, int(owed[loan]), int(loan))
        return level * self.multiple

    def _exactly(self, row: int, owed: int, loan: int) -> int:
        weights = self.weights[row:]
        growths = [Fraction(int(one), self.unit) for one in self.growth[:, loan]]
        first = 1 + growths[0] if weights[0] else Fraction(1)
        value = owed * first
        if row in self.joins:
            joined, numbers = self.joins[row]
            value += int(joined[loan]) + (Fraction(int(numbers[loan]), self.unit) if weights[0] else 0)
        exact = level_of(value / first, growths, weights) * self.plain / self.multiple
        return half_up(exact.numerator, exact.denominator)
