"""Where the money comes from: facilities of lenders and what is drawn on them; capital stands beside them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.facility import Facility
from models.queries import facilities as found
from models.queries.books import balance
from models.roles import Institution, Role
from models.states.aftercare import FACILITY, FacilityStage
from models.values.money import ZERO, Money
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import confirming, listing
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Note, PerCent, Text, Wan
from talentbank.web.navigation import WATCH, Item
from talentbank.web.routes.capital import CAPITAL_KINDS, KINDS_OF_ROLE
from workflows import funding, moves

router = APIRouter()

READERS = (
    Role.FINANCE_BUREAU,
    Role.BUREAU_APPROVER,
    Role.TREASURER,
    Role.CREDIT_COMMITTEE,
    Role.AUDITOR,
)
NAVIGATION = (Item(WATCH, "/facilities", "coins", N_("资金来源"), frozenset(READERS), place=15),)
FIELD_LABELS = {
    "lender": N_("出资机构"),
    "commitment": N_("授信额度"),
    "starts_on": N_("起始日"),
    "ends_on": N_("到期日"),
    "due_on": N_("应还日"),
}
COLUMNS = (
    Column(N_("提款编号")),
    Column(N_("授信编号")),
    Column(N_("出资机构"), width=30),
    Column(N_("提款金额（元）"), Kind.MONEY, 20),
    Column(N_("未还本金（元）"), Kind.MONEY, 20),
    Column(N_("应付利息（元）"), Kind.MONEY, 20),
    Column(N_("年利率"), Kind.RATE),
    Column(N_("提款日"), Kind.DATE),
    Column(N_("应还日"), Kind.DATE),
)

Reader = Annotated[Desk, allow(*READERS)]
Treasurer = Annotated[Desk, allow(Role.TREASURER)]
BureauApprover = Annotated[Desk, allow(Role.BUREAU_APPROVER)]


class RegisterForm(BaseModel):
    """A lender's commitment."""

    lender: Annotated[Text, Field(max_length=120)]
    commitment: Wan
    rate: PerCent
    starts_on: Day
    ends_on: Day
    purpose: Annotated[Note, Field(max_length=200)] = ""


class StampForm(BaseModel):
    """The version that was read."""

    stamp: int
    confirmed: bool = False


class CloseForm(StampForm):
    """Why nothing more is drawn."""

    reason: Text


class DrawForm(BaseModel):
    """Money drawn and passed on to the bank."""

    amount: Wan
    due_on: Day
    confirmed: bool = False


@router.get("/facilities")
def facilities(desk: Reader) -> Response:
    """Commitments and what is drawn, the ladder of maturities, drawings, capital of the funds."""
    lines = found.facility_lines(desk.session)
    drawings = found.drawing_lines(desk.session)
    return desk.show(
        "facilities/list.html",
        lines=lines,
        drawings=[one for one in drawings if one.owed or one.interest_due],
        committed=_sum(one.facility.commitment for one in lines if one.facility.stage is FacilityStage.OPEN),
        owed=_sum(line.owed for line in lines),
        free=_sum(line.free for line in lines),
        idle=_sum(room for _, room in funding.headroom(desk.session)),
        interest=_sum(one.interest_due for one in drawings),
        pool=balance(desk.session, "bureau.pool").net,
        treasury=balance(desk.session, "bureau.cash").net,
        ladder=found.ladder(desk.session, desk.on),
        capital=[(fund, *found.capital_of(desk.session, fund)) for fund in Institution if fund != Institution.BUREAU],
        kinds={kind: CAPITAL_KINDS[kind] for kind, roles in KINDS_OF_ROLE if desk.actor.holds(*roles)},
        funds=[fund for fund in Institution if fund != Institution.BUREAU],
    )


def _sum(amounts: object) -> Money:
    return sum(amounts, start=ZERO)  # type: ignore[call-overload,no-any-return]


@router.get("/facilities.xlsx")
def workbook(desk: Reader) -> Response:
    """Every drawing as an Excel file."""
    rows = (
        (
            one.drawing.number,
            one.facility.number,
            one.facility.lender,
            one.drawing.amount,
            one.owed,
            one.interest_due,
            one.drawing.rate,
            one.drawing.drawn_on,
            one.drawing.due_on,
        )
        for one in found.drawing_lines(desk.session)
    )
    return listing.export(desk, name=N_("统贷提款台账"), columns=COLUMNS, rows=rows)


@router.post("/facilities")
def register(form: Annotated[RegisterForm, Form()], desk: Treasurer) -> Response:
    """Enter a commitment; the bureau's approver opens it."""
    made = funding.register_facility(
        desk.session,
        lender=form.lender,
        commitment=form.commitment,
        rate=form.rate,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        purpose=form.purpose,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("统贷授信 %(number)s 已登记，等待财政局审批岗启用"), number=made.number)
    return desk.go(f"/facilities/{made.number}")


@router.get("/facilities/{number}")
def facility(number: str, desk: Reader) -> Response:
    """One facility with its drawings, and what this person may do."""
    row = found.facility_by_number(desk.session, number)
    drawings = found.drawing_lines(desk.session, row)
    return desk.show(
        "facilities/facility.html",
        facility=row,
        drawings=drawings,
        owed=_sum(one.owed for one in drawings),
        open_now={move.verb for move in moves.open_moves(desk.session, FACILITY, row, by=desk.actor)},
        may_draw=desk.actor.holds(Role.TREASURER) and _drawable(row, desk.on),
        may_repay=desk.actor.holds(Role.TREASURER),
    )


def _drawable(row: Facility, on: date) -> bool:
    return row.stage is FacilityStage.OPEN and row.starts_on <= on < row.ends_on


@router.post("/facilities/{number}/open")
def open_facility(number: str, form: Annotated[StampForm, Form()], desk: BureauApprover) -> Response:
    """Open what another person registered; from now on the books hold its limit."""
    row = found.facility_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    funding.open_facility(desk.session, facility=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("统贷授信 %(number)s 已启用，可以提款"), number=number)
    return desk.go(f"/facilities/{number}")


@router.post("/facilities/{number}/close")
def close(number: str, form: Annotated[CloseForm, Form()], desk: Treasurer) -> Response:
    """Draw no more on a facility."""
    row = found.facility_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    funding.close_facility(desk.session, facility=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("统贷授信 %(number)s 已关闭"), number=number)
    return desk.go(f"/facilities/{number}")


@router.post("/facilities/{number}/draw")
def draw(number: str, form: Annotated[DrawForm, Form()], desk: Treasurer) -> Response:
    """Draw, and pass the money on to the bank in the same act."""
    row = found.facility_by_number(desk.session, number)
    made = funding.draw(
        desk.session, facility=row, amount=form.amount, due_on=form.due_on, by=desk.actor, on=desk.on, at=desk.now
    )
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认提款"),
            facts=[(N_("出资机构"), row.lender), (N_("年利率"), row.rate), (N_("应还日"), form.due_on)],
            amount=form.amount,
            warning=N_("资金当日转入人才银行并开始计息，不能撤销。"),
            submit=N_("提款"),
        )
    desk.say(N_("已提款 %(amount)s，提款编号 %(number)s"), amount=form.amount, number=made.number)
    return desk.go(f"/facilities/{number}")
