"""Awards and subsidies due to a firm: proposed, approved, then paid, or turned into capital held for the fiscal side as
far as the ceiling of public holding allows (财政奖励补助转为注资; EQ-08)."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models.equity import Award, Holding, Origin
from models.firm import Firm
from models.policies.rules import EquityRules
from models.programme import Programme
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.aftercare import AWARD
from models.values.money import ZERO, Money
from models.values.rate import Rate
from scoring.equity_value import award_to_capital, share_of
from workflows import holdings, share_register
from workflows.booking import book
from workflows.collecting import AmountNotPositive
from workflows.moves import move, note, require
from workflows.numbering import Series, next_number
from workflows.posting import take_turn


class PublicCeilingReached(Refusal):
    """Public hands hold as much of the firm as they may: nothing of the award can become capital (EQ-08)."""


class NothingLeftToPay(Refusal):
    """All of the award has become capital; nothing of it is a grant any more."""


def propose_award(
    session: Session,
    *,
    firm: Firm,
    title: str,
    amount: Money,
    programme: Programme | None = None,
    basis: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Award:
    """Propose an award for a firm; `basis` names the policy or document. Refuses with AmountNotPositive."""
    require(by, "award.propose", Role.TALENT_OFFICE, Role.FINANCE_BUREAU)
    if amount <= ZERO:
        raise AmountNotPositive(field="amount", given=amount)
    award = Award.model_validate(
        {
            "number": next_number(session, Series.AWARD, on),
            "firm_id": firm.key,
            "programme_id": None if programme is None else programme.key,
            "title": title,
            "basis": basis,
            "amount": amount,
            "proposed_on": on,
        }
    )
    session.add(award)
    note(session, award, "propose", by=by, on=on, at=at)
    session.flush()
    return award


def approve_award(session: Session, *, award: Award, by: Actor, on: date, at: datetime) -> Award:
    """The bureau agrees: from now on the award is owed to the firm. The proposer may not be the approver."""
    move(session, AWARD, award, "approve", by=by, on=on, at=at)
    _book(session, "award_approved", award, award.amount, by=by, on=on, at=at)
    award.approved_on = on
    session.add(award)
    session.flush()
    return award


def refuse_award(session: Session, *, award: Award, reason: str, by: Actor, on: date, at: datetime) -> Award:
    """The bureau declines, with its reason."""
    move(session, AWARD, award, "refuse", by=by, on=on, at=at, reason=reason)
    return award


def pay_award(session: Session, *, award: Award, by: Actor, on: date, at: datetime) -> Award:
    """Pay what of the award is still a grant: all of it, or what has not become capital.

    Refuses with NothingLeftToPay, LimitReached when the treasury has not the cash.
    """
    left = award.amount - award.capitalised
    if not left:
        raise NothingLeftToPay(award=award.number, capitalised=award.capitalised)
    move(session, AWARD, award, "pay", by=by, on=on, at=at)
    _book(session, "award_paid", award, left, by=by, on=on, at=at)
    award.done_on = on
    session.add(award)
    session.flush()
    return award


def capitalise_award(
    session: Session, *, award: Award, pre_money: Money, resolution: str = "", by: Actor, on: date, at: datetime
) -> Holding:
    """Turn an approved award into capital at the firm's value before it; what is over the ceiling stays a grant and can
    be paid. `resolution` names the shareholders' resolution (EQ-06).

    Refuses with PublicCeilingReached (facts: public share, ceiling), RegisterIncomplete, NotYetFounded,
    IssuedBelowPar, LimitReached.
    """
    take_turn(session)
    firm = session.get_one(Firm, award.firm_id)
    if pre_money <= ZERO:
        raise AmountNotPositive(field="pre_money", given=pre_money)
    public = share_register.public_capital(share_register.checked_register(session, firm, on))
    share_register.refuse_below_par(firm, pre_money)
    ceiling = rules_in_force(session, EquityRules, on).public_holding_max
    shares = award_to_capital(award.amount, firm.registered_capital, pre_money, ceiling=ceiling, public=public)
    if not shares.new_registered or not shares.converted:
        held = Rate(share_of(public, firm.registered_capital))
        raise PublicCeilingReached(firm=firm.name, held=held, ceiling=ceiling, award=award.amount)
    move(session, AWARD, award, "capitalise", by=by, on=on, at=at, reason=resolution)
    holding = holdings.acquire(
        session,
        firm,
        origin=Origin.AWARD,
        cost=shares.converted,
        capital=shares.new_registered,
        method="pre_money",
        valued_by=by.name,
        award=award,
        on=on,
    )
    _book(session, "award_capitalised", award, shares.converted, holding=holding.number, by=by, on=on, at=at)
    award.capitalised = shares.converted
    award.done_on = None if shares.left else on
    session.add(award)
    session.flush()
    return holding


def _book(
    session: Session, event: str, award: Award, amount: Money, *, holding: str = "", by: Actor, on: date, at: datetime
) -> None:
    book(
        session,
        event,
        key=f"{event}:{award.number}",
        cause=f"{award.number} {holding}".strip(),
        amounts={"amount": amount},
        parts={"award": award.number, "holding": holding},
        by=by,
        on=on,
        at=at,
    )
