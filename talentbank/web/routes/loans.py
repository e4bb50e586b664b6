"""Loans: the list, a loan's page with its whole story, receipts, classes, its schedule as paper and workbook."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.application import Product
from models.firm import Industry
from models.lending.ageing import CLASSES, FiveClass
from models.loan import Loan, Receipt
from models.queries.loan_changes import changes_of
from models.queries.loans import (
    accruals_of,
    class_changes_of,
    instalments_of,
    loan_by_number,
    loan_rows,
    receipts_of,
)
from models.refusals import NotThere
from models.roles import Role
from models.states.loan import LOAN, LoanStage
from models.talent import Level
from reports import documents
from reports.workbook import Column, Kind
from talentbank import i18n, loan_papers
from talentbank.i18n import N_
from talentbank.web import access, confirming, listing, views_loans
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Text, Yuan
from talentbank.web.navigation import BUSINESS, Item
from talentbank.web.routes import books, class_reviews
from workflows import moves, servicing

router = APIRouter()

READERS = (
    *access.FILE_READERS,
    Role.FUND_MANAGER,
    Role.FUND_APPROVER,
    Role.VENTURE_MANAGER,
    Role.VENTURE_APPROVER,
    Role.BUREAU_APPROVER,
    Role.TREASURER,
    Role.APPLICANT,
)
NAVIGATION = (Item(BUSINESS, "/loans", "cash", N_("贷款"), frozenset(READERS), place=40),)
FIELD_LABELS = {
    "bank_ref": N_("银行流水号"),
    "view": N_("分类"),
    "prepay": N_("提前还本"),
    "costs": N_("实现债权的费用"),
}
COLUMNS = (
    Column(N_("贷款编号")),
    Column(N_("企业"), width=34),
    Column(N_("人才")),
    Column(N_("产品"), width=20),
    Column(N_("区县")),
    Column(N_("合同金额（元）"), Kind.MONEY, 20),
    Column(N_("余额（元）"), Kind.MONEY, 20),
    Column(N_("年利率"), Kind.RATE),
    Column(N_("放款日"), Kind.DATE),
    Column(N_("到期日"), Kind.DATE),
    Column(N_("状态")),
    Column(N_("五级分类")),
    Column(N_("逾期天数"), Kind.COUNT),
    Column(N_("标注")),
)
ACCRUALS_SHOWN = 31
OWED = "owed"

Reader = Annotated[Desk, allow(*READERS)]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Reviewer = Annotated[Desk, allow(Role.CREDIT_REVIEWER)]
Disburser = Annotated[Desk, allow(Role.DISBURSER)]
Classifier = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)]


class Filter(BaseModel):
    """What the list is narrowed to; it stands in the address."""

    stage: str = ""
    five_class: FiveClass | None = None
    non_performing: bool = False
    overdue: bool = False
    industry: str = ""
    district: str = ""
    level: str = ""
    product: Product | None = None
    q: str = ""
    sort: str = "matures_on"

    def asked(self, desk: Desk) -> dict[str, Any]:
        """The filter as the query takes it. An applicant is always held to his own talent."""
        own = access.only_own(desk.actor)
        return {
            "stage": listing.one_of(LoanStage, self.stage),
            "owed": True if self.stage == OWED else None,
            "five_class": self.five_class,
            "non_performing": self.non_performing or None,
            "overdue": self.overdue or None,
            "industry": self.industry or None,
            "district": self.district or None,
            "level": self.level or None,
            "product": self.product,
            "text": self.q,
            "talent_id": (desk.actor.talent_id or 0) if own else None,
        }


def read_filter(
    stage: str = "",
    five_class: str = "",
    non_performing: bool = False,
    overdue: bool = False,
    industry: str = "",
    district: str = "",
    level: str = "",
    product: str = "",
    q: str = "",
    sort: str = "matures_on",
) -> Filter:
    """The filter of the address; words that mean nothing are left out instead of refusing the page."""
    return Filter(
        stage=stage if stage == OWED or stage in set(LoanStage) else "",
        five_class=listing.one_of(FiveClass, five_class),
        non_performing=non_performing,
        overdue=overdue,
        industry=industry if industry in set(Industry) else "",
        district=district[:40],
        level=level if level in set(Level) else "",
        product=listing.one_of(Product, product),
        q=q[:80],
        sort=sort,
    )


Filtered = Annotated[Filter, Depends(read_filter)]


class ReceiptForm(BaseModel):
    """Money that came in."""

    amount: Yuan
    bank_ref: Annotated[Text, Field(max_length=64)]
    value_on: date | None = None
    prepay: bool = False
    confirmed: bool = False


class ReasonForm(BaseModel):
    """A reason for an act that needs one."""

    stamp: int
    reason: Text


class ClassForm(ReasonForm):
    """The analyst's view of a loan."""

    view: FiveClass


