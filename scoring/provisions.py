"""What is set aside by class (presets A and B, CLS-12, CLS-13), and whether it is enough (CLS-14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from models.lending.ageing import CLASSES, FiveClass
from models.lending.columns import Column, column
from models.values.money import ZERO, Money, total
from models.values.rate import MILLION, Rate

Ratios = Mapping[FiveClass, Rate]


def moved(ratios: Ratios, moves: Mapping[FiveClass, Rate]) -> dict[FiveClass, Rate]:
    """The standard ratios with some moved up or down by a share of themselves: 25% moved by +20% is 30% (CLS-12)."""
    return {
        five_class: Rate(ratio.ppm + moves[five_class].of_amount(Money(ratio.ppm)).fen)
        if five_class in moves
        else ratio
        for five_class, ratio in ratios.items()
    }


def by_class(balances: Mapping[FiveClass, Money], ratios: Ratios) -> dict[FiveClass, Money]:
    """What each class's balance asks for, rounded half up once a class (EX-27, EX-28)."""
    return {five_class: ratios[five_class].of_amount(balances.get(five_class, ZERO)) for five_class in FiveClass}


def general(balances: Mapping[FiveClass, Money], ratio: Rate) -> Money:
    """The general provision on all loans together (CLS-12)."""
    return ratio.of_amount(total(balances.values()))


def shares_of_loans(outstanding: ArrayLike, ranks: ArrayLike, ratios: Ratios, every: Rate = Rate(0)) -> Column:
    """What each loan asks for: the ratio of its class and that of every loan together, rounded half up once a loan."""
    whole = np.array([ratios[five_class].ppm + every.ppm for five_class in CLASSES], np.int64)
    owed = column("outstanding", outstanding)
    ppm = whole[column("ranks", ranks)]
    fits = owed <= (2**62) // MILLION // 2
    asked: Column = (2 * np.where(fits, owed, 0) * ppm + MILLION) // (2 * MILLION)
    for place in np.flatnonzero(~fits).tolist():  # beyond 23 billion yuan in one loan, Python's own integers do it
        asked[place] = Money(int(owed[place])).times(int(ppm[place]), MILLION).fen
    return asked


@dataclass(frozen=True, slots=True)
class Adequacy:
    """How the allowance stands against the regulator's two standards; the requirement is the higher of them (CLS-14).

    `provision_ratio` is the allowance over all loans, `coverage` over the non-performing ones; none without any.
    """

    reserves: Money
    provision_ratio: Fraction | None
    coverage: Fraction | None
    by_ratio: Money
    by_coverage: Money

    @property
    def required(self) -> Money:
        """What the higher standard asks for."""
        return max(self.by_ratio, self.by_coverage)

    @property
    def shortfall(self) -> Money:
        """What is missing; nought if the allowance is enough."""
        return max(self.required - self.reserves, ZERO)


def adequacy(reserves: Money, *, loans: Money, non_performing: Money, ratio_min: Rate, coverage_min: Rate) -> Adequacy:
    """The allowance against both standards (EX-29)."""
    return Adequacy(
        reserves=reserves,
        provision_ratio=Fraction(reserves.fen, loans.fen) if loans else None,
        coverage=Fraction(reserves.fen, non_performing.fen) if non_performing else None,
        by_ratio=ratio_min.of_amount(loans),
        by_coverage=coverage_min.of_amount(non_performing),
    )
