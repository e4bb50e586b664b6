"""Interest subsidies of loans: reckoned for a stretch of days under a programme, then paid by somebody else (TAL-05)."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.loan import Loan
from models.programme import Benefit
from models.queries.loans import loan_by_number
from models.queries.programmes import benefits_of_kind, subsidy_by_id, subsidy_rows
from models.refusals import NotThere
from models.roles import Role
from reports.workbook import Column, Kind
from talentbank import figures
from talentbank.i18n import N_
from talentbank.web import confirming, listing, views_aftercare, views_programmes
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Text
from workflows import programmes
from workflows.subsidies import INTEREST_SUBSIDY

router = APIRouter()

RECKONERS = (Role.TALENT_OFFICE, Role.FINANCE_BUREAU)
FIELD_LABELS = {"benefit_id": N_("人才计划")}
COLUMNS = (
    Column(N_("贷款编号")),
    Column(N_("企业"), width=34),
    Column(N_("人才计划"), width=30),
    Column(N_("贴息起日"), Kind.DATE),
    Column(N_("贴息止日"), Kind.DATE),
    Column(N_("天数"), Kind.COUNT),
    Column(N_("贴息本金（元）"), Kind.MONEY, 20),
    Column(N_("贴息利率"), Kind.RATE),
    Column(N_("贴息金额（元）"), Kind.MONEY, 20),
    Column(N_("核定日"), Kind.DATE),
    Column(N_("拨付日"), Kind.DATE),
    Column(N_("银行流水号"), width=24),
)

Reader = Annotated[Desk, allow(*views_programmes.READERS)]
Reckoner = Annotated[Desk, allow(*RECKONERS)]
Bureau = Annotated[Desk, allow(Role.FINANCE_BUREAU)]


class ReckonForm(BaseModel):
    """A loan, the benefit it falls under, and the days: first counted, last not."""

    loan: Text
    benefit_id: int
    starts_on: Day
    ends_on: Day


class PayForm(BaseModel):
    """The bank's reference of the payment."""

    stamp: int
    bank_ref: Annotated[Text, Field(max_length=64)]
    confirmed: bool = False


@router.get("/programmes/subsidies")
def subsidies(desk: Reader, show: str = "", q: str = "", page: listing.PageNumber = 1) -> Response:
    """One page of subsidies with their sum; `show` is due, paid or all."""
    rows, found, together = subsidy_rows(
        desk.session, paid=_paid(show), text=q[:80], limit=listing.PAGE, offset=listing.offset(page)
    )
    return desk.show(
        "programmes/subsidies.html",
        block="list",
        rows=rows,
        total=found,
        together=together,
        number=page,
        show=show if show in ("due", "paid") else "",
        q=q,
        tabs=views_programmes.TABS,
        benefits=[
            (benefit.key, programme.name) for benefit, programme in benefits_of_kind(desk.session, INTEREST_SUBSIDY)
        ],
        marks=views_aftercare.marks(desk.session, [row.firm_id for row in rows]),
        may_reckon=desk.actor.holds(*RECKONERS),
        may_pay=desk.actor.holds(Role.FINANCE_BUREAU),
    )


def _paid(show: str) -> bool | None:
    return {"due": False, "paid": True}.get(show)


@router.get("/programmes/subsidies.xlsx")
def workbook(desk: Reader, show: str = "", q: str = "") -> Response:
    """The same list, whole, as an Excel file."""
    rows, _, _ = subsidy_rows(desk.session, paid=_paid(show), text=q[:80], limit=listing.EXPORT_LIMIT)
    lines = (
        (
            row.loan,
            row.firm,
            row.programme,
            row.subsidy.starts_on,
            row.subsidy.ends_on,
            row.subsidy.days,
            row.subsidy.base,
            row.subsidy.rate,
            row.subsidy.amount,
            row.subsidy.due_on,
            row.subsidy.paid_on,
            row.subsidy.bank_ref,
        )
        for row in rows
    )
    return listing.export(desk, name=N_("贷款贴息"), columns=COLUMNS, rows=lines, conditions=[(N_("搜索"), q)])


@router.post("/programmes/subsidies")
def reckon(form: Annotated[ReckonForm, Form()], desk: Reckoner) -> Response:
    """Reckon a subsidy on what the loan really owed; the bureau owes it from now on."""
    benefit = desk.session.get(Benefit, form.benefit_id)
    if benefit is None:
        raise NotThere(what=str(form.benefit_id))
    made = programmes.subsidy_due(
        desk.session,
        loan=loan_by_number(desk.session, form.loan),
        benefit=benefit,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("贷款 %(number)s 的贴息已核定：%(amount)s"), number=form.loan, amount=made.amount)
    return desk.go("/programmes/subsidies?show=due")


@router.post("/programmes/subsidies/{subsidy_id:int}/pay")
def pay(subsidy_id: int, form: Annotated[PayForm, Form()], desk: Bureau) -> Response:
    """Pay a subsidy that somebody else reckoned; asked once more before it stands."""
    row = subsidy_by_id(desk.session, subsidy_id)
    desk.fresh(row, form.stamp)
    programmes.pay_subsidy(desk.session, subsidy=row, bank_ref=form.bank_ref, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        loan = desk.session.get_one(Loan, row.loan_id)
        return confirming.ask(
            desk,
            title=N_("确认拨付贴息"),
            facts=[
                (N_("贷款编号"), loan.number),
                (N_("贴息期间"), f"{figures.day(row.starts_on)} – {figures.day(row.ends_on)}"),
            ],
            amount=row.amount,
            warning=N_("拨付后不能撤销。"),
            submit=N_("拨付"),
        )
    desk.say(N_("已拨付贴息 %(amount)s"), amount=row.amount)
    return desk.go("/programmes/subsidies")
