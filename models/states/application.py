"""The life of an application, of its panel and of each seat: who may do what, and who has to be somebody else (TB-09)."""

from __future__ import annotations

from enum import StrEnum

from models.roles import Role
from models.states.machine import Life, Move


class Stage(StrEnum):
    """Where an application stands (system.md section 4)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    DUE_DILIGENCE = "due_diligence"
    SCORED = "scored"
    IN_REVIEW = "in_review"
    OPINION_ISSUED = "opinion_issued"
    DECIDED = "decided"
    CONTRACTED = "contracted"
    CLOSED = "closed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    LAPSED = "lapsed"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to the application."""
        return self in (Stage.CLOSED, Stage.WITHDRAWN, Stage.REJECTED, Stage.LAPSED)


_DESK = (Role.LOAN_OFFICER,)
_ASKING = (Role.APPLICANT, Role.LOAN_OFFICER)
_INVESTIGATION = ("application.investigate", "application.score")
_REVIEW = ("application.seat_panel", "application.issue_opinion")

APPLICATION = Life(
    "application",
    Stage,
    (
        Move("submit", Stage.DRAFT, Stage.SUBMITTED, by=_ASKING),
        Move("submit", Stage.RETURNED, Stage.SUBMITTED, by=_ASKING),
        Move("accept", Stage.SUBMITTED, Stage.ACCEPTED, by=_DESK),
        Move("return", Stage.SUBMITTED, Stage.RETURNED, by=_DESK, reason=True),
        Move("return", Stage.ACCEPTED, Stage.RETURNED, by=_DESK, reason=True),
        Move("return", Stage.DUE_DILIGENCE, Stage.RETURNED, by=_DESK, reason=True),
        Move("decline", Stage.SUBMITTED, Stage.REJECTED, by=_DESK, reason=True),
        Move("decline", Stage.ACCEPTED, Stage.REJECTED, by=_DESK, reason=True),
        Move("investigate", Stage.ACCEPTED, Stage.DUE_DILIGENCE, by=_DESK),
        Move("score", Stage.DUE_DILIGENCE, Stage.SCORED, by=_DESK),
        Move("score", Stage.SCORED, Stage.SCORED, by=_DESK),
        Move("seat_panel", Stage.SCORED, Stage.IN_REVIEW, by=Role.PANEL_CHAIR, apart_from=_INVESTIGATION),
        Move("issue_opinion", Stage.IN_REVIEW, Stage.OPINION_ISSUED, by=Role.PANEL_CHAIR, apart_from=_INVESTIGATION),
        Move(
            "approve",
            Stage.OPINION_ISSUED,
            Stage.DECIDED,
            by=Role.CREDIT_COMMITTEE,
            apart_from=(*_INVESTIGATION, *_REVIEW, "seat.score"),
        ),
        Move(
            "reject",
            Stage.OPINION_ISSUED,
            Stage.REJECTED,
            by=Role.CREDIT_COMMITTEE,
            apart_from=(*_INVESTIGATION, *_REVIEW, "seat.score"),
            reason=True,
        ),
        Move(
            "defer",
            Stage.OPINION_ISSUED,
            Stage.DEFERRED,
            by=Role.CREDIT_COMMITTEE,
            apart_from=(*_INVESTIGATION, *_REVIEW, "seat.score"),
            reason=True,
        ),
        Move("resume", Stage.DEFERRED, Stage.DUE_DILIGENCE, by=_DESK, reason=True),
        Move("contract", Stage.DECIDED, Stage.CONTRACTED, by=Role.CREDIT_REVIEWER),
        Move("lapse", Stage.DECIDED, Stage.LAPSED, by=(Role.SYSTEM, Role.LOAN_OFFICER), reason=True),
        Move(
            "close",
            Stage.CONTRACTED,
            Stage.CLOSED,
            by=(
                Role.SYSTEM,
                Role.LOAN_OFFICER,
                Role.ASSET_MANAGER,
                Role.VENTURE_APPROVER,
                Role.GUARANTEE_OFFICER,
            ),
        ),
        *(
            Move("withdraw", stage, Stage.WITHDRAWN, by=_ASKING, reason=True)
            for stage in (
                Stage.DRAFT,
                Stage.SUBMITTED,
                Stage.RETURNED,
                Stage.ACCEPTED,
                Stage.DUE_DILIGENCE,
                Stage.SCORED,
                Stage.IN_REVIEW,
                Stage.OPINION_ISSUED,
                Stage.DEFERRED,
            )
        ),
    ),
)


class PanelStage(StrEnum):
    """A panel scores while it is open; nobody sees another's score before it is closed."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


PANEL = Life(
    "panel",
    PanelStage,
    (
        Move("close", PanelStage.OPEN, PanelStage.CLOSED, by=Role.PANEL_CHAIR),
        Move(
            "cancel",
            PanelStage.OPEN,
            PanelStage.CANCELLED,
            by=(Role.PANEL_CHAIR, Role.SYSTEM),
            apart_from=_INVESTIGATION,
            reason=True,
        ),
    ),
)


class SeatStage(StrEnum):
    """An expert's seat in a panel."""

    INVITED = "invited"
    SCORED = "scored"
    RECUSED = "recused"
    REPLACED = "replaced"


SEAT = Life(
    "seat",
    SeatStage,
    (
        Move("score", SeatStage.INVITED, SeatStage.SCORED, by=Role.EXPERT),
        Move("supersede", SeatStage.SCORED, SeatStage.SCORED, by=Role.EXPERT, reason=True),
        *(
            Move(
                "recuse",
                stage,
                SeatStage.RECUSED,
                by=(Role.EXPERT, Role.PANEL_CHAIR),
                apart_from=_INVESTIGATION,
                reason=True,
            )
            for stage in (SeatStage.INVITED, SeatStage.SCORED)
        ),
        Move(
            "replace",
            SeatStage.INVITED,
            SeatStage.REPLACED,
            by=Role.PANEL_CHAIR,
            apart_from=_INVESTIGATION,
            reason=True,
        ),
    ),
)
