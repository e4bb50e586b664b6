"""The project pool with its four rates, and the targets of parks and townships (TAL-09, TAL-10, TAL-11)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.queries.programmes import (
    pool_districts,
    project_by_id,
    project_rows,
    target_by_id,
    target_rows,
)
from models.roles import Role
from models.talent import Talent
from models.values.rate import Rate
from reports.workbook import Column, Kind
from scoring.programme_math import progress
from talentbank.i18n import N_
from talentbank.web import access, listing, views_aftercare, views_programmes
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Note, Text, Wan
from workflows import programmes

router = APIRouter()

FIELD_LABELS = {
    "tracking": N_("跟踪类别"),
    "lead_unit": N_("责任单位"),
    "signed_on": N_("签约日"),
    "started_on": N_("开工日"),
    "in_production_on": N_("投产日"),
    "pledged": N_("协议资金"),
    "paid_in": N_("到位资金"),
    "place": N_("园区或镇街"),
    "indicator": N_("指标"),
    "goal": N_("目标值"),
    "target_day": N_("完成期限"),
    "actual": N_("完成值"),
}
PROJECT_COLUMNS = (
    Column(N_("项目"), width=34),
    Column(N_("区县")),
    Column(N_("跟踪类别")),
    Column(N_("责任单位"), width=24),
    Column(N_("签约日"), Kind.DATE),
    Column(N_("开工日"), Kind.DATE),
    Column(N_("投产日"), Kind.DATE),
    Column(N_("协议资金（元）"), Kind.MONEY, 20),
    Column(N_("到位资金（元）"), Kind.MONEY, 20),
)
TARGET_COLUMNS = (
    Column(N_("园区或镇街"), width=24),
    Column(N_("指标"), width=24),
    Column(N_("完成期限"), Kind.DATE),
    Column(N_("目标值"), Kind.COUNT),
    Column(N_("完成值"), Kind.COUNT),
    Column(N_("进度"), Kind.RATE),
)
Tracking = Literal["A", "B", "C"]
STEPS = ("tracking", "signed_on", "started_on", "in_production_on", "pledged", "paid_in")

Reader = Annotated[Desk, allow(*views_programmes.READERS)]
Office = Annotated[Desk, allow(Role.TALENT_OFFICE)]


class ProjectForm(BaseModel):
    """A project of the pool."""

    title: Annotated[Text, Field(max_length=200)]
    district: Annotated[Text, Field(max_length=40)]
    tracking: Tracking
    lead_unit: Annotated[Note, Field(max_length=120)] = ""
    talent: int | None = None
    pledged: Wan | None = None


class TrackForm(BaseModel):
    """How far a project has come."""

    stamp: int
    tracking: Tracking
    lead_unit: Annotated[Note, Field(max_length=120)] = ""
    signed_on: Day | None = None
    started_on: Day | None = None
    in_production_on: Day | None = None
    pledged: Wan | None = None
    paid_in: Wan | None = None


class TargetForm(BaseModel):
    """What a place has to reach by a day."""

    place: Annotated[Text, Field(max_length=120)]
    indicator: Annotated[Text, Field(max_length=60)]
    target_day: Day
    goal: Annotated[int, Field(ge=1, le=10**12)]


class ActualForm(BaseModel):
    """How far a target has been reached."""

    stamp: int
    actual: Annotated[int, Field(ge=0, le=10**12)]


@router.get("/programmes/pool")
def pool(
    desk: Reader,
    district: str = "",
    tracking: str = "",
    q: str = "",
    sort: str = "tracking",
    page: listing.PageNumber = 1,
) -> Response:
    """The four rates of a district, whole and by class, and one page of its projects."""
    districts = pool_districts(desk.session)
    chosen = district if district in districts else (districts[0] if len(districts) == 1 else "")
    followed = tracking if tracking in views_programmes.TRACKING else ""
    rows, found = project_rows(
        desk.session,
        district=chosen,
        tracking=followed,
        text=q[:80],
        sort=sort,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    return desk.show(
        "programmes/pool.html",
        block="list",
        rows=rows,
        total=found,
        number=page,
        district=chosen,
        districts=districts,
        tracking=followed,
        classes=views_programmes.TRACKING,
        q=q,
        sort=sort,
        rates=[(one, views_programmes.rates_of(desk.session, one)) for one in ([chosen] if chosen else districts)],
        tabs=views_programmes.TABS,
        may_track=desk.actor.holds(Role.TALENT_OFFICE),
    )


@router.get("/programmes/pool.xlsx")
def pool_workbook(desk: Reader, district: str = "", tracking: str = "", q: str = "") -> Response:
    """The same projects, all pages, as an Excel file."""
    rows, _ = project_rows(
        desk.session, district=district[:40], tracking=tracking[:1], text=q[:80], limit=listing.EXPORT_LIMIT
    )
    lines = (
        (
            row.title,
            row.district,
            row.tracking,
            row.owner,
            row.signed_on,
            row.started_on,
            row.in_production_on,
            row.pledged,
            row.paid_in,
        )
        for row in rows
    )
    conditions = [(N_("区县"), district), (N_("跟踪类别"), tracking), (N_("搜索"), q)]
    return listing.export(desk, name=N_("项目库"), columns=PROJECT_COLUMNS, rows=lines, conditions=conditions)


@router.post("/programmes/pool")
def add_project(form: Annotated[ProjectForm, Form()], desk: Office) -> Response:
    """Enter a project into the pool."""
    made = programmes.add_pool_project(
        desk.session,
        title=form.title,
        district=form.district,
        tracking=form.tracking,
        owner=form.lead_unit,
        talent=access.talent(desk, form.talent) if form.talent else None,
        pledged=form.pledged,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("项目“%(title)s”已入库"), title=made.title)
    return desk.go(f"/programmes/pool/{made.key}")


@router.get("/programmes/pool/{project_id:int}")
def project(project_id: int, desk: Reader) -> Response:
    """One project: its steps, its money, what was noted."""
    row = project_by_id(desk.session, project_id)
    paid_share = Rate(row.paid_in.fen * 1_000_000 // row.pledged.fen) if row.pledged and row.paid_in else None
    return desk.show(
        "programmes/project.html",
        project=row,
        talent=desk.session.get(Talent, row.talent_id) if row.talent_id else None,
        paid_share=paid_share,
        classes=views_programmes.TRACKING,
        history=views_aftercare.history(desk, row),
        may_track=desk.actor.holds(Role.TALENT_OFFICE),
    )


@router.post("/programmes/pool/{project_id:int}")
def track(project_id: int, form: Annotated[TrackForm, Form()], desk: Office) -> Response:
    """Note how far a project has come; steps that are left empty stay as they are."""
    row = project_by_id(desk.session, project_id)
    desk.fresh(row, form.stamp)
    typed = {name: getattr(form, name) for name in STEPS}
    changed = {name: value for name, value in typed.items() if value is not None and value != getattr(row, name)}
    if form.lead_unit and form.lead_unit != row.owner:
        changed["owner"] = form.lead_unit
    programmes.track_project(desk.session, project=row, by=desk.actor, on=desk.on, at=desk.now, **changed)
    desk.say(N_("项目“%(title)s”的进度已更新"), title=row.title)
    return desk.go(f"/programmes/pool/{project_id}")


@router.get("/programmes/targets")
def targets(desk: Reader, q: str = "", page: listing.PageNumber = 1) -> Response:
    """One page of targets with how far each is; progress is not capped at one (TAL-11)."""
    rows, found = target_rows(desk.session, text=q[:80], limit=listing.PAGE, offset=listing.offset(page))
    return desk.show(
        "programmes/targets.html",
        block="list",
        rows=[(row, progress(row.actual, row.target)) for row in rows],
        total=found,
        number=page,
        q=q,
        tabs=views_programmes.TABS,
        may_set=desk.actor.holds(Role.TALENT_OFFICE),
    )


@router.get("/programmes/targets.xlsx")
def targets_workbook(desk: Reader, q: str = "") -> Response:
    """The same targets, all pages, as an Excel file."""
    rows, _ = target_rows(desk.session, text=q[:80], limit=listing.EXPORT_LIMIT)
    lines = []
    for row in rows:
        reached = progress(row.actual, row.target)
        share = None if reached is None else Rate(reached)
        lines.append((row.place, row.indicator, row.due_on, row.target, row.actual, share))
    return listing.export(desk, name=N_("目标"), columns=TARGET_COLUMNS, rows=lines, conditions=[(N_("搜索"), q)])


@router.post("/programmes/targets")
def set_target(form: Annotated[TargetForm, Form()], desk: Office) -> Response:
    """Set what a park or township has to reach by a day."""
    made = programmes.set_target(
        desk.session,
        place=form.place,
        indicator=form.indicator,
        due_on=form.target_day,
        target=form.goal,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("%(place)s 的目标已登记"), place=made.place)
    return desk.go("/programmes/targets")


@router.post("/programmes/targets/{target_id:int}")
def record_actual(target_id: int, form: Annotated[ActualForm, Form()], desk: Office) -> Response:
    """Note how far a target has been reached."""
    row = target_by_id(desk.session, target_id)
    desk.fresh(row, form.stamp)
    programmes.record_actual(desk.session, target=row, actual=form.actual, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("%(place)s 的完成值已更新"), place=row.place)
    return desk.go("/programmes/targets")
