"""What may change on a running loan, and how far the rules let it: pure, on whole fen, without rows (LOAN-09, LOAN-17,
LOAN-24, CLS-09)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from models.lending.equal import equal_instalments
from models.lending.repricing import Repricing
from models.lending.terms import PlannedPrincipal
from models.values.terms import add_months, add_years


class ChangeKind(StrEnum):
    """What is changed (变更类型)."""

    PREPAYMENT = "prepayment"
    """提前还款"""
    EXTENSION = "extension"
    """展期, LOAN-24"""
    RATE = "rate"
    """利率调整, LOAN-09"""
    RESTRUCTURING = "restructuring"
    """重组, CLS-09"""


class PrepayChoice(StrEnum):
    """What an early repayment of a part does to the rest (LOAN-17)."""

    SHORTER_TERM = "shorter_term"
    LOWER_INSTALMENT = "lower_instalment"


class ConsentOf(StrEnum):
    """Who has to agree in writing before a term is extended (LOAN-25)."""

    GUARANTOR = "guarantor"
    PLEDGOR = "pledgor"


def extension_left(extended_months: int, *, longest: int) -> int:
    """How many more months a term may be extended by, all extensions so far counted; never below nought (LOAN-24).

    `longest` is `models.values.terms.longest_extension_months` of the original term.
    """
    return max(longest - extended_months, 0)


def reprices_on(repricing: Repricing, *, start: date, end: date, on: date) -> bool:
    """Whether a contract from `start` to `end` takes a new rate from the day `on` (LOAN-09)."""
    if not start < on < end:
        return False
    if repricing is Repricing.JANUARY:
        return (on.month, on.day) == (1, 1)
    if repricing is Repricing.ANNIVERSARY:
        return add_years(start, on.year - start.year) == on
    return False


def level_of(balance_fen: int, rate_ppm: int, periods: int, *, months_each: int = 1) -> int:
    """The level instalment of a balance over so many periods, in fen (LOAN-13)."""
    return int(equal_instalments(balance_fen, rate_ppm, periods, months_each=months_each).level[0])


def periods_at_most(balance_fen: int, rate_ppm: int, level_fen: int, most: int, *, months_each: int = 1) -> int:
    """The fewest periods, up to `most`, over which the balance is repaid by instalments not above `level_fen`.

    The level falls with every period more, so the search halves; `most` where even that many would need more.
    """
    few, many = 1, most
    while few < many:
        middle = (few + many) // 2
        if level_of(balance_fen, rate_ppm, middle, months_each=months_each) <= level_fen:
            many = middle
        else:
            few = middle + 1
    return few


def cut_from_the_end(plan: Sequence[PlannedPrincipal], fen: int) -> tuple[PlannedPrincipal, ...]:
    """What is left of a plan when `fen` of it is repaid early and the last parts go first. ValueError if nothing is."""
    kept: list[PlannedPrincipal] = []
    left = sum(part.principal_fen for part in plan) - fen
    if left <= 0:
        raise ValueError(f"{fen} fen leave nothing of the plan")
    for part in plan:
        if left <= 0:
            break
        kept.append(PlannedPrincipal(part.due_on, min(part.principal_fen, left)))
        left -= part.principal_fen
    return tuple(kept)


def earliest_exit(repayments: Sequence[date], *, periods: int, months: int) -> tuple[date, date]:
    """The observation of a restructured loan: from its first repayment after the change until the later of so many
    repayment periods and so many months after it; a missed payment starts it again (CLS-09, EX-30).

    Where the plan has fewer repayments, the last one ends the periods. ValueError without any repayment.
    """
    if not repayments:
        raise ValueError("nothing is to be repaid")
    first = repayments[0]
    return first, max(repayments[min(periods, len(repayments) - 1)], add_months(first, months))
