"""Firms: the list, a firm's page with shareholders and figures, registering one and founding a planned one."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.firm import FirmSize, Industry
from models.queries.cap_tables import cap_table
from models.queries.parties import firm_rows
from models.roles import Role
from models.talent import Talent
from models.values.money import ZERO
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import access, listing, views_parties
from talentbank.web.desk import Desk, allow, show_only_to
from talentbank.web.fields import Day, Note, Text, Wan
from workflows import intake

router = APIRouter()

FIELD_LABELS = {
    "industry": N_("行业"),
    "district": N_("所在街道或园区"),
    "size": N_("企业规模"),
    "credit_code": N_("统一社会信用代码"),
    "registered_on": N_("成立日期"),
    "registered_capital": N_("注册资本"),
    "staff": N_("员工人数"),
}
HOLDER_KINDS = {
    "founder": N_("创始人"),
    "team": N_("团队"),
    "investor": N_("投资机构"),
    "public": N_("国有资本"),
    "other": N_("其他"),
}
COLUMNS = (
    Column(N_("企业"), width=36),
    Column(N_("统一社会信用代码"), width=24),
    Column(N_("创始人")),
    Column(N_("行业")),
    Column(N_("所在街道或园区"), width=20),
    Column(N_("成立日期"), Kind.DATE),
    Column(N_("员工人数"), Kind.COUNT),
    Column(N_("申请"), Kind.COUNT),
    Column(N_("贷款余额（元）"), Kind.MONEY, 20),
)

Reader = Annotated[Desk, allow(*access.PARTY_READERS)]
Writer = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.APPLICANT)]
Visitor = Annotated[Desk, show_only_to(*access.PARTY_VISITORS)]


class FirmForm(BaseModel):
    """A firm, or a planned one: then without a credit code."""

    name: Annotated[Text, Field(max_length=160)]
    industry: Industry
    district: Annotated[Note, Field(max_length=40)] = ""
    size: FirmSize = FirmSize.MICRO
    credit_code: Annotated[Note, Field(max_length=18)] = ""
    registered_on: Day | None = None
    registered_capital: Wan | None = None
    staff: Annotated[int, Field(ge=0, le=100_000)] = 0


class FoundingForm(BaseModel):
    """That a planned firm now exists."""

    stamp: int
    credit_code: Annotated[Text, Field(max_length=18)]
    registered_on: Day
    registered_capital: Wan


def may_write(desk: Desk, founder_id: int) -> bool:
    """Whether this actor may change what is known of a founder's firm."""
    return desk.actor.holds(Role.LOAN_OFFICER) or access.is_own(desk.actor, founder_id)


@router.get("/firms")
def firms(
    desk: Reader,
    page: listing.PageNumber = 1,
    q: str = "",
    industry: str = "",
    state: str = "",
    sort: str = "name",
) -> Response:
    """The list of firms and planned firms."""
    planned = {"planned": True, "registered": False}.get(state)
    chosen = listing.one_of(Industry, industry)
    rows, total = firm_rows(
        desk.session,
        text=q,
        industry=chosen,
        planned=planned,
        sort=sort,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    return desk.show(
        "firms/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        q=q,
        industry=chosen or "",
        state=state,
        sort=sort,
        industries=list(Industry),
        invented=views_parties.invented,
    )


@router.get("/firms.xlsx")
def firms_workbook(
    desk: Reader,
    q: str = "",
    industry: str = "",
    state: str = "",
    sort: str = "name",
) -> Response:
    """The same list, whole, as an Excel file."""
    planned = {"planned": True, "registered": False}.get(state)
    chosen = listing.one_of(Industry, industry)
    rows, _ = firm_rows(desk.session, text=q, industry=chosen, planned=planned, sort=sort, limit=listing.EXPORT_LIMIT)
    lines = (
        (
            line.firm.name,
            line.firm.credit_code,
            line.founder,
            line.firm.industry,
            line.firm.district,
            line.firm.registered_on,
            line.firm.staff,
            line.applications,
            line.outstanding,
        )
        for line in rows
    )
    conditions = [(N_("搜索"), q), (N_("行业"), chosen), (N_("状态"), state)]
    return listing.export(desk, name=N_("企业库"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.get("/talents/{talent_id}/firms/new")
def new_firm(talent_id: int, desk: Writer) -> Response:
    """The form for a firm of this founder."""
    return desk.show(
        "firms/new.html", talent=access.talent(desk, talent_id), industries=list(Industry), sizes=list(FirmSize)
    )


@router.post("/talents/{talent_id}/firms")
def register(talent_id: int, form: Annotated[FirmForm, Form()], desk: Writer) -> Response:
    """Register a firm or a planned one."""
    row = intake.register_firm(
        desk.session,
        founder=access.talent(desk, talent_id),
        name=form.name,
        industry=form.industry,
        district=form.district,
        size=form.size,
        credit_code=form.credit_code or None,
        registered_on=form.registered_on,
        registered_capital=form.registered_capital or ZERO,
        staff=form.staff,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已登记企业：%(name)s"), name=row.name)
    return desk.go(f"/firms/{row.key}")


@router.get("/firms/{firm_id}")
def firm(firm_id: int, desk: Visitor) -> Response:
    """A firm's page."""
    row = access.firm(desk, firm_id)
    desk.audit("firm.read", f"firm:{firm_id}")
    founder = desk.session.get_one(Talent, row.founder_id)
    return desk.show(
        "firms/firm.html",
        firm=row,
        founder=founder,
        invented=views_parties.invented(row),
        cap_table=cap_table(desk.session, row, desk.on),
        years=views_parties.firm_years(desk.session, firm_id),
        milestones=views_parties.milestones(desk.session, firm_id),
        contacts=views_parties.contacts(desk.session, firm_id),
        assets=views_parties.assets(desk.session, talent_id=row.founder_id, on=desk.on, firm_id=firm_id),
        files=access.files_of(desk, firm_id=firm_id),
        loans=views_parties.loans_of(desk.session, firm_id),
        holder_kinds=HOLDER_KINDS,
        may_write=may_write(desk, row.founder_id),
    )


@router.post("/firms/{firm_id}/found")
def found(firm_id: int, form: Annotated[FoundingForm, Form()], desk: Writer) -> Response:
    """The planned firm is registered now and has its credit code (TB-02)."""
    row = access.firm(desk, firm_id)
    desk.fresh(row, form.stamp)
    intake.found_firm(
        desk.session,
        firm=row,
        credit_code=form.credit_code,
        registered_on=form.registered_on,
        registered_capital=form.registered_capital,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("%(name)s 已登记成立"), name=row.name)
    return desk.go(f"/firms/{firm_id}")
