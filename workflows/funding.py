"""Market funding (统贷资金, TB-03): facilities of lenders, drawings passed on to the bank at cost, their interest and
repayment. Capital of the funds, and which drawing funds which loan, stand in files of their own and can be reached from
here."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from models.facility import Drawing, Facility
from models.lending.accrual import interest_of_days
from models.policies.rules import ExposureRules
from models.queries.books import balance
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.states.aftercare import FACILITY, FacilityStage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from workflows import moves
from workflows.booking import book
from workflows.capital import (
    DISTRICT_POOL,
    AmountNotAboveNought,
    NoSuchCapital,
    appropriate,
    capitalise,
    fund_pool,
    positive,
)
from workflows.given import NumberOutOfRange, at_least, part_at_least, said
from workflows.matching import allocate, headroom
from workflows.moves import move, require
from workflows.numbering import Series, next_number
from workflows.posting import set_limit, take_turn

__all__ = [
    "DISTRICT_POOL",
    "AmountNotAboveNought",
    "FacilityDatesWrong",
    "FacilityNotOpen",
    "MoreThanDrawn",
    "NoInterestDue",
    "NoSuchCapital",
    "accrue_interest",
    "allocate",
    "appropriate",
    "capitalise",
    "close_facility",
    "draw",
    "fund_pool",
    "headroom",
    "open_facility",
    "pay_interest",
    "register_facility",
    "repay",
]

DAY_BASIS = 360
"""Facilities count actual days over 360, as the bank's own loans do (NUM-03)."""


class FacilityDatesWrong(BadInput):
    """A facility or a drawing that would end before it begins, or a drawing that would outlast its facility."""


class FacilityNotOpen(Refusal):
    """Money is drawn on an open facility, within its term."""


class MoreThanDrawn(Refusal):
    """More cannot be repaid than is left of the drawing."""


class NoInterestDue(Refusal):
    """All interest that has accrued on the drawing is paid."""


