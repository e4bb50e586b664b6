"""The lives of a guarantee, a claim under it, a bridge, a watch-list case, a disposal case, a holding and an award."""

from __future__ import annotations

from enum import StrEnum

from models.roles import Role
from models.states.machine import Life, Move

# --- guarantee ---


class GuaranteeStage(StrEnum):
    """Capacity is taken when credit is approved; the contract is proposed by one person and put in force by another."""

    RESERVED = "reserved"
    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    CALLED = "called"
    HONOURED = "honoured"
    RELEASED = "released"
    LAPSED = "lapsed"

    @property
    def takes_capacity(self) -> bool:
        """Whether the guarantor's limits count it (GUA-04 to GUA-06)."""
        return self in (
            GuaranteeStage.RESERVED,
            GuaranteeStage.PROPOSED,
            GuaranteeStage.IN_FORCE,
            GuaranteeStage.CALLED,
        )


GUARANTEE = Life(
    "guarantee",
    GuaranteeStage,
    (
        Move("propose", GuaranteeStage.RESERVED, GuaranteeStage.PROPOSED, by=Role.GUARANTEE_OFFICER),
        Move(
            "put_in_force",
            GuaranteeStage.PROPOSED,
            GuaranteeStage.IN_FORCE,
            by=Role.GUARANTEE_APPROVER,
            apart_from=("guarantee.propose",),
        ),
        Move("call", GuaranteeStage.IN_FORCE, GuaranteeStage.CALLED, by=Role.GUARANTEE_OFFICER),
        Move("honour", GuaranteeStage.CALLED, GuaranteeStage.HONOURED, by=Role.GUARANTEE_APPROVER),
        Move(
            "release",
            GuaranteeStage.IN_FORCE,
            GuaranteeStage.RELEASED,
            by=(
                Role.SYSTEM,
                Role.GUARANTEE_OFFICER,
                Role.LOAN_OFFICER,
                Role.FUND_MANAGER,
                Role.FUND_APPROVER,
                Role.CREDIT_REVIEWER,
                Role.ASSET_MANAGER,
            ),
        ),
        Move(
            "reinstate",
            GuaranteeStage.RELEASED,
            GuaranteeStage.IN_FORCE,
            by=(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.GUARANTEE_OFFICER),
            reason=True,
        ),
        *(
            Move(
                "lapse",
                stage,
                GuaranteeStage.LAPSED,
                by=(
                    Role.SYSTEM,
                    Role.GUARANTEE_OFFICER,
                    Role.LOAN_OFFICER,
                    Role.CREDIT_REVIEWER,
                    Role.APPLICANT,
                ),
                reason=True,
            )
            for stage in (GuaranteeStage.RESERVED, GuaranteeStage.PROPOSED)
        ),
    ),
)


class ClaimStage(StrEnum):
    """A claim under a guarantee (代偿申请)."""

    FILED = "filed"
    ACCEPTED = "accepted"
    PAID = "paid"
    REFUSED = "refused"


CLAIM = Life(
    "claim",
    ClaimStage,
    (
        Move("accept", ClaimStage.FILED, ClaimStage.ACCEPTED, by=Role.GUARANTEE_OFFICER),
        Move("refuse", ClaimStage.FILED, ClaimStage.REFUSED, by=Role.GUARANTEE_OFFICER, reason=True),
        Move(
            "pay",
            ClaimStage.ACCEPTED,
            ClaimStage.PAID,
            by=Role.GUARANTEE_APPROVER,
            apart_from=("claim.accept", "claim.file"),
        ),
    ),
)

# --- re-lending ---


class BridgeStage(StrEnum):
    """Re-lending at maturity (转贷): money is reserved, paid and comes back from the renewed loan."""

    APPLIED = "applied"
    RESERVED = "reserved"
    PAID = "paid"
    RETURNED = "returned"
    REFUSED = "refused"
    EXPIRED = "expired"


BRIDGE = Life(
    "bridge",
    BridgeStage,
    (
        Move("approve", BridgeStage.APPLIED, BridgeStage.RESERVED, by=Role.FUND_APPROVER, apart_from=("bridge.apply",)),
        Move("refuse", BridgeStage.APPLIED, BridgeStage.REFUSED, by=Role.FUND_APPROVER, reason=True),
        Move("pay", BridgeStage.RESERVED, BridgeStage.PAID, by=Role.FUND_MANAGER, apart_from=("bridge.approve",)),
        Move("expire", BridgeStage.RESERVED, BridgeStage.EXPIRED, by=(Role.SYSTEM, Role.FUND_MANAGER), reason=True),
        Move("settle", BridgeStage.PAID, BridgeStage.RETURNED, by=(Role.FUND_MANAGER, Role.FUND_APPROVER)),
    ),
)

# --- watch list ---


class WatchStage(StrEnum):
    """An early warning on the watch list, with an owner and a deadline."""

    OPEN = "open"
    ASSIGNED = "assigned"
    CLEARED = "cleared"


