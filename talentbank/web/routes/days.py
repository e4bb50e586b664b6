"""The end of day: which days were run and what they did, what is due, running the next ones, and a look at tomorrow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from sqlmodel import col, select
from starlette.responses import Response

from models.journal import DayRun
from models.loan import Loan, LoanSetAside
from models.queries.rules import calendar
from models.refusals import Refusal
from models.roles import Role
from models.values.money import Money
from talentbank import figures, i18n
from talentbank.i18n import N_
from talentbank.scheduler import close_days
from talentbank.web import listing
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day
from talentbank.web.navigation import MANAGEMENT, Item
from workflows import day_aside, day_end

router = APIRouter()

RUNNERS = (Role.ADMINISTRATOR, Role.FINANCE_BUREAU, Role.LOAN_OFFICER)
READERS = (
    *RUNNERS,
    Role.BUREAU_APPROVER,
    Role.CREDIT_REVIEWER,
    Role.TREASURER,
    Role.AUDITOR,
)
NAVIGATION = (Item(MANAGEMENT, "/days", "history", N_("日终批次"), frozenset(READERS), place=20),)
MOST_DAYS = 31
"""So many days at most in one request: a month passes in a moment, and nobody's browser waits longer than it should."""

NOTES = {
    "class_changes": N_("分类调整"),
    "defaults": N_("认定违约"),
    "notices": N_("到期提醒"),
    "warnings": N_("新增预警"),
    "inspections": N_("检查提醒"),
    "set_aside": N_("暂挂贷款"),
    "repriced": N_("利率重定价"),
    "diverted": N_("挪用计罚息"),
    "surpluses": N_("暂收抵扣"),
    "bridges": N_("转贷预占到期"),
    "holds": N_("其他预占到期"),
    "approvals": N_("批准失效"),
}
ASIDE = {
    day_aside.DAYS_NOT_RUN: N_("计息日期不连续：前一日没有计息记录"),
    day_aside.NO_SCHEDULE: N_("有余额但没有生效的还款计划"),
    day_aside.DAY_BASIS: N_("合同的计息天数基准不是 360 或 365"),
    day_aside.RATE: N_("利率或罚息上浮超出 0 至 100%"),
    day_aside.AMOUNT: N_("本金或利息为负数"),
    day_aside.OTHER: N_("计算出错，见技术说明"),
}
"""Why a loan is set aside, in the words of the desk."""

SUMS = {
    "suspended_fen": N_("转表外利息"),
    "funding_cost_fen": N_("统贷利息"),
    "guarantee_fees_fen": N_("确认担保费收入"),
    "allowance_fen": N_("计提损失准备"),
    "reserve_fen": N_("担保准备金"),
}
"""What a run notes down, in the words of the page; counts and sums of nought are not told."""

Reader = Annotated[Desk, allow(*READERS)]
Runner = Annotated[Desk, allow(*RUNNERS)]


class NothingDue(Refusal):
    """Every day that is over has been run; today's end comes when today is over."""


class OnForm(BaseModel):
    """The day that the page offered to run: somebody else may have run it meanwhile."""

    on: Day


@dataclass(frozen=True, slots=True)
class RunView:
    """One day that was run, in ready figures."""

    on: date
    business: bool
    loans: int
    interest: Money
    outstanding: Money | None
    bad: Money | None
    facts: list[tuple[str, str]]
    finished: Any


def view(run: DayRun, *, business: bool) -> RunView:
    """A run as it is shown; the language is the one now spoken."""
    notes: Mapping[str, Any] = run.notes
    facts = [(i18n.gettext(label), f"{notes[name]:,}") for name, label in NOTES.items() if notes.get(name)]
    facts += [
        (i18n.gettext(label), figures.full(int(notes[name]), i18n.language()))
        for name, label in SUMS.items()
        if notes.get(name)
    ]
    return RunView(
        on=run.on,
        business=business,
        loans=run.loans,
        interest=Money(run.interest_fen),
        outstanding=_money(notes.get("outstanding_fen")),
        bad=_money(notes.get("non_performing_fen")),
        facts=facts,
        finished=run.finished_at,
    )


def _money(fen: Any) -> Money | None:
    return None if fen is None else Money(int(fen))


def today(desk: Desk) -> date:
    """The calendar's day in the bank's zone, whatever the books say."""
    return desk.now.astimezone(desk.settings.zone).date()


def may_run(desk: Desk, on: date) -> bool:
    """A day is run when it is over. A demonstration may look ahead: its time is its own."""
    return desk.settings.demo or on < today(desk)


