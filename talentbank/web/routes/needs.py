"""Statements entered on the file, and the need for working capital measured from them (LOAN-04, LOAN-05)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field, create_model
from starlette.responses import Response

from models.financial import ASSETS, CLAIMS, INCOME
from models.firm import Firm
from models.roles import Role
from models.values.money import ZERO
from talentbank.i18n import N_
from talentbank.web import access, views_applications, views_need
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import PerCent, Text, Wan, WanFromNought, WanSigned
from workflows import stating
from workflows.checking import FirmNotNamed

router = APIRouter()

FIELD_LABELS = views_need.LINES | {
    "growth": N_("预计收入增长率"),
    "own_funds": N_("自有资金"),
    "existing_loans": N_("现有流动资金贷款"),
    "other_sources": N_("其他渠道资金"),
}

Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Committee = Annotated[Desk, allow(Role.CREDIT_COMMITTEE)]


class StatementHead(BaseModel):
    """The year of a statement, and the document it was read from."""

    year: Annotated[int, Field(ge=1990, le=2100)]
    known_on: date
    source: Annotated[Text, Field(max_length=200)]


StatementForm: type[StatementHead] = create_model(
    "StatementForm",
    __base__=StatementHead,
    **{
        name: (WanSigned if name in ("profit", "equity") else WanFromNought, ZERO)
        for name in (*INCOME, *ASSETS, *CLAIMS)
    },  # type: ignore[call-overload]
)


class NeedForm(BaseModel):
    """What the officer adds to the statements."""

    growth: PerCent
    own_funds: WanFromNought = ZERO
    existing_loans: WanFromNought = ZERO
    other_sources: WanFromNought = ZERO


class BeyondForm(BaseModel):
    """How much more is allowed, and why."""

    amount: Wan
    reason: Text


def _firm(desk: Desk, number: str) -> Firm:
    row = access.application(desk, number)
    if row.firm_id is None:
        raise FirmNotNamed(application=number)
    return desk.session.get_one(Firm, row.firm_id)


@router.get("/applications/{number}/statements/new")
def new_statement(number: str, desk: Officer) -> Response:
    """The form for one year's statements."""
    row = access.application(desk, number)
    firm = _firm(desk, number)
    return desk.show(
        "needs/statement.html",
        head=views_applications.head(desk, row, "finance"),
        firm=firm,
        sections=views_need.SECTIONS,
        lines=views_need.LINES,
        year=desk.on.year - 1,
    )


@router.post("/applications/{number}/statements")
def enter_statement(number: str, form: Annotated[StatementForm, Form()], desk: Officer) -> Response:  # type: ignore[valid-type]
    """Enter a year's statements; they have to balance."""
    given: dict[str, Any] = dict(form)
    head = {name: given.pop(name) for name in StatementHead.model_fields}
    row = stating.enter_statement(
        desk.session, firm=_firm(desk, number), figures=given, **head, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("%(year)s 年报表已录入"), year=row.year)
    return desk.go(f"/applications/{number}/finance")


@router.post("/applications/{number}/need")
def measure(number: str, form: Annotated[NeedForm, Form()], desk: Officer) -> Response:
    """Measure the need from the newest two years."""
    row = stating.measure_need(
        desk.session,
        application=access.application(desk, number),
        growth=form.growth,
        own_funds=form.own_funds,
        existing_loans=form.existing_loans,
        other_sources=form.other_sources,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("资金需求已测算：可贷额度 %(ceiling)s"), ceiling=row.ceiling)
    return desk.go(f"/applications/{number}/finance")


@router.post("/applications/{number}/need/beyond")
def exceed(number: str, form: Annotated[BeyondForm, Form()], desk: Committee) -> Response:
    """Allow more than the measured need, with a reason."""
    stating.exceed(
        desk.session,
        application=access.application(desk, number),
        amount=form.amount,
        reason=form.reason,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已同意超出测算额度，理由已存档"))
    return desk.go(f"/applications/{number}/finance")