class RefundForm(BaseModel):
    """A receipt of which something is left over."""

    receipt: str
    confirmed: bool = False


class ReverseForm(BaseModel):
    """A receipt that bounced."""

    receipt: str
    reason: Text


def loan_of(desk: Desk, number: str) -> Loan:
    """The loan of a number; an applicant is told that others' loans are not there."""
    loan = loan_by_number(desk.session, number)
    if access.only_own(desk.actor) and loan.talent_id != desk.actor.talent_id:
        raise NotThere(what=number)
    return loan


@router.get("/loans")
def loans(desk: Reader, chosen: Filtered, page: listing.PageNumber = 1) -> Response:
    """One page of loans, sorted and filtered by the database."""
    rows, total = loan_rows(
        desk.session, **chosen.asked(desk), sort=chosen.sort, limit=listing.PAGE, offset=listing.offset(page)
    )
    return desk.show(
        "loans/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        chosen=chosen,
        stages=list(LoanStage),
        classes=list(FiveClass),
        industries=list(Industry),
        products=list(Product),
        filtered=chosen != Filter(sort=chosen.sort),
        tab="bad" if chosen.non_performing else ("late" if chosen.overdue else chosen.stage),
    )


@router.get("/loans.xlsx")
def workbook(desk: Reader, chosen: Filtered) -> Response:
    """The same list, whole, as an Excel file."""
    rows, _ = loan_rows(desk.session, **chosen.asked(desk), sort=chosen.sort, limit=listing.EXPORT_LIMIT)
    lines = (
        (
            row.number,
            row.firm,
            row.talent,
            row.product,
            row.district,
            row.amount,
            row.outstanding,
            row.rate,
            row.opened_on,
            row.matures_on,
            row.stage,
            row.five_class,
            row.days_past_due(desk.on),
            row.label,
        )
        for row in rows
    )
    conditions = [(N_("状态"), chosen.stage), (N_("五级分类"), chosen.five_class), (N_("搜索"), chosen.q)]
    return listing.export(desk, name=N_("贷款清单"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.get("/loans/{number}")
def loan(number: str, desk: Reader) -> Response:
    """A loan's page: what is owed, the schedule, receipts, classes, and its story from the application on."""
    row = loan_of(desk, number)
    open_now = {move.verb for move in moves.open_moves(desk.session, LOAN, row, by=desk.actor)}
    officer = desk.actor.holds(Role.LOAN_OFFICER)
    taken = views_loans.receipts(receipts_of(desk.session, row))
    return desk.show(
        "loans/loan.html",
        head=views_loans.head(desk.session, row, desk.on),
        lines=views_loans.schedule(instalments_of(desk.session, row), desk.on),
        receipts=taken,
        may_reverse=desk.actor.holds(Role.CREDIT_REVIEWER) and row.stage.owed,
        may_refund=desk.actor.holds(Role.DISBURSER),
        pay_outs=views_loans.pay_outs(desk.session, row),
        classes=class_changes_of(desk.session, row),
        story=views_loans.story(desk, row),
        open_now=open_now,
        may_receive=officer and row.stage.owed,
        may_pay_out=officer and row.stage in (LoanStage.UNDRAWN, LoanStage.ACTIVE) and row.disbursed < row.amount,
        may_classify=row.stage.owed and desk.actor.holds(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER),
        may_see_books=desk.actor.holds(*books.READERS),
        may_see_classes=desk.actor.holds(*class_reviews.READERS),
        may_see_facts=desk.actor.holds(*access.FILE_READERS),
        class_words=list(FiveClass),
        changes=changes_of(desk.session, row),
        may_read_changes=desk.actor.holds(*access.FILE_READERS),
        may_what_if=row.stage.owed and desk.actor.holds(*access.FILE_READERS),
        may_certify=row.stage is LoanStage.SETTLED and desk.actor.holds(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER),
        certificate=row.stage is LoanStage.SETTLED
        and any(loan_papers.certificate_of(desk.session, row, code) for code in loan_papers.NAMES),
    )


@router.get("/loans/{number}/accruals")
def accruals(number: str, desk: Reader, until: Day | None = None) -> Response:
    """What accrued day by day in the last month that is asked for, read from the day blocks."""
    row = loan_of(desk, number)
    last = until or desk.on
    since = date.fromordinal(max(1, last.toordinal() - ACCRUALS_SHOWN + 1))
    days = accruals_of(desk.session, row, since=since, until=last)
    return desk.show(
        "loans/accruals.html", loan=row, days=list(reversed(days)), since=since, until=last, classes=CLASSES
    )


@router.get("/loans/{number}/schedule.pdf")
def schedule_paper(number: str, desk: Reader) -> Response:
    """The repayment schedule as PDF in the language of the page."""
    row = loan_of(desk, number)
    desk.audit("schedule.print", number)
    content = documents.schedule_pdf(desk.session, row, desk.lang)
    return listing.download(content, f"{number}.pdf", "application/pdf")


SCHEDULE_COLUMNS = (
    Column(N_("期次"), Kind.COUNT),
    Column(N_("计息起日"), Kind.DATE),
    Column(N_("应付日"), Kind.DATE),
    Column(N_("应还本金（元）"), Kind.MONEY, 20),
    Column(N_("应付利息（元）"), Kind.MONEY, 20),
    Column(N_("已还（元）"), Kind.MONEY, 20),
    Column(N_("状态")),
)


@router.get("/loans/{number}/schedule.xlsx")
def schedule_workbook(number: str, desk: Reader) -> Response:
    """The repayment schedule as an Excel file."""
    row = loan_of(desk, number)
    with i18n.speaking(desk.lang):
        rows = [
            (
                one.line.number,
                one.line.period_start,
                one.line.payable_on,
                one.line.principal,
                one.line.interest,
                one.paid,
                i18n.gettext(one.state),
            )
            for one in views_loans.schedule(instalments_of(desk.session, row), desk.on)
        ]
    conditions = ((N_("贷款编号"), number),)
    return listing.export(desk, name=N_("还款计划表"), columns=SCHEDULE_COLUMNS, rows=rows, conditions=conditions)


@router.post("/loans/{number}/receipts")
def receive(number: str, form: Annotated[ReceiptForm, Form()], desk: Officer) -> Response:
    """Take money in; what it settled is shown once more before it stands."""
    row = loan_of(desk, number)
    taken = servicing.receive(
        desk.session,
        loan=row,
        amount=form.amount,
        bank_ref=form.bank_ref,
        prepay=form.prepay,
        value_on=form.value_on,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    if not form.confirmed:
        desk.session.flush()
        shown = views_loans.receipts(receipts_of(desk.session, row))[0]
        with i18n.speaking(desk.lang):
            facts: list[tuple[str, Any]] = [(i18n.word(kind), amount) for kind, amount in shown.parts]
        if taken.surplus:
            facts.append((N_("暂收"), taken.surplus))
        facts.append((N_("还款后余额"), row.outstanding))
        return confirming.ask(
            desk,
            title=N_("确认入账"),
            facts=facts,
            amount=form.amount,
            warning=N_("入账后不能修改，只能冲正。"),
            submit=N_("确认入账"),
        )
    desk.say(N_("已入账 %(amount)s，收款编号 %(number)s"), amount=form.amount, number=taken.number)
    return desk.go(f"/loans/{number}")


def _receipt(desk: Desk, loan: Loan, number: str) -> Receipt:
    found = next((one for one, _ in receipts_of(desk.session, loan) if one.number == number), None)
    if found is None:
        raise NotThere(what=number)
    return found


@router.post("/loans/{number}/refund")
def refund(number: str, form: Annotated[RefundForm, Form()], desk: Disburser) -> Response:
    """Pay back what a receipt had too much."""
    found = _receipt(desk, loan_of(desk, number), form.receipt)
    amount = servicing.refund_surplus(desk.session, receipt=found, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认退还暂收款"),
            facts=[(N_("收款编号"), form.receipt)],
            amount=amount,
            warning=N_("退还后不能撤销。"),
            submit=N_("退还"),
        )
    desk.say(N_("已退还暂收款 %(amount)s"), amount=amount)
    return desk.go(f"/loans/{number}")


@router.post("/loans/{number}/reverse")
def reverse(number: str, form: Annotated[ReverseForm, Form()], desk: Reviewer) -> Response:
    """Reverse a receipt that bounced; not by the hand that took it in."""
    row = loan_of(desk, number)
    found = _receipt(desk, row, form.receipt)
    servicing.reverse_receipt(desk.session, receipt=found, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("收款 %(number)s 已冲正"), number=form.receipt)
    return desk.go(f"/loans/{number}")


@router.post("/loans/{number}/default")
def default(number: str, form: Annotated[ReasonForm, Form()], desk: Officer) -> Response:
    """Declare the default."""
    row = loan_of(desk, number)
    desk.fresh(row, form.stamp)
    servicing.mark_default(desk.session, loan=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("贷款 %(number)s 已认定违约"), number=number)
    return desk.go(f"/loans/{number}")


@router.post("/loans/{number}/class")
def classify(number: str, form: Annotated[ClassForm, Form()], desk: Classifier) -> Response:
    """Record the analyst's view: never better than what the rules allow (CLS-08)."""
    row = loan_of(desk, number)
    desk.fresh(row, form.stamp)
    servicing.classify(
        desk.session, loan=row, view=form.view, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("分类已更新为 %(view)s"), view=form.view)
    return desk.go(f"/loans/{number}")
