"""Market funding (统贷资金, TB-03): capital of the funds, facilities of lenders, drawings passed on to the bank at cost,
their interest and repayment, and which drawing funds which loan."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.books.recipes import RECIPES
from models.facility import Drawing, Facility, Funding
from models.lending.accrual import interest_of_days
from models.loan import Loan, PayOut
from models.queries.books import balance
from models.refusals import BadInput, Refusal
from models.roles import Actor, Institution, Role
from models.states.aftercare import FACILITY, FacilityStage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from workflows import moves
from workflows.booking import book
from workflows.given import NumberOutOfRange, said
from workflows.moves import move, require
from workflows.numbering import Series, next_number
from workflows.posting import set_limit, take_turn

DAY_BASIS = 360
"""Facilities count actual days over 360, as the bank's own loans do (NUM-03)."""

DISTRICT_POOL = "district"
"""The district's risk-compensation pool; the only one so far."""

OTHER_OWNERS = "others"
"""The part under which capital of owners other than the bureau is kept."""


class AmountNotAboveNought(BadInput):
    """An amount that has to be above nought."""


class NoSuchCapital(BadInput):
    """This owner does not pay capital into this fund."""


class FacilityDatesWrong(BadInput):
    """A facility or a drawing that would end before it begins, or a drawing that would outlast its facility."""


class FacilityNotOpen(Refusal):
    """Money is drawn on an open facility, within its term."""


class MoreThanDrawn(Refusal):
    """More cannot be repaid than is left of the drawing."""


class NoInterestDue(Refusal):
    """All interest that has accrued on the drawing is paid."""


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
        amounts={"amount": _positive(amount)},
        parts={"pool": DISTRICT_POOL, "owner": OTHER_OWNERS},
        by=by,
        on=on,
        at=at,
    )
    return key


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
    if not starts_on < ends_on:
        raise FacilityDatesWrong(field="ends_on", start=starts_on, end=ends_on)
    if not 0 <= rate.ppm <= Rate.of("1").ppm:
        raise NumberOutOfRange(field="rate", given=rate, least=Rate(0), most=Rate.of("1"))
    row = Facility.model_validate(
        {
            "number": next_number(session, Series.FACILITY, on),
            "lender": said(lender, "lender"),
            "commitment": _positive(commitment),
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

    Refuses with FacilityNotOpen, FacilityDatesWrong, and with LimitReached beyond the commitment.
    """
    require(by, "drawing.draw", Role.TREASURER)
    if facility.stage is not FacilityStage.OPEN or not facility.starts_on <= on < facility.ends_on:
        raise FacilityNotOpen(
            facility=facility.number, stage=facility.stage, start=facility.starts_on, end=facility.ends_on
        )
    if not on < due_on <= facility.ends_on:
        raise FacilityDatesWrong(field="due_on", start=on, end=due_on)
    number = next_number(session, Series.DRAWING, on)
    row = Drawing.model_validate(
        {
            "number": number,
            "facility_id": facility.key,
            "amount": _positive(amount),
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
    if _positive(amount) > left:
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


def allocate(session: Session, *, pay_out: PayOut) -> list[Funding]:
    """Say which drawings fund a pay-out: the oldest with room first; what none can cover is the bank's own money."""
    rows, left = [], pay_out.amount
    for drawing, room in headroom(session):
        if not left:
            break
        part = min(room, left)
        left -= part
        rows.append(
            Funding.model_validate(
                {"drawing_id": drawing.key, "loan_id": pay_out.loan_id, "pay_out_id": pay_out.key, "amount": part}
            )
        )
    session.add_all(rows)
    session.flush()
    return rows


def headroom(session: Session) -> list[tuple[Drawing, Money]]:
    """Drawings with money that funds no loan now, the oldest first. Principal that came back sets a loan's oldest
    funding free first, so nothing is counted twice and nothing is lost."""
    newer = sa.func.sum(Funding.amount).over(partition_by=col(Funding.loan_id), order_by=col(Funding.id).desc())
    rows = (
        sa.select(
            col(Funding.drawing_id).label("drawing_id"),
            sa.type_coerce(col(Funding.amount), sa.BigInteger).label("amount"),
            sa.type_coerce(newer, sa.BigInteger).label("with_newer"),
            sa.type_coerce(col(Loan.outstanding), sa.BigInteger).label("outstanding"),
        )
        .join(Loan, col(Loan.id) == col(Funding.loan_id))
        .where(sa.type_coerce(col(Loan.outstanding), sa.BigInteger) > 0)
        .subquery()
    )
    free_of = rows.c.outstanding - (rows.c.with_newer - rows.c.amount)
    in_use = sa.case((free_of <= 0, 0), (free_of < rows.c.amount, free_of), else_=rows.c.amount)
    used = {
        drawing_id: int(fen)
        for drawing_id, fen in session.execute(
            sa.select(rows.c.drawing_id, sa.func.sum(in_use)).group_by(rows.c.drawing_id)
        )
    }
    query = select(Drawing).where(col(Drawing.repaid) < col(Drawing.amount))
    drawings = session.exec(query.order_by(col(Drawing.drawn_on), col(Drawing.id))).all()
    rooms = [(one, one.amount - one.repaid - Money(used.get(one.key, 0))) for one in drawings]
    return [(drawing, room) for drawing, room in rooms if room > ZERO]


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


def _positive(amount: Money) -> Money:
    if amount <= ZERO:
        raise AmountNotAboveNought(field="amount", amount=amount)
    return amount
