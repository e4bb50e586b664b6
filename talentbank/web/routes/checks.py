"""The checks before credit is given, in one tab of the file: size, credit enquiries, the investigation's list."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.firm import Firm
from models.prudence import EnquiryPurpose, InvestigationPart
from models.refusals import NotThere
from models.roles import Role
from models.talent import Talent
from talentbank.i18n import N_
from talentbank.web import access, views_applications, views_checks, views_loans
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, Text, WanFromNought
from workflows import checking

router = APIRouter()

FIELD_LABELS = {
    "subject": N_("被查询人"),
    "consent_on": N_("授权日期"),
    "consent_paper": N_("授权书编号"),
    "part": N_("调查要点"),
    "note": N_("查看情况"),
}

Reader = Annotated[Desk, allow(*access.FILE_READERS)]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]


class SizeForm(BaseModel):
    """What a firm's size follows from."""

    staff: Annotated[int, Field(ge=0, le=1_000_000)]
    revenue: WanFromNought


class EnquiryForm(BaseModel):
    """A credit report that was asked for."""

    subject: Annotated[Text, Field(max_length=160)]
    purpose: EnquiryPurpose
    consent_on: date | None = None
    consent_paper: Annotated[Note, Field(max_length=200)] = ""


class PartForm(BaseModel):
    """What the investigation saw of one part."""

    part: InvestigationPart
    note: Annotated[Text, Field(max_length=1000)]


@router.get("/applications/{number}/checks")
def checks(number: str, desk: Reader) -> Response:
    """Every check with its legal basis and how it came out."""
    row = access.application(desk, number)
    if access.only_own(desk.actor):
        raise NotThere(what=number)
    firm = desk.session.get(Firm, row.firm_id) if row.firm_id else None
    seen = checking.parts_seen(desk.session, row)
    return desk.show(
        "applications/tab_checks.html",
        head=views_applications.head(desk, row, "checks"),
        firm=firm,
        talent=desk.session.get_one(Talent, row.talent_id),
        checks=views_checks.checks(desk, row),
        size=checking.latest_size(desk.session, firm.key) if firm else None,
        enquiries=[
            (one, views_loans.person(desk.session, one.made_by)) for one in checking.enquiries_of(desk.session, row)
        ],
        parts=[
            (part, seen.get(part), views_loans.person(desk.session, seen[part].seen_by) if part in seen else "")
            for part in InvestigationPart
        ],
        purposes=list(EnquiryPurpose),
        may_enter=desk.actor.holds(Role.LOAN_OFFICER) and not row.stage.over,
    )


@router.post("/applications/{number}/checks/size")
def size(number: str, form: Annotated[SizeForm, Form()], desk: Officer) -> Response:
    """Determine the firm's size."""
    row = access.application(desk, number)
    if row.firm_id is None:
        raise checking.FirmNotNamed(application=number)
    made = checking.classify_size(
        desk.session,
        firm=desk.session.get_one(Firm, row.firm_id),
        staff=form.staff,
        revenue=form.revenue,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("划型结果：%(size)s"), size=made.size)
    return desk.go(f"/applications/{number}/checks")


@router.post("/applications/{number}/checks/enquiry")
def enquire(number: str, form: Annotated[EnquiryForm, Form()], desk: Officer) -> Response:
    """Note a credit enquiry, on whose consent and for what."""
    row = access.application(desk, number)
    checking.enquire(desk.session, application=row, **form.model_dump(), by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("征信查询已登记"))
    return desk.go(f"/applications/{number}/checks")


@router.post("/applications/{number}/checks/part")
def look(number: str, form: Annotated[PartForm, Form()], desk: Officer) -> Response:
    """Note what was seen of one part of the investigation."""
    row = access.application(desk, number)
    checking.look(desk.session, application=row, part=form.part, seen=form.note, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("调查要点已登记"))
    return desk.go(f"/applications/{number}/checks")