def register_facility(
    session: Session,
    *,
    lender: str,
    commitment: Money,
    rate: Rate,
    starts_on: date,
    ends_on: date,
    purpose: str = "",
    label: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Facility:
    """Enter a lender's commitment to the financing vehicle; another person opens it. Refuses wrong dates and amounts."""
    require(by, "facility.register", Role.TREASURER)
    at_least(positive(commitment), "commitment", least=_drawing_min(session, on))
    if not starts_on < ends_on:
        raise FacilityDatesWrong(field="ends_on", start=starts_on, end=ends_on)
    if not 0 <= rate.ppm <= Rate.of("1").ppm:
        raise NumberOutOfRange(field="rate", given=rate, least=Rate(0), most=Rate.of("1"))
    row = Facility.model_validate(
        {
            "number": next_number(session, Series.FACILITY, on),
            "lender": said(lender, "lender"),
            "commitment": commitment,
            "rate": rate,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "purpose": purpose.strip(),
            "label": label,
        }
    )
    session.add(row)
    session.flush()
    moves.note(session, row, "register", by=by, on=on, at=at)
    return row


def open_facility(session: Session, *, facility: Facility, by: Actor, on: date, at: datetime) -> Facility:
    """Open a registered facility: from now on the books themselves refuse principal beyond the commitment."""
    move(session, FACILITY, facility, "open", by=by, on=on, at=at)
    # The account is a liability, so the most that may be owed is the least that debits minus credits may be.
    set_limit(
        session, "vehicle.facility_payable", part=facility.number, floor=Money(-facility.commitment.fen), ceiling=ZERO
    )
    return facility


def close_facility(session: Session, *, facility: Facility, reason: str, by: Actor, on: date, at: datetime) -> Facility:
    """Nothing more is drawn on the facility; what was drawn stays owed until it is repaid."""
    move(session, FACILITY, facility, "close", by=by, on=on, at=at, reason=reason)
    return facility


def draw(
    session: Session, *, facility: Facility, amount: Money, due_on: date, by: Actor, on: date, at: datetime
) -> Drawing:
    """Draw on a facility and pass the money on to the bank in the same act.

    Refuses with FacilityNotOpen, FacilityDatesWrong, PartTooSmall, and with LimitReached beyond the commitment.
    """
    require(by, "drawing.draw", Role.TREASURER)
    if facility.stage is not FacilityStage.OPEN or not facility.starts_on <= on < facility.ends_on:
        raise FacilityNotOpen(
            facility=facility.number, stage=facility.stage, start=facility.starts_on, end=facility.ends_on
        )
    if not on < due_on <= facility.ends_on:
        raise FacilityDatesWrong(field="due_on", start=on, end=due_on)
    left = facility.commitment + balance(session, "vehicle.facility_payable", part=facility.number).net
    part_at_least(positive(amount), "amount", least=_drawing_min(session, on), left=left)
    number = next_number(session, Series.DRAWING, on)
    row = Drawing.model_validate(
        {
            "number": number,
            "facility_id": facility.key,
            "amount": amount,
            "rate": facility.rate,
            "drawn_on": on,
            "due_on": due_on,
            "interest_through": on,
        }
    )
    session.add(row)
    session.flush()
    book(
        session,
        "facility_drawn",
        key=f"draw:{number}",
        cause=f"drawing {number} on {facility.number}",
        amounts={"amount": amount},
        parts={"facility": facility.number, "drawing": number},
        by=by,
        on=on,
        at=at,
    )
    moves.note(session, row, "draw", by=by, on=on, at=at)
    return row


def accrue_interest(session: Session, *, on: date, by: Actor, at: datetime) -> Money:
    """Accrue the interest of every drawing to the end of the day `on`, passed on to the bank at cost; returns the sum.

    Cumulative amounts are rounded, a day is their difference: a period's days sum to its interest (NUM-02). A drawing
    whose interest stands there already is left alone, so a day may be asked for twice.
    """
    end = on + timedelta(days=1)
    query = select(Drawing).where(col(Drawing.repaid) < col(Drawing.amount), col(Drawing.interest_through) < end)
    accrued = ZERO
    for drawing in session.exec(query.order_by(col(Drawing.id))).all():
        accrued += _accrue(session, drawing, end, by=by, on=on, at=at)
    return accrued


def repay(session: Session, *, drawing: Drawing, amount: Money, by: Actor, on: date, at: datetime) -> Drawing:
    """Repay principal of a drawing: from the bank to the vehicle and on to the lender.

    The day itself bears no interest on what is repaid (LOAN-10); interest up to it is accrued first. Refuses with
    MoreThanDrawn, and with LimitReached if the bank lacks the cash.
    """
    require(by, "drawing.repay", Role.TREASURER)
    left = drawing.amount - drawing.repaid
    if positive(amount) > left:
        raise MoreThanDrawn(drawing=drawing.number, left=left, asked=amount)
    _accrue(session, drawing, on, by=by, on=on, at=at)
    drawing.repaid += amount
    session.add(drawing)
    book(
        session,
        "facility_repaid",
        key=f"repay:{drawing.number}:{drawing.repaid.fen}",
        cause=f"repayment of drawing {drawing.number}",
        amounts={"amount": amount},
        parts={"facility": session.get_one(Facility, drawing.facility_id).number, "drawing": drawing.number},
        by=by,
        on=on,
        at=at,
    )
    moves.note(session, drawing, "repay", by=by, on=on, at=at)
    return drawing


def pay_interest(session: Session, *, drawing: Drawing, by: Actor, on: date, at: datetime) -> Money:
    """Pay the lender all interest that has accrued and is unpaid; the bank settles its side with the vehicle.

    Returns the amount. Refuses with NoInterestDue, and with LimitReached if the bank lacks the cash.
    """
    require(by, "drawing.pay_interest", Role.TREASURER)
    take_turn(session)
    amount = -balance(session, "vehicle.interest_payable", part=drawing.number).net
    if not amount:
        raise NoInterestDue(drawing=drawing.number, through=drawing.interest_through)
    book(
        session,
        "facility_interest_paid",
        key=f"facility_interest_paid:{drawing.number}:{drawing.interest_through}",
        cause=f"interest of drawing {drawing.number} before {drawing.interest_through}",
        amounts={"amount": amount, "passed_on": amount},
        parts={"drawing": drawing.number},
        by=by,
        on=on,
        at=at,
    )
    moves.note(session, drawing, "pay_interest", by=by, on=on, at=at)
    return amount


def _drawing_min(session: Session, on: date) -> Money:
    return rules_in_force(session, ExposureRules, on).drawing_min


def _accrue(session: Session, drawing: Drawing, end: date, *, by: Actor, on: date, at: datetime) -> Money:
    if drawing.interest_through >= end:
        return ZERO
    left = drawing.amount - drawing.repaid
    amount = _interest(drawing, left, end) - _interest(drawing, left, drawing.interest_through)
    drawing.interest_through = end
    session.add(drawing)
    book(
        session,
        "facility_interest_accrued",
        key=f"facility_interest:{drawing.number}:{end}",
        cause=f"interest of drawing {drawing.number} before {end}",
        amounts={"amount": amount, "passed_on": amount},
        parts={"drawing": drawing.number},
        by=by,
        on=on,
        at=at,
    )
    return amount


def _interest(drawing: Drawing, left: Money, until: date) -> Money:
    days = (until - drawing.drawn_on).days
    return Money(interest_of_days(left.fen, drawing.rate.ppm, days, day_basis=DAY_BASIS))
