"""Schedules of equal instalments: all loans at once against two libraries that reckon one loan at a time.

numpy_financial gives unrounded floats (instalment, interest and principal parts), mortgagemath whole cents by the same
rules as ours (LOAN-13): the instalment and each interest half up, the last instalment pays the rest. That is checked on
every row of many random loans.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np

from bench.registry import Row, at_least, at_most, measures, shown
from bench.timing import in_turns, sized
from models.lending.equal import equal_instalments

LOANS = 100_000
PERIODS = 36
ONE_BY_ONE = 300
COMPARED = 10_000
UNIT = 12_000_000
SEED = 20121107


def loans(number: int, *, seed: int = SEED) -> tuple[Any, Any]:
    """Invented principals from ten thousand to thirty million yuan in fen, and yearly rates from 3% to 8% in ppm."""
    random = np.random.default_rng(seed)
    return random.integers(1_000_000, 3_000_000_000, number), random.integers(30_000, 80_000, number)


@measures(
    "servicing.schedules.per_second", "servicing.schedules.vs_numpy_financial", "servicing.schedules.vs_mortgagemath"
)
def fast(scale: float) -> Iterator[Row]:
    """The time a loan takes in a column of many, against the time it takes by itself elsewhere."""
    import numpy_financial

    principal, rate = loans(sized(LOANS, scale))
    few = min(ONE_BY_ONE, len(principal))
    rows = np.arange(1, PERIODS + 1)

    def ours() -> None:
        equal_instalments(principal, rate, PERIODS)

    def floats() -> None:
        for fen, ppm in zip(principal[:few], rate[:few], strict=True):
            numpy_financial.pmt(ppm / UNIT, PERIODS, -fen / 100)
            numpy_financial.ipmt(ppm / UNIT, rows, PERIODS, -fen / 100)
            numpy_financial.ppmt(ppm / UNIT, rows, PERIODS, -fen / 100)

    def cents() -> None:
        for fen, ppm in zip(principal[:few].tolist(), rate[:few].tolist(), strict=True):
            by_mortgagemath(fen, ppm, PERIODS)

    ours()
    columns, pieces, decimals = in_turns(ours, floats, cents, rounds=5)
    each = columns / len(principal)
    yield shown(
        "servicing.schedules.per_second",
        1 / each,
        unit="loans/s",
        against=f"{len(principal):,} loans of {PERIODS} periods",
    )
    yield at_least(
        "servicing.schedules.vs_numpy_financial", pieces / few / each, 150, against="numpy_financial, loan by loan"
    )
    yield at_least(
        "servicing.schedules.vs_mortgagemath", decimals / few / each, 150, against="mortgagemath, loan by loan"
    )


@measures("servicing.schedules.unlike_mortgagemath")
def alike(scale: float) -> Iterator[Row]:
    """How many random loans of 1 to 120 periods differ from mortgagemath in any row by a cent or more."""
    principal, rate = loans(sized(COMPARED, scale), seed=SEED + 1)
    periods = np.random.default_rng(SEED + 2).integers(1, 121, len(principal))
    made = equal_instalments(principal, rate, periods)
    unlike = 0
    for loan, (fen, ppm, number) in enumerate(zip(principal.tolist(), rate.tolist(), periods.tolist(), strict=True)):
        columns = (made.interest, made.principal, made.balance)
        rows = list(zip(*(column[:number, loan].tolist() for column in columns), strict=True))
        unlike += rows != by_mortgagemath(fen, ppm, number)
    yield at_most(
        "servicing.schedules.unlike_mortgagemath",
        unlike,
        0,
        unit="loans",
        against=f"{len(principal):,} loans, to the cent in every row",
    )


def by_mortgagemath(fen: int, ppm: int, periods: int) -> list[tuple[int, int, int]]:
    """Interest, principal and balance of each row in fen."""
    from mortgagemath import LoanParams, PaymentRounding, amortization_schedule

    up = PaymentRounding.ROUND_HALF_UP
    rate = Decimal(ppm) / 10_000
    loan = LoanParams(Decimal(fen) / 100, rate, periods, payment_rounding=up, interest_rounding=up)
    return [
        (int(row.interest * 100), int(row.principal * 100), int(row.balance * 100))
        for row in amortization_schedule(loan)
        if row.number > 0
    ]
