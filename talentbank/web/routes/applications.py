"""Applications: the work list by stage, and opening a new one or changing a draft."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.application import Product
from models.lending.terms import RepaymentMethod
from models.policies.rules import IntakeRules
from models.queries.applications import application_rows, stage_counts
from models.queries.parties import talent_rows
from models.roles import Role
from models.states.application import APPLICATION, Stage
from models.values.money import ZERO
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import access, listing, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, Text, Wan
from talentbank.web.navigation import BUSINESS, Item
from workflows import applying

router = APIRouter()

READERS = (*access.FILE_READERS, Role.APPLICANT)
NAVIGATION = (Item(BUSINESS, "/applications", "files", N_("贷款申请"), frozenset(READERS), place=10),)
FIELD_LABELS = {
    "talent": N_("人才"),
    "firm": N_("企业"),
    "product": N_("产品"),
    "amount": N_("申请金额"),
    "term_months": N_("期限"),
    "method": N_("还款方式"),
    "purpose": N_("资金用途"),
    "project": N_("项目说明"),
    "need": N_("测算需求"),
}
COLUMNS = (
    Column(N_("申请编号")),
    Column(N_("企业"), width=34),
    Column(N_("人才")),
    Column(N_("产品"), width=20),
    Column(N_("申请金额（元）"), Kind.MONEY, 20),
    Column(N_("期限（月）"), Kind.COUNT),
    Column(N_("阶段")),
    Column(N_("申请日期"), Kind.DATE),
    Column(N_("本环节截止"), Kind.DATE),
    Column(N_("经办")),
    Column(N_("标注")),
)

Reader = Annotated[Desk, allow(*READERS)]
Asking = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.APPLICANT)]


class Filter(BaseModel):
    """What the list is narrowed to; it stands in the address."""

    stage: Stage | None = None
    product: Product | None = None
    q: str = ""
    mine: bool = False
    late: bool = False
    sort: str = "-applied_on"

    def asked(self, desk: Desk) -> dict[str, Any]:
        """The filter as the query takes it. An applicant is always held to his own talent."""
        own = access.only_own(desk.actor)
        return {
            "product": self.product,
            "text": self.q,
            "officer_id": desk.actor.user_id if self.mine and not own else None,
            "talent_id": (desk.actor.talent_id or 0) if own else None,
        }


def read_filter(
    stage: str = "",
    product: str = "",
    q: str = "",
    mine: bool = False,
    late: bool = False,
    sort: str = "-applied_on",
) -> Filter:
    """The filter of the address; words that mean nothing are left out instead of refusing the page."""
    return Filter(
        stage=listing.one_of(Stage, stage),
        product=listing.one_of(Product, product),
        q=q[:80],
        mine=mine,
        late=late,
        sort=sort,
    )


Filtered = Annotated[Filter, Depends(read_filter)]


class RequestForm(BaseModel):
    """What is asked for: amounts in 万元."""

    amount: Wan
    term_months: Annotated[int, Field(ge=1, le=120)]
    method: RepaymentMethod
    purpose: Annotated[Text, Field(max_length=400)]
    project: Note = ""
    need: Wan | None = None


class DraftForm(RequestForm):
    """A new application: for which talent, with which firm (none if it is not founded yet)."""

    talent: int
    product: Product
    firm: int | None = None


class ReviseForm(RequestForm):
    """A draft or a returned application, changed."""

    stamp: int


@router.get("/applications")
def applications(desk: Reader, chosen: Filtered, page: listing.PageNumber = 1) -> Response:
    """The work list: stage tabs with counts, and one page of the stage."""
    asked = chosen.asked(desk)
    counts = stage_counts(desk.session, **asked)
    rows, total = application_rows(
        desk.session,
        **asked,
        stage=chosen.stage,
        late_on=desk.on if chosen.late else None,
        sort=chosen.sort,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    return desk.show(
        "applications/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        chosen=chosen,
        counts=counts,
        all_count=sum(counts.values()),
        products=list(Product),
        own=access.only_own(desk.actor),
        may_open=desk.actor.holds(Role.LOAN_OFFICER, Role.APPLICANT),
        may_mine=desk.actor.holds(Role.LOAN_OFFICER),
        filtered=bool(chosen.q or chosen.product or chosen.mine or chosen.late or chosen.stage),
    )


@router.get("/applications.xlsx")
def workbook(desk: Reader, chosen: Filtered) -> Response:
    """The same list, every page of it, as an Excel file."""
    rows, _ = application_rows(
        desk.session,
        **chosen.asked(desk),
        stage=chosen.stage,
        late_on=desk.on if chosen.late else None,
        sort=chosen.sort,
        limit=listing.EXPORT_LIMIT,
    )
    lines = (
        (
            row.number,
            row.firm,
            row.talent,
            row.product,
            row.amount,
            row.term_months,
            row.stage,
            row.applied_on,
            row.due_on,
            row.officer,
            row.label,
        )
        for row in rows
    )
    conditions = [
        (N_("阶段"), chosen.stage),
        (N_("产品"), chosen.product),
        (N_("搜索"), chosen.q),
        (N_("仅本人经办"), N_("是") if chosen.mine else ""),
        (N_("仅超时"), N_("是") if chosen.late else ""),
        (N_("排序"), chosen.sort),
    ]
    return listing.export(desk, name=N_("贷款申请"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.get("/applications/new")
def new(
    desk: Asking,
    talent: Annotated[int | None, Query()] = None,
    firm: Annotated[int | None, Query()] = None,
    q: str = "",
) -> Response:
    """The form for a new application; an officer first says for whom."""
    if access.only_own(desk.actor):
        talent = desk.actor.talent_id
    if talent is None:
        rows, total = talent_rows(desk.session, on=desk.on, text=q, limit=20)
        return desk.show(
            "applications/whom.html", block="found", rows=rows, total=total, q=q, tiers=views_parties.TIERS
        )
    who = access.talent(desk, talent)
    return desk.show("applications/form.html", talent=who, **_choices(desk, who.key), firm=firm, row=None)


def _choices(desk: Desk, talent_id: int) -> dict[str, Any]:
    firms = views_parties.firms_of(desk.session, talent_id)
    return {
        "firms": [(str(one.key), one.name) for one in firms],
        "products": desk.rules(IntakeRules).products,
        "product_list": list(Product),
        "methods": list(RepaymentMethod),
    }


@router.post("/applications")
def draft(form: Annotated[DraftForm, Form()], desk: Asking) -> Response:
    """Open an application as a draft."""
    who = access.talent(desk, form.talent)
    firm = access.firm(desk, form.firm) if form.firm else None
    row = applying.draft(
        desk.session,
        talent=who,
        firm=firm,
        product=form.product,
        **_request(form),
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("申请 %(number)s 已保存为草稿，请上传材料后提交"), number=row.number)
    return desk.go(f"/applications/{row.number}/documents")


def _request(form: RequestForm) -> dict[str, Any]:
    return {
        "amount": form.amount,
        "term_months": form.term_months,
        "method": form.method,
        "purpose": form.purpose,
        "project": form.project,
        "need": form.need or ZERO,
    }


@router.get("/applications/{number}/edit")
def edit(number: str, desk: Asking) -> Response:
    """The form of a draft or a returned application."""
    row = access.application(desk, number)
    APPLICATION.find("submit", row.stage)
    who = access.talent(desk, row.talent_id)
    return desk.show("applications/form.html", talent=who, **_choices(desk, who.key), firm=row.firm_id, row=row)


@router.post("/applications/{number}/edit")
def revise(number: str, form: Annotated[ReviseForm, Form()], desk: Asking) -> Response:
    """Change a draft or a returned application."""
    row = access.application(desk, number)
    desk.fresh(row, form.stamp)
    applying.revise(desk.session, application=row, **_request(form), by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("申请 %(number)s 已修改"), number=number)
    return desk.go(f"/applications/{number}")
