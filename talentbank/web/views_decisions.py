"""What the committee's page shows: the offer part by part, what it does to the limits, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application
from models.decision import Condition, Decision, Outcome
from models.firm import Firm
from models.talent import Talent
from models.values.money import ZERO, Money
from models.values.rate import Rate
from scoring.offer import Offer
from talentbank import figures, reason_words
from talentbank.i18n import N_, said
from talentbank.web.desk import Desk
from talentbank.web.views_case import people
from workflows import guarantee_capacity
from workflows.offering import Basis


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of the amount or of the price: what it comes to, by which formula, from which inputs."""

    name: str
    value: Money | Rate | None
    formula: str
    inputs: str
    why: str
    binds: bool


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer in words: as it stands today, or as it was kept with a decision."""

    amount: Money
    rate: Rate
    term_months: int
    share: Rate
    guaranteed: Money
    points: int
    grade: str
    default_rate: Rate
    binding: str
    parts: list[PartView]
    price_parts: list[PartView]
    price_bound: str
    pledge_needed: Money
    all_in: Rate
    warnings: list[str]


def offer_view(desk: Desk, stored: Mapping[str, Any]) -> OfferView:
    """An offer in the language of the page, from the form in which it is stored."""
    with desk.speaking():
        return OfferView(
            amount=Money(stored["amount_fen"]),
            rate=Rate(stored["rate_ppm"]),
            term_months=stored["term_months"],
            share=Rate(stored["guarantee_share_ppm"]),
            guaranteed=Money(stored["guaranteed_fen"]),
            points=stored["points"],
            grade=stored["grade"],
            default_rate=Rate(stored["default_rate_ppm"]),
            binding=reason_words.say_part(stored["binding"]),
            parts=[_part(one, one["amount_fen"], stored["binding"]) for one in stored["parts"]],
            price_parts=[_price_part(one) for one in stored["price_parts"]],
            price_bound=reason_words.say_part(stored["price_bound"]) if stored["price_bound"] else "",
            pledge_needed=Money(stored["pledge_needed_fen"]),
            all_in=Rate(stored["all_in_ppm"]),
            warnings=[said(reason_words.WARNINGS[one]) for one in stored["warnings"]],
        )


def _part(part: Mapping[str, Any], fen: int | None, binding: str) -> PartView:
    name = part["name"]
    return PartView(
        reason_words.say_part(name),
        None if fen is None else Money(fen),
        reason_words.say_formula(name),
        _inputs(part),
        reason_words.say_why(part),
        name == binding,
    )


def _price_part(part: Mapping[str, Any]) -> PartView:
    name = part["name"]
    return PartView(
        reason_words.say_part(name), Rate(part["ppm"]), reason_words.say_formula(name), _inputs(part), "", False
    )


def _inputs(part: Mapping[str, Any]) -> str:
    return " · ".join(f"{label} {said(fact)}" for label, fact in reason_words.inputs_of(part))


@dataclass(frozen=True, slots=True)
class LimitView:
    """A limit before and after the offer: amounts, and per cent of the cap."""

    name: str
    source: str
    before: Money
    after: Money
    cap: Money
    percent_before: float
    percent_after: float

    @property
    def broken(self) -> bool:
        """Whether the offer would go beyond the limit."""
        return self.after > self.cap


LIMIT_NAMES = {
    "fund_single_cap": (N_("单户贷款上限"), "TB-11"),
    "fund_single_share": (N_("单户占统贷资金比例"), "TB-11"),
    "bank_single": (N_("单一借款人占银行资本比例"), "LOAN-08"),
}


def limits(desk: Desk, row: Application, basis: Basis, offer: Offer) -> list[LimitView]:
    """What the offer does to the limits of the funds, of the bank and of the guarantor."""
    used = Money(basis.inputs.exposure_fen)
    found = [
        _limit(*LIMIT_NAMES[part.name], used, offer.amount, Money(part.inputs["cap_fen"]))
        for part in offer.parts
        if part.name in LIMIT_NAMES and part.amount is not None
    ]
    if offer.guaranteed:
        standing = guarantee_capacity.capacity(desk.session, desk.on)
        found.append(_limit(N_("担保放大倍数额度"), "GUA-05", standing.liability, offer.guaranteed, standing.cap))
        firm = desk.session.get(Firm, row.firm_id) if row.firm_id else None
        room = guarantee_capacity.room_for(desk.session, firm=firm, talent_id=row.talent_id, on=desk.on)
        cap = standing.single_cap
        own = max(cap - room, ZERO)
        found.append(_limit(N_("单户与集团担保额度"), "GUA-06", own, offer.guaranteed, cap))
    return found


def _limit(name: str, source: str, used: Money, more: Money, cap: Money) -> LimitView:
    after = used + more
    whole = cap.fen or 1
    return LimitView(name, source, used, after, cap, used.fen * 100 / whole, after.fen * 100 / whole)


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision that was taken, with the offer it was taken on."""

    decision: Decision
    number: str
    application: str
    title: str
    outcome: Outcome
    by: str
    offer: OfferView | None
    conditions: list[Condition]


def decision_view(desk: Desk, decision: Decision) -> DecisionView:
    """A decision for its page."""
    row = desk.session.get_one(Application, decision.application_id)
    return DecisionView(
        decision,
        decision.number,
        row.number,
        title_of(desk.session, row),
        decision.outcome,
        people(desk.session, {decision.decided_by}).get(decision.decided_by, figures.MISSING),
        offer_view(desk, decision.offer) if decision.offer else None,
        conditions(desk.session, decision),
    )


def title_of(session: Session, row: Application) -> str:
    """The firm's name, or the talent's before there is a firm."""
    firm = session.get(Firm, row.firm_id) if row.firm_id else None
    return firm.name if firm else session.get_one(Talent, row.talent_id).name


def decisions_on(session: Session, row: Application) -> list[Decision]:
    """The decisions on an application, newest first."""
    query = select(Decision).where(Decision.application_id == row.key).order_by(col(Decision.id).desc())
    return list(session.exec(query))


def conditions(session: Session, decision: Decision) -> list[Condition]:
    """What a decision asks for before money goes out."""
    query = select(Condition).where(Condition.decision_id == decision.key).order_by(col(Condition.id))
    return list(session.exec(query))
