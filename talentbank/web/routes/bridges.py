"""The re-lending fund's desk: where the fund stands, maturities ahead, bridges from application to return."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from models.loan import Contract, Loan
from models.queries.bridges import bridge_by_number, bridge_rows, fund_position
from models.queries.loans import loan_by_number, maturing
from models.refusals import NotThere
from models.roles import Role
from models.states.aftercare import BRIDGE, BridgeStage
from models.states.loan import ContractStage
from models.values.money import ZERO
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import access, confirming, listing
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Note, Text, Wan
from talentbank.web.navigation import BUSINESS, Item
from talentbank.web.typed import yuan_or
from workflows import bridging, moves, renewing

router = APIRouter()

READERS = (*access.FILE_READERS, Role.FUND_MANAGER, Role.FUND_APPROVER, Role.BUREAU_APPROVER, Role.TREASURER)
NAVIGATION = (Item(BUSINESS, "/bridges", "arrows-exchange", N_("转贷基金"), frozenset(READERS), place=60),)
FIELD_LABELS = {
    "own_funds": N_("自筹资金"),
    "promise": N_("续贷承诺函"),
    "why": N_("未办理无还本续贷的原因"),
    "contract": N_("续贷合同"),
    "loan": N_("到期贷款"),
}
COLUMNS = (
    Column(N_("转贷编号")),
    Column(N_("贷款编号")),
    Column(N_("企业"), width=34),
    Column(N_("金额（元）"), Kind.MONEY, 20),
    Column(N_("自筹（元）"), Kind.MONEY, 20),
    Column(N_("费用（元）"), Kind.MONEY, 18),
    Column(N_("放款日"), Kind.DATE),
    Column(N_("应还日"), Kind.DATE),
    Column(N_("归还日"), Kind.DATE),
    Column(N_("状态")),
)
AHEAD_DAYS = 90

Reader = Annotated[Desk, allow(*READERS)]
Manager = Annotated[Desk, allow(Role.FUND_MANAGER)]
Approver = Annotated[Desk, allow(Role.FUND_APPROVER)]
LoanOfficer = Annotated[Desk, allow(Role.LOAN_OFFICER)]


class ApplyForm(BaseModel):
    """A bridge over one maturity."""

    loan: Text
    contract: Text
    amount: Wan
    own_funds: Annotated[Note, Field(max_length=20)] = ""
    promise: Annotated[Text, Field(max_length=200)]
    why: Annotated[Note, Field(max_length=400)] = ""


class StampForm(BaseModel):
    """The version that was read."""

    stamp: int


class ReasonForm(StampForm):
    """A reason."""

    reason: Text


class ReferenceForm(StampForm):
    """The bank's reference of the payment."""

    bank_ref: Annotated[Text, Field(max_length=64)]
    confirmed: bool = False


class RenewForm(BaseModel):
    """A renewal to be drawn up."""

    amount: Wan
    term_months: Annotated[int, Field(ge=1, le=120)]
    start_on: Day


@router.get("/bridges")
def bridges(
    desk: Reader, stage: str = "", q: str = "", sort: str = "-number", page: listing.PageNumber = 1
) -> Response:
    """Where the fund stands, what matures within ninety days, and one page of bridges."""
    chosen = listing.one_of(BridgeStage, stage)
    rows, total = bridge_rows(
        desk.session, stage=chosen, text=q[:80], sort=sort, limit=listing.PAGE, offset=listing.offset(page)
    )
    return desk.show(
        "bridges/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        stage=chosen or "",
        stages=list(BridgeStage),
        q=q,
        sort=sort,
        fund=fund_position(desk.session, desk.on),
        ahead=maturing(desk.session, desk.on + timedelta(days=AHEAD_DAYS))[:20],
    )


@router.get("/bridges.xlsx")
def workbook(desk: Reader, stage: str = "", q: str = "", sort: str = "-number") -> Response:
    """The same list, whole, as an Excel file."""
    chosen = listing.one_of(BridgeStage, stage)
    rows, _ = bridge_rows(desk.session, stage=chosen, text=q[:80], sort=sort, limit=listing.EXPORT_LIMIT)
    lines = (
        (
            row.number,
            row.loan_number,
            row.firm,
            row.amount,
            row.own_funds,
            row.fee,
            row.paid_on,
            row.due_on,
            row.returned_on,
            row.stage,
        )
        for row in rows
    )
    return listing.export(
        desk, name=N_("转贷台账"), columns=COLUMNS, rows=lines, conditions=[(N_("状态"), chosen), (N_("搜索"), q)]
    )


@router.get("/bridges/new")
def new(desk: Manager, loan: str = "") -> Response:
    """The form for a bridge: the maturing loan, its renewal, and the most the fund may lend."""
    row = loan_by_number(desk.session, loan) if loan else None
    renewal = _renewal(desk, row) if row else None
    ceiling = None
    if row is not None and renewal is not None:
        ceiling = bridging.ceiling_of(desk.session, row, renewal, ZERO, desk.on)
    return desk.show("bridges/new.html", loan=row, renewal=renewal, ceiling=ceiling)


