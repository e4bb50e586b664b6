"""The steps of the counter with one application: submit, accept, investigate, score, send back, withdraw."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.application import CreditRecord
from models.policies.rules import IntakeRules
from models.roles import Role
from talentbank.i18n import N_
from talentbank.web import access, views_applications
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Text
from workflows import applying, decision, scoring_desk

router = APIRouter()

FIELD_LABELS = {
    "act": N_("办理事项"),
    "reason": N_("理由"),
    "visited_on": N_("走访日期"),
    "second_person": N_("第二调查人"),
    "findings": N_("调查结论"),
    "credit_record": N_("征信记录"),
}

Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Asking = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.APPLICANT)]


class BackForm(BaseModel):
    """A move that goes back or against somebody, with its reason."""

    stamp: int
    act: Literal["return", "decline", "withdraw", "resume", "lapse"]
    reason: Text


class InvestigationForm(BaseModel):
    """The report of due diligence."""

    stamp: int
    visited_on: Day
    second_person: Annotated[Text, Field(max_length=120)]
    findings: Annotated[Text, Field(max_length=4000)]
    remote: bool = False
    credit_record: CreditRecord = CreditRecord.CLEAN
    integrity_checked: bool = False
    integrity_listed: bool = False


@router.get("/applications/{number}/investigation")
def investigation_form(number: str, desk: Officer) -> Response:
    """The form for the report of due diligence."""
    row = access.application(desk, number)
    return desk.show(
        "applications/investigation.html",
        head=views_applications.head(desk, row),
        records=list(CreditRecord),
        remote_most=desk.rules(IntakeRules).remote_investigation_max,
    )


@router.post("/applications/{number}/investigation")
def investigate(number: str, form: Annotated[InvestigationForm, Form()], desk: Officer) -> Response:
    """File the report (LOAN-02)."""
    row = access.application(desk, number)
    desk.fresh(row, form.stamp)
    given = {name: value for name, value in form if name != "stamp"}
    applying.investigate(desk.session, application=row, **given, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("尽职调查报告已提交"))
    return desk.go(f"/applications/{number}")


@router.post("/applications/{number}/submit")
def submit(number: str, desk: Asking, stamp: Annotated[int, Form()]) -> Response:
    """Hand the application in."""
    row = access.application(desk, number)
    desk.fresh(row, stamp)
    applying.submit(desk.session, application=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("申请 %(number)s 已提交"), number=number)
    return desk.go(f"/applications/{number}")


@router.post("/applications/{number}/accept")
def accept(number: str, desk: Officer, stamp: Annotated[int, Form()]) -> Response:
    """Take the application in; whoever accepts it looks after it."""
    row = access.application(desk, number)
    desk.fresh(row, stamp)
    applying.accept(desk.session, application=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("申请 %(number)s 已受理"), number=number)
    return desk.go(f"/applications/{number}")


@router.post("/applications/{number}/take-over")
def take_over(number: str, desk: Officer, stamp: Annotated[int, Form()]) -> Response:
    """Look after the application from now on."""
    row = access.application(desk, number)
    desk.fresh(row, stamp)
    applying.take_over(desk.session, application=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("申请 %(number)s 已由您经办"), number=number)
    return desk.go(f"/applications/{number}")


@router.post("/applications/{number}/score")
def score(number: str, desk: Officer, stamp: Annotated[int, Form()]) -> Response:
    """Score the application as it stands today."""
    row = access.application(desk, number)
    desk.fresh(row, stamp)
    sheet = scoring_desk.score(desk.session, application=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("评分完成：%(points)s 分，等级 %(grade)s"), points=sheet.points, grade=sheet.grade)
    return desk.go(f"/applications/{number}/score")


@router.post("/applications/{number}/back")
def back(number: str, form: Annotated[BackForm, Form()], desk: Asking) -> Response:
    """Return, decline, withdraw, resume or let lapse, with the reason."""
    row = access.application(desk, number)
    desk.fresh(row, form.stamp)
    verbs = {
        "return": applying.send_back,
        "decline": applying.decline,
        "withdraw": applying.withdraw,
        "resume": applying.resume,
        "lapse": decision.lapse,
    }
    verbs[form.act](desk.session, application=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已办理：%(act)s"), act=f"application.{form.act}")
    return desk.go(f"/applications/{number}")


@router.post("/applications/{number}/firm")
def name_firm(number: str, desk: Asking, firm: Annotated[int, Form()]) -> Response:
    """Say for which firm an application without one was made."""
    row = access.application(desk, number)
    found = access.firm(desk, firm)
    applying.name_firm(desk.session, application=row, firm=found, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("申请企业：%(name)s"), name=found.name)
    return desk.go(f"/applications/{number}")
