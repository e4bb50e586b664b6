"""The file of one application: its tabs, and its documents in and out."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from models.application import Application
from models.document import Document, DocumentType
from models.firm import Firm
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
    views_case,
    views_decisions,
    views_need,
    views_parties,
    views_review,
    views_scores,
)
from talentbank.web.desk import Desk, allow, show_only_to
from talentbank.web.routes.firms import HOLDER_KINDS
from workflows import documents, stating

router = APIRouter()

FIELD_LABELS = {"file": N_("文件")}

Visitor = Annotated[Desk, show_only_to(*access.FILE_VISITORS)]
Taker = Annotated[Desk, show_only_to(*access.PAPER_VISITORS)]
Asking = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.APPLICANT)]

ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.csv,.txt"


@router.get("/applications/{number}")
def project(number: str, desk: Visitor) -> Response:
    """The request itself: what is asked for and what for."""
    row = access.application(desk, number)
    desk.audit("application.read", number)
    firm = desk.session.get(Firm, row.firm_id) if row.firm_id else None
    return desk.show(
        "applications/project.html",
        head=views_applications.head(desk, row),
        investigation=None if access.only_own(desk.actor) else views_case.investigation(desk.session, row),
        milestones=views_parties.milestones(desk.session, firm.key) if firm else [],
        taken=[views_decisions.decision_view(desk, one) for one in views_decisions.decisions_on(desk.session, row)],
        missing=views_case.wanted(desk.session, row, desk.on),
        firm_choices=[]
        if firm
        else [(str(one.key), one.name) for one in views_parties.firms_of(desk.session, row.talent_id)],
        may_revise=any(move.verb == "submit" for move in APPLICATION.open_to(row.stage, desk.actor.roles)),
    )


def _tab(desk: Desk, row: Application, tab: str, **facts: Any) -> Response:
    """Show one of the file's tabs. Refuses with NotThere what an applicant does not read."""
    if access.only_own(desk.actor) and tab in views_applications.closed_to_applicants(row):
        raise NotThere(what=tab)
    firm = desk.session.get(Firm, row.firm_id) if row.firm_id else None
    founder = desk.session.get_one(Talent, row.talent_id)
    head = views_applications.head(desk, row, tab)
    return desk.show(f"applications/tab_{tab}.html", head=head, firm=firm, founder=founder, **facts)


@router.get("/applications/{number}/firm")
def firm_tab(number: str, desk: Visitor) -> Response:
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
def talent_tab(number: str, desk: Visitor) -> Response:
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
def ip_tab(number: str, desk: Visitor) -> Response:
    """The rights that may secure the loan."""
    row = access.application(desk, number)
    found = views_parties.assets(desk.session, talent_id=row.talent_id, firm_id=row.firm_id, on=desk.on)
    return _tab(desk, row, "ip", assets=found)


@router.get("/applications/{number}/finance")
def finance_tab(number: str, desk: Visitor) -> Response:
    """The firm's figures."""
    row = access.application(desk, number)
    before = row.stage in stating.BEFORE_DECISION
    statements = views_need.statements(desk.session, row.firm_id, desk.on)
    return _tab(
        desk,
        row,
        "finance",
        years=views_parties.firm_years(desk.session, row.firm_id) if row.firm_id else [],
        statements=statements,
        sections=views_need.sections(statements),
        need=views_need.need(desk, row),
        may_measure=before and desk.actor.holds(Role.LOAN_OFFICER),
        may_exceed=before and desk.actor.holds(Role.CREDIT_COMMITTEE),
    )


@router.get("/applications/{number}/score")
def score_tab(number: str, desk: Visitor) -> Response:
    """The score sheet with its reasons."""
    row = access.application(desk, number)
    return _tab(desk, row, "score", score=views_scores.score(desk, row))


@router.get("/applications/{number}/review")
def review_tab(number: str, desk: Visitor) -> Response:
    """The panels and the opinions they came to."""
    row = access.application(desk, number)
    return _tab(
        desk,
        row,
        "review",
        reviews=views_review.of_application(desk, row),
        opinions=views_case.opinions(desk.session, row),
    )


@router.get("/applications/{number}/guarantee")
def guarantee_tab(number: str, desk: Visitor) -> Response:
    """What has become of it: decision, guarantee, contract, loan."""
    row = access.application(desk, number)
    return _tab(desk, row, "guarantee", after=views_case.after(desk.session, row))


@router.get("/applications/{number}/documents")
def documents_tab(number: str, desk: Visitor) -> Response:
    """The files that are attached, and the form for another one."""
    row = access.application(desk, number)
    desk.audit("documents.list", number)
    own = access.is_own(desk.actor, row.talent_id)
    shown = views_case.documents(desk.session, row)
    if access.only_own(desk.actor):
        shown = [one for one in shown if one.kind is not DocumentType.INVESTIGATION]
    return _tab(
        desk,
        row,
        "documents",
        documents=shown,
        missing=views_case.wanted(desk.session, row, desk.on),
        kinds=list(DocumentType),
        accepted=ACCEPTED,
        may_attach=not row.stage.over and (own or desk.actor.holds(Role.LOAN_OFFICER)),
    )


@router.get("/applications/{number}/history")
def history_tab(number: str, desk: Visitor) -> Response:
    """Everything that was done, newest first."""
    row = access.application(desk, number)
    whole = not access.only_own(desk.actor)
    return _tab(desk, row, "history", lines=views_case.history(desk, row, whole=whole))


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
def download(attachment_id: int, desk: Taker) -> Response:
    """A file that was attached, for whoever may read what it belongs to; who took it is written down."""
    row = access.attachment(desk, attachment_id)
    document = desk.session.get_one(Document, row.document_id)
    desk.audit("document.read", f"attachment:{attachment_id}", row.name)
    return listing.download(desk.vault.get(document.sha256), row.name, document.media_type)
