"""The guarantor's fee and reserves: charged ahead, earned day by day, the rest given back; reserved at the year's end
(GUA-08 to GUA-10)."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.books.recipes import entry_for
from models.guarantee import Guarantee
from models.policies.rules import GuaranteeRules
from models.queries.books import balance
from models.queries.rules import rules_in_force
from models.roles import Actor
from models.states.aftercare import GuaranteeStage
from models.values.money import ZERO, Money, total
from scoring import guarantee_math
from workflows import guarantee_capacity, posting
from workflows.booking import book


def charge(session: Session, guarantee: Guarantee, *, matures_on: date, by: Actor, on: date, at: datetime) -> None:
    """Take the fee for the whole term in, on what is guaranteed today (GUA-10)."""
    guarantee.fee = guarantee_math.fee(guarantee.amount, guarantee.fee_rate, on, matures_on)
    guarantee.fee_through = on
    session.add(guarantee)
    session.flush()
    _book(session, guarantee, "guarantee_fee_received", guarantee.fee, key="", by=by, on=on, at=at)


def due_fee(guarantee: Guarantee, on: date) -> Money:
    """What of the fee has been earned since the last time, never more than what was charged."""
    if guarantee.fee_through is None or guarantee.fee_through >= on:
        return ZERO
    earned = guarantee_math.fee(guarantee.in_force, guarantee.fee_rate, guarantee.fee_through, on)
    return min(earned, guarantee.fee - guarantee.fee_earned)


def earn(session: Session, guarantee: Guarantee, *, by: Actor, on: date, at: datetime) -> None:
    """Earn one guarantee's fee up to a day, on what was in force until now; called before that changes."""
    earned = due_fee(guarantee, on)
    _book(session, guarantee, "guarantee_fee_earned", earned, key=f":{on}", by=by, on=on, at=at)
    guarantee.fee_earned += earned
    guarantee.fee_through = max(guarantee.fee_through or on, on)


def earn_rest(session: Session, guarantee: Guarantee, *, by: Actor, on: date, at: datetime) -> None:
    """Earn all that is left of the fee: the guarantor has paid for it."""
    rest = guarantee.fee - guarantee.fee_earned
    _book(session, guarantee, "guarantee_fee_earned", rest, key=":honoured", by=by, on=on, at=at)
    guarantee.fee_earned, guarantee.fee_through = guarantee.fee, on
    session.add(guarantee)


def refund_rest(session: Session, guarantee: Guarantee, *, by: Actor, on: date, at: datetime) -> None:
    """Give back what was charged for days and amounts that are not guaranteed any more (GUA-10)."""
    unearned = guarantee.fee - guarantee.fee_earned
    _book(session, guarantee, "guarantee_fee_refunded", unearned, key=f":{guarantee.stamp}", by=by, on=on, at=at)
    guarantee.fee = guarantee.fee_earned
    session.add(guarantee)
    session.flush()


def earn_fees(session: Session, *, by: Actor, on: date, at: datetime) -> Money:
    """Earn the fees of all guarantees in force up to a day, one event each in one batch; returns the sum (GUA-10).

    The day-end calls it at month's end; what was earned up to a day is not earned again.
    """
    entries, earned = [], []
    for guarantee in session.exec(
        select(Guarantee)
        .where(Guarantee.stage == GuaranteeStage.IN_FORCE, col(Guarantee.fee_through) < on)
        .order_by(col(Guarantee.id))
    ):
        amount = due_fee(guarantee, on)
        guarantee.fee_through = on
        guarantee.fee_earned += amount
        if amount:
            earned.append(amount)
            entries.append(
                entry_for(
                    "guarantee_fee_earned",
                    key=f"guarantee_fee_earned:{guarantee.number}:{on}",
                    on=on,
                    cause=f"{guarantee.number} {guarantee.loan_number}",
                    amounts={"amount": amount},
                    parts={"loan": guarantee.loan_number},
                )
            )
    session.flush()
    posting.post_many(session, entries, by=by, at=at)
    return total(earned)


def provide_reserves(session: Session, *, by: Actor, on: date, at: datetime) -> Money:
    """Provide the compensation reserve at the year's end (GUA-09); on any other day nothing happens.

    The unearned reserve needs no such step: it holds each fee until it is earned day by day, which is never less than
    what is still guaranteed (GUA-08 asks for half of a year's fees at most).
    """
    if (on.month, on.day) != (12, 31):
        return ZERO
    rules = rules_in_force(session, GuaranteeRules, on)
    # The balance is what was provided less what was used, so nothing is taken off it again.
    held = -balance(session, "guarantor.compensation_reserve").net
    amount = guarantee_math.compensation_provision(
        guarantee_capacity.capacity(session, on).liability,
        opening=held,
        used=ZERO,
        rate=rules.comp_rate,
        ceiling=rules.comp_ceiling,
    )
    book(
        session, "compensation_reserved", key=f"compensation_reserve:{on.year}", cause=str(on.year),
        amounts={"amount": amount}, by=by, on=on, at=at,
    )  # fmt: skip
    return amount


def _book(
    session: Session,
    guarantee: Guarantee,
    event: str,
    amount: Money,
    *,
    key: str,
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    # The fee comes in once; what follows happens more than once and has a key of its own each time.
    name = "guarantee_fee" if event == "guarantee_fee_received" else event
    book(
        session,
        event,
        key=f"{name}:{guarantee.number}{key}",
        cause=f"{guarantee.number} {guarantee.loan_number}",
        amounts={"amount": amount},
        parts={"loan": guarantee.loan_number},
        by=by,
        on=on,
        at=at,
    )
