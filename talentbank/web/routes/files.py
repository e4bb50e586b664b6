"""The file of one application: its tabs, its moves, its report of due diligence, its documents."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.application import Application, CreditRecord
from models.document import Document, DocumentType
from models.firm import Firm
from models.policies.rules import IntakeRules
from models.queries.cap_tables import cap_table
from models.refusals import NotThere
from models.roles import Role
from models.states.application import APPLICATION
from models.talent import Talent
from talentbank.i18n import N_
from talentbank.web import (
    access,
    listing,
    views_applications,
    views_decisions,
    views_parties,
    views_review,
    views_scores,
)
from talentbank.web.desk import Desk, allow, allow_everyone_signed_in
from talentbank.web.fields import Text
from talentbank.web.routes.firms import HOLDER_KINDS
from workflows import applying, decision, documents, scoring_desk

router = APIRouter()

FIELD_LABELS = {
    "act": N_("办理事项"),
    "reason": N_("理由"),
    "visited_on": N_("走访日期"),
    "second_person": N_("第二调查人"),
    "findings": N_("调查结论"),
    "credit_record": N_("征信记录"),
    "document": N_("文件"),
    "file": N_("文件"),
    "kind": N_("类型"),
}

Anyone = Annotated[Desk, allow_everyone_signed_in()]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Asking = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.APPLICANT)]

ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.csv,.txt"


class BackForm(BaseModel):
    """A move that goes back or against somebody, with its reason."""

    stamp: int
    act: Literal["return", "decline", "withdraw", "resume", "lapse"]
    reason: Text


class InvestigationForm(BaseModel):
    """The report of due diligence."""

    stamp: int
    visited_on: date
    second_person: Annotated[Text, Field(max_length=120)]
    findings: Annotated[Text, Field(max_length=4000)]
    remote: bool = False
    credit_record: CreditRecord = CreditRecord.CLEAN
    integrity_checked: bool = False
    integrity_listed: bool = False


@router.get("/applications/{number}")
def project(number: str, desk: Anyone) -> Response:
    """The request itself: what is asked for and what for."""
    row = access.application(desk, number)
    desk.audit("application.read", number)
    firm = desk.session.get(Firm, row.firm_id) if row.firm_id else None
    return desk.show(
        "applications/project.html",
        head=views_applications.head(desk, row),
        investigation=None if access.only_own(desk.actor) else views_applications.investigation(desk.session, row),
        milestones=views_parties.milestones(desk.session, firm.key) if firm else [],
        taken=[views_decisions.decision_view(desk, one) for one in views_decisions.decisions_on(desk.session, row)],
        missing=views_applications.wanted(desk.session, row, desk.on),
        firm_choices=[]
        if firm
        else [(str(one.key), one.name) for one in views_parties.firms_of(desk.session, row.talent_id)],
        may_revise=any(move.verb == "submit" for move in APPLICATION.open_to(row.stage, desk.actor.roles)),
    )


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


def _tab(desk: Desk, row: Application, tab: str, **facts: Any) -> Response:
    """Show one of the file's tabs. Refuses with NotThere what an applicant does not read."""
    if access.only_own(desk.actor) and tab in views_applications.closed_to_applicants(row):
        raise NotThere(what=tab)
    firm = desk.session.get(Firm, row.firm_id) if row.firm_id else None
    founder = desk.session.get_one(Talent, row.talent_id)
    head = views_applications.head(desk, row, tab)
    return desk.show(f"applications/tab_{tab}.html", head=head, firm=firm, founder=founder, **facts)


@router.get("/applications/{number}/firm")
def firm_tab(number: str, desk: Anyone) -> Response:
    """The firm behind the application."""
    row = access.application(desk, number)
    firm = desk.session.get(Firm, row.firm_id) if row.firm_id else None
    return _tab(
        desk,
        row,
        "firm",
        milestones=views_parties.milestones(desk.session, firm.key) if firm else [],
        contacts=views_parties.contacts(desk.session, firm.key) if firm else [],
        cap_table=cap_table(desk.session, firm, desk.on) if firm else [],
        holder_kinds=HOLDER_KINDS,
    )


