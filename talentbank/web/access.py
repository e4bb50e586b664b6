"""Which rows a person may open: staff by their post, applicants only what is theirs, experts only their own seats.

Whoever may not see a row is told that it is not there (404): even that it exists is nobody else's business.
"""

from __future__ import annotations

from sqlmodel import Session, col, select

from models.application import Application
from models.document import Attachment, DocumentType
from models.firm import Firm
from models.refusals import NotThere
from models.review import Panel, Seat
from models.roles import Actor, Role
from models.states.application import PanelStage, SeatStage, Stage
from models.talent import Talent
from talentbank.web.desk import Desk
from workflows import review

FILE_READERS = (
    Role.LOAN_OFFICER,
    Role.CREDIT_REVIEWER,
    Role.PANEL_CHAIR,
    Role.CREDIT_COMMITTEE,
    Role.DISBURSER,
    Role.GUARANTEE_OFFICER,
    Role.GUARANTEE_APPROVER,
    Role.ASSET_MANAGER,
    Role.FINANCE_BUREAU,
    Role.TALENT_OFFICE,
    Role.AUDITOR,
)
"""The posts that may read whole application files."""

PARTY_READERS = (*FILE_READERS, Role.VENTURE_MANAGER, Role.VENTURE_APPROVER, Role.FUND_MANAGER)
"""The posts that may read the pages of talents and firms."""

FILE_VISITORS = (*FILE_READERS, Role.APPLICANT)
"""Who may ask for an application's file; applicants find their own alone."""

PARTY_VISITORS = (*PARTY_READERS, Role.APPLICANT)
"""Who may ask for a talent's or a firm's page; applicants find their own alone."""

PAPER_VISITORS = (*FILE_VISITORS, Role.EXPERT)
"""Who may ask for an attached file; applicants find their own, experts those of the files they sit over."""

REVIEW_READERS = (Role.PANEL_CHAIR, Role.CREDIT_COMMITTEE, Role.CREDIT_REVIEWER, Role.LOAN_OFFICER, Role.AUDITOR)
"""The posts that may read panels; scores stay closed to all of them until the panel is."""

NOT_FOR_EXPERTS = (DocumentType.IDENTITY, DocumentType.INVESTIGATION)
"""What experts never read: who somebody is by number, and the bank's own report."""

LONGEST = 200
"""Of one person or firm a page shows so many files at most."""

UNDECIDED = (Stage.IN_REVIEW, Stage.OPINION_ISSUED, Stage.DEFERRED)
"""While an application stands here, its experts may read its papers."""

LIVE_SEATS = (SeatStage.INVITED, SeatStage.SCORED)


def application(desk: Desk, number: str) -> Application:
    """The application of a number. Refuses with NotThere if there is none, or none that this actor may see."""
    row = desk.session.exec(select(Application).where(Application.number == number)).first()
    if row is None or not sees_application(desk.actor, row):
        raise NotThere(what=number)
    return row


def sees_application(actor: Actor, row: Application) -> bool:
    """Whether the actor may read this file: by post, or because he is the applicant."""
    return actor.holds(*FILE_READERS) or is_own(actor, row.talent_id)


def is_own(actor: Actor, talent_id: int) -> bool:
    """Whether the actor is the applicant behind this talent."""
    return actor.holds(Role.APPLICANT) and actor.talent_id == talent_id


def only_own(actor: Actor) -> bool:
    """Whether the actor is an applicant and nothing else: he reads his own files, without the bank's papers."""
    return actor.holds(Role.APPLICANT) and not actor.holds(*FILE_READERS)


def talent(desk: Desk, talent_id: int) -> Talent:
    """The talent of an id. Refuses with NotThere if there is none that this actor may see."""
    row = desk.session.get(Talent, talent_id)
    if row is None or not (desk.actor.holds(*PARTY_READERS) or is_own(desk.actor, row.key)):
        raise NotThere(what=str(talent_id))
    return row


def firm(desk: Desk, firm_id: int) -> Firm:
    """The firm of an id. Refuses with NotThere if there is none that this actor may see."""
    row = desk.session.get(Firm, firm_id)
    if row is None or not (desk.actor.holds(*PARTY_READERS) or is_own(desk.actor, row.founder_id)):
        raise NotThere(what=str(firm_id))
    return row


def own_seat(desk: Desk, seat_id: int) -> tuple[Seat, Panel, Application]:
    """An expert's own live seat with its panel and application; NotThere for anybody else's, recused or replaced."""
    seat = review.own_seat(desk.session, seat_id, desk.actor)
    panel = desk.session.get_one(Panel, seat.panel_id)
    if panel.subject != "application" or panel.stage is PanelStage.CANCELLED:
        raise NotThere(what=str(seat_id))
    return seat, panel, desk.session.get_one(Application, panel.subject_id)


def sits_on(session: Session, actor: Actor, application_id: int) -> bool:
    """Whether the actor holds a live seat in a panel over this application."""
    if actor.expert_id is None:
        return False
    query = (
        select(Seat.id)
        .join(Panel, Panel.id == Seat.panel_id)  # type: ignore[arg-type]
        .where(Panel.subject == "application", Panel.subject_id == application_id, Seat.expert_id == actor.expert_id)
        .where(Seat.stage.in_(LIVE_SEATS), Panel.stage != PanelStage.CANCELLED)  # type: ignore[attr-defined]
    )
    # Who has judged a file reads it until it is decided, and no longer.
    application = session.get(Application, application_id)
    return application is not None and application.stage in UNDECIDED and session.exec(query).first() is not None


def attachment(desk: Desk, attachment_id: int) -> Attachment:
    """An attachment that this actor may read: by post, as the applicant of the file, or as an expert who reviews it.

    Experts never see identity documents. Refuses with NotThere otherwise.
    """
    row = desk.session.get(Attachment, attachment_id)
    if row is None or not _sees_attachment(desk, row):
        raise NotThere(what=str(attachment_id))
    return row


def _sees_attachment(desk: Desk, row: Attachment) -> bool:
    actor = desk.actor
    if actor.holds(*FILE_READERS):
        return True
    if row.subject == "talent":
        return is_own(actor, row.subject_id)
    if row.subject != "application":
        return False
    file = desk.session.get_one(Application, row.subject_id)
    if is_own(actor, file.talent_id):
        return row.kind is not DocumentType.INVESTIGATION
    return row.kind not in NOT_FOR_EXPERTS and sits_on(desk.session, actor, file.key)


def files_of(desk: Desk, *, talent_id: int = 0, firm_id: int = 0) -> list[Application]:
    """The applications of a talent or of a firm that this actor may see, newest first."""
    query = select(Application).order_by(col(Application.applied_on).desc(), col(Application.id).desc())
    query = (
        query.where(Application.talent_id == talent_id) if talent_id else query.where(Application.firm_id == firm_id)
    )
    return [row for row in desk.session.exec(query.limit(LONGEST)) if sees_application(desk.actor, row)]
