"""What the venture company holds in firms: acquired, valued, paid dividends on, followed by others' money, and sold
(股权管理; EQ-11, EQ-12, EQ-16, EQ-17, EQ-22)."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.equity import Award, Conversion, Holding, HoldingValue, Origin, Round
from models.firm import Firm
from models.policies.rules import EquityRules
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.aftercare import HoldingStage
from models.values.money import ZERO, Money
from models.values.rate import MILLION
from scoring.equity_value import issue
from workflows import share_register
from workflows.booking import book
from workflows.collecting import AmountNotPositive
from workflows.moves import note, require
from workflows.numbering import Series, next_number
from workflows.posting import take_turn


class HoldingOver(Refusal):
    """The holding has been sold; nothing more can happen to it."""


class FollowTooMuch(Refusal):
    """The venture company may follow with only so much of what the leading investors put in (EQ-22)."""


class RoundTooSmall(Refusal):
    """The new money is too little for a fen of registered capital at this value of the firm."""


def acquire(
    session: Session,
    firm: Firm,
    *,
    origin: Origin,
    cost: Money,
    capital: Money,
    method: str,
    valued_by: str,
    conversion: Conversion | None = None,
    award: Award | None = None,
    on: date,
) -> Holding:
    """A new holding with its first value, and its line in the firm's cap table; the caller books what it was paid with."""
    holding = Holding.model_validate(
        {
            "number": next_number(session, Series.HOLDING, on),
            "firm_id": firm.key,
            "origin": origin,
            "conversion_id": None if conversion is None else conversion.key,
            "award_id": None if award is None else award.key,
            "fiscal": award is not None,
            "acquired_on": on,
            "cost": cost,
            "carrying": cost,
            "capital": capital,
        }
    )
    session.add(holding)
    session.flush()
    session.add(
        HoldingValue.model_validate(
            {"holding_id": holding.key, "on": on, "value": cost, "method": method, "by_name": valued_by}
        )
    )
    share_register.enter(
        session,
        firm,
        holder=rules_in_force(session, EquityRules, on).holder_of_record,
        holder_kind=share_register.PUBLIC,
        capital=capital,
        on=on,
        holding=holding,
    )
    return holding


def revalue(
    session: Session, *, holding: Holding, value: Money, method: str, by: Actor, on: date, at: datetime
) -> HoldingValue:
    """What a holding was found to be worth; the difference is booked as a change of value. Refuses with HoldingOver."""
    require(by, "holding.revalue", Role.VENTURE_MANAGER)
    take_turn(session)
    _refuse_over(holding)
    if value < ZERO:
        raise AmountNotPositive(field="value", given=value)
    found = HoldingValue.model_validate(
        {"holding_id": holding.key, "on": on, "value": value, "method": method, "by_name": by.name}
    )
    session.add(found)
    session.flush()
    change = value - holding.carrying
    book(
        session,
        "revalued_up" if change > ZERO else "revalued_down",
        key=f"revalue:{holding.number}:{found.key}",
        cause=f"{holding.number} {method}",
        amounts={"amount": max(change, -change)},
        parts={"holding": holding.number},
        by=by,
        on=on,
        at=at,
    )
    holding.carrying = value
    session.add(holding)
    note(session, holding, "revalue", by=by, on=on, at=at, reason=method)
    session.flush()
    return found


def latest_value(session: Session, holding: Holding) -> HoldingValue | None:
    """The newest value of a holding."""
    return session.exec(
        select(HoldingValue)
        .where(HoldingValue.holding_id == holding.key)
        .order_by(col(HoldingValue.on).desc(), col(HoldingValue.id).desc())
    ).first()


def receive_dividend(
    session: Session, *, holding: Holding, amount: Money, bank_ref: str, by: Actor, on: date, at: datetime
) -> Holding:
    """A dividend comes in; a later buy-back price is less by it (EQ-12). Refuses with HoldingOver, AmountNotPositive."""
    require(by, "holding.dividend", Role.VENTURE_MANAGER)
    _refuse_over(holding)
    if amount <= ZERO:
        raise AmountNotPositive(field="amount", given=amount)
    book(
        session,
        "dividend_received",
        key=f"dividend:{bank_ref}",
        cause=f"{holding.number} {bank_ref}",
        amounts={"amount": amount},
        parts={"holding": holding.number},
        by=by,
        on=on,
        at=at,
    )
    holding.dividends += amount
    session.add(holding)
    note(session, holding, "dividend", by=by, on=on, at=at, reason=bank_ref)
    session.flush()
    return holding


