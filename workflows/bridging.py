"""Re-lending at maturity (转贷, BRG): the fund repays a maturing loan, the bank renews it, the money comes back.

The loop is closed (BRG-07): fund to the borrower's repayment account, repayment of the old loan, pay-out of the new
loan straight to the fund. Only principal is bridged; interest and the borrower's own share are paid by himself before.
What is promised is held in the fund's cash and stands in `relender.memo_reserved`, so it cannot be promised twice.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from models.bridge import Bridge, BridgeBar
from models.firm import Firm
from models.lending.allocation import DueKind
from models.loan import Contract, Loan
from models.policies.rules import BridgeRules
from models.queries.bridges import FundPosition, fund_position
from models.queries.rules import calendar, rules_in_force
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.aftercare import BRIDGE, BridgeStage
from models.values.money import ZERO, Money, total
from workflows import bridge_checks, loan_account, moves, posting, servicing
from workflows.booking import book
from workflows.bridge_checks import NotBridgeable, ceiling_of
from workflows.bridge_return import reference, renewed_loan, repay_otherwise, settle
from workflows.moves import move, require
from workflows.numbering import Series, next_number

__all__ = [
    "FundPosition",
    "NotBridgeable",
    "OwnFundsMissing",
    "PromiseExpired",
    "apply",
    "approve",
    "ceiling_of",
    "expire",
    "expire_due",
    "fund_position",
    "pay",
    "refuse",
    "repay_otherwise",
    "settle",
]


class OwnFundsMissing(Refusal):
    """The borrower's own share, or interest that is due, has not been received yet (BRG-07, BRG-11)."""


class PromiseExpired(Refusal):
    """The reservation was kept until a day that has passed."""


