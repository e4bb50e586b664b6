"""Where the money of pay-outs went: what is still to be passed on or proved, with its day (LOAN-06, LOAN-07)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import select
from starlette.responses import Response

from models.firm import Firm
from models.loan import Loan, PayOut
from models.policies.rules import CreditRules, PrudenceRules
from models.refusals import NotThere
from models.roles import Role
from models.states.loan import PayOutStage
from models.tranche import UseKind
from models.values.money import total
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import access, listing, views_aftercare, views_loans, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Text, Yuan
from workflows import paying_on

router = APIRouter()

READERS = (*access.FILE_READERS, Role.FUND_MANAGER, Role.BUREAU_APPROVER)
FIELD_LABELS = {"paid_to": N_("实际收款人"), "evidence": N_("核查依据"), "gone_on": N_("支付日期")}
COLUMNS = (
    Column(N_("放款编号")),
    Column(N_("贷款编号")),
    Column(N_("企业"), width=34),
    Column(N_("支付方式"), width=20),
    Column(N_("收款人"), width=34),
    Column(N_("放款金额（元）"), Kind.MONEY, 20),
    Column(N_("未登记去向（元）"), Kind.MONEY, 20),
    Column(N_("放款日"), Kind.DATE),
    Column(N_("期限"), Kind.DATE),
    Column(N_("最迟"), Kind.DATE),
)

Reader = Annotated[Desk, allow(*READERS)]
Filer = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.DISBURSER)]


class UseForm(BaseModel):
    """Money that went on, and what proves it."""

    paid_to: Annotated[Text, Field(max_length=160)]
    amount: Yuan
    gone_on: date
    evidence: Annotated[Text, Field(max_length=200)]


@router.get("/uses")
def uses(desk: Reader, kind: str = "") -> Response:
    """What is still to be passed on or proved, the most urgent first."""
    chosen = listing.one_of(UseKind, kind)
    rows = paying_on.open_uses(desk.session, desk.on)
    shown = [one for one in rows if chosen is None or one.kind is chosen]
    return desk.show(
        "uses/list.html",
        rows=shown[: listing.PAGE],
        total=len(shown),
        kind=chosen or "",
        kinds=list(UseKind),
        late=sum(one.late(desk.on) for one in rows),
        waiting=len(rows),
        left=total(one.left for one in rows),
        soon=desk.rules(CreditRules).entrusted_days,
        rules=desk.rules(PrudenceRules),
        marks=views_aftercare.marks(desk.session, [one.firm_id for one in shown[: listing.PAGE]]),
    )


@router.get("/uses.xlsx")
def workbook(desk: Reader, kind: str = "") -> Response:
    """The same list, whole, as an Excel file."""
    chosen = listing.one_of(UseKind, kind)
    lines = (
        (
            one.pay_out.number,
            one.loan,
            one.firm,
            one.kind,
            one.pay_out.payee,
            one.pay_out.amount,
            one.left,
            one.pay_out.paid_on,
            one.due_on,
            one.last_on,
        )
        for one in paying_on.open_uses(desk.session, desk.on)
        if chosen is None or one.kind is chosen
    )
    return listing.export(
        desk, name=N_("资金支付核查"), columns=COLUMNS, rows=lines, conditions=[(N_("支付方式"), chosen)]
    )


def pay_out_of(desk: Desk, number: str) -> PayOut:
    """The pay-out of a number. Refuses with NotThere."""
    row = desk.session.exec(select(PayOut).where(PayOut.number == number)).first()
    if row is None:
        raise NotThere(what=number)
    return row


@router.get("/uses/{number}")
def use(number: str, desk: Reader) -> Response:
    """One pay-out: where its money went, and the form for more of it."""
    row = pay_out_of(desk, number)
    loan = desk.session.get_one(Loan, row.loan_id)
    firm = desk.session.get_one(Firm, loan.firm_id)
    filed = paying_on.uses_of(desk.session, row)
    waiting = next((one for one in paying_on.open_uses(desk.session, desk.on) if one.pay_out.id == row.id), None)
    return desk.show(
        "uses/use.html",
        pay_out=row,
        loan=loan,
        firm=firm,
        invented=views_parties.invented(firm),
        filed=[(one, views_loans.person(desk.session, one.filed_by)) for one in filed],
        waiting=waiting,
        left=row.amount - total(one.amount for one in filed),
        may_file=row.stage is PayOutStage.PAID and desk.actor.holds(Role.LOAN_OFFICER, Role.DISBURSER),
    )


@router.post("/uses/{number}")
def file_use(number: str, form: Annotated[UseForm, Form()], desk: Filer) -> Response:
    """Note that money went on."""
    paying_on.file_use(
        desk.session,
        pay_out=pay_out_of(desk, number),
        paid_to=form.paid_to,
        amount=form.amount,
        paid_on=form.gone_on,
        proof=form.evidence,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("资金去向已登记"))
    return desk.go(f"/uses/{number}")
