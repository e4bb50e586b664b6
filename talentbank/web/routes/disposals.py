"""Bad claims: the list with its sums, a case with the ways out side by side, from the proposal to the end of the case."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.disposal import DisposalCase, Strategy
from models.firm import Firm
from models.loan import Loan
from models.queries.disposals import (
    case_by_number,
    conversions_of,
    disposal_rows,
    disposal_sums,
    loans_without_case,
    recoveries_of,
)
from models.queries.loans import loan_by_number
from models.roles import Role
from models.states.aftercare import DISPOSAL, ConversionStage, DisposalStage
from models.values.money import ZERO, Money, total
from reports.workbook import Column, Kind
from talentbank import figures
from talentbank.i18n import N_
from talentbank.web import access, confirming, listing, views_aftercare, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, Text, Yuan
from talentbank.web.navigation import BUSINESS, Item
from talentbank.web.typed import yuan_or
from workflows import bad_loan, disposal, moves
from workflows.collecting import nominal_left

router = APIRouter()

READERS = (*access.FILE_READERS, Role.VENTURE_MANAGER, Role.VENTURE_APPROVER, Role.BUREAU_APPROVER, Role.TREASURER)
NAVIGATION = (Item(BUSINESS, "/disposals", "recycle", N_("不良处置"), frozenset(READERS), place=70),)
FIELD_LABELS = {
    "price": N_("银行债权转让价格"),
    "guarantor_price": N_("担保公司债权转让价格"),
    "strategy": N_("处置方式"),
}
COLUMNS = (
    Column(N_("处置编号")),
    Column(N_("贷款编号")),
    Column(N_("企业"), width=34),
    Column(N_("处置方式"), width=18),
    Column(N_("银行债权（元）"), Kind.MONEY, 20),
    Column(N_("担保公司债权（元）"), Kind.MONEY, 20),
    Column(N_("银行债权转让价格（元）"), Kind.MONEY, 22),
    Column(N_("担保公司债权转让价格（元）"), Kind.MONEY, 24),
    Column(N_("未收回成本（元）"), Kind.MONEY, 20),
    Column(N_("已收回（元）"), Kind.MONEY, 20),
    Column(N_("拟定日"), Kind.DATE),
    Column(N_("接收日"), Kind.DATE),
    Column(N_("结案日"), Kind.DATE),
    Column(N_("状态")),
)
WAITING_SHOWN = 20

Reader = Annotated[Desk, allow(*READERS)]
Manager = Annotated[Desk, allow(Role.ASSET_MANAGER)]
Committee = Annotated[Desk, allow(Role.CREDIT_COMMITTEE)]
Closer = Annotated[Desk, allow(Role.ASSET_MANAGER, Role.VENTURE_APPROVER)]


class ProposeForm(BaseModel):
    """What a bad loan is to be sold for, and what is to be done with it. Prices in yuan; nought is a price too."""

    loan: Text
    price: Annotated[Text, Field(max_length=24)]
    guarantor_price: Annotated[Note, Field(max_length=24)] = ""
    strategy: Strategy


class StampForm(BaseModel):
    """The version that was read."""

    stamp: int
    confirmed: bool = False


class ReasonForm(StampForm):
    """A reason for saying no."""

    reason: Text


class CloseForm(StampForm):
    """How a case ends; a case whose claim is still held needs a reason."""

    reason: Note = ""


class CollectForm(StampForm):
    """Money that came in on a case, and what it cost to get it."""

    amount: Yuan
    costs: Annotated[Note, Field(max_length=24)] = ""
    source: Annotated[Text, Field(max_length=120)]
    bank_ref: Annotated[Text, Field(max_length=64)]


def read_filter(stage: str, strategy: str) -> tuple[DisposalStage | None, Strategy | None]:
    """Stage and strategy of the address; words that mean nothing are left out."""
    return (
        listing.one_of(DisposalStage, stage),
        listing.one_of(Strategy, strategy),
    )


@router.get("/disposals")
def disposals(
    desk: Reader,
    stage: str = "",
    strategy: str = "",
    q: str = "",
    sort: str = "-proposed_on",
    page: listing.PageNumber = 1,
) -> Response:
    """Sums by stage, one page of cases, and the loans in default for which nothing is under way."""
    chosen, way = read_filter(stage, strategy)
    rows, found = disposal_rows(
        desk.session,
        stage=chosen,
        strategy=way,
        text=q[:80],
        sort=sort,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    sums = disposal_sums(desk.session)
    waiting = loans_without_case(desk.session, limit=WAITING_SHOWN)
    return desk.show(
        "disposals/list.html",
        block="list",
        rows=rows,
        total=found,
        number=page,
        stage=chosen or "",
        strategy=way or "",
        strategies=list(Strategy),
        q=q,
        sort=sort,
        sums=sums,
        cases=sum(one.cases for one in sums.values()),
        cost=total(one.cost for one in sums.values()),
        waiting=waiting,
        marks=views_aftercare.marks(desk.session, [row.firm_id for row in rows] + [firm.key for _, firm in waiting]),
    )


@router.get("/disposals.xlsx")
def workbook(desk: Reader, stage: str = "", strategy: str = "", q: str = "", sort: str = "-proposed_on") -> Response:
    """The same list, whole, as an Excel file."""
    chosen, way = read_filter(stage, strategy)
    rows, _ = disposal_rows(
        desk.session, stage=chosen, strategy=way, text=q[:80], sort=sort, limit=listing.EXPORT_LIMIT
    )
    lines = (
        (
            row.number,
            row.loan,
            row.firm,
            row.strategy,
            row.bank_claim,
            row.guarantor_claim,
            row.price,
            row.guarantor_price,
            row.cost,
            row.collected,
            row.proposed_on,
            row.handed_over_on,
            row.closed_on,
            row.stage,
        )
        for row in rows
    )
    conditions = [(N_("状态"), chosen), (N_("处置方式"), way), (N_("搜索"), q)]
    return listing.export(desk, name=N_("不良处置台账"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.get("/disposals/new")
def new(desk: Manager, loan: str) -> Response:
    """The form for a case: what is owed, and every way out reckoned on it."""
    row = loan_by_number(desk.session, loan)
    compared = [value.plain() for value in disposal.compare(desk.session, row, desk.on)]
    firm = desk.session.get_one(Firm, row.firm_id)
    return desk.show(
        "disposals/new.html",
        loan=row,
        firm=firm,
        invented=views_parties.invented(firm),
        bank_claim=bad_loan.bank_claim(desk.session, row),
        guarantor_claim=bad_loan.guarantor_claim(desk.session, row),
        options=views_aftercare.options(compared),
        under_way=disposal.case_of(desk.session, row),
    )


@router.post("/disposals")
def propose(form: Annotated[ProposeForm, Form()], desk: Manager) -> Response:
    """Propose to take a bad loan over; the committee decides."""
    made = disposal.propose(
        desk.session,
        loan=loan_by_number(desk.session, form.loan),
        price=yuan_or(form.price, "price", ZERO),
        guarantor_price=yuan_or(form.guarantor_price, "guarantor_price", ZERO),
        strategy=form.strategy,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("处置方案 %(number)s 已提交，等待信贷决策委员会审批"), number=made.number)
    return desk.go(f"/disposals/{made.number}")


@router.get("/disposals/{number}")
def case(number: str, desk: Reader) -> Response:
    """One case: the claims and their prices, the ways out, what came in, what was done."""
    row = case_by_number(desk.session, number)
    firm = desk.session.get_one(Firm, row.firm_id)
    held = row.stage is DisposalStage.HELD
    conversions = conversions_of(desk.session, row)
    recoveries = recoveries_of(desk.session, row)
    under_way = any(one.stage in (ConversionStage.PROPOSED, ConversionStage.APPROVED) for one in conversions)
    return desk.show(
        "disposals/case.html",
        case=row,
        loan=desk.session.get_one(Loan, row.loan_id),
        firm=firm,
        invented=views_parties.invented(firm),
        options=views_aftercare.options(row.comparison, row.strategy),
        recoveries=recoveries,
        collected=total(one.amount for one in recoveries),
        costs=total(one.costs for one in recoveries),
        conversions=conversions,
        left=nominal_left(desk.session, row) if row.handed_over_on else None,
        history=views_aftercare.history(desk, row),
        open_now={move.verb for move in moves.open_moves(desk.session, DISPOSAL, row, by=desk.actor)},
        may_collect=held and desk.actor.holds(Role.ASSET_MANAGER),
        may_convert=held and not under_way and desk.actor.holds(Role.VENTURE_MANAGER, Role.ASSET_MANAGER),
    )


@router.post("/disposals/{number}/approve")
def approve(number: str, form: Annotated[StampForm, Form()], desk: Committee) -> Response:
    """The committee agrees to price and strategy."""
    row = case_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    disposal.approve(desk.session, case=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("处置方案 %(number)s 已批准"), number=number)
    return desk.go(f"/disposals/{number}")


@router.post("/disposals/{number}/refuse")
def refuse(number: str, form: Annotated[ReasonForm, Form()], desk: Committee) -> Response:
    """The committee declines; the loan stays with the bank."""
    row = case_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    disposal.refuse(desk.session, case=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("处置方案 %(number)s 已否决"), number=number)
    return desk.go(f"/disposals/{number}")


@router.post("/disposals/{number}/hand-over")
def hand_over(number: str, form: Annotated[StampForm, Form()], desk: Manager) -> Response:
    """Take the claims over and pay their prices; asked once more before it stands."""
    row = case_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    disposal.hand_over(desk.session, case=row, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认接收不良债权"),
            facts=[
                (N_("银行债权"), _full(desk, row.bank_claim)),
                (N_("银行债权转让价格"), _full(desk, row.price)),
                (N_("担保公司债权"), _full(desk, row.guarantor_claim)),
                (N_("担保公司债权转让价格"), _full(desk, row.guarantor_price)),
            ],
            amount=row.cost,
            warning=N_("债权和价款同时划转，接收后不能撤销。"),
            submit=N_("接收并付款"),
        )
    desk.say(N_("已接收不良债权，支付价款 %(cost)s"), cost=row.cost)
    return desk.go(f"/disposals/{number}")


def _full(desk: Desk, amount: Money) -> str:
    return figures.full(amount, desk.lang)


@router.post("/disposals/{number}/collect")
def collect(number: str, form: Annotated[CollectForm, Form()], desk: Manager) -> Response:
    """Take in what came back: the cost first, the rest is a gain."""
    row = case_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    before = row.cost
    taken = disposal.collect(
        desk.session,
        case=row,
        amount=form.amount,
        costs=yuan_or(form.costs, "costs", ZERO),
        source=form.source,
        bank_ref=form.bank_ref,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    if not form.confirmed:
        back = before - row.cost
        facts: list[tuple[str, Any]] = [
            (N_("冲减成本"), _full(desk, back)),
            (N_("处置收益"), _full(desk, taken.amount - back)),
            (N_("清收费用"), _full(desk, taken.costs)),
            (N_("未收回成本"), _full(desk, row.cost)),
        ]
        return confirming.ask(
            desk,
            title=N_("确认登记回收款"),
            facts=facts,
            amount=taken.amount,
            warning=N_("登记后记入账簿，不能修改。"),
            submit=N_("确认登记"),
        )
    desk.say(N_("已登记回收款 %(amount)s"), amount=taken.amount)
    return desk.go(f"/disposals/{number}")


@router.post("/disposals/{number}/close")
def close(number: str, form: Annotated[CloseForm, Form()], desk: Closer) -> Response:
    """End the case; what was not got back of its cost is lost."""
    row = case_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    lost = row.cost
    _end(desk, row, form.reason)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认结案"),
            facts=[(N_("处置编号"), number), (N_("结转损失"), _full(desk, lost))],
            amount=lost or None,
            warning=N_("结案后解除质押、终结合同和申请，不能撤销。"),
            submit=N_("结案"),
        )
    desk.say(N_("处置案件 %(number)s 已结案"), number=number)
    return desk.go(f"/disposals/{number}")


def _end(desk: Desk, row: DisposalCase, reason: str) -> None:
    disposal.close(desk.session, case=row, reason=reason, by=desk.actor, on=desk.on, at=desk.now)
