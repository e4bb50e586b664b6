"""Talents: the roster, a person's page with designations and team, the look behind the mask of a number."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import select
from starlette.responses import JSONResponse, Response

from models.queries.parties import talent_rows
from models.refusals import NotThere
from models.roles import Role
from models.talent import Designation, Level, PlanCategory
from models.values.identifiers import DocumentKind
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import access, listing, views_parties
from talentbank.web.desk import Desk, allow, show_only_to
from talentbank.web.fields import Day, Note, Text
from talentbank.web.navigation import BUSINESS, Item
from workflows import intake

router = APIRouter()

NAVIGATION = (
    Item(BUSINESS, "/talents", "id-badge-2", N_("人才库"), frozenset(access.PARTY_READERS), place=60),
    Item(BUSINESS, "/firms", "building-factory-2", N_("企业库"), frozenset(access.PARTY_READERS), place=61),
)
FIELD_LABELS = {
    "name": N_("名称"),
    "id_issuer": N_("签发机关"),
    "id_expires_on": N_("证件有效期至"),
    "id_kind": N_("证件类型"),
    "id_number": N_("证件号码"),
    "field": N_("专业领域"),
    "degree": N_("最高学位"),
    "industry_years": N_("从业年限"),
    "firms_founded": N_("曾创办企业"),
    "papers": N_("代表论文"),
    "prizes": N_("获奖"),
    "phone": N_("电话"),
    "email": N_("邮箱"),
    "consent": N_("授权同意"),
    "plan": N_("人才计划"),
    "level": N_("人才层级"),
    "category": N_("计划类别"),
    "batch": N_("批次"),
    "selected_on": N_("入选日期"),
    "valid_to": N_("有效期至"),
    "evidence": N_("证明材料"),
    "duty": N_("职务"),
    "joined_on": N_("加入日期"),
    "commitment": N_("投入时间"),
}

Reader = Annotated[Desk, allow(*access.PARTY_READERS)]
Writer = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.TALENT_OFFICE)]
Keeper = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.TALENT_OFFICE, Role.APPLICANT)]
Office = Annotated[Desk, allow(Role.TALENT_OFFICE)]
Visitor = Annotated[Desk, show_only_to(*access.PARTY_VISITORS)]


COLUMNS = (
    Column(N_("姓名")),
    Column(N_("证件号码"), width=24),
    Column(N_("人才层级")),
    Column(N_("人才计划"), width=28),
    Column(N_("专业领域"), width=24),
    Column(N_("企业"), Kind.COUNT),
    Column(N_("申请"), Kind.COUNT),
    Column(N_("贷款余额（元）"), Kind.MONEY, 20),
)


class TalentForm(BaseModel):
    """Who is to be registered."""

    name: Annotated[Text, Field(max_length=120)]
    id_kind: DocumentKind
    id_number: Annotated[Text, Field(max_length=40)]
    id_issuer: Annotated[Note, Field(max_length=80)] = ""
    id_expires_on: Day | None = None
    field: Annotated[Note, Field(max_length=120)] = ""
    degree: Annotated[Note, Field(max_length=60)] = ""
    industry_years: Annotated[int, Field(ge=0, le=70)] = 0
    firms_founded: Annotated[int, Field(ge=0, le=99)] = 0
    papers: Annotated[int, Field(ge=0, le=9999)] = 0
    prizes: Annotated[int, Field(ge=0, le=999)] = 0
    phone: Annotated[Note, Field(max_length=40)] = ""
    email: Annotated[Note, Field(max_length=120)] = ""
    consent: bool = False


class DesignationForm(BaseModel):
    """That a talent plan selected the person."""

    plan: Annotated[Text, Field(max_length=80)]
    level: Level
    category: PlanCategory
    batch: Annotated[Note, Field(max_length=40)] = ""
    selected_on: Day
    valid_to: Day | None = None
    evidence: Annotated[Note, Field(max_length=200)] = ""


class MemberForm(BaseModel):
    """Who joined the team."""

    name: Annotated[Text, Field(max_length=120)]
    duty: Annotated[Text, Field(max_length=60)]
    joined_on: Day
    commitment: Annotated[int, Field(ge=1, le=100)] = 100
    key_person: bool = False


@router.get("/talents")
def talents(
    desk: Reader,
    page: listing.PageNumber = 1,
    q: str = "",
    level: str = "",
    unverified: bool = False,
    sort: str = "name",
) -> Response:
    """The roster of talents."""
    chosen = listing.one_of(Level, level)
    rows, total = talent_rows(
        desk.session,
        on=desk.on,
        text=q,
        level=chosen,
        unverified=unverified,
        sort=sort,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    return desk.show(
        "talents/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        q=q,
        level=chosen or "",
        unverified=unverified,
        sort=sort,
        levels=list(Level),
        tiers=views_parties.TIERS,
        invented=views_parties.invented,
    )


@router.get("/talents.xlsx")
def talents_workbook(
    desk: Reader, q: str = "", level: str = "", unverified: bool = False, sort: str = "name"
) -> Response:
    """The same list, whole, as an Excel file."""
    rows, _ = talent_rows(
        desk.session,
        on=desk.on,
        text=q,
        level=listing.one_of(Level, level),
        unverified=unverified,
        sort=sort,
        limit=listing.EXPORT_LIMIT,
    )
    lines = (
        (
            line.talent.name,
            line.talent.id_masked,
            line.level,
            line.plan,
            line.talent.field,
            line.firms,
            line.applications,
            line.outstanding,
        )
        for line in rows
    )
    conditions = [
        (N_("搜索"), q),
        (N_("人才层级"), listing.one_of(Level, level)),
        (N_("仅待核验"), N_("是") if unverified else ""),
    ]
    return listing.export(desk, name=N_("人才库"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.get("/talents/new")
def new_talent(desk: Writer) -> Response:
    """The form for a person who is not registered yet."""
    return desk.show("talents/new.html", kinds=list(DocumentKind))


@router.post("/talents")
def register(form: Annotated[TalentForm, Form()], desk: Writer) -> Response:
    """Register a talent."""
    given = {name: value for name, value in form if name != "consent"}
    row = intake.register_talent(
        desk.session,
        **given,
        sealer=desk.vault,
        consent_on=desk.on if form.consent else None,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已登记人才：%(name)s"), name=row.name)
    return desk.go(f"/talents/{row.key}")


@router.get("/talents/{talent_id}")
def talent(talent_id: int, desk: Visitor) -> Response:
    """A person's page."""
    row = access.talent(desk, talent_id)
    desk.audit("talent.read", f"talent:{talent_id}")
    own = access.is_own(desk.actor, talent_id)
    return desk.show(
        "talents/talent.html",
        talent=row,
        designations=views_parties.designations(desk.session, talent_id, desk.on),
        team=views_parties.team(desk.session, talent_id),
        firms=views_parties.firms_of(desk.session, talent_id),
        assets=views_parties.assets(desk.session, talent_id=talent_id, on=desk.on),
        files=access.files_of(desk, talent_id=talent_id),
        invented=views_parties.invented(row),
        levels=list(Level),
        categories=list(PlanCategory),
        may_write=own or desk.actor.holds(Role.LOAN_OFFICER, Role.TALENT_OFFICE),
        may_apply=own or desk.actor.holds(Role.LOAN_OFFICER),
        may_unmask=desk.actor.holds(Role.LOAN_OFFICER, Role.TALENT_OFFICE),
        may_verify=desk.actor.holds(Role.TALENT_OFFICE),
    )


