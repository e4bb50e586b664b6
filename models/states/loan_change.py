"""The life of a change to a running loan: asked for by the officer, approved by somebody else, then in effect."""

from __future__ import annotations

from enum import StrEnum

from models.roles import Role
from models.states.machine import Life, Move


class ChangeStage(StrEnum):
    """How far a change has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    EFFECTIVE = "effective"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def waits(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self in (ChangeStage.PROPOSED, ChangeStage.APPROVED)


LOAN_CHANGE = Life(
    "loan_change",
    ChangeStage,
    (
        Move(
            "approve",
            ChangeStage.PROPOSED,
            ChangeStage.APPROVED,
            by=Role.CREDIT_REVIEWER,
            apart_from=("loan_change.propose",),
        ),
        Move(
            "refuse",
            ChangeStage.PROPOSED,
            ChangeStage.REFUSED,
            by=Role.CREDIT_REVIEWER,
            apart_from=("loan_change.propose",),
            reason=True,
        ),
        Move("withdraw", ChangeStage.PROPOSED, ChangeStage.WITHDRAWN, by=Role.LOAN_OFFICER, reason=True),
        Move("withdraw", ChangeStage.APPROVED, ChangeStage.WITHDRAWN, by=Role.LOAN_OFFICER, reason=True),
        Move(
            "take_effect",
            ChangeStage.APPROVED,
            ChangeStage.EFFECTIVE,
            by=(Role.CREDIT_REVIEWER, Role.LOAN_OFFICER),
        ),
        Move("reprice", ChangeStage.PROPOSED, ChangeStage.EFFECTIVE, by=Role.SYSTEM),
    ),
)
