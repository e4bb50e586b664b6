"""The lives of a planned pay-out (a tranche that hangs on a milestone) and of an inspection after the pay-out."""

from __future__ import annotations

from enum import StrEnum

from models.roles import Role
from models.states.machine import Life, Move


class TrancheStage(StrEnum):
    """A tranche is planned with the contract; the proof of its milestone is filed by one person, checked by another."""

    PLANNED = "planned"
    PROVED = "proved"
    CLEARED = "cleared"
    DRAWN = "drawn"
    CANCELLED = "cancelled"

    @property
    def stands(self) -> bool:
        """Whether it is part of the contract's plan."""
        return self is not TrancheStage.CANCELLED


TRANCHE = Life(
    "tranche",
    TrancheStage,
    (
        Move("prove", TrancheStage.PLANNED, TrancheStage.PROVED, by=Role.LOAN_OFFICER),
        Move(
            "clear",
            TrancheStage.PROVED,
            TrancheStage.CLEARED,
            by=(Role.CREDIT_REVIEWER, Role.LOAN_OFFICER),
            apart_from=("tranche.prove",),
        ),
        Move(
            "return",
            TrancheStage.PROVED,
            TrancheStage.PLANNED,
            by=(Role.CREDIT_REVIEWER, Role.LOAN_OFFICER),
            reason=True,
        ),
        Move("draw", TrancheStage.CLEARED, TrancheStage.DRAWN, by=Role.LOAN_OFFICER),
        Move("reopen", TrancheStage.DRAWN, TrancheStage.CLEARED, by=Role.DISBURSER, reason=True),
        *(
            Move("cancel", stage, TrancheStage.CANCELLED, by=(Role.LOAN_OFFICER, Role.SYSTEM), reason=True)
            for stage in (TrancheStage.PLANNED, TrancheStage.PROVED, TrancheStage.CLEARED)
        ),
    ),
)


class InspectionStage(StrEnum):
    """An inspection falls due by the calendar (LOAN-27) and is recorded by an officer."""

    DUE = "due"
    RECORDED = "recorded"
    CANCELLED = "cancelled"


INSPECTION = Life(
    "inspection",
    InspectionStage,
    (
        Move("record", InspectionStage.DUE, InspectionStage.RECORDED, by=Role.LOAN_OFFICER),
        Move(
            "cancel",
            InspectionStage.DUE,
            InspectionStage.CANCELLED,
            by=(Role.SYSTEM, Role.LOAN_OFFICER),
            reason=True,
        ),
    ),
)