@router.post("/talents/{talent_id}/number")
def look_behind_the_mask(talent_id: int, desk: Writer) -> Response:
    """The identity number itself, for once; who looked is written down."""
    row = access.talent(desk, talent_id)
    desk.audit("identity.read", f"talent:{talent_id}", row.id_masked)
    if desk.is_htmx:
        return desk.show("talents/talent.html", block="unmasked", opened=desk.vault.open(row.id_sealed))
    return JSONResponse({"number": desk.vault.open(row.id_sealed)})


@router.post("/talents/{talent_id}/designations")
def add_designation(talent_id: int, form: Annotated[DesignationForm, Form()], desk: Keeper) -> Response:
    """Record that a plan selected the person."""
    row = access.talent(desk, talent_id)
    intake.add_designation(desk.session, talent=row, **dict(form), by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已登记入选：%(plan)s"), plan=form.plan)
    return desk.go(f"/talents/{talent_id}")


@router.post("/designations/{designation_id}/verify")
def verify(designation_id: int, desk: Office, stamp: Annotated[int, Form()]) -> Response:
    """Confirm that a designation is true (资格核验)."""
    row = desk.session.exec(select(Designation).where(Designation.id == designation_id)).first()
    if row is None:
        raise NotThere(what=str(designation_id))
    desk.fresh(row, stamp)
    intake.verify_designation(desk.session, designation=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已核验：%(plan)s"), plan=row.plan)
    return desk.go(f"/talents/{row.talent_id}")


@router.post("/talents/{talent_id}/team")
def add_member(talent_id: int, form: Annotated[MemberForm, Form()], desk: Keeper) -> Response:
    """Add somebody to the team."""
    row = access.talent(desk, talent_id)
    intake.add_team_member(
        desk.session,
        talent=row,
        name=form.name,
        duty=form.duty,
        joined_on=form.joined_on,
        commitment_ppm=form.commitment * 10_000,
        key_person=form.key_person,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已加入团队成员：%(name)s"), name=form.name)
    return desk.go(f"/talents/{talent_id}")


@router.post("/talents/{talent_id}/consent")
def consent(talent_id: int, desk: Keeper, stamp: Annotated[int, Form()]) -> Response:
    """Record the consent to the use of personal data (REC-01)."""
    row = access.talent(desk, talent_id)
    desk.fresh(row, stamp)
    intake.give_consent(desk.session, talent=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已登记授权同意"))
    return desk.go(f"/talents/{talent_id}")
