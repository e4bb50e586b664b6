"""Fiscal awards: proposed by the finance bureau, approved by another person, then paid or turned into capital."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from models.equity import Holding
from models.firm import Firm
from models.policies.rules import EquityRules
from models.programme import Programme
from models.queries.cap_tables import register_lines
from models.queries.holdings import award_by_number, award_rows
from models.roles import Role
from models.states.aftercare import AWARD, AwardStage
from models.values.rate import Rate
from reports.workbook import Column, Kind
from scoring.equity_value import share_of
from talentbank import figures
from talentbank.i18n import N_
from talentbank.web import confirming, listing, views_aftercare, views_equity, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, Text, Wan
from talentbank.web.navigation import BUSINESS, Item
from workflows import equity, moves
from workflows.share_register import public_capital

router = APIRouter()

NAVIGATION = (Item(BUSINESS, "/awards", "coin", N_("财政奖补"), frozenset(views_equity.READERS), place=76),)
FIELD_LABELS = {"basis": N_("政策依据"), "programme": N_("所属人才计划")}
COLUMNS = (
    Column(N_("奖补编号")),
    Column(N_("企业"), width=34),
    Column(N_("奖补名称"), width=30),
    Column(N_("政策依据"), width=30),
    Column(N_("金额（元）"), Kind.MONEY, 20),
    Column(N_("已转为股本（元）"), Kind.MONEY, 20),
    Column(N_("拟定日"), Kind.DATE),
    Column(N_("批准日"), Kind.DATE),
    Column(N_("办结日"), Kind.DATE),
    Column(N_("状态")),
)

Reader = Annotated[Desk, allow(*views_equity.READERS)]
Proposer = Annotated[Desk, allow(Role.FINANCE_BUREAU, Role.TALENT_OFFICE)]
BureauApprover = Annotated[Desk, allow(Role.BUREAU_APPROVER)]
Bureau = Annotated[Desk, allow(Role.FINANCE_BUREAU)]
VentureApprover = Annotated[Desk, allow(Role.VENTURE_APPROVER)]


class ProposeForm(BaseModel):
    """An award for a firm, in 万元; the firm by its full name or credit code."""

    firm: Annotated[Text, Field(max_length=160)]
    title: Annotated[Text, Field(max_length=200)]
    amount: Wan
    basis: Annotated[Text, Field(max_length=200)]
    programme: int | None = None


class StampForm(BaseModel):
    """The version that was read."""

    stamp: int
    confirmed: bool = False


class ReasonForm(StampForm):
    """A reason for saying no."""

    reason: Text


class CapitaliseForm(StampForm):
    """What the firm is worth before the award becomes capital, in 万元, and the shareholders' resolution."""

    pre_money: Wan
    resolution: Annotated[Note, Field(max_length=200)] = ""


@router.get("/awards")
def awards(
    desk: Reader, stage: str = "", q: str = "", sort: str = "-proposed_on", page: listing.PageNumber = 1
) -> Response:
    """One page of awards."""
    chosen = listing.one_of(AwardStage, stage)
    rows, found = award_rows(
        desk.session, stage=chosen, text=q[:80], sort=sort, limit=listing.PAGE, offset=listing.offset(page)
    )
    return desk.show(
        "equity/awards.html",
        block="list",
        rows=rows,
        total=found,
        number=page,
        stage=chosen or "",
        stages=list(AwardStage),
        q=q,
        sort=sort,
        marks=views_aftercare.marks(desk.session, [row.firm_id for row in rows]),
    )


@router.get("/awards.xlsx")
def workbook(desk: Reader, stage: str = "", q: str = "", sort: str = "-proposed_on") -> Response:
    """The same list, whole, as an Excel file."""
    chosen = listing.one_of(AwardStage, stage)
    rows, _ = award_rows(desk.session, stage=chosen, text=q[:80], sort=sort, limit=listing.EXPORT_LIMIT)
    lines = (
        (
            row.number,
            row.firm,
            row.title,
            row.basis,
            row.amount,
            row.capitalised,
            row.proposed_on,
            row.approved_on,
            row.done_on,
            row.stage,
        )
        for row in rows
    )
    return listing.export(
        desk, name=N_("财政奖补台账"), columns=COLUMNS, rows=lines, conditions=[(N_("状态"), chosen), (N_("搜索"), q)]
    )


