"""What people record about a loan or its debtor, as the circumstances that floors are made of (CLS-02 to CLS-06, CLS-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from models.lending.ageing import Circumstances
from models.values.rate import MILLION


class TriggerKind(StrEnum):
    """What may be recorded, mildest first. Days past due and other bad claims here are seen by the program itself."""

    DIVERTED = "diverted"
    REPAID_BY_NEW_BORROWING = "repaid_by_new_borrowing"
    BAD_DEBT_ELSEWHERE = "bad_debt_elsewhere"
    RESTRUCTURED = "restructured"
    CREDIT_IMPAIRED = "credit_impaired"
    DEBTS_OVER_90 = "debts_over_90"
    EVADES_DEBTS = "evades_debts"
    BANKRUPT = "bankrupt"


OF_THE_LOAN = (TriggerKind.DIVERTED, TriggerKind.REPAID_BY_NEW_BORROWING, TriggerKind.RESTRUCTURED)
"""What is always true of one loan, never of a firm as a whole."""

WITH_SHARE = (TriggerKind.CREDIT_IMPAIRED, TriggerKind.DEBTS_OVER_90)
"""What comes with a share: the expected loss of the book amount; the debts over 90 days late of all debts."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One recorded circumstance that still stands; the share is in parts per million."""

    kind: TriggerKind
    share_ppm: int = 0


def circumstances(facts: Iterable[Fact], *, days: int = 0, own_non_performing: Fraction = Fraction(0)) -> Circumstances:
    """Everything that stands, put together; of several shares of one kind the largest counts.

    An expected loss counts only with the impairment that it belongs to, so both come from one fact.
    """
    standing = tuple(facts)
    kinds = {fact.kind for fact in standing}

    def share(kind: TriggerKind) -> Fraction:
        return Fraction(max((fact.share_ppm for fact in standing if fact.kind is kind), default=0), MILLION)

    return Circumstances(
        days=days,
        diverted=TriggerKind.DIVERTED in kinds,
        repaid_by_new_borrowing=TriggerKind.REPAID_BY_NEW_BORROWING in kinds,
        bad_debt_elsewhere=TriggerKind.BAD_DEBT_ELSEWHERE in kinds,
        credit_impaired=TriggerKind.CREDIT_IMPAIRED in kinds,
        evades_debts=TriggerKind.EVADES_DEBTS in kinds,
        bankrupt=TriggerKind.BANKRUPT in kinds,
        expected_loss=share(TriggerKind.CREDIT_IMPAIRED),
        debts_over_90=share(TriggerKind.DEBTS_OVER_90),
        own_non_performing=own_non_performing,
        restructured=sum(fact.kind is TriggerKind.RESTRUCTURED for fact in standing),
    )
