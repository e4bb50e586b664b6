"""The way out of a holding: offered by one person at a price that holds against the rules, done by another (退出).

A sale to outsiders is measured against an appraisal that is still valid (EQ-16, EQ-17), a transfer to fellow shareholders
against cost and loan-rate interest (EQ-11), a buy-back by founders against the contract's price (EQ-12).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models.equity import ExitKind, Holding
from models.firm import Firm
from models.policies.rules import EquityRules
from models.queries.rules import lpr_quotes, rules_in_force
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.aftercare import HOLDING, HoldingStage
from models.talent import Talent
from models.values.lpr import NoLprInForce, lpr_in_force
from models.values.money import ZERO, Money
from models.values.rate import Rate
from models.values.terms import add_months, add_years
from scoring.equity_value import appraisal_valid, buy_back_price, public_exit_floor
from workflows import share_register
from workflows.booking import book
from workflows.collecting import AmountNotPositive
from workflows.holdings import HoldingOver, latest_value
from workflows.moves import move, note, require
from workflows.posting import take_turn


class PriceBelowFloor(Refusal):
    """The price is below what the rules ask for this kind of exit; only the approving body's consent lifts it."""


class ValueTooOld(Refusal):
    """A sale to outsiders needs a value of the holding that is still valid (EQ-16)."""


class NoExitOffered(Refusal):
    """Nobody has offered an exit of this holding yet."""


class ExitRateUnknown(Refusal):
    """No LPR had been published by that day, so the interest of a public exit cannot be reckoned (EQ-11)."""


def floor_price(session: Session, holding: Holding, kind: ExitKind, on: date) -> Money:
    """The least that an exit of this kind may bring on a day; a liquidation brings what there is.

    Refuses with ValueTooOld and ExitRateUnknown.
    """
    rules = rules_in_force(session, EquityRules, on)
    match kind:
        case ExitKind.SALE:
            value = latest_value(session, holding)
            months = rules.appraisal_valid_months
            if value is None or not appraisal_valid(value.on, on, months):
                valued_on = holding.acquired_on if value is None else value.on
                raise ValueTooOld(
                    holding=holding.number, valued_on=valued_on, valid_to=add_months(valued_on, months), on=on
                )
            # Rounded up: a price one fen below nine tenths is below nine tenths.
            return Money(-(-value.value.fen * rules.price_floor.ppm // 1_000_000))
        case ExitKind.TRANSFER:
            free = on <= add_years(holding.acquired_on, rules.exit_free_years)
            rate = Rate(0) if free else _exit_rate(session, on)
            return public_exit_floor(
                holding.cost, holding.acquired_on, on, free_years=rules.exit_free_years, rate=rate
            ).price
        case ExitKind.BUY_BACK:
            return buy_back_price(
                holding.cost,
                holding.acquired_on,
                on,
                rate=rules.buyback_rate,
                dividends=holding.dividends,
                day_basis=rules.buyback_basis,
            )
        case ExitKind.LIQUIDATION:
            return ZERO


def _exit_rate(session: Session, on: date) -> Rate:
    try:
        return lpr_in_force(lpr_quotes(session, on), on).one_year
    except NoLprInForce:
        raise ExitRateUnknown(on=on) from None


def offer_exit(
    session: Session,
    *,
    holding: Holding,
    proceeds: Money,
    kind: ExitKind,
    buyer: str = "",
    consent: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Holding:
    """Propose to sell a holding at a price. Without a `buyer` the founder takes it (EQ-19); `consent` names the document
    by which the approving body agreed to a price below the floor (EQ-17).

    Refuses with PriceBelowFloor (facts: price, floor, kind), ValueTooOld, HoldingOver, AmountNotPositive.
    """
    require(by, "holding.offer_exit", Role.VENTURE_MANAGER)
    kind = ExitKind(kind)
    if holding.stage is not HoldingStage.HELD:
        raise HoldingOver(holding=holding.number, stage=holding.stage)
    if proceeds < ZERO or (not proceeds and kind is not ExitKind.LIQUIDATION):
        raise AmountNotPositive(field="proceeds", given=proceeds)
    floor = floor_price(session, holding, kind, on)
    if proceeds < floor and not consent.strip():
        raise PriceBelowFloor(holding=holding.number, kind=kind, price=proceeds, floor=floor)
    firm = session.get_one(Firm, holding.firm_id)
    holding.offered, holding.exit_kind = proceeds, kind.value
    holding.buyer = buyer.strip() or session.get_one(Talent, firm.founder_id).name
    session.add(holding)
    note(session, holding, "offer_exit", by=by, on=on, at=at, reason=consent)
    session.flush()
    return holding


def exit(session: Session, *, holding: Holding, by: Actor, on: date, at: datetime) -> Holding:
    """Carry out the exit that was offered: the money comes in, the holding leaves the books, the buyer stands in the
    cap table. Whoever offered it may not do it. A firm in liquidation keeps its last register.

    Refuses with NoExitOffered, RegisterIncomplete.
    """
    take_turn(session)
    if not holding.exit_kind:
        raise NoExitOffered(holding=holding.number)
    firm = session.get_one(Firm, holding.firm_id)
    move(session, HOLDING, holding, "exit", by=by, on=on, at=at)
    if holding.exit_kind != ExitKind.LIQUIDATION:
        share_register.checked_register(session, firm, on)
        founder = session.get_one(Talent, firm.founder_id).name
        kind = share_register.FOUNDER if holding.buyer == founder else share_register.INVESTOR
        share_register.pass_on(session, firm, holding, buyer=holding.buyer, buyer_kind=kind, on=on)
    gain = holding.offered - holding.carrying
    book(
        session,
        "exited",
        key=f"exit:{holding.number}",
        cause=f"{holding.number} {holding.exit_kind}",
        amounts={
            "proceeds": holding.offered,
            "carrying": holding.carrying,
            "gain": max(gain, ZERO),
            "loss": max(-gain, ZERO),
        },
        parts={"holding": holding.number},
        by=by,
        on=on,
        at=at,
    )
    holding.proceeds, holding.carrying, holding.exited_on = holding.offered, ZERO, on
    session.add(holding)
    session.flush()
    return holding