WATCH = Life(
    "watch_case",
    WatchStage,
    (
        Move("assign", WatchStage.OPEN, WatchStage.ASSIGNED, by=(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)),
        Move(
            "clear",
            WatchStage.ASSIGNED,
            WatchStage.CLEARED,
            by=(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.SYSTEM),
            reason=True,
        ),
        Move("clear", WatchStage.OPEN, WatchStage.CLEARED, by=Role.SYSTEM, reason=True),
    ),
)

# --- disposal ---


class DisposalStage(StrEnum):
    """A bad claim in the asset manager's hands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    HELD = "held"
    CONVERTED = "converted"
    CLOSED = "closed"
    REFUSED = "refused"


DISPOSAL = Life(
    "disposal_case",
    DisposalStage,
    (
        Move(
            "approve",
            DisposalStage.PROPOSED,
            DisposalStage.APPROVED,
            by=(Role.CREDIT_COMMITTEE,),
            apart_from=("disposal_case.propose", "application.investigate"),
        ),
        Move("refuse", DisposalStage.PROPOSED, DisposalStage.REFUSED, by=Role.CREDIT_COMMITTEE, reason=True),
        Move("hand_over", DisposalStage.APPROVED, DisposalStage.HELD, by=Role.ASSET_MANAGER),
        Move("convert", DisposalStage.HELD, DisposalStage.CONVERTED, by=Role.VENTURE_APPROVER),
        Move("close", DisposalStage.HELD, DisposalStage.CLOSED, by=Role.ASSET_MANAGER, reason=True),
        Move("close", DisposalStage.CONVERTED, DisposalStage.CLOSED, by=(Role.ASSET_MANAGER, Role.VENTURE_APPROVER)),
    ),
)

# --- equity ---


class ConversionStage(StrEnum):
    """A debt-to-equity conversion (债权转股权): proposed with a valuation, approved by another person, then booked."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DONE = "done"
    REFUSED = "refused"


CONVERSION = Life(
    "conversion",
    ConversionStage,
    (
        Move(
            "approve",
            ConversionStage.PROPOSED,
            ConversionStage.APPROVED,
            by=Role.VENTURE_APPROVER,
            apart_from=("conversion.propose",),
        ),
        Move("refuse", ConversionStage.PROPOSED, ConversionStage.REFUSED, by=Role.VENTURE_APPROVER, reason=True),
        Move("convert", ConversionStage.APPROVED, ConversionStage.DONE, by=Role.VENTURE_APPROVER),
    ),
)


class HoldingStage(StrEnum):
    """A holding of the venture company."""

    HELD = "held"
    EXITED = "exited"


HOLDING = Life(
    "holding",
    HoldingStage,
    (
        Move(
            "exit", HoldingStage.HELD, HoldingStage.EXITED, by=Role.VENTURE_APPROVER, apart_from=("holding.offer_exit",)
        ),
    ),
)


class AwardStage(StrEnum):
    """A fiscal award or subsidy (财政奖励补助)."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    PAID = "paid"
    CAPITALISED = "capitalised"
    REFUSED = "refused"


AWARD = Life(
    "award",
    AwardStage,
    (
        Move(
            "approve", AwardStage.PROPOSED, AwardStage.APPROVED, by=Role.BUREAU_APPROVER, apart_from=("award.propose",)
        ),
        Move("refuse", AwardStage.PROPOSED, AwardStage.REFUSED, by=Role.BUREAU_APPROVER, reason=True),
        *(
            # What the ceiling of public holding keeps from becoming capital is paid as a grant afterwards (EQ-08).
            Move("pay", stage, AwardStage.PAID, by=Role.FINANCE_BUREAU, apart_from=("award.approve",))
            for stage in (AwardStage.APPROVED, AwardStage.CAPITALISED)
        ),
        Move(
            "capitalise",
            AwardStage.APPROVED,
            AwardStage.CAPITALISED,
            by=Role.VENTURE_APPROVER,
            apart_from=("award.propose",),
        ),
    ),
)


class RuleStage(StrEnum):
    """A rule set is proposed by one person and approved by another."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


RULE_SET = Life(
    "rule_set",
    RuleStage,
    (
        Move(
            "approve",
            RuleStage.PROPOSED,
            RuleStage.APPROVED,
            by=(Role.CREDIT_COMMITTEE, Role.BUREAU_APPROVER),
            apart_from=("rule_set.propose",),
        ),
        Move(
            "refuse",
            RuleStage.PROPOSED,
            RuleStage.REFUSED,
            by=(Role.CREDIT_COMMITTEE, Role.BUREAU_APPROVER),
            reason=True,
        ),
    ),
)


class FacilityStage(StrEnum):
    """A funding facility (统贷授信): registered by the treasurer, opened by another person."""

    REGISTERED = "registered"
    OPEN = "open"
    CLOSED = "closed"


FACILITY = Life(
    "facility",
    FacilityStage,
    (
        Move(
            "open",
            FacilityStage.REGISTERED,
            FacilityStage.OPEN,
            by=Role.BUREAU_APPROVER,
            apart_from=("facility.register",),
        ),
        Move("close", FacilityStage.OPEN, FacilityStage.CLOSED, by=Role.TREASURER, reason=True),
    ),
)
