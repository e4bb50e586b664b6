"""Drawings on facilities: what is owed on each, which loans it has funded, principal and interest paid back."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import Response

from models.facility import Facility
from models.queries import facilities as found
from models.roles import Role
from talentbank.i18n import N_
from talentbank.web import confirming
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Yuan
from talentbank.web.routes.facilities import READERS
from workflows import funding

router = APIRouter()

Reader = Annotated[Desk, allow(*READERS)]
Treasurer = Annotated[Desk, allow(Role.TREASURER)]


class StampForm(BaseModel):
    """The version that was read."""

    stamp: int
    confirmed: bool = False


class RepayForm(StampForm):
    """Principal repaid to the lender."""

    amount: Yuan


@router.get("/drawings/{number}")
def drawing(number: str, desk: Reader) -> Response:
    """One drawing: what is owed on it, and which loans it has funded."""
    row = found.drawing_by_number(desk.session, number)
    of = desk.session.get_one(Facility, row.facility_id)
    return desk.show(
        "facilities/drawing.html",
        line=found.drawing_line(desk.session, row, of),
        loans=found.loans_funded(desk.session, row),
        may_repay=desk.actor.holds(Role.TREASURER),
    )


@router.post("/drawings/{number}/repay")
def repay(number: str, form: Annotated[RepayForm, Form()], desk: Treasurer) -> Response:
    """Repay principal to the lender."""
    row = found.drawing_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    funding.repay(desk.session, drawing=row, amount=form.amount, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认归还本金"),
            facts=[(N_("提款编号"), number), (N_("归还后未还本金"), row.amount - row.repaid)],
            amount=form.amount,
            warning=N_("资金由人才银行归还出资机构，不能撤销。"),
            submit=N_("归还"),
        )
    desk.say(N_("已归还本金 %(amount)s"), amount=form.amount)
    return desk.go(f"/drawings/{number}")


@router.post("/drawings/{number}/interest")
def pay_interest(number: str, form: Annotated[StampForm, Form()], desk: Treasurer) -> Response:
    """Pay all the interest that has accrued."""
    row = found.drawing_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    paid = funding.pay_interest(desk.session, drawing=row, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认支付利息"),
            facts=[(N_("提款编号"), number), (N_("计息截至"), row.interest_through)],
            amount=paid,
            warning=N_("支付后不能撤销。"),
            submit=N_("支付"),
        )
    desk.say(N_("已支付利息 %(amount)s"), amount=paid)
    return desk.go(f"/drawings/{number}")
