"""A loan's special facts: corrections, new rates, diverted use, bankruptcy; and money that belongs to no loan yet."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from models.loan_facts import LoanDiversion, LoanRateChange, LooseReceipt
from models.queries.loan_course import adjustments_of, diversions_of, interest_stop_of, loose_receipts
from models.refusals import NotThere
from models.roles import Role
from models.states.loan import DIVERSION
from talentbank import i18n
from talentbank.i18n import N_
from talentbank.web import access, views_facts
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, PerCent, Text, Yuan
from talentbank.web.navigation import BUSINESS, Item
from talentbank.web.routes.loans import loan_of
from workflows import insolvency, loose_money, misuse, moves, rate_changing

router = APIRouter()

KEEPERS = (Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
LOOSE_READERS = (Role.LOAN_OFFICER, Role.DISBURSER, Role.CREDIT_REVIEWER)
NAVIGATION = (Item(BUSINESS, "/loose-receipts", "receipt", N_("待查明款项"), frozenset(LOOSE_READERS), place=45),)
FIELD_LABELS = {
    "value_on": N_("起息日"),
    "from_on": N_("起始日"),
    "until_on": N_("整改日"),
    "accepted_on": N_("受理日"),
    "court": N_("受理法院"),
    "case_number": N_("案号"),
    "evidence": N_("依据"),
    "received_on": N_("到账日"),
    "payer": N_("付款人"),
    "memo": N_("附言"),
    "loans": N_("贷款编号"),
    "chosen": N_("债务人指定"),
}

Reader = Annotated[Desk, allow(*access.FILE_READERS)]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Reviewer = Annotated[Desk, allow(Role.CREDIT_REVIEWER)]
Keeper = Annotated[Desk, allow(*KEEPERS)]
LooseReader = Annotated[Desk, allow(*LOOSE_READERS)]
Disburser = Annotated[Desk, allow(Role.DISBURSER)]


class RateForm(BaseModel):
    """A new contract rate from a day on."""

    rate: PerCent
    from_on: date
    reason: Text


class DiversionForm(BaseModel):
    """A part of the loan that was not used as agreed."""

    amount: Yuan
    from_on: date
    evidence: Text


class EndForm(BaseModel):
    """The day on which diverted use was put right."""

    until_on: date
    reason: Text


class ReasonForm(BaseModel):
    """A reason."""

    reason: Text


class StopForm(BaseModel):
    """The court's acceptance of a bankruptcy petition."""

    accepted_on: date
    court: Annotated[Text, Field(max_length=120)]
    case_number: Annotated[Text, Field(max_length=80)]


class LooseForm(BaseModel):
    """Money that came in and whose purpose is not known."""

    amount: Yuan
    bank_ref: Annotated[Text, Field(max_length=64)]
    received_on: date
    payer: Annotated[Note, Field(max_length=160)] = ""
    memo: Annotated[Note, Field(max_length=200)] = ""


class AssignForm(BaseModel):
    """The loans of one debtor that loose money is for, and those he chose to be served first."""

    loans: Text
    chosen: Note = ""
    prepay: bool = False


def _diversion(desk: Desk, number: str, key: int) -> LoanDiversion:
    row, found = loan_of(desk, number), desk.session.get(LoanDiversion, key)
    if found is None or found.loan_id != row.key:
        raise NotThere(what=number)
    return found


def _loose(desk: Desk, number: str) -> LooseReceipt:
    found = desk.session.exec(select(LooseReceipt).where(LooseReceipt.number == number)).first()
    if found is None:
        raise NotThere(what=number)
    return found


@router.get("/loans/{number}/facts")
def facts(number: str, desk: Reader) -> Response:
    """What was heard of late and what it changed; rates, diverted use and bankruptcy with what may be done about them."""
    row = loan_of(desk, number)
    rates = desk.session.exec(
        select(LoanRateChange).where(LoanRateChange.loan_id == row.key).order_by(col(LoanRateChange.from_on))
    ).all()
    diversions = [
        (one, {move.verb for move in moves.open_moves(desk.session, DIVERSION, one, by=desk.actor)})
        for one in diversions_of(desk.session, row)
    ]
    with i18n.speaking(desk.lang):
        adjustments = [(one, *views_facts.sentence(one)) for one in reversed(adjustments_of(desk.session, row))]
    return desk.show(
        "loans/facts.html",
        loan=row,
        adjustments=adjustments,
        rates=rates,
        diversions=diversions,
        stop=interest_stop_of(desk.session, row),
        may_declare=row.stage.owed and desk.actor.holds(*KEEPERS),
        may_review=row.stage.owed and desk.actor.holds(Role.CREDIT_REVIEWER),
        today=desk.on,
    )


@router.post("/loans/{number}/rate")
def change_rate(number: str, form: Annotated[RateForm, Form()], desk: Reviewer) -> Response:
    """Let another rate hold from a day on."""
    rate_changing.change_rate(
        desk.session, loan=loan_of(desk, number), rate=form.rate, from_on=form.from_on, reason=form.reason, by=desk.actor,
        on=desk.on, at=desk.now,
    )  # fmt: skip
    desk.say(N_("年利率已调整为 %(rate)s，差额今日补记"), rate=form.rate)
    return desk.go(f"/loans/{number}/facts")


