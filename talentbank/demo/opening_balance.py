"""How the seven institutions get their first money, and how the vehicle draws and serves its facility."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from models.facility import Drawing, Facility
from models.queries.books import balance
from models.roles import Institution, Role
from models.values.money import Money
from models.values.rate import Rate
from models.values.terms import add_months
from talentbank.demo.stage import Story
from talentbank.demo.steps import Play
from workflows import funding

TRANCHE = Money.yuan(300_000_000)
"""首批统贷资金: the first tranche of the source document (TB-03)."""

CAPITAL = {
    Institution.VEHICLE: Money.wan(1_000),
    Institution.GUARANTOR: Money.wan(12_000),
    Institution.RELENDER: Money.wan(6_000),
    Institution.AMC: Money.wan(4_000),
    Institution.VENTURE: Money.wan(5_000),
}
"""Illustrative: the source gives none of these."""

BANK_CAPITAL = Money.wan(12_000)
STEP = Money.wan(2_000)
LEAST_CASH = Money.wan(1_500)


def found_institutions(play: Play) -> Facility:
    """Appropriation, capital of every fund, the risk pool, the facility registered and opened by two persons."""
    bureau = play.by(Role.BUREAU_APPROVER)
    funding.appropriate(play.session, amount=Money.wan(60_000), ref="2012", **bureau)
    for fund, amount in CAPITAL.items():
        funding.capitalise(play.session, fund=fund, amount=amount, ref="2012", **bureau)
    funding.capitalise(
        play.session, fund=Institution.BANK, amount=BANK_CAPITAL, owner="owner", ref="2012", **play.by(Role.TREASURER)
    )
    funding.fund_pool(play.session, amount=Money.wan(3_000), ref="2012", **bureau)
    facility = funding.register_facility(
        play.session,
        lender="国家开发银行宁波分行",
        commitment=TRANCHE,
        rate=Rate.of("0.0300"),
        starts_on=play.on,
        ends_on=date(2030, 12, 31),
        purpose="人才创业统贷资金",
        label=play.label,
        **play.by(Role.TREASURER),
    )
    return funding.open_facility(play.session, facility=facility, **play.by(Role.BUREAU_APPROVER))


def serve_facility(play: Play, facility: Facility) -> Story:
    """Keep the bank in cash by drawing in steps, pay interest each quarter."""
    while True:
        _draw_if_low(play, facility)
        if play.on.month % 3 == 0 and play.on.day >= 21:
            _pay_interest(play)
            yield add_months(play.on.replace(day=1), 1)
        else:
            yield play.on.replace(day=21) if play.on.day < 21 else add_months(play.on.replace(day=1), 1)


def draw_for(play: Play, facility: Facility, amount: Money) -> None:
    """Draw in whole steps until the bank can pay so much out."""
    while balance(play.session, "bank.cash").net < amount + LEAST_CASH and _room(play, facility):
        room = _room(play, facility)
        funding.draw(
            play.session,
            facility=facility,
            amount=min(STEP, room),
            due_on=date(2030, 11, 30),
            **play.by(Role.TREASURER),
        )


def _draw_if_low(play: Play, facility: Facility) -> None:
    draw_for(play, facility, Money(0))


def _room(play: Play, facility: Facility) -> Money:
    drawn = -balance(play.session, "vehicle.facility_payable", part=facility.number).net
    return facility.commitment - drawn


def _pay_interest(play: Play) -> None:
    for drawing in play.session.exec(select(Drawing).order_by(col(Drawing.id))).all():
        if balance(play.session, "vehicle.interest_payable", part=drawing.number).net:
            funding.pay_interest(play.session, drawing=drawing, **play.by(Role.TREASURER))
