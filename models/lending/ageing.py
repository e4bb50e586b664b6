"""Days past due, the floor of the five-category class (五级分类, CLS-01 to CLS-08) and non-accrual (CLS-16).

The numbers of days are rules and come in as `AgeingRules`; "over 90" does not include 90 (NUM-06).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.lending.columns import Column, column
from models.values.rate import MILLION


class FiveClass(StrEnum):
    """The five classes, best first (CLS-01)."""

    NORMAL = "normal"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"

    @property
    def rank(self) -> int:
        """Nought for normal up to four for loss: the number that stands for the class in columns."""
        return _RANKS[self]

    @property
    def non_performing(self) -> bool:
        """Substandard, doubtful and loss together are 不良."""
        return self.rank >= FiveClass.SUBSTANDARD.rank


class ClassReason(StrEnum):
    """What put a loan into its class: the floors of CLS-02 to CLS-06 and CLS-10, an analyst's view (CLS-08); or what
    lifted it: arrears paid, a circumstance that ended."""

    DAYS_PAST_DUE = "days_past_due"
    DIVERTED = "diverted"
    REPAID_BY_NEW_BORROWING = "repaid_by_new_borrowing"
    BAD_DEBT_ELSEWHERE = "bad_debt_elsewhere"
    CREDIT_IMPAIRED = "credit_impaired"
    DEBTS_OVER_90 = "debts_over_90"
    OWN_NON_PERFORMING = "own_non_performing"
    EVADES_DEBTS = "evades_debts"
    EXPECTED_LOSS_DOUBTFUL = "expected_loss_doubtful"
    EXPECTED_LOSS_LOSS = "expected_loss_loss"
    BANKRUPT = "bankrupt"
    RESTRUCTURED = "restructured"
    RESTRUCTURED_AGAIN = "restructured_again"
    ANALYST_VIEW = "analyst_view"
    ARREARS_PAID = "arrears_paid"
    CIRCUMSTANCE_ENDED = "circumstance_ended"


CLASSES = tuple(FiveClass)
"""The class of each rank: `CLASSES[rank]`."""

_RANKS = {five_class: rank for rank, five_class in enumerate(CLASSES)}


def worst(*classes: FiveClass) -> FiveClass:
    """The worst of several classes: a floor and the analyst's view together (CLS-08)."""
    return max(classes, key=lambda five_class: five_class.rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingRules:
    """Days past due that may be reached but not passed, and shares likewise (CLS-02 to CLS-06, CLS-16).

    Up to `technical_days` a delay is technical; over the others a loan is at least of that class, or no longer accrues
    interest into income. Shares are parts per million. ValueError for days that do not rise.
    """

    technical_days: int
    substandard_days: int
    doubtful_days: int
    loss_days: int
    nonaccrual_days: int
    doubtful_loss_share_ppm: int
    loss_loss_share_ppm: int
    cross_bank_share_ppm: int
    cross_own_share_ppm: int

    def __post_init__(self) -> None:
        if not 0 <= self.technical_days < self.substandard_days < self.doubtful_days < self.loss_days:
            raise ValueError(f"days that do not rise from class to class: {self.limits}")

    @property
    def limits(self) -> tuple[int, int, int, int]:
        """The days over which a loan leaves each class but the last."""
        return (self.technical_days, self.substandard_days, self.doubtful_days, self.loss_days)


def days_past_due(oldest_unpaid: date | None, on: date) -> int:
    """Days since the oldest unpaid due day: its payable day, if a rest day moved it (LOAN-18, LOAN-23)."""
    return 0 if oldest_unpaid is None else max((on - oldest_unpaid).days, 0)


def days_past_due_columns(oldest_unpaid: ArrayLike, on: date) -> Column:
    """The same for many loans; days as `date.toordinal` gives them, nought for a loan without arrears."""
    since = column("oldest_unpaid", oldest_unpaid)
    days: Column = np.where(since == 0, 0, np.maximum(on.toordinal() - since, 0))
    return days


def floor_by_days(days: int, rules: AgeingRules) -> FiveClass:
    """The best class that so many days past due allow (CLS-02 to CLS-05)."""
    return CLASSES[sum(days > limit for limit in rules.limits)]


def floor_by_days_columns(days: ArrayLike, rules: AgeingRules) -> NDArray[np.int8]:
    """The same for many loans, as ranks."""
    return np.searchsorted(np.array(rules.limits), column("days", days), side="left").astype(np.int8)


def non_accrual(days: int, five_class: FiveClass, rules: AgeingRules) -> bool:
    """Whether interest no longer goes into income: over so many days, or non-performing (CLS-16)."""
    return days > rules.nonaccrual_days or five_class.non_performing


def non_accrual_columns(days: ArrayLike, ranks: ArrayLike, rules: AgeingRules) -> NDArray[np.bool_]:
    """The same for many loans."""
    late = column("days", days) > rules.nonaccrual_days
    return np.logical_or(late, column("ranks", ranks) >= FiveClass.SUBSTANDARD.rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of a loan and its debtor when it is classified (CLS-02 to CLS-06, CLS-10).

    Shares are exact fractions: `expected_loss` of the book amount, `debts_over_90` of the debtor's debts at all banks,
    `own_non_performing` of its claims in this bank.
    """

    days: int = 0
    diverted: bool = False
    repaid_by_new_borrowing: bool = False
    """A renewal that meets LOAN-26 is not meant."""
    bad_debt_elsewhere: bool = False
    credit_impaired: bool = False
    evades_debts: bool = False
    bankrupt: bool = False
    expected_loss: Fraction = Fraction(0)
    debts_over_90: Fraction = Fraction(0)
    own_non_performing: Fraction = Fraction(0)
    retail: bool = False
    restructured: int = 0
    """How many adjustments of its contract are still in observation (CLS-09)."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The best class allowed, and the words for what forced it there; none for a normal loan."""

    five_class: FiveClass
    reasons: tuple[str, ...]


def floor_of(known: Circumstances, rules: AgeingRules) -> Floor:
    """The worst of all floors with the reasons that reach it (CLS-02 to CLS-06, CLS-08, CLS-10)."""
    by_days = floor_by_days(known.days, rules)
    doubtful = known.credit_impaired and known.expected_loss >= _share(rules.doubtful_loss_share_ppm)
    found = {
        "days_past_due": by_days,
        "diverted": _if(known.diverted, FiveClass.SPECIAL_MENTION),
        "repaid_by_new_borrowing": _if(known.repaid_by_new_borrowing, FiveClass.SPECIAL_MENTION),
        "bad_debt_elsewhere": _if(known.bad_debt_elsewhere, FiveClass.SPECIAL_MENTION),
        "credit_impaired": _if(known.credit_impaired, FiveClass.SUBSTANDARD),
        "debts_over_90": _if(known.debts_over_90 > _share(rules.cross_bank_share_ppm), FiveClass.SUBSTANDARD),
        "own_non_performing": _if(
            not known.retail and known.own_non_performing > _share(rules.cross_own_share_ppm), FiveClass.SUBSTANDARD
        ),
        "evades_debts": _if(known.evades_debts, FiveClass.DOUBTFUL),
        "expected_loss_doubtful": _if(doubtful, FiveClass.DOUBTFUL),
        "expected_loss_loss": _if(known.expected_loss >= _share(rules.loss_loss_share_ppm), FiveClass.LOSS),
        "bankrupt": _if(known.bankrupt, FiveClass.LOSS),
        "restructured": _if(known.restructured >= 1, FiveClass.SPECIAL_MENTION),
        "restructured_again": _if(known.restructured > 1, FiveClass.SUBSTANDARD),
    }
    floor = worst(*found.values())
    if floor is FiveClass.NORMAL:
        return Floor(floor, ())
    return Floor(floor, tuple(reason for reason, five_class in found.items() if five_class is floor))


def _share(ppm: int) -> Fraction:
    return Fraction(ppm, MILLION)


def _if(holds: bool, five_class: FiveClass) -> FiveClass:
    return five_class if holds else FiveClass.NORMAL
