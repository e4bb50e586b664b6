"""The venture company's holdings: the list with its sums, one holding with its values, floors and exit."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.equity import Award, Conversion, ExitKind, Origin
from models.firm import Firm
from models.queries.holdings import holding_by_number, holding_rows, holding_sums, rounds_of, values_of
from models.roles import Role
from models.states.aftercare import HOLDING, HoldingStage
from models.values.money import ZERO
from models.values.rate import Rate
from reports.workbook import Column, Kind
from talentbank import figures
from talentbank.i18n import N_
from talentbank.web import confirming, listing, views_aftercare, views_equity, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, Text, WanFromNought, Yuan
from talentbank.web.navigation import BUSINESS, Item
from talentbank.web.typed import yuan_or
from workflows import equity, moves

router = APIRouter()

NAVIGATION = (Item(BUSINESS, "/holdings", "trending-up", N_("股权投资"), frozenset(views_equity.READERS), place=74),)
FIELD_LABELS = {
    "valuation_basis": N_("估值方法"),
    "exit_kind": N_("退出方式"),
    "proceeds": N_("退出价格"),
    "buyer": N_("受让方"),
    "consent": N_("批准文号"),
}
COLUMNS = (
    Column(N_("持股编号")),
    Column(N_("企业"), width=34),
    Column(N_("来源"), width=18),
    Column(N_("取得日"), Kind.DATE),
    Column(N_("成本（元）"), Kind.MONEY, 20),
    Column(N_("账面价值（元）"), Kind.MONEY, 20),
    Column(N_("持有出资（元）"), Kind.MONEY, 20),
    Column(N_("持股比例"), Kind.RATE),
    Column(N_("分红（元）"), Kind.MONEY, 18),
    Column(N_("退出价款（元）"), Kind.MONEY, 20),
    Column(N_("退出日"), Kind.DATE),
    Column(N_("状态")),
)

Reader = Annotated[Desk, allow(*views_equity.READERS)]
Manager = Annotated[Desk, allow(Role.VENTURE_MANAGER)]
Approver = Annotated[Desk, allow(Role.VENTURE_APPROVER)]


class StampForm(BaseModel):
    """The version that was read."""

    stamp: int
    confirmed: bool = False


class ValueForm(StampForm):
    """What a holding was found to be worth, in 万元."""

    value: WanFromNought
    valuation_basis: Annotated[Text, Field(max_length=60)]


class DividendForm(StampForm):
    """A dividend that came in, in yuan."""

    amount: Yuan
    bank_ref: Annotated[Text, Field(max_length=64)]


class OfferForm(StampForm):
    """An exit at a price in yuan; a liquidation may bring nothing."""

    exit_kind: ExitKind
    proceeds: Annotated[Text, Field(max_length=24)]
    buyer: Annotated[Note, Field(max_length=160)] = ""
    consent: Annotated[Note, Field(max_length=120)] = ""


def read_filter(origin: str, stage: str) -> tuple[Origin | None, HoldingStage | None]:
    """Origin and stage of the address; words that mean nothing are left out."""
    return (
        listing.one_of(Origin, origin),
        listing.one_of(HoldingStage, stage),
    )


@router.get("/holdings")
def holdings(
    desk: Reader,
    origin: str = "",
    stage: str = "",
    q: str = "",
    sort: str = "-acquired_on",
    page: listing.PageNumber = 1,
) -> Response:
    """What is held and what it has brought, and one page of holdings."""
    way, chosen = read_filter(origin, stage)
    rows, found = holding_rows(
        desk.session,
        origin=way,
        stage=chosen,
        text=q[:80],
        sort=sort,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    return desk.show(
        "equity/holdings.html",
        block="list",
        rows=rows,
        total=found,
        number=page,
        origin=way or "",
        origins=list(Origin),
        stage=chosen or "",
        stages=list(HoldingStage),
        q=q,
        sort=sort,
        sums=holding_sums(desk.session),
        valued=views_equity.valued_on(desk.session, [row.id for row in rows]),
        stale_before=views_equity.stale_before(desk.session, desk.on),
        marks=views_aftercare.marks(desk.session, [row.firm_id for row in rows]),
    )


@router.get("/holdings.xlsx")
def workbook(desk: Reader, origin: str = "", stage: str = "", q: str = "", sort: str = "-acquired_on") -> Response:
    """The same list, whole, as an Excel file."""
    way, chosen = read_filter(origin, stage)
    rows, _ = holding_rows(desk.session, origin=way, stage=chosen, text=q[:80], sort=sort, limit=listing.EXPORT_LIMIT)
    lines = (
        (
            row.number,
            row.firm,
            row.origin,
            row.acquired_on,
            row.cost,
            row.carrying,
            row.capital,
            Rate(row.share_ppm),
            row.dividends,
            row.proceeds,
            row.exited_on,
            row.stage,
        )
        for row in rows
    )
    conditions = [(N_("来源"), way), (N_("状态"), chosen), (N_("搜索"), q)]
    return listing.export(desk, name=N_("持股台账"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.get("/holdings/{number}")
def holding(number: str, desk: Reader) -> Response:
    """One holding: what it cost, what it was worth over time, what it brought, and what an exit must bring today."""
    row = holding_by_number(desk.session, number)
    firm = desk.session.get_one(Firm, row.firm_id)
    held = row.stage is HoldingStage.HELD
    values = values_of(desk.session, row)
    manager = held and desk.actor.holds(Role.VENTURE_MANAGER)
    return desk.show(
        "equity/holding.html",
        holding=row,
        firm=firm,
        invented=views_parties.invented(firm),
        conversion=desk.session.get(Conversion, row.conversion_id) if row.conversion_id else None,
        award=desk.session.get(Award, row.award_id) if row.award_id else None,
        values=values,
        stale=held and bool(values) and values[-1].on < views_equity.stale_before(desk.session, desk.on),
        rounds=rounds_of(desk.session, firm),
        floors=views_equity.floors(desk, row) if held else [],
        exit_kinds=list(ExitKind),
        methods=views_equity.METHODS,
        history=views_aftercare.history(desk, row),
        open_now={move.verb for move in moves.open_moves(desk.session, HOLDING, row, by=desk.actor)},
        may_manage=manager,
        may_open_firm=views_equity.may_open_firm(desk),
    )


@router.post("/holdings/{number}/value")
def revalue(number: str, form: Annotated[ValueForm, Form()], desk: Manager) -> Response:
    """Note what the holding is worth; the change is booked."""
    row = holding_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    before = row.carrying
    equity.revalue(
        desk.session,
        holding=row,
        value=form.value,
        method=form.valuation_basis,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    if not form.confirmed:
        change = row.carrying - before
        sign = "+" if change > ZERO else ""
        return confirming.ask(
            desk,
            title=N_("确认重估"),
            facts=[
                (N_("原账面价值"), figures.full(before, desk.lang)),
                (N_("价值变动"), sign + figures.full(change, desk.lang)),
            ],
            amount=form.value,
            warning=N_("重估后记入账簿，不能修改。"),
            submit=N_("确认重估"),
        )
    desk.say(N_("持股 %(number)s 已重估为 %(value)s"), number=number, value=form.value)
    return desk.go(f"/holdings/{number}")


@router.post("/holdings/{number}/dividends")
def dividend(number: str, form: Annotated[DividendForm, Form()], desk: Manager) -> Response:
    """Take a dividend in."""
    row = holding_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    equity.receive_dividend(
        desk.session,
        holding=row,
        amount=form.amount,
        bank_ref=form.bank_ref,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已登记分红 %(amount)s"), amount=form.amount)
    return desk.go(f"/holdings/{number}")


@router.post("/holdings/{number}/offer")
def offer(number: str, form: Annotated[OfferForm, Form()], desk: Manager) -> Response:
    """Propose an exit at a price that holds against its floor; another person carries it out."""
    row = holding_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    equity.offer_exit(
        desk.session,
        holding=row,
        proceeds=yuan_or(form.proceeds, "proceeds", ZERO),
        kind=form.exit_kind,
        buyer=form.buyer,
        consent=form.consent,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("退出方案已提交，价格 %(price)s，等待创投审批办理"), price=row.offered)
    return desk.go(f"/holdings/{number}")


@router.post("/holdings/{number}/exit")
def exit_holding(number: str, form: Annotated[StampForm, Form()], desk: Approver) -> Response:
    """Carry out the exit that was offered; asked once more before it stands."""
    row = holding_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    gain = row.offered - row.carrying
    equity.exit(desk.session, holding=row, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认股权退出"),
            facts=[
                (N_("退出方式"), desk.words(ExitKind(row.exit_kind))),
                (N_("受让方"), row.buyer),
                (N_("退出损益"), ("+" if gain > ZERO else "") + figures.full(gain, desk.lang)),
            ],
            amount=row.proceeds,
            warning=N_("款项入账、持股移出账簿、股东名册变更，不能撤销。"),
            submit=N_("办理退出"),
        )
    desk.say(N_("持股 %(number)s 已退出，收回 %(amount)s"), number=number, amount=row.proceeds)
    return desk.go(f"/holdings/{number}")
