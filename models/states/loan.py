"""The lives of a contract, of a pay-out and of a loan."""

from __future__ import annotations

from enum import StrEnum

from models.roles import Role
from models.states.machine import Life, Move

_CREDIT_HANDS = (
    "application.investigate",
    "application.score",
    "application.seat_panel",
    "application.issue_opinion",
    "application.approve",
)


class ContractStage(StrEnum):
    """A contract is drawn up by one person and signed off by another."""

    DRAWN_UP = "drawn_up"
    SIGNED = "signed"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


CONTRACT = Life(
    "contract",
    ContractStage,
    (
        Move(
            "sign",
            ContractStage.DRAWN_UP,
            ContractStage.SIGNED,
            by=Role.CREDIT_REVIEWER,
            apart_from=("contract.draw_up", "application.investigate", "application.approve"),
        ),
        Move(
            "cancel",
            ContractStage.DRAWN_UP,
            ContractStage.CANCELLED,
            by=(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.SYSTEM),
            reason=True,
        ),
        Move(
            "fulfil",
            ContractStage.SIGNED,
            ContractStage.FULFILLED,
            by=(
                Role.SYSTEM,
                Role.LOAN_OFFICER,
                Role.DISBURSER,
                Role.ASSET_MANAGER,
                Role.VENTURE_APPROVER,
                Role.FUND_MANAGER,
                Role.GUARANTEE_OFFICER,
            ),
        ),
    ),
)


class PayOutStage(StrEnum):
    """A pay-out is asked for by the officer and made by the disburser (放款岗)."""

    REQUESTED = "requested"
    PAID = "paid"
    REFUSED = "refused"


PAY_OUT = Life(
    "pay_out",
    PayOutStage,
    (
        Move(
            "pay",
            PayOutStage.REQUESTED,
            PayOutStage.PAID,
            by=Role.DISBURSER,
            apart_from=(*_CREDIT_HANDS, "pay_out.request", "contract.sign"),
        ),
        Move("refuse", PayOutStage.REQUESTED, PayOutStage.REFUSED, by=Role.DISBURSER, reason=True),
    ),
)


class LoanStage(StrEnum):
    """What has become of a loan. Days past due and the five classes are kept beside it, not in it."""

    UNDRAWN = "undrawn"
    ACTIVE = "active"
    DEFAULTED = "defaulted"
    HANDED_OVER = "handed_over"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    CANCELLED = "cancelled"

    @property
    def owed(self) -> bool:
        """Whether the bank still holds the claim."""
        return self in (LoanStage.ACTIVE, LoanStage.DEFAULTED)


LOAN = Life(
    "loan",
    LoanStage,
    (
        Move("open", LoanStage.UNDRAWN, LoanStage.ACTIVE, by=(Role.DISBURSER, Role.FUND_MANAGER, Role.FUND_APPROVER)),
        Move("cancel", LoanStage.UNDRAWN, LoanStage.CANCELLED, by=(Role.LOAN_OFFICER, Role.SYSTEM), reason=True),
        Move(
            "settle",
            LoanStage.ACTIVE,
            LoanStage.SETTLED,
            by=(
                Role.LOAN_OFFICER,
                Role.SYSTEM,
                Role.FUND_MANAGER,
                Role.FUND_APPROVER,
                Role.GUARANTEE_OFFICER,
            ),
        ),
        Move(
            "settle",
            LoanStage.DEFAULTED,
            LoanStage.SETTLED,
            by=(
                Role.LOAN_OFFICER,
                Role.SYSTEM,
                Role.FUND_MANAGER,
                Role.FUND_APPROVER,
                Role.GUARANTEE_OFFICER,
            ),
        ),
        Move("default", LoanStage.ACTIVE, LoanStage.DEFAULTED, by=(Role.LOAN_OFFICER, Role.SYSTEM), reason=True),
        Move("cure", LoanStage.DEFAULTED, LoanStage.ACTIVE, by=Role.CREDIT_REVIEWER, reason=True),
        Move("hand_over", LoanStage.DEFAULTED, LoanStage.HANDED_OVER, by=Role.ASSET_MANAGER),
        Move("write_off", LoanStage.DEFAULTED, LoanStage.WRITTEN_OFF, by=Role.CREDIT_REVIEWER, reason=True),
    ),
)


class DiversionStage(StrEnum):
    """Diverted use (挪用) is declared by one person, confirmed by another, and put right one day."""

    DECLARED = "declared"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    ENDED = "ended"


DIVERSION = Life(
    "loan_diversion",
    DiversionStage,
    (
        Move(
            "confirm",
            DiversionStage.DECLARED,
            DiversionStage.CONFIRMED,
            by=Role.CREDIT_REVIEWER,
            apart_from=("loan_diversion.declare",),
        ),
        Move("reject", DiversionStage.DECLARED, DiversionStage.REJECTED, by=Role.CREDIT_REVIEWER, reason=True),
        Move("end", DiversionStage.CONFIRMED, DiversionStage.ENDED, by=Role.CREDIT_REVIEWER, reason=True),
    ),
)
