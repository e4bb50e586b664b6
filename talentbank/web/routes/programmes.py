"""District programmes: the list, one programme with what it gives and what has been subsidised, and their entry."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.programme import CapBasis
from models.queries.programmes import benefits_of, programme_by_id, programme_rows, subsidy_rows
from models.refusals import BadInput
from models.roles import Role
from models.talent import Level
from models.values.rate import MILLION, Rate
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import listing, views_aftercare, views_programmes
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import NO_RATE, Day, Note, Text, Wan
from talentbank.web.navigation import BUSINESS, Item
from workflows import programmes

router = APIRouter()

NAVIGATION = (Item(BUSINESS, "/programmes", "target", N_("人才计划"), frozenset(views_programmes.READERS), place=78),)
FIELD_LABELS = {
    "starts_on": N_("开始日"),
    "ends_on": N_("结束日"),
    "source_document": N_("文件依据"),
    "benefit": N_("类别"),
    "cap": N_("上限"),
    "cap_basis": N_("上限口径"),
    "years": N_("年限"),
    "instalment_weights": N_("分期比例"),
    "condition": N_("条件"),
}
COLUMNS = (
    Column(N_("人才计划"), width=34),
    Column(N_("区县")),
    Column(N_("人才层级")),
    Column(N_("开始日"), Kind.DATE),
    Column(N_("结束日"), Kind.DATE),
    Column(N_("文件依据"), width=34),
    Column(N_("政策待遇"), Kind.COUNT),
    Column(N_("贴息笔数"), Kind.COUNT),
    Column(N_("贴息金额（元）"), Kind.MONEY, 20),
)
BenefitKind = Literal[
    "interest_subsidy", "award", "start_up_grant", "seed_money", "housing", "allowance", "referral_award"
]

Reader = Annotated[Desk, allow(*views_programmes.READERS)]
Office = Annotated[Desk, allow(Role.TALENT_OFFICE)]


class ProgrammeForm(BaseModel):
    """A programme and where it stands written."""

    name: Annotated[Text, Field(max_length=120)]
    district: Annotated[Note, Field(max_length=40)] = ""
    level: Level
    starts_on: Day
    ends_on: Day | None = None
    source_document: Annotated[Text, Field(max_length=200)]


class BenefitForm(BaseModel):
    """What a programme gives: the cap in 万元, instalments in per cent with commas."""

    benefit: BenefitKind
    cap: Wan | None = None
    cap_basis: CapBasis = CapBasis.LOAN_PRINCIPAL
    years: Annotated[int | None, Field(ge=1, le=30)] = None
    instalment_weights: Annotated[Note, Field(max_length=80)] = ""
    condition: Annotated[Note, Field(max_length=400)] = ""


@router.get("/programmes")
def programme_list(desk: Reader, q: str = "", page: listing.PageNumber = 1) -> Response:
    """One page of programmes, the newest first."""
    rows, found = programme_rows(desk.session, text=q[:80], limit=listing.PAGE, offset=listing.offset(page))
    return desk.show(
        "programmes/list.html",
        block="list",
        rows=rows,
        total=found,
        number=page,
        q=q,
        tabs=views_programmes.TABS,
        levels=list(Level),
        may_open=desk.actor.holds(Role.TALENT_OFFICE),
    )


@router.get("/programmes.xlsx")
def workbook(desk: Reader, q: str = "") -> Response:
    """The same list, whole, as an Excel file."""
    rows, _ = programme_rows(desk.session, text=q[:80], limit=listing.EXPORT_LIMIT)
    lines = (
        (
            row.programme.name,
            row.programme.district,
            row.programme.level,
            row.programme.starts_on,
            row.programme.ends_on,
            row.programme.source,
            row.benefits,
            row.subsidies,
            row.subsidised,
        )
        for row in rows
    )
    return listing.export(desk, name=N_("人才计划"), columns=COLUMNS, rows=lines, conditions=[(N_("搜索"), q)])


@router.post("/programmes")
def open_programme(form: Annotated[ProgrammeForm, Form()], desk: Office) -> Response:
    """Enter a programme."""
    made = programmes.open_programme(
        desk.session,
        name=form.name,
        district=form.district,
        level=form.level,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        source=form.source_document,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("人才计划“%(name)s”已登记"), name=made.name)
    return desk.go(f"/programmes/{made.key}")


@router.get("/programmes/{programme_id:int}")
def programme(programme_id: int, desk: Reader) -> Response:
    """One programme: what it gives, and the subsidies reckoned under it."""
    row = programme_by_id(desk.session, programme_id)
    subsidies, number, together = subsidy_rows(desk.session, programme_id=programme_id)
    return desk.show(
        "programmes/programme.html",
        programme=row,
        benefits=benefits_of(desk.session, row),
        kinds=views_programmes.BENEFITS,
        bases=list(CapBasis),
        subsidies=subsidies,
        subsidies_number=number,
        subsidised=together,
        history=views_aftercare.history(desk, row),
        may_open=desk.actor.holds(Role.TALENT_OFFICE),
    )


@router.post("/programmes/{programme_id:int}/benefits")
def add_benefit(programme_id: int, form: Annotated[BenefitForm, Form()], desk: Office) -> Response:
    """Enter what a programme gives."""
    programmes.add_benefit(
        desk.session,
        programme=programme_by_id(desk.session, programme_id),
        kind=form.benefit,
        cap=form.cap,
        cap_basis=form.cap_basis,
        years=form.years,
        instalment_weights=_weights(form.instalment_weights),
        condition=form.condition,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("政策待遇已登记"))
    return desk.go(f"/programmes/{programme_id}")


def _weights(text: str) -> list[int]:
    """Instalments as typed, "33.33, 33.33, 33.34", in parts per million. Refuses with BadInput for other texts."""
    parts = [part.strip().removesuffix("%").removesuffix("％") for part in text.replace("，", ",").split(",")]
    try:
        weights = [Rate.of(part).ppm for part in parts if part]
    except ValueError:
        raise BadInput(field="instalment_weights", reason=NO_RATE) from None
    if any(weight % 100 or not 0 < weight <= MILLION * 100 for weight in weights):
        raise BadInput(field="instalment_weights", reason=NO_RATE)
    return [weight // 100 for weight in weights]
