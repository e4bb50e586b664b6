"""A contract's planned pay-outs on screen: plan, prove, check, draw (LOAN-06, LOAN-12)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import select
from starlette.responses import Response

from models.firm import Firm
from models.loan import Loan, PayOut
from models.refusals import NotThere
from models.roles import Role
from models.states.loan import ContractStage
from models.states.using import TRANCHE
from models.tranche import Tranche
from models.values.money import total
from talentbank.i18n import N_
from talentbank.web import views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, Text, Yuan
from talentbank.web.routes.contracts import READERS, contract_of
from workflows import moves, tranches

router = APIRouter()

FIELD_LABELS = {
    "earliest_on": N_("最早放款日"),
    "payee_account": N_("收款账号"),
    "wanted": N_("所需证明"),
}

Reader = Annotated[Desk, allow(*READERS)]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Checker = Annotated[Desk, allow(Role.CREDIT_REVIEWER, Role.LOAN_OFFICER)]


class PlanForm(BaseModel):
    """A pay-out that is planned."""

    milestone: Annotated[Text, Field(max_length=200)]
    amount: Yuan
    earliest_on: date
    payee: Annotated[Text, Field(max_length=160)]
    payee_account: Annotated[Note, Field(max_length=40)] = ""
    wanted: Annotated[Text, Field(max_length=400)]


class ProveForm(BaseModel):
    """What proves a milestone."""

    stamp: int
    proof: Annotated[Text, Field(max_length=400)]


class StepForm(BaseModel):
    """The version of the tranche that was read."""

    stamp: int


class ReasonForm(StepForm):
    """Why a proof is sent back or a tranche cancelled."""

    reason: Text


@router.get("/contracts/{number}/tranches")
def plan(number: str, desk: Reader) -> Response:
    """The plan of a contract with what this person may do."""
    row = contract_of(desk, number)
    loan = desk.session.exec(select(Loan).where(Loan.contract_id == row.key)).first()
    firm = desk.session.get_one(Firm, row.firm_id)
    rows = tranches.tranches_of(desk.session, row)
    shown = [
        (
            one,
            desk.session.get(PayOut, one.pay_out_id) if one.pay_out_id else None,
            {move.verb for move in moves.open_moves(desk.session, TRANCHE, one, by=desk.actor)},
        )
        for one in rows
    ]
    return desk.show(
        "tranches/plan.html",
        contract=row,
        loan=loan,
        firm=firm,
        invented=views_parties.invented(firm),
        rows=shown,
        planned=total(one.amount for one in rows if one.stage.stands),
        may_plan=desk.actor.holds(Role.LOAN_OFFICER) and row.stage in (ContractStage.DRAWN_UP, ContractStage.SIGNED),
    )


def tranche_of(desk: Desk, number: str, place: int) -> Tranche:
    """The tranche of a contract by its place in the plan. Refuses with NotThere."""
    contract = contract_of(desk, number)
    query = select(Tranche).where(Tranche.contract_id == contract.key, Tranche.number == place)
    row = desk.session.exec(query).first()
    if row is None:
        raise NotThere(what=f"{number}/{place}")
    return row


@router.post("/contracts/{number}/tranches")
def plan_tranche(number: str, form: Annotated[PlanForm, Form()], desk: Officer) -> Response:
    """Plan one more pay-out."""
    made = tranches.plan_tranche(
        desk.session,
        contract=contract_of(desk, number),
        milestone=form.milestone,
        amount=form.amount,
        earliest_on=form.earliest_on,
        payee=form.payee,
        payee_account=form.payee_account,
        wanted=form.wanted,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("第 %(number)s 笔放款已列入计划"), number=made.number)
    return desk.go(f"/contracts/{number}/tranches")


@router.post("/contracts/{number}/tranches/{place}/prove")
def prove(number: str, place: int, form: Annotated[ProveForm, Form()], desk: Officer) -> Response:
    """File what proves the milestone; somebody else checks it."""
    row = tranche_of(desk, number, place)
    desk.fresh(row, form.stamp)
    tranches.prove(desk.session, tranche=row, proof=form.proof, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("里程碑证明已提交，等待另一位同事核验"))
    return desk.go(f"/contracts/{number}/tranches")


@router.post("/contracts/{number}/tranches/{place}/clear")
def clear(number: str, place: int, form: Annotated[StepForm, Form()], desk: Checker) -> Response:
    """Say that the proof is good."""
    row = tranche_of(desk, number, place)
    desk.fresh(row, form.stamp)
    tranches.clear(desk.session, tranche=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("里程碑证明已核验，可以申请放款"))
    return desk.go(f"/contracts/{number}/tranches")


@router.post("/contracts/{number}/tranches/{place}/return")
def send_back(number: str, place: int, form: Annotated[ReasonForm, Form()], desk: Checker) -> Response:
    """Say what is wrong with the proof."""
    row = tranche_of(desk, number, place)
    desk.fresh(row, form.stamp)
    tranches.send_back(desk.session, tranche=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("里程碑证明已退回"))
    return desk.go(f"/contracts/{number}/tranches")


@router.post("/contracts/{number}/tranches/{place}/draw")
def draw(number: str, place: int, form: Annotated[StepForm, Form()], desk: Officer) -> Response:
    """Ask for the whole tranche; the disburser makes the payment."""
    row = tranche_of(desk, number, place)
    desk.fresh(row, form.stamp)
    asked = tranches.draw(desk.session, tranche=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("放款申请 %(number)s 已提交，等待放款岗办理"), number=asked.number)
    return desk.go(f"/contracts/{number}")


@router.post("/contracts/{number}/tranches/{place}/cancel")
def cancel(number: str, place: int, form: Annotated[ReasonForm, Form()], desk: Officer) -> Response:
    """Take a tranche out of the plan."""
    row = tranche_of(desk, number, place)
    desk.fresh(row, form.stamp)
    tranches.cancel(desk.session, tranche=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已从计划中取消"))
    return desk.go(f"/contracts/{number}/tranches")