@router.get("/applications/{number}/talent")
def talent_tab(number: str, desk: Anyone) -> Response:
    """The talent with designations and team."""
    row = access.application(desk, number)
    return _tab(
        desk,
        row,
        "talent",
        designations=views_parties.designations(desk.session, row.talent_id, desk.on),
        team=views_parties.team(desk.session, row.talent_id),
    )


@router.get("/applications/{number}/ip")
def ip_tab(number: str, desk: Anyone) -> Response:
    """The rights that may secure the loan."""
    row = access.application(desk, number)
    found = views_parties.assets(desk.session, talent_id=row.talent_id, firm_id=row.firm_id, on=desk.on)
    return _tab(desk, row, "ip", assets=found)


@router.get("/applications/{number}/finance")
def finance_tab(number: str, desk: Anyone) -> Response:
    """The firm's figures."""
    row = access.application(desk, number)
    return _tab(desk, row, "finance", years=views_parties.firm_years(desk.session, row.firm_id) if row.firm_id else [])


@router.get("/applications/{number}/score")
def score_tab(number: str, desk: Anyone) -> Response:
    """The score sheet with its reasons."""
    row = access.application(desk, number)
    return _tab(desk, row, "score", score=views_scores.score(desk, row))


@router.get("/applications/{number}/review")
def review_tab(number: str, desk: Anyone) -> Response:
    """The panels and the opinions they came to."""
    row = access.application(desk, number)
    return _tab(
        desk,
        row,
        "review",
        reviews=views_review.of_application(desk, row),
        opinions=views_applications.opinions(desk.session, row),
    )


@router.get("/applications/{number}/guarantee")
def guarantee_tab(number: str, desk: Anyone) -> Response:
    """What has become of it: decision, guarantee, contract, loan."""
    row = access.application(desk, number)
    return _tab(desk, row, "guarantee", after=views_applications.after(desk.session, row))


@router.get("/applications/{number}/documents")
def documents_tab(number: str, desk: Anyone) -> Response:
    """The files that are attached, and the form for another one."""
    row = access.application(desk, number)
    desk.audit("documents.list", number)
    own = access.is_own(desk.actor, row.talent_id)
    shown = views_applications.documents(desk.session, row)
    if access.only_own(desk.actor):
        shown = [one for one in shown if one.kind is not DocumentType.INVESTIGATION]
    return _tab(
        desk,
        row,
        "documents",
        documents=shown,
        missing=views_applications.wanted(desk.session, row, desk.on),
        kinds=list(DocumentType),
        accepted=ACCEPTED,
        may_attach=not row.stage.over and (own or desk.actor.holds(Role.LOAN_OFFICER)),
    )


@router.get("/applications/{number}/history")
def history_tab(number: str, desk: Anyone) -> Response:
    """Everything that was done, newest first."""
    row = access.application(desk, number)
    whole = not access.only_own(desk.actor)
    return _tab(desk, row, "history", lines=views_applications.history(desk, row, whole=whole))


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


@router.post("/applications/{number}/documents")
def attach(
    number: str,
    desk: Asking,
    kind: Annotated[DocumentType, Form()],
    file: Annotated[UploadFile, File()],
) -> Response:
    """Attach a file; what it is, is told from its bytes."""
    row = access.application(desk, number)
    attached = documents.attach(
        desk.session,
        row=row,
        content=file.file.read(),
        name=file.filename or "",
        kind=kind,
        store=desk.vault,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已上传：%(name)s"), name=attached.name)
    return desk.go(f"/applications/{number}/documents")


@router.get("/documents/{attachment_id}")
def download(attachment_id: int, desk: Anyone) -> Response:
    """A file that was attached, for whoever may read what it belongs to; who took it is written down."""
    row = access.attachment(desk, attachment_id)
    document = desk.session.get_one(Document, row.document_id)
    desk.audit("document.read", f"attachment:{attachment_id}", row.name)
    return listing.download(desk.vault.get(document.sha256), row.name, document.media_type)