@router.get("/days")
def days(desk: Reader, page: listing.PageNumber = 1) -> Response:
    """The last days with what they did, and what is due."""
    query = select(DayRun).where(col(DayRun.finished_at).is_not(None)).order_by(col(DayRun.on).desc())
    runs = desk.session.exec(query.limit(listing.PAGE + 1).offset(listing.offset(page))).all()
    following = day_end.next_day(desk.session)
    business = calendar(desk.session)
    with desk.speaking():
        aside = _aside(desk)
        views = [view(run, business=business.business_day(run.on)) for run in runs[: listing.PAGE]]
    return desk.show(
        "days/list.html",
        block="list",
        runs=views,
        more=len(runs) > listing.PAGE,
        number=page,
        following=following,
        due=len(day_end.days_due(desk.session, today(desk) - timedelta(days=1))),
        may_run=following is not None and desk.actor.holds(*RUNNERS) and may_run(desk, following),
        may_look=following is not None and desk.actor.holds(*RUNNERS),
        most=MOST_DAYS,
        running=_running(desk),
        aside=aside,
    )


@router.post("/days/next")
def run_next(form: Annotated[OnForm, Form()], desk: Runner) -> Response:
    """Run the day that the page named, if it is still the next one and over."""
    if not may_run(desk, form.on):
        raise NothingDue(on=form.on)
    _start(desk, form.on, form.on)
    desk.say(N_("已开始办理 %(on)s 日终"), on=form.on)
    return desk.go("/days")


def _start(desk: Desk, first: date, last: date) -> None:
    """Begin the first day with this request, and run it and those after it in the background, step by step."""
    day_end.begin(desk.session, on=first, by=desk.actor, at=desk.now)
    now, by = desk.now, desk.actor
    desk.afterwards(lambda database: close_days(database, until=last, clock=lambda: now, by=by))


@router.post("/days/catch-up")
def catch_up(form: Annotated[OnForm, Form()], desk: Runner) -> Response:
    """Run the days that are over, at most a month of them; all of these days, or none."""
    due = day_end.days_due(desk.session, today(desk) - timedelta(days=1))
    if not due or due[0] != form.on:
        raise NothingDue(on=form.on)
    days = due[:MOST_DAYS]
    _start(desk, days[0], days[-1])
    if len(due) > MOST_DAYS:
        desk.say(
            N_("已开始补办 %(count)s 天日终，截至 %(on)s；其后还有 %(left)s 天待办理，请继续"),
            count=MOST_DAYS,
            on=days[-1],
            left=len(due) - MOST_DAYS,
        )
    else:
        desk.say(N_("已开始补办 %(count)s 天日终，截至 %(on)s"), count=len(days), on=days[-1])
    return desk.go("/days")


@router.get("/days/progress")
def progress(desk: Reader) -> Response:
    """How far the day that is being run has come; the page asks again and again, and is made anew once it is over."""
    if not desk.is_htmx:
        return desk.go("/days")
    running = _running(desk)
    if running is None:
        return Response(headers={"HX-Refresh": "true"})
    return desk.show("days/list.html", block="progress", running=running, may_look=desk.actor.holds(*RUNNERS))


@dataclass(frozen=True, slots=True)
class Running:
    """A day that was begun and is not finished: how many of its steps are done, in parts of a hundred too."""

    on: date
    done: int
    of: int

    @property
    def percent(self) -> int:
        """Whole parts of a hundred."""
        return 100 * self.done // max(self.of, 1)


def _running(desk: Desk) -> Running | None:
    run = day_end.unfinished(desk.session)
    return None if run is None else Running(run.on, *day_end.progress(desk.session, run))


@dataclass(frozen=True, slots=True)
class Aside:
    """A loan that the end of day leaves out, with the reason in words."""

    number: str
    since: date
    reason: str
    detail: str
    tries: int


def _aside(desk: Desk) -> list[Aside]:
    rows = desk.session.exec(
        select(Loan.number, LoanSetAside)
        .join(LoanSetAside, col(LoanSetAside.loan_id) == col(Loan.id))
        .order_by(col(LoanSetAside.since), col(Loan.id))
        .limit(listing.PAGE)
    )
    return [Aside(number, row.since, i18n.gettext(ASIDE[row.reason]), row.detail, row.tries) for number, row in rows]


@router.post("/days/dry-run")
def dry_run(form: Annotated[OnForm, Form()], desk: Runner) -> Response:
    """What the next end of day would do. It is done, shown, and rolled back: nothing of it stays."""
    run = day_end.run_day(desk.session, on=form.on, by=desk.actor, at=desk.now)
    with desk.speaking():
        shown = view(run, business=calendar(desk.session).business_day(run.on))
    answer = desk.show("days/dry_run.html", block="dry_run", run=shown)
    desk.failed = True  # the guard rolls back what a failed page did, and so it does with this one
    return answer
