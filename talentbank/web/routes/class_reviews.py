"""The class review desk: floors, reasons and due reviews of every loan; circumstances recorded and ended; classes confirmed."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from models.firm import Firm
from models.lending.ageing import FiveClass
from models.lending.circumstances import TriggerKind
from models.loan import Loan
from models.policies.rules import ServicingRules
from models.queries.classes import review_rows
from models.queries.loans import loan_by_number
from models.roles import Role
from models.values.rate import Rate
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import listing, views_aftercare, views_classes
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import PerCent, Text
from talentbank.web.navigation import BUSINESS, Item
from workflows import class_reviews, class_triggers, classifying

router = APIRouter()

READERS = (
    Role.CREDIT_REVIEWER,
    Role.LOAN_OFFICER,
    Role.CREDIT_COMMITTEE,
    Role.FINANCE_BUREAU,
    Role.BUREAU_APPROVER,
    Role.AUDITOR,
)
RECORDERS = (Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.CREDIT_COMMITTEE)
NAVIGATION = (Item(BUSINESS, "/classes", "list-check", N_("分类复核"), frozenset(READERS), place=46),)
FIELD_LABELS = {
    "trigger_of": N_("登记对象"),
    "trigger_kind": N_("触发事项"),
    "share": N_("比例"),
    "known_on": N_("知悉日"),
    "first_repayment_on": N_("调整后首个还款日"),
    "review_note": N_("复核意见"),
    "loans": N_("贷款"),
}
COLUMNS = (
    Column(N_("贷款编号")),
    Column(N_("企业"), width=34),
    Column(N_("余额（元）"), Kind.MONEY, 20),
    Column(N_("五级分类")),
    Column(N_("触发事项下限")),
    Column(N_("逾期天数"), Kind.COUNT),
    Column(N_("触发事项"), width=40),
    Column(N_("最近调整原因"), width=40),
    Column(N_("上次复核"), Kind.DATE),
    Column(N_("复核期限"), Kind.DATE),
)
DUE, TRIGGERED, EVERY = "due", "triggered", "all"

Reader = Annotated[Desk, allow(*READERS)]
Recorder = Annotated[Desk, allow(*RECORDERS)]
Reviewer = Annotated[Desk, allow(*class_reviews.REVIEWERS)]


class TriggerForm(BaseModel):
    """A circumstance that allows no better class."""

    trigger_of: Literal["loan", "firm"]
    trigger_kind: TriggerKind
    share: PerCent | Literal[""] = ""
    known_on: date
    first_repayment_on: date | Literal[""] = ""
    evidence: Annotated[Text, Field(max_length=400)]


class ReasonForm(BaseModel):
    """A reason for an act that needs one."""

    reason: Text


class LiftForm(ReasonForm):
    """The class to which all bad loans of a debtor are lifted."""

    view: FiveClass


class NoteForm(BaseModel):
    """What a reviewer saw."""

    review_note: Text


class ConfirmForm(BaseModel):
    """The loans whose classes are confirmed together."""

    loans: list[int] = []


class Filter(BaseModel):
    """What the desk is narrowed to; words without meaning are left out."""

    show: str = DUE
    five_class: FiveClass | None = None
    q: str = ""


def read_filter(show: str, five_class: str, q: str) -> Filter:
    """The filter of the address."""
    return Filter(
        show=show if show in (TRIGGERED, EVERY) else DUE, five_class=listing.one_of(FiveClass, five_class), q=q[:80]
    )


@router.get("/classes")
def review_desk(
    desk: Reader, show: str = DUE, five_class: str = "", q: str = "", sort: str = "due_on", page: listing.PageNumber = 1
) -> Response:
    """The loans to be reviewed, the longest waiting on top."""
    chosen = read_filter(show, five_class, q)
    months = desk.rules(ServicingRules).class_review_months
    rows, total = review_rows(
        desk.session,
        on=desk.on,
        months=months,
        due=chosen.show == DUE,
        triggered=chosen.show == TRIGGERED,
        five_class=chosen.five_class,
        text=chosen.q,
        sort=sort,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    _, due = review_rows(desk.session, on=desk.on, months=months, due=True, limit=0)
    _, triggered = review_rows(desk.session, on=desk.on, months=months, triggered=True, limit=0)
    return desk.show(
        "classes/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        chosen=chosen,
        sort=sort,
        months=months,
        counts={DUE: due, TRIGGERED: triggered},
        classes=list(FiveClass),
        may_confirm=desk.actor.holds(*class_reviews.REVIEWERS),
        steady={row.id for row in rows if views_classes.steady(row, desk.rules(ServicingRules), desk.on)},
        marks=views_aftercare.marks(desk.session, [row.firm_id for row in rows]),
    )


@router.get("/classes.xlsx")
def workbook(desk: Reader, show: str = DUE, five_class: str = "", q: str = "", sort: str = "due_on") -> Response:
    """The same list, whole, as an Excel file."""
    chosen = read_filter(show, five_class, q)
    rows, _ = review_rows(
        desk.session,
        on=desk.on,
        months=desk.rules(ServicingRules).class_review_months,
        due=chosen.show == DUE,
        triggered=chosen.show == TRIGGERED,
        five_class=chosen.five_class,
        text=chosen.q,
        sort=sort,
        limit=listing.EXPORT_LIMIT,
    )
    lines = (
        (
            row.number,
            row.firm,
            row.outstanding,
            row.five_class,
            row.class_floor,
            row.days_past_due(desk.on),
            desk.words(row.kinds),
            desk.words(views_classes.reasons(row.reasons)),
            row.reviewed_on,
            row.due_on,
        )
        for row in rows
    )
    conditions = [(N_("五级分类"), chosen.five_class), (N_("搜索"), chosen.q)]
    return listing.export(desk, name=N_("分类复核"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.post("/classes/confirm")
def confirm(form: Annotated[ConfirmForm, Form()], desk: Reviewer) -> Response:
    """Confirm the classes of the chosen loans together: of none of them has anything changed."""
    loans = desk.session.exec(select(Loan).where(col(Loan.id).in_(form.loans)).order_by(col(Loan.id))).all()
    made = class_reviews.confirm(desk.session, loans=loans, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已确认 %(count)s 笔贷款的分类"), count=len(made))
    return desk.go("/classes")


@router.get("/classes/{number}")
def history(number: str, desk: Reader) -> Response:
    """One loan's class: what it is, what speaks against a better one, how it came here, who looked at it."""
    loan = loan_by_number(desk.session, number)
    held = loan.stage.owed
    reviewer = desk.actor.holds(*class_reviews.REVIEWERS)
    return desk.show(
        "classes/loan.html",
        view=views_classes.page(desk, loan),
        kinds=list(TriggerKind),
        lifted=[FiveClass.NORMAL, FiveClass.SPECIAL_MENTION],
        may_record=held and desk.actor.holds(*RECORDERS),
        may_review=held and reviewer,
        may_lift=held and reviewer and loan.five_class.non_performing,
    )