def apply(
    session: Session,
    *,
    loan: Loan,
    renewal_contract: Contract,
    amount: Money,
    own_funds: Money,
    promise: str,
    why_not_renewed_directly: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Bridge:
    """Ask the fund to bridge a loan's maturity, under the bank's written promise to renew it.

    Refuses as `bridge_checks.check_application` does: product, class, arrears, promise, ceiling, own funds.
    """
    require(by, "bridge.apply", Role.LOAN_OFFICER, Role.FUND_MANAGER)
    ceiling = bridge_checks.check_application(
        session,
        loan=loan,
        renewal=renewal_contract,
        amount=amount,
        own_funds=own_funds,
        promise=promise,
        why=why_not_renewed_directly,
        on=on,
    )
    bridge = Bridge.model_validate(
        {
            "number": next_number(session, Series.BRIDGE, on),
            "loan_id": loan.key,
            "application_id": loan.application_id,
            "renewal_contract_id": renewal_contract.key,
            "amount": amount,
            "own_funds": own_funds,
            "promise": promise.strip(),
            "why_not_renewed_directly": why_not_renewed_directly.strip(),
            "binding": ceiling.binding,
            "applied_on": on,
            "expires_on": on + timedelta(days=rules_in_force(session, BridgeRules, on).promise_days),
        }
    )
    session.add(bridge)
    session.flush()
    moves.note(session, bridge, "apply", by=by, on=on, at=at)
    return bridge


def approve(session: Session, *, bridge: Bridge, by: Actor, on: date, at: datetime) -> Bridge:
    """Promise the money: it is held in the fund until the reservation's last day, and nobody else can have it.

    Not by the hand that applied. Waits for the writer's turn and looks at the ceiling again (BRG-03, BRG-09). Refuses
    with AboveCeiling, FundPaused, SameHand, NotAllowed, MoveNotOpen.
    """
    posting.take_turn(session)
    loan, renewal = _loan(session, bridge), session.get_one(Contract, bridge.renewal_contract_id)
    rules = rules_in_force(session, BridgeRules, on)
    bridge_checks.refuse_bar(loan, session.get_one(Firm, loan.firm_id), rules, on)
    bridge_checks.checked_ceiling(
        session, loan=loan, renewal=renewal, amount=bridge.amount, own_funds=bridge.own_funds, on=on
    )
    move(session, BRIDGE, bridge, "approve", by=by, on=on, at=at)
    bridge.expires_on = on + timedelta(days=rules.promise_days)
    session.add(bridge)
    session.flush()
    posting.hold(
        session, "relender.cash", bridge.amount, key=_hold(bridge), cause=bridge.number, expires=bridge.expires_on,
        by=by, on=on, at=at,
    )  # fmt: skip
    _book(session, "bridge_reserved", bridge, key=f"reserve:{bridge.number}", amount=bridge.amount, by=by, on=on, at=at)
    return bridge


def refuse(session: Session, *, bridge: Bridge, reason: str, by: Actor, on: date, at: datetime) -> Bridge:
    """Turn an application for a bridge down, with a reason."""
    move(session, BRIDGE, bridge, "refuse", by=by, on=on, at=at, reason=reason)
    return bridge


def pay(session: Session, *, bridge: Bridge, bank_ref: str, by: Actor, on: date, at: datetime) -> Bridge:
    """Pay the fund's money into the borrower's repayment account: it repays the rest of the old loan's principal.

    The borrower's own share must have been received by then, and all interest that is due; of what is not needed any
    more the reservation is freed. Not by the hand that approved. Refuses with OwnFundsMissing, PromiseExpired,
    RenewalNotReady while the renewal is not signed, BridgeReferenceUsed, DaysNotRun, DayOver.
    """
    if bridge.expires_on < on:
        raise PromiseExpired(bridge=bridge.number, expired=bridge.expires_on)
    loan = _loan(session, bridge)
    renewed_loan(session, bridge)
    if not loan.outstanding:
        raise NotBridgeable(loan=loan.number, bar=BridgeBar.NOT_ACTIVE)
    due = loan_account.dues(session, loan, on)
    interest = total(one.amount for one in due if one.kind is not DueKind.PRINCIPAL)
    missing = max(loan.outstanding - bridge.amount, ZERO) + interest
    if missing:
        raise OwnFundsMissing(loan=loan.number, missing=missing, own_funds=bridge.own_funds)
    bridge.paid_ref = reference(session, bank_ref)
    move(session, BRIDGE, bridge, "pay", by=by, on=on, at=at)
    _free_the_rest(session, bridge, loan.outstanding, by=by, on=on, at=at)
    rules = rules_in_force(session, BridgeRules, on)
    bridge.paid_on, bridge.due_on = on, calendar(session).add_business_days(on, rules.days_max)
    session.add(bridge)
    posting.end_hold(session, _hold(bridge), "used", amount=bridge.amount, by=by, on=on, at=at)
    _book(
        session, "bridge_paid", bridge, key=f"bridge:{bridge.number}", amount=bridge.amount, loan=loan.number, by=by,
        on=on, at=at,
    )  # fmt: skip
    loan_account.lower_principal(session, loan, bridge.amount, on=on, by=by, at=at, reason="bridge")
    if not loan_account.owed(session, loan, on).total:
        servicing.settle_loan(session, loan=loan, close_application=False, by=by, on=on, at=at)
    return bridge


def expire(session: Session, *, bridge: Bridge, reason: str, by: Actor, on: date, at: datetime) -> Bridge:
    """Give a reservation up: its day has passed, or the bridge is not needed; the money is free again at once."""
    move(session, BRIDGE, bridge, "expire", by=by, on=on, at=at, reason=reason)
    _end_hold(session, bridge, None, by=by, on=on, at=at)
    _book(
        session, "bridge_reservation_ended", bridge, key=f"expire:{bridge.number}", amount=bridge.amount, by=by, on=on,
        at=at,
    )  # fmt: skip
    return bridge


def expire_due(session: Session, *, by: Actor, on: date, at: datetime) -> list[Bridge]:
    """End every reservation whose last day lies before `on`; the end of day calls it."""
    rows = session.exec(
        select(Bridge).where(Bridge.stage == BridgeStage.RESERVED, col(Bridge.expires_on) < on).order_by(col(Bridge.id))
    ).all()
    return [expire(session, bridge=row, reason=row.expires_on.isoformat(), by=by, on=on, at=at) for row in rows]


def _free_the_rest(session: Session, bridge: Bridge, needed: Money, *, by: Actor, on: date, at: datetime) -> None:
    """The borrower brought more than he said: the bridge shrinks to what is still owed."""
    rest = bridge.amount - needed
    if rest <= ZERO:
        return
    _end_hold(session, bridge, rest, by=by, on=on, at=at)
    _book(session, "bridge_reservation_ended", bridge, key=f"shrink:{bridge.number}", amount=rest, by=by, on=on, at=at)
    bridge.amount = needed


def _end_hold(session: Session, bridge: Bridge, amount: Money | None, *, by: Actor, on: date, at: datetime) -> None:
    try:
        posting.end_hold(session, _hold(bridge), "released", amount=amount, by=by, on=on, at=at)
    except posting.HoldGone:
        # The end of day frees holds that have run out before it turns to the bridges themselves.
        if amount is not None:
            raise


def _hold(bridge: Bridge) -> str:
    return f"bridge:{bridge.number}"


def _loan(session: Session, bridge: Bridge) -> Loan:
    return session.get_one(Loan, bridge.loan_id)


def _book(
    session: Session,
    event: str,
    bridge: Bridge,
    *,
    key: str,
    amount: Money,
    loan: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    book(
        session, event, key=key, cause=bridge.number, amounts={"amount": amount},
        parts={"bridge": bridge.number, "loan": loan}, by=by, on=on, at=at,
    )  # fmt: skip
