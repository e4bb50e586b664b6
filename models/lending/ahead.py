"""What penalty and compound interest will have come to by a later morning, if nothing is paid until then (LOAN-18,
LOAN-20): the end of each day between, on one loan, by the rule of `models.lending.day`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from models.lending.accrual import penalty_rate_ppm
from models.lending.columns import Column
from models.lending.day import charges


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
    now, day = so_far, first
    while day < morning:
        late = [line for line in lines if line.payable_on <= day]
        penalty, penalty_rest, compound, compound_rest = charges(
            _One(
                rate_ppm=_column(rate_ppm),
                penalty_rate_ppm=_column(penalty_rate_ppm(rate_ppm, [penalty_uplift_ppm])),
                day_basis=_column(day_basis),
                matures_on=_column(matures_on.toordinal()),
                penalty=_column(now.penalty_fen),
                penalty_rest=_column(now.penalty_rest),
                compound_rest=_column(now.compound_rest),
            ),
            _column(sum(line.principal_fen for line in late)),
            _column(sum(line.interest_fen for line in late)),
            day,
            compound_on_penalty=compound_on_penalty,
        )
        now = Charges(
            penalty_fen=now.penalty_fen + int(penalty[0]),
            compound_fen=now.compound_fen + int(compound[0]),
            penalty_rest=int(penalty_rest[0]),
            compound_rest=int(compound_rest[0]),
        )
        day += timedelta(days=1)
    return now


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _One:
    """A single loan as columns of length one."""

    rate_ppm: Column
    penalty_rate_ppm: Column
    day_basis: Column
    matures_on: Column
    penalty: Column
    penalty_rest: Column
    compound_rest: Column


def _column(number: int) -> Column:
    return np.array([number], np.int64)