@router.post("/classes/{number}/triggers")
def record(number: str, form: Annotated[TriggerForm, Form()], desk: Recorder) -> Response:
    """Record a circumstance of this loan, or of its firm and so of all its loans."""
    loan = loan_by_number(desk.session, number)
    firm = desk.session.get_one(Firm, loan.firm_id)
    class_triggers.record(
        desk.session,
        kind=form.trigger_kind,
        loan=loan if form.trigger_of == "loan" else None,
        firm=firm if form.trigger_of == "firm" else None,
        share=form.share or Rate(0),
        known_on=form.known_on,
        first_repayment_on=form.first_repayment_on or None,
        evidence=form.evidence,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("触发事项“%(kind)s”已登记，分类为 %(view)s"), kind=form.trigger_kind, view=loan.five_class)
    return desk.go(f"/classes/{number}")


@router.post("/classes/{number}/triggers/{trigger_id}/end")
def end(number: str, trigger_id: int, form: Annotated[ReasonForm, Form()], desk: Reviewer) -> Response:
    """Say that a circumstance no longer stands."""
    loan = loan_by_number(desk.session, number)
    trigger = class_triggers.trigger_by_id(desk.session, trigger_id)
    class_triggers.end(desk.session, trigger=trigger, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("触发事项“%(kind)s”已解除，分类为 %(view)s"), kind=trigger.kind, view=loan.five_class)
    return desk.go(f"/classes/{number}")


@router.post("/classes/{number}/review")
def review(number: str, form: Annotated[NoteForm, Form()], desk: Reviewer) -> Response:
    """Keep that this loan was looked at by itself."""
    loan = loan_by_number(desk.session, number)
    class_reviews.review(desk.session, loan=loan, note=form.review_note, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("分类复核已登记"))
    return desk.go(f"/classes/{number}")


@router.post("/classes/{number}/lift")
def lift(number: str, form: Annotated[LiftForm, Form()], desk: Reviewer) -> Response:
    """Lift all bad loans of this loan's debtor together."""
    loan = loan_by_number(desk.session, number)
    firm = desk.session.get_one(Firm, loan.firm_id)
    changes = classifying.lift_debtor(
        desk.session, firm=firm, view=form.view, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("%(firm)s 的 %(count)s 笔贷款已上调为 %(view)s"), firm=firm.name, count=len(changes), view=form.view)
    return desk.go(f"/classes/{number}")