@router.get("/awards/new")
def new(desk: Proposer, firm: int = 0) -> Response:
    """The form for an award."""
    programmes = desk.session.exec(select(Programme).order_by(col(Programme.starts_on).desc(), col(Programme.id)))
    return desk.show(
        "equity/award_new.html",
        firm=desk.session.get(Firm, firm) if firm else None,
        programmes=[(one.key, one.name) for one in programmes],
    )


@router.post("/awards")
def propose(form: Annotated[ProposeForm, Form()], desk: Proposer) -> Response:
    """Propose an award; the bureau's approver decides."""
    made = equity.propose_award(
        desk.session,
        firm=views_aftercare.firm_called(desk.session, form.firm),
        title=form.title,
        amount=form.amount,
        basis=form.basis,
        programme=desk.session.get(Programme, form.programme) if form.programme else None,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("奖补 %(number)s 已提交，等待财政局审批"), number=made.number)
    return desk.go(f"/awards/{made.number}")


@router.get("/awards/{number}")
def award(number: str, desk: Reader) -> Response:
    """One award: what it is for, how much of it became capital, how far public hands may still go."""
    row = award_by_number(desk.session, number)
    firm = desk.session.get_one(Firm, row.firm_id)
    public = public_capital(register_lines(desk.session, firm, desk.on))
    held = share_of(public, firm.registered_capital) if firm.registered_capital else 0
    return desk.show(
        "equity/award.html",
        award=row,
        firm=firm,
        invented=views_parties.invented(firm),
        programme=desk.session.get(Programme, row.programme_id) if row.programme_id else None,
        holding=desk.session.exec(select(Holding).where(Holding.award_id == row.key)).first(),
        public_share=Rate(held),
        ceiling=desk.rules(EquityRules).public_holding_max,
        history=views_aftercare.history(desk, row),
        open_now={move.verb for move in moves.open_moves(desk.session, AWARD, row, by=desk.actor)},
        may_open_firm=views_equity.may_open_firm(desk),
    )


@router.post("/awards/{number}/approve")
def approve(number: str, form: Annotated[StampForm, Form()], desk: BureauApprover) -> Response:
    """The bureau agrees: the award is owed to the firm from now on."""
    row = award_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    equity.approve_award(desk.session, award=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("奖补 %(number)s 已批准"), number=number)
    return desk.go(f"/awards/{number}")


@router.post("/awards/{number}/refuse")
def refuse(number: str, form: Annotated[ReasonForm, Form()], desk: BureauApprover) -> Response:
    """The bureau declines."""
    row = award_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    equity.refuse_award(desk.session, award=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("奖补 %(number)s 已否决"), number=number)
    return desk.go(f"/awards/{number}")


@router.post("/awards/{number}/pay")
def pay(number: str, form: Annotated[StampForm, Form()], desk: Bureau) -> Response:
    """Pay what of the award is still a grant; asked once more before it stands."""
    row = award_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    left = row.amount - row.capitalised
    equity.pay_award(desk.session, award=row, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认拨付奖补"),
            facts=[
                (N_("企业"), desk.session.get_one(Firm, row.firm_id).name),
                (N_("奖补名称"), row.title),
                (N_("已转为股本"), figures.full(row.capitalised, desk.lang)),
            ],
            amount=left,
            warning=N_("拨付后不能撤销。"),
            submit=N_("拨付"),
        )
    desk.say(N_("已拨付奖补 %(amount)s"), amount=left)
    return desk.go(f"/awards/{number}")


@router.post("/awards/{number}/capitalise")
def capitalise(number: str, form: Annotated[CapitaliseForm, Form()], desk: VentureApprover) -> Response:
    """Turn the award into capital as far as the ceiling allows; asked once more before it stands."""
    row = award_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    holding = equity.capitalise_award(
        desk.session,
        award=row,
        pre_money=form.pre_money,
        resolution=form.resolution,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    if not form.confirmed:
        firm = desk.session.get_one(Firm, row.firm_id)
        return confirming.ask(
            desk,
            title=N_("确认转为股本"),
            facts=[
                (N_("企业"), firm.name),
                (N_("新增注册资本"), figures.full(holding.capital, desk.lang)),
                (N_("持股比例"), figures.pct(Rate(share_of(holding.capital, firm.registered_capital)))),
                (N_("仍按奖补拨付"), figures.full(row.amount - row.capitalised, desk.lang)),
            ],
            amount=row.capitalised,
            warning=N_("股东名册和账簿同时变更，不能撤销。"),
            submit=N_("转为股本"),
        )
    desk.say(N_("奖补 %(number)s 已转为股本 %(amount)s"), number=number, amount=row.capitalised)
    return desk.go(f"/holdings/{holding.number}")
