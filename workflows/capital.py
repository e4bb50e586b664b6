"""Capital of the funds: appropriations to the treasury, what the bureau and other owners pay in, the risk pool."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from sqlmodel import Session

from models.books.recipes import RECIPES
from models.refusals import BadInput
from models.roles import Actor, Institution, Role
from models.values.money import ZERO, Money
from workflows.booking import book
from workflows.moves import require
from workflows.numbering import Series, next_number

DISTRICT_POOL = "district"
"""The district's risk-compensation pool; the only one so far."""

OTHER_OWNERS = "others"
"""The part under which capital of owners other than the bureau is kept."""


class AmountNotAboveNought(BadInput):
    """An amount that has to be above nought."""


class NoSuchCapital(BadInput):
    """This owner does not pay capital into this fund."""


def appropriate(session: Session, *, amount: Money, ref: str = "", by: Actor, on: date, at: datetime) -> str:
    """An appropriation reaches the bureau's treasury account; returns the event's key. `ref` makes it happen once."""
    require(by, "fund.appropriate", Role.FINANCE_BUREAU, Role.BUREAU_APPROVER)
    return _paid_in(session, "appropriated", amount, ref, by=by, on=on, at=at)


def capitalise(
    session: Session,
    *,
    fund: Institution,
    amount: Money,
    owner: Literal["bureau", "owner"] = "bureau",
    ref: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> str:
    """Capital is paid into a fund by the finance bureau or by its other owners; returns the event's key.

    The bureau's money needs the bureau's approver. `ref` (a document or bank reference) makes it happen once. Refuses
    with NoSuchCapital: the bureau holds no share of the bank, and the vehicle has no other owner.
    """
    event = f"{fund}_capitalised" if owner == "bureau" else f"{fund}_funded_by_owner"
    if event not in RECIPES:
        raise NoSuchCapital(field="fund", fund=fund, owner=owner)
    if owner == "bureau":
        require(by, "fund.capitalise", Role.BUREAU_APPROVER)
    else:
        require(by, "fund.capitalise", Role.FINANCE_BUREAU, Role.BUREAU_APPROVER, Role.TREASURER)
    return _paid_in(session, event, amount, ref, by=by, on=on, at=at)


def fund_pool(session: Session, *, amount: Money, ref: str = "", by: Actor, on: date, at: datetime) -> str:
    """The bureau sets money aside in the risk-compensation pool (风险补偿资金池); returns the event's key."""
    require(by, "fund.pool", Role.BUREAU_APPROVER)
    return _paid_in(session, "pool_funded", amount, ref, by=by, on=on, at=at)


def _paid_in(session: Session, event: str, amount: Money, ref: str, *, by: Actor, on: date, at: datetime) -> str:
    number = ref.strip() or next_number(session, Series.CAPITAL, on)
    key = f"{event}:{number}"
    book(
        session,
        event,
        key=key,
        cause=f"{event} {number}",
        amounts={"amount": positive(amount)},
        parts={"pool": DISTRICT_POOL, "owner": OTHER_OWNERS},
        by=by,
        on=on,
        at=at,
    )
    return key


def positive(amount: Money) -> Money:
    """The amount itself. Refuses with AmountNotAboveNought."""
    if amount <= ZERO:
        raise AmountNotAboveNought(field="amount", amount=amount)
    return amount
