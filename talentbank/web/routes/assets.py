"""Intellectual property: entering a right with its checked number, its page, and what it was valued at."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from models.firm import Firm
from models.intellectual_property import IPAsset, IPKind, Valuation
from models.refusals import NotThere
from models.roles import Role
from models.talent import Talent
from talentbank.i18n import N_
from talentbank.web import access, views_parties
from talentbank.web.desk import Desk, allow, show_only_to
from talentbank.web.fields import Day, Note, Text, Wan
from workflows import intake

router = APIRouter()

FIELD_LABELS = {
    "kind": N_("类型"),
    "number": N_("编号"),
    "title": N_("名称"),
    "owner": N_("权利人"),
    "co_owners": N_("共有人"),
    "filed_on": N_("申请日"),
    "granted_on": N_("授权日"),
    "fees_paid_through": N_("年费缴至"),
    "claims": N_("权利要求数"),
    "family_size": N_("同族数"),
    "citations": N_("被引次数"),
    "technical_score": N_("技术评分"),
    "economic_score": N_("经济评分"),
    "base_date": N_("评估基准日"),
    "valuation_method": N_("评估方法"),
    "appraiser": N_("评估机构"),
    "low": N_("评估低值"),
    "middle": N_("评估中值"),
    "high": N_("评估高值"),
}
METHODS = {
    "income": N_("收益法"),
    "market": N_("市场法"),
    "cost": N_("成本法"),
}

VALUERS = (Role.LOAN_OFFICER, Role.GUARANTEE_OFFICER, Role.ASSET_MANAGER)

Writer = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.APPLICANT)]
Valuer = Annotated[Desk, allow(*VALUERS)]
Visitor = Annotated[Desk, show_only_to(*access.PARTY_VISITORS)]


class AssetForm(BaseModel):
    """A right as the register has it."""

    firm: str = ""
    kind: IPKind
    number: Annotated[Text, Field(max_length=40)]
    title: Annotated[Text, Field(max_length=200)]
    owner: Annotated[Text, Field(max_length=160)]
    co_owners: Annotated[Note, Field(max_length=400)] = ""
    co_owner_consent: bool = False
    filed_on: Day
    granted_on: Day | None = None
    fees_paid_through: Day | None = None
    claims: Annotated[int, Field(ge=0, le=999)] = 0
    family_size: Annotated[int, Field(ge=0, le=999)] = 0
    citations: Annotated[int, Field(ge=0, le=9999)] = 0
    technical_score: Annotated[int, Field(ge=0, le=100)] = 50
    economic_score: Annotated[int, Field(ge=0, le=100)] = 50


class ValuationForm(BaseModel):
    """What an appraiser found."""

    base_date: Day
    valuation_method: Annotated[Text, Field(max_length=60)]
    appraiser: Annotated[Text, Field(max_length=120)]
    low: Wan
    middle: Wan
    high: Wan


def visible(desk: Desk, asset_id: int) -> IPAsset:
    """A right that this actor may see. Refuses with NotThere."""
    row = desk.session.get(IPAsset, asset_id)
    if row is None:
        raise NotThere(what=str(asset_id))
    access.talent(desk, row.talent_id)
    return row


@router.get("/talents/{talent_id}/assets/new")
def new_asset(talent_id: int, desk: Writer) -> Response:
    """The form for a right of this talent."""
    return desk.show(
        "talents/asset_new.html",
        talent=access.talent(desk, talent_id),
        firm_choices=[(str(one.key), one.name) for one in views_parties.firms_of(desk.session, talent_id)],
        kinds=list(IPKind),
        scores=desk.actor.holds(Role.LOAN_OFFICER),
    )


@router.post("/talents/{talent_id}/assets")
def add_asset(talent_id: int, form: Annotated[AssetForm, Form()], desk: Writer) -> Response:
    """Enter a right; its number is checked against its kind (IP-05, IP-06)."""
    owner = access.talent(desk, talent_id)
    given = {name: value for name, value in form if name not in ("firm", "co_owners")}
    if not desk.actor.holds(Role.LOAN_OFFICER):
        given |= {"technical_score": 50, "economic_score": 50}  # nobody scores his own patents
    row = intake.add_ip_asset(
        desk.session,
        talent=owner,
        firm=next((one for one in views_parties.firms_of(desk.session, talent_id) if str(one.id) == form.firm), None),
        co_owners=tuple(name.strip() for name in form.co_owners.replace("，", ",").split(",") if name.strip()),
        **given,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已登记知识产权：%(title)s"), title=row.title)
    return desk.go(f"/assets/{row.key}")


@router.get("/assets/{asset_id}")
def asset(asset_id: int, desk: Visitor) -> Response:
    """A right with everything known of it."""
    row = visible(desk, asset_id)
    values = select(Valuation).where(Valuation.asset_id == asset_id).order_by(col(Valuation.base_date).desc())
    shown = views_parties.assets(desk.session, talent_id=row.talent_id, on=desk.on)
    return desk.show(
        "talents/asset.html",
        line=next(one for one in shown if one.asset.key == asset_id),
        talent=desk.session.get_one(Talent, row.talent_id),
        firm=desk.session.get(Firm, row.firm_id) if row.firm_id else None,
        values=list(desk.session.exec(values)),
        methods=METHODS,
        may_value=desk.actor.holds(*VALUERS),
    )


@router.post("/assets/{asset_id}/valuations")
def value_asset(asset_id: int, form: Annotated[ValuationForm, Form()], desk: Valuer) -> Response:
    """Record what an appraiser found (IP-15)."""
    row = visible(desk, asset_id)
    intake.value_asset(
        desk.session,
        asset=row,
        base_date=form.base_date,
        method=form.valuation_method,
        appraiser=form.appraiser,
        low=form.low,
        middle=form.middle,
        high=form.high,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已登记评估价值"))
    return desk.go(f"/assets/{asset_id}")
