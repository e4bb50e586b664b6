"""What penalty and compound interest will have come to by a later morning, if nothing is paid until then (LOAN-18,
LOAN-20): the end of each day between, on one loan, by the rule of `models.lending.day`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from models.lending.accrual import accrue
from models.values.money import half_up
from models.values.rate import MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpaidLine:
    """What of an instalment is unpaid, in fen, and since when it is late."""

    payable_on: date
    principal_fen: int
    interest_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """Penalty and compound interest so far, in fen, with what rounding carried on."""

    penalty_fen: int
    compound_fen: int
    penalty_rest: int
    compound_rest: int


def charges_by(
    morning: date,
    *,
    first: date,
    lines: Sequence[UnpaidLine],
    so_far: Charges,
    rate_ppm: int,
    penalty_uplift_ppm: int,
    matures_on: date,
    day_basis: int,
    compound_on_penalty: bool,
) -> Charges:
    """The charges in the morning of a day: those `so_far`, and of every day from `first` up to but not including it."""
    penalty_rate = half_up(rate_ppm * (MILLION + penalty_uplift_ppm), MILLION)
    now, day = so_far, first
    while day < morning:
        late = [line for line in lines if line.payable_on <= day]
        principal, interest = sum(line.principal_fen for line in late), sum(line.interest_fen for line in late)
        base = interest + (now.penalty_fen if compound_on_penalty else 0)
        rate = rate_ppm if day < matures_on else penalty_rate
        penalty, penalty_rest = _charged(principal, penalty_rate, now.penalty_rest, day_basis)
        compound, compound_rest = _charged(base, rate, now.compound_rest, day_basis)
        now = Charges(
            penalty_fen=now.penalty_fen + penalty,
            compound_fen=now.compound_fen + compound,
            penalty_rest=penalty_rest,
            compound_rest=compound_rest,
        )
        day += timedelta(days=1)
    return now


def _charged(base: int, rate_ppm: int, rest: int, day_basis: int) -> tuple[int, int]:
    """A day's charge with the remainder to carry; where nothing is charged the remainder is forgotten."""
    if base <= 0:
        return 0, 0
    charge, carried = accrue(np.array([base]), np.array([rate_ppm]), np.array([rest]), 1, day_basis=day_basis)
    return int(charge[0]), int(carried[0])