@router.post("/loans/{number}/diversions")
def declare(number: str, form: Annotated[DiversionForm, Form()], desk: Keeper) -> Response:
    """Declare diverted use; another person confirms it."""
    misuse.declare(
        desk.session, loan=loan_of(desk, number), amount=form.amount, from_on=form.from_on, evidence=form.evidence,
        by=desk.actor, on=desk.on, at=desk.now,
    )  # fmt: skip
    desk.say(N_("挪用已登记，等待信贷复核岗确认"))
    return desk.go(f"/loans/{number}/facts")


@router.post("/loans/{number}/diversions/{key}/confirm")
def confirm(number: str, key: int, desk: Reviewer) -> Response:
    """Confirm diverted use: it bears the misuse rate from its day."""
    misuse.confirm(desk.session, diversion=_diversion(desk, number, key), by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("挪用已确认，罚息自起始日补记"))
    return desk.go(f"/loans/{number}/facts")


@router.post("/loans/{number}/diversions/{key}/reject")
def reject(number: str, key: int, form: Annotated[ReasonForm, Form()], desk: Reviewer) -> Response:
    """The evidence does not bear it out."""
    found = _diversion(desk, number, key)
    misuse.reject(desk.session, diversion=found, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("挪用未予确认"))
    return desk.go(f"/loans/{number}/facts")


@router.post("/loans/{number}/diversions/{key}/end")
def end(number: str, key: int, form: Annotated[EndForm, Form()], desk: Reviewer) -> Response:
    """Diverted use was put right."""
    misuse.end(
        desk.session, diversion=_diversion(desk, number, key), until_on=form.until_on, reason=form.reason, by=desk.actor,
        on=desk.on, at=desk.now,
    )  # fmt: skip
    desk.say(N_("挪用已整改，差额今日补记"))
    return desk.go(f"/loans/{number}/facts")


@router.post("/loans/{number}/interest-stop")
def stop_interest(number: str, form: Annotated[StopForm, Form()], desk: Reviewer) -> Response:
    """Record the court's acceptance: interest stops on that day."""
    insolvency.stop_interest(
        desk.session, loan=loan_of(desk, number), accepted_on=form.accepted_on, court=form.court,
        case_number=form.case_number, by=desk.actor, on=desk.on, at=desk.now,
    )  # fmt: skip
    desk.say(N_("已登记破产受理，自 %(day)s 起停止计息"), day=form.accepted_on)
    return desk.go(f"/loans/{number}/facts")


@router.get("/loose-receipts")
def loose_list(desk: LooseReader) -> Response:
    """Money that belongs to no loan yet, the oldest first."""
    return desk.show(
        "loans/loose.html",
        rows=loose_receipts(desk.session),
        may_take=desk.actor.holds(Role.LOAN_OFFICER),
        may_return=desk.actor.holds(Role.DISBURSER),
        today=desk.on,
    )


@router.post("/loose-receipts")
def take_loose(form: Annotated[LooseForm, Form()], desk: Officer) -> Response:
    """Take money in without a loan."""
    taken = loose_money.take_loose(
        desk.session, amount=form.amount, bank_ref=form.bank_ref, payer=form.payer, memo=form.memo,
        received_on=form.received_on, by=desk.actor, on=desk.on, at=desk.now,
    )  # fmt: skip
    desk.say(N_("已登记待查明款项 %(number)s"), number=taken.number)
    return desk.go("/loose-receipts")


@router.post("/loose-receipts/{number}/assign")
def assign(number: str, form: Annotated[AssignForm, Form()], desk: Officer) -> Response:
    """Assign it to one loan, or to several of one debtor by his choice and the law's order."""
    loans = [loan_of(desk, one) for one in form.loans.replace("，", " ").replace(",", " ").split()]
    loose = _loose(desk, number)
    if len(loans) == 1:
        loose_money.assign(
            desk.session, loose=loose, loan=loans[0], prepay=form.prepay, by=desk.actor, on=desk.on, at=desk.now
        )
    else:
        chosen = form.chosen.replace("，", " ").replace(",", " ").split()
        loose_money.share_out(
            desk.session, loose=loose, loans=loans, chosen=chosen, by=desk.actor, on=desk.on, at=desk.now
        )
    desk.say(N_("款项 %(number)s 已认领，自到账日起算"), number=number)
    return desk.go("/loose-receipts")


@router.post("/loose-receipts/{number}/return")
def give_back(number: str, form: Annotated[ReasonForm, Form()], desk: Disburser) -> Response:
    """Return what is left to the payer; not by the hand that took it in."""
    amount = loose_money.give_back(
        desk.session, loose=_loose(desk, number), reason=form.reason, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("已退回 %(amount)s"), amount=amount)
    return desk.go("/loose-receipts")