def _renewal(desk: Desk, loan: Loan) -> Contract | None:
    return desk.session.exec(
        select(Contract)
        .where(Contract.renews_contract_id == loan.contract_id, Contract.stage != ContractStage.CANCELLED)
        .order_by(col(Contract.id).desc())
    ).first()


@router.post("/bridges")
def apply(form: Annotated[ApplyForm, Form()], desk: Manager) -> Response:
    """Apply for a bridge under the bank's promise to renew."""
    contract = desk.session.exec(select(Contract).where(Contract.number == form.contract)).first()
    if contract is None:
        raise NotThere(what=form.contract)
    made = bridging.apply(
        desk.session,
        loan=loan_by_number(desk.session, form.loan),
        renewal_contract=contract,
        amount=form.amount,
        own_funds=yuan_or(form.own_funds, "own_funds", ZERO),
        promise=form.promise,
        why_not_renewed_directly=form.why,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("转贷申请 %(number)s 已提交"), number=made.number)
    return desk.go(f"/bridges/{made.number}")


@router.get("/bridges/{number}")
def bridge(number: str, desk: Reader) -> Response:
    """One bridge: its four legs, its clock, its fee."""
    row = bridge_by_number(desk.session, number)
    renewal = desk.session.get_one(Contract, row.renewal_contract_id)
    return desk.show(
        "bridges/bridge.html",
        bridge=row,
        loan=desk.session.get_one(Loan, row.loan_id),
        renewal=renewal,
        renewed=desk.session.exec(select(Loan).where(Loan.contract_id == renewal.key)).first(),
        open_now={move.verb for move in moves.open_moves(desk.session, BRIDGE, row, by=desk.actor)},
    )


@router.post("/bridges/{number}/approve")
def approve(number: str, form: Annotated[StampForm, Form()], desk: Approver) -> Response:
    """Promise the money."""
    row = bridge_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    bridging.approve(desk.session, bridge=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("转贷 %(number)s 已批准，资金已预占"), number=number)
    return desk.go(f"/bridges/{number}")


@router.post("/bridges/{number}/refuse")
def refuse(number: str, form: Annotated[ReasonForm, Form()], desk: Approver) -> Response:
    """Turn the application down."""
    row = bridge_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    bridging.refuse(desk.session, bridge=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("转贷申请 %(number)s 已退回"), number=number)
    return desk.go(f"/bridges/{number}")


@router.post("/bridges/{number}/expire")
def expire(number: str, form: Annotated[ReasonForm, Form()], desk: Manager) -> Response:
    """Give the reservation up."""
    row = bridge_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    bridging.expire(desk.session, bridge=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("预占已解除"))
    return desk.go(f"/bridges/{number}")


@router.post("/bridges/{number}/pay")
def pay(number: str, form: Annotated[ReferenceForm, Form()], desk: Manager) -> Response:
    """Pay the bridge: the old loan is repaid."""
    row = bridge_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    bridging.pay(desk.session, bridge=row, bank_ref=form.bank_ref, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认转贷放款"),
            facts=[(N_("应还日"), row.due_on), (N_("银行流水号"), form.bank_ref)],
            amount=row.amount,
            warning=N_("放款后按天计费，原贷款随即还清。"),
            submit=N_("放款"),
        )
    desk.say(N_("转贷资金 %(amount)s 已放出"), amount=row.amount)
    return desk.go(f"/bridges/{number}")


@router.post("/bridges/{number}/settle")
def settle(number: str, form: Annotated[ReferenceForm, Form()], desk: Manager) -> Response:
    """The renewed loan is drawn straight to the fund."""
    row = bridge_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    bridging.settle(desk.session, bridge=row, bank_ref=form.bank_ref, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认归还转贷资金"),
            facts=[(N_("占用天数"), row.days), (N_("资金占用费"), row.fee)],
            amount=row.amount,
            warning=N_("续贷资金直接归还转贷基金，新贷款当日起息。"),
            submit=N_("确认归还"),
        )
    desk.say(N_("转贷资金已归还，费用 %(fee)s"), fee=row.fee)
    return desk.go(f"/bridges/{number}")


@router.get("/loans/{number}/renewal")
def renewal(number: str, desk: LoanOfficer) -> Response:
    """The form for a renewal of a maturing loan."""
    return desk.show("bridges/renewal.html", loan=loan_by_number(desk.session, number))


@router.post("/loans/{number}/renewal")
def draw_up_renewal(number: str, form: Annotated[RenewForm, Form()], desk: LoanOfficer) -> Response:
    """Draw the renewal up; another person signs it."""
    made = renewing.draw_up_renewal(
        desk.session,
        loan=loan_by_number(desk.session, number),
        amount=form.amount,
        term_months=form.term_months,
        start_on=form.start_on,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("续贷合同 %(number)s 已拟定，等待复核签订"), number=made.number)
    return desk.go(f"/contracts/{made.number}")
