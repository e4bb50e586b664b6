"""What is entered on a firm's page: shareholders, figures of a year, milestones, contacts."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.roles import Role
from models.values.money import ZERO
from talentbank.i18n import N_
from talentbank.web import access
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Note, Text, Wan, WanFromNought, WanSigned
from workflows import intake

router = APIRouter()

FIELD_LABELS = {
    "holder": N_("股东"),
    "holder_kind": N_("股东类型"),
    "capital": N_("认缴出资"),
    "since": N_("起始日期"),
    "year": N_("年度"),
    "revenue": N_("营业收入"),
    "profit": N_("净利润"),
    "rd_spend": N_("研发投入"),
    "assets": N_("资产总额"),
    "debts": N_("负债总额"),
    "source": N_("数据来源"),
}

Writer = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.APPLICANT)]


class HolderForm(BaseModel):
    """A line for the cap table."""

    holder: Annotated[Text, Field(max_length=160)]
    holder_kind: Literal["founder", "team", "investor", "public", "other"]
    capital: Wan
    since: Day


class YearForm(BaseModel):
    """A firm's figures of one year, in 万元. Only the profit may be below nought: a loss is typed with a minus."""

    year: Annotated[int, Field(ge=1978, le=2100)]
    revenue: WanFromNought = ZERO
    profit: WanSigned = ZERO
    rd_spend: WanFromNought = ZERO
    assets: WanFromNought = ZERO
    debts: WanFromNought = ZERO
    source: Annotated[Note, Field(max_length=120)] = ""


class MilestoneForm(BaseModel):
    """A step of the project with its day."""

    title: Annotated[Text, Field(max_length=200)]
    due_on: Day


class ContactForm(BaseModel):
    """Somebody to call."""

    name: Annotated[Text, Field(max_length=120)]
    duty: Annotated[Note, Field(max_length=60)] = ""
    phone: Annotated[Note, Field(max_length=40)] = ""
    email: Annotated[Note, Field(max_length=120)] = ""


@router.post("/firms/{firm_id}/shareholders")
def add_shareholder(firm_id: int, form: Annotated[HolderForm, Form()], desk: Writer) -> Response:
    """Add a line to the cap table."""
    row = access.firm(desk, firm_id)
    intake.add_shareholder(desk.session, firm=row, **dict(form), by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已登记股东：%(name)s"), name=form.holder)
    return desk.go(f"/firms/{firm_id}")


@router.post("/firms/{firm_id}/years")
def add_year(firm_id: int, form: Annotated[YearForm, Form()], desk: Writer) -> Response:
    """Enter the figures of a year."""
    row = access.firm(desk, firm_id)
    intake.add_firm_year(desk.session, firm=row, **dict(form), by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已登记 %(year)s 年度数据"), year=form.year)
    return desk.go(f"/firms/{firm_id}")


@router.post("/firms/{firm_id}/milestones")
def add_milestone(firm_id: int, form: Annotated[MilestoneForm, Form()], desk: Writer) -> Response:
    """Enter a step of the project."""
    row = access.firm(desk, firm_id)
    intake.add_milestone(desk.session, firm=row, **dict(form), by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已登记里程碑：%(title)s"), title=form.title)
    return desk.go(f"/firms/{firm_id}")


@router.post("/firms/{firm_id}/contacts")
def add_contact(firm_id: int, form: Annotated[ContactForm, Form()], desk: Writer) -> Response:
    """Enter somebody to call."""
    row = access.firm(desk, firm_id)
    intake.add_contact(desk.session, firm=row, **dict(form), by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已登记联系人：%(name)s"), name=form.name)
    return desk.go(f"/firms/{firm_id}")
