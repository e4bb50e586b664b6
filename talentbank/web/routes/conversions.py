"""Claims turned into shares: what could be turned, a proposal reckoned before it is sent, the cap table before and after,
approval by another person, and the conversion itself."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import select
from starlette.responses import Response

from models.disposal import DisposalCase
from models.equity import Exclusion, Holding
from models.firm import Firm
from models.policies.rules import EquityRules
from models.queries.cap_tables import cap_table
from models.queries.disposals import case_by_number, conversions_of, disposal_rows
from models.queries.holdings import conversion_by_number, conversion_rows
from models.roles import Role
from models.states.aftercare import CONVERSION, ConversionStage, DisposalStage
from models.values.money import AmountNotUnderstood, Money
from models.values.rate import Rate
from reports.workbook import Column, Kind
from scoring.equity_value import Issue, issue
from talentbank import figures, i18n
from talentbank.i18n import N_
from talentbank.web import confirming, listing, views_aftercare, views_equity, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Note, Text, Wan
from talentbank.web.navigation import BUSINESS, Item
from talentbank.web.routes.firms import HOLDER_KINDS
from talentbank.web.typed import per_cent_or_none
from workflows import equity, moves, share_register
from workflows.collecting import nominal_left
from workflows.share_register import PUBLIC

router = APIRouter()

NAVIGATION = (Item(BUSINESS, "/conversions", "scale", N_("债权转股权"), frozenset(views_equity.READERS), place=72),)
FIELD_LABELS = {
    "value": N_("作价"),
    "pre_money": N_("投前估值"),
    "appraised_on": N_("评估基准日"),
    "appraisal_method": N_("评估方法"),
    "resolution": N_("股东会决议"),
    "votes": N_("同意的表决权"),
    "part": N_("转股部分的成本"),
    "found": N_("不得转股的情形"),
}
COLUMNS = (
    Column(N_("转股编号")),
    Column(N_("企业"), width=34),
    Column(N_("方式"), width=18),
    Column(N_("转股债权（元）"), Kind.MONEY, 20),
    Column(N_("作价（元）"), Kind.MONEY, 20),
    Column(N_("投前估值（元）"), Kind.MONEY, 20),
    Column(N_("持股比例"), Kind.RATE),
    Column(N_("拟定日"), Kind.DATE),
    Column(N_("转股日"), Kind.DATE),
    Column(N_("状态")),
)

Reader = Annotated[Desk, allow(*views_equity.READERS)]
Proposer = Annotated[Desk, allow(Role.VENTURE_MANAGER, Role.ASSET_MANAGER)]
Approver = Annotated[Desk, allow(Role.VENTURE_APPROVER)]


class ProposeForm(BaseModel):
    """A claim, what it was appraised at, and what the firm is worth before it. Amounts in 万元, votes in per cent."""

    case: Text
    value: Wan
    pre_money: Wan
    part: Wan | None = None
    appraiser: Annotated[Text, Field(max_length=120)]
    appraised_on: Day
    appraisal_method: Annotated[Text, Field(max_length=60)]
    resolution: Annotated[Text, Field(max_length=200)]
    votes: Annotated[Note, Field(max_length=12)] = ""
    found: list[Exclusion] = Field(default_factory=list)


class StampForm(BaseModel):
    """The version that was read."""

    stamp: int
    confirmed: bool = False


class ReasonForm(StampForm):
    """A reason for saying no."""

    reason: Text


@router.get("/conversions")
def conversions(
    desk: Reader, stage: str = "", q: str = "", sort: str = "-proposed_on", page: listing.PageNumber = 1
) -> Response:
    """One page of conversions, and the claims that could be turned into shares."""
    chosen = listing.one_of(ConversionStage, stage)
    rows, found = conversion_rows(
        desk.session, stage=chosen, text=q[:80], sort=sort, limit=listing.PAGE, offset=listing.offset(page)
    )
    held, _ = disposal_rows(desk.session, stage=DisposalStage.HELD)
    return desk.show(
        "equity/conversions.html",
        block="list",
        rows=rows,
        total=found,
        number=page,
        stage=chosen or "",
        stages=list(ConversionStage),
        q=q,
        sort=sort,
        held=held,
        marks=views_aftercare.marks(desk.session, [row.firm_id for row in rows] + [row.firm_id for row in held]),
    )


@router.get("/conversions.xlsx")
def workbook(desk: Reader, stage: str = "", q: str = "", sort: str = "-proposed_on") -> Response:
    """The same list, whole, as an Excel file."""
    chosen = listing.one_of(ConversionStage, stage)
    rows, _ = conversion_rows(desk.session, stage=chosen, text=q[:80], sort=sort, limit=listing.EXPORT_LIMIT)
    lines = (
        (
            row.number,
            row.firm,
            row.origin,
            row.claim,
            row.value,
            row.pre_money,
            Rate(row.share_ppm),
            row.proposed_on,
            row.done_on,
            row.stage,
        )
        for row in rows
    )
    return listing.export(
        desk, name=N_("债权转股权台账"), columns=COLUMNS, rows=lines, conditions=[(N_("状态"), chosen), (N_("搜索"), q)]
    )


@router.get("/conversions/new")
def new(desk: Proposer, case: str, value: str = "", pre_money: str = "") -> Response:
    """The form for a conversion; with value and pre-money the cap table is reckoned before anything is sent."""
    row = case_by_number(desk.session, case)
    firm = desk.session.get_one(Firm, row.firm_id)
    shares = cap_table(desk.session, firm, desk.on)
    reckoned = _reckoned(firm, value, pre_money)
    rules = desk.rules(EquityRules)
    return desk.show(
        "equity/conversion_new.html",
        block="estimate",
        case=row,
        firm=firm,
        invented=views_parties.invented(firm),
        left=nominal_left(desk.session, row) if row.handed_over_on else None,
        shares=shares,
        issue=reckoned,
        changes=views_equity.with_new_capital(shares, rules.holder_of_record, PUBLIC, reckoned.new_registered)
        if reckoned
        else (),
        asked=bool(value.strip() or pre_money.strip()),
        below_par=_below_par(desk, firm, pre_money),
        value=value,
        pre_money=pre_money,
        rules=rules,
        methods=views_equity.APPRAISALS,
        kinds=HOLDER_KINDS,
        exclusions=list(Exclusion),
        under_way=_under_way(desk, row),
    )


def _reckoned(firm: Firm, value: str, pre_money: str) -> Issue | None:
    """What these amounts (in 万元, as typed) would make, or None while they are not understood."""
    try:
        return issue(Money.wan(value), firm.registered_capital, Money.wan(pre_money))
    except ValueError:  # AmountNotUnderstood too
        return None


def _below_par(desk: Desk, firm: Firm, pre_money: str) -> str:
    """Why a value as it was typed cannot stand, or nothing: the sentence that the refusal itself would have."""
    try:
        share_register.refuse_below_par(firm, Money.wan(pre_money))
    except share_register.IssuedBelowPar as refusal:
        return i18n.sentence(refusal, desk.lang)
    except AmountNotUnderstood:
        pass
    return ""


def _under_way(desk: Desk, case: DisposalCase) -> str:
    open_stages = (ConversionStage.PROPOSED, ConversionStage.APPROVED)
    return next((one.number for one in conversions_of(desk.session, case) if one.stage in open_stages), "")


@router.post("/conversions")
def propose(form: Annotated[ProposeForm, Form()], desk: Proposer) -> Response:
    """Propose a conversion; another person of the venture company approves it."""
    made = equity.propose_conversion(
        desk.session,
        case=case_by_number(desk.session, form.case),
        value=form.value,
        pre_money=form.pre_money,
        appraiser=form.appraiser,
        appraised_on=form.appraised_on,
        appraisal_method=form.appraisal_method,
        resolution=form.resolution,
        part=form.part,
        votes=per_cent_or_none(form.votes, "votes"),
        found=form.found,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("转股方案 %(number)s 已提交，等待创投审批"), number=made.number)
    return desk.go(f"/conversions/{made.number}")


@router.get("/conversions/{number}")
def conversion(number: str, desk: Reader) -> Response:
    """One conversion: the claim, its value, the cap table before and after."""
    row = conversion_by_number(desk.session, number)
    firm = desk.session.get_one(Firm, row.firm_id)
    return desk.show(
        "equity/conversion.html",
        conversion=row,
        case=desk.session.get_one(DisposalCase, row.case_id),
        firm=firm,
        invented=views_parties.invented(firm),
        changes=views_equity.conversion_effect(desk.session, row, firm, desk.on),
        moved=row.stage in (ConversionStage.PROPOSED, ConversionStage.APPROVED)
        and firm.registered_capital != row.registered_before,
        holding=desk.session.exec(select(Holding).where(Holding.conversion_id == row.key)).first(),
        kinds=HOLDER_KINDS,
        methods=views_equity.METHODS,
        history=views_aftercare.history(desk, row),
        open_now={move.verb for move in moves.open_moves(desk.session, CONVERSION, row, by=desk.actor)},
        may_open_firm=views_equity.may_open_firm(desk),
    )


@router.post("/conversions/{number}/approve")
def approve(number: str, form: Annotated[StampForm, Form()], desk: Approver) -> Response:
    """The venture company agrees."""
    row = conversion_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    equity.approve_conversion(desk.session, conversion=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("转股方案 %(number)s 已批准"), number=number)
    return desk.go(f"/conversions/{number}")


@router.post("/conversions/{number}/refuse")
def refuse(number: str, form: Annotated[ReasonForm, Form()], desk: Approver) -> Response:
    """The venture company declines; the claim stays with the asset manager."""
    row = conversion_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    equity.refuse_conversion(desk.session, conversion=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("转股方案 %(number)s 已否决"), number=number)
    return desk.go(f"/conversions/{number}")


@router.post("/conversions/{number}/convert")
def convert(number: str, form: Annotated[StampForm, Form()], desk: Approver) -> Response:
    """Do it, in books and cap table at once; asked once more before it stands."""
    row = conversion_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    holding = equity.convert(desk.session, conversion=row, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        share = figures.pct(row.share_ppm / 1_000_000)
        return confirming.ask(
            desk,
            title=N_("确认转股"),
            facts=[
                (N_("企业"), desk.session.get_one(Firm, row.firm_id).name),
                (N_("转股债权"), figures.full(row.claim, desk.lang)),
                (N_("新增注册资本"), figures.full(row.new_registered, desk.lang)),
                (N_("持股比例"), share),
            ],
            amount=row.value,
            warning=N_("债权消灭，质押解除，股东名册和账簿同时变更，不能撤销。"),
            submit=N_("转股"),
        )
    desk.say(N_("已转股，持股编号 %(number)s"), number=holding.number)
    return desk.go(f"/holdings/{holding.number}")