def record_round(
    session: Session, *, firm: Firm, lead: str, pre_money: Money, raised: Money, by: Actor, on: date, at: datetime
) -> Round:
    """A round of new money in a firm that the venture company does not follow: its holdings are diluted (EQ-15)."""
    require(by, "round.add", Role.VENTURE_MANAGER, Role.VENTURE_APPROVER)
    take_turn(session)
    money_round, capital = _round(session, firm, lead, pre_money, raised, ZERO, on)
    _enter_lead(session, firm, lead, capital, on)
    note(session, money_round, "add", by=by, on=on, at=at)
    session.flush()
    return money_round


def follow_on(
    session: Session,
    *,
    firm: Firm,
    lead: str,
    pre_money: Money,
    raised: Money,
    followed: Money,
    by: Actor,
    on: date,
    at: datetime,
) -> Holding:
    """Follow a round (跟进投资): `raised` is all its new money, `followed` the venture company's part of it.

    Refuses with FollowTooMuch beyond the rules' share of the others' money (EQ-22), RegisterIncomplete,
    IssuedBelowPar, RoundTooSmall, LimitReached when the cash is not there.
    """
    require(by, "holding.follow_on", Role.VENTURE_APPROVER)
    take_turn(session)
    if followed <= ZERO:
        raise AmountNotPositive(field="followed", given=followed)
    most = rules_in_force(session, EquityRules, on).followon_ratio_max
    others = raised - followed
    if followed.fen * MILLION > others.fen * most.ppm:
        raise FollowTooMuch(followed=followed, lead=others, ratio=most, most=max(most.of_amount(others), ZERO))
    money_round, capital = _round(session, firm, lead, pre_money, raised, followed, on)
    ours, theirs = capital.shared([followed.fen, others.fen], residual=1)
    if not ours:
        raise RoundTooSmall(raised=followed, registered=firm.registered_capital, pre_money=pre_money)
    _enter_lead(session, firm, lead, theirs, on)
    holding = acquire(
        session, firm, origin=Origin.FOLLOW_ON, cost=followed, capital=ours, method="round", valued_by=lead, on=on
    )
    book(
        session,
        "followed_on",
        key=f"follow_on:{holding.number}",
        cause=f"{holding.number} {lead}",
        amounts={"amount": followed},
        parts={"holding": holding.number},
        by=by,
        on=on,
        at=at,
    )
    note(session, holding, "follow_on", by=by, on=on, at=at, reason=lead)
    note(session, money_round, "add", by=by, on=on, at=at)
    session.flush()
    return holding


def _round(
    session: Session, firm: Firm, lead: str, pre_money: Money, raised: Money, followed: Money, on: date
) -> tuple[Round, Money]:
    """The round's row, and the registered capital that its money makes."""
    for field, amount in (("raised", raised), ("pre_money", pre_money)):
        if amount <= ZERO:
            raise AmountNotPositive(field=field, given=amount)
    share_register.checked_register(session, firm, on)
    share_register.refuse_below_par(firm, pre_money)
    try:
        capital = issue(raised, firm.registered_capital, pre_money).new_registered
    except ValueError:
        raise RoundTooSmall(raised=raised, registered=firm.registered_capital, pre_money=pre_money) from None
    row = Round.model_validate(
        {"firm_id": firm.key, "on": on, "lead": lead, "pre_money": pre_money, "raised": raised, "followed": followed}
    )
    session.add(row)
    session.flush()
    return row, capital


def _enter_lead(session: Session, firm: Firm, lead: str, capital: Money, on: date) -> None:
    share_register.enter(session, firm, holder=lead, holder_kind=share_register.INVESTOR, capital=capital, on=on)


def _refuse_over(holding: Holding) -> None:
    if holding.stage is not HoldingStage.HELD:
        raise HoldingOver(holding=holding.number, stage=holding.stage)
