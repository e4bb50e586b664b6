"""The roster of experts: who is on it, what he has to do, what ties him to whom."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from models.firm import Firm
from models.queries.reviews import expert_rows
from models.refusals import BadInput, NotThere
from models.review import Discipline, Expert, Tie, TieKind
from models.roles import Role
from models.talent import Talent
from talentbank.i18n import N_
from talentbank.web import listing
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Note, Text
from talentbank.web.navigation import BUSINESS, Item
from workflows import review

router = APIRouter()

KEEPERS = (Role.TALENT_OFFICE, Role.PANEL_CHAIR, Role.ADMINISTRATOR)
READERS = (*KEEPERS, Role.AUDITOR, Role.CREDIT_COMMITTEE)
NAVIGATION = (Item(BUSINESS, "/experts", "users-group", N_("专家库"), frozenset(READERS), place=62),)
FIELD_LABELS = {
    "discipline": N_("专业组"),
    "specialities": N_("专长"),
    "employer": N_("工作单位"),
    "whom": N_("人才或企业"),
    "ended_on": N_("结束日期"),
    "note": N_("说明"),
}

Reader = Annotated[Desk, allow(*READERS)]
Keeper = Annotated[Desk, allow(*KEEPERS)]


class ExpertForm(BaseModel):
    """Who is to be on the roster."""

    name: Annotated[Text, Field(max_length=120)]
    discipline: Discipline
    specialities: Annotated[Note, Field(max_length=300)] = ""
    employer: Annotated[Note, Field(max_length=160)] = ""


class TieForm(BaseModel):
    """What ties an expert: to a talent by name, or to a firm by name or credit code."""

    kind: TieKind
    whom: Annotated[Text, Field(max_length=160)]
    ended_on: Day | None = None
    note: Annotated[Note, Field(max_length=200)] = ""


@router.get("/experts")
def experts(desk: Reader, page: listing.PageNumber = 1, q: str = "", discipline: str = "") -> Response:
    """The roster."""
    chosen = listing.one_of(Discipline, discipline)
    rows, total = expert_rows(desk.session, discipline=chosen, text=q, limit=listing.PAGE, offset=listing.offset(page))
    return desk.show(
        "reviews/experts.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        q=q,
        discipline=chosen or "",
        disciplines=list(Discipline),
        may_add=desk.actor.holds(*KEEPERS),
    )


@router.post("/experts")
def add(form: Annotated[ExpertForm, Form()], desk: Keeper) -> Response:
    """Enter a person on the roster (TB-05)."""
    row = review.add_expert(
        desk.session,
        name=form.name,
        discipline=form.discipline,
        specialities=[one for one in form.specialities.replace("，", ",").split(",") if one.strip()],
        employer=form.employer,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("%(name)s 已加入专家库"), name=row.name)
    return desk.go(f"/experts/{row.key}")


def _expert(desk: Desk, expert_id: int) -> Expert:
    row = desk.session.get(Expert, expert_id)
    if row is None:
        raise NotThere(what=str(expert_id))
    return row


@router.get("/experts/{expert_id}")
def expert(expert_id: int, desk: Reader) -> Response:
    """A person on the roster with his ties."""
    row = _expert(desk, expert_id)
    query = (
        select(Tie, Talent.name, Firm.name)
        .join(Talent, col(Talent.id) == col(Tie.talent_id), isouter=True)
        .join(Firm, col(Firm.id) == col(Tie.firm_id), isouter=True)
        .where(Tie.expert_id == expert_id)
        .order_by(col(Tie.id))
    )
    return desk.show(
        "reviews/expert.html",
        expert=row,
        ties=list(desk.session.exec(query)),
        kinds=list(TieKind),
        waiting=review.open_seats(desk.session).get(expert_id, 0),
        may_write=desk.actor.holds(*KEEPERS),
    )


@router.post("/experts/{expert_id}/ties")
def declare(expert_id: int, form: Annotated[TieForm, Form()], desk: Keeper) -> Response:
    """Enter what ties an expert to somebody: it bars him from their panels (TB-06)."""
    row = _expert(desk, expert_id)
    firm = desk.session.exec(
        select(Firm).where((col(Firm.name) == form.whom) | (col(Firm.credit_code) == form.whom))
    ).first()
    who = None if firm else desk.session.exec(select(Talent).where(Talent.name == form.whom)).first()
    if firm is None and who is None:
        raise BadInput(field="whom", reason=N_("没有找到这个名称的人才或企业"))
    review.declare_tie(
        desk.session,
        expert=row,
        talent=who,
        firm=firm,
        kind=form.kind,
        ended_on=form.ended_on,
        note=form.note,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已登记利害关系：%(whom)s"), whom=form.whom)
    return desk.go(f"/experts/{expert_id}")


@router.post("/experts/{expert_id}/retire")
def retire(expert_id: int, desk: Keeper, stamp: Annotated[int, Form()], reason: Annotated[Text, Form()]) -> Response:
    """Take a person off the roster."""
    row = _expert(desk, expert_id)
    desk.fresh(row, stamp)
    review.retire_expert(desk.session, expert=row, reason=reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("%(name)s 已退出专家库"), name=row.name)
    return desk.go(f"/experts/{expert_id}")
