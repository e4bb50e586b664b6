"""The watch list: warnings by level with owner and deadline, raised by people, assigned, cleared with a reason."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from models.firm import Firm
from models.loan import Loan
from models.queries.loans import loan_by_number
from models.queries.watch import watch_counts, watch_rows
from models.refusals import NotThere
from models.roles import Role
from models.states.aftercare import WATCH as WATCH_LIFE
from models.states.aftercare import WatchStage
from models.user import User
from models.watch import AlarmLevel, Signal, WatchCase
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import access, listing, views_aftercare, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Text
from talentbank.web.navigation import BUSINESS, Item
from workflows import moves, watch

router = APIRouter()

READERS = (*access.FILE_READERS, Role.FUND_MANAGER, Role.BUREAU_APPROVER)
RAISERS = (*watch.OWNERS, Role.GUARANTEE_OFFICER, Role.FUND_MANAGER, Role.FINANCE_BUREAU)
NAVIGATION = (Item(BUSINESS, "/watch", "alert-triangle", N_("风险预警"), frozenset(READERS), place=45),)
FIELD_LABELS = {
    "signal": N_("预警信号"),
    "alarm": N_("预警级别"),
    "seen": N_("看到的情况"),
    "owner_id": N_("负责人"),
    "deadline": N_("处理期限"),
}
COLUMNS = (
    Column(N_("预警级别")),
    Column(N_("贷款编号")),
    Column(N_("企业"), width=34),
    Column(N_("余额（元）"), Kind.MONEY, 20),
    Column(N_("预警信号"), width=20),
    Column(N_("预警依据"), width=40),
    Column(N_("预警日"), Kind.DATE),
    Column(N_("处理期限"), Kind.DATE),
    Column(N_("负责人")),
    Column(N_("状态")),
)
OPEN, LATE, MINE = "not_cleared", "late", "mine"

Reader = Annotated[Desk, allow(*READERS)]
Raiser = Annotated[Desk, allow(*RAISERS)]
Owner = Annotated[Desk, allow(*watch.OWNERS)]


class RaiseForm(BaseModel):
    """A warning that somebody saw."""

    loan: Text
    signal: Signal
    alarm: AlarmLevel
    seen: Annotated[Text, Field(max_length=400)]
    deadline: Day | None = None


class AssignForm(BaseModel):
    """Who looks after a warning, until when."""

    stamp: int
    owner_id: int
    deadline: Day | None = None


class ClearForm(BaseModel):
    """What was done about a warning."""

    stamp: int
    reason: Text


class Filter(BaseModel):
    """What the list is narrowed to; `show` is a stage, or one of not_cleared, late, mine; words without meaning are
    left out."""

    level: AlarmLevel | None = None
    signal: Signal | None = None
    show: str = OPEN
    q: str = ""

    def asked(self, desk: Desk) -> dict[str, object]:
        """The filter as the query takes it."""
        return {
            "level": self.level,
            "signal": self.signal,
            "open_only": self.show in (OPEN, MINE),
            "late_on": desk.on if self.show == LATE else None,
            "owner_id": desk.actor.user_id if self.show == MINE else None,
            "stage": listing.one_of(WatchStage, self.show),
            "text": self.q,
        }


def read_filter(level: str, signal: str, show: str, q: str) -> Filter:
    """The filter of the address."""
    return Filter(
        level=listing.one_of(AlarmLevel, level),
        signal=listing.one_of(Signal, signal),
        show=show if show in (LATE, MINE, "all", *WatchStage) else OPEN,
        q=q[:80],
    )


@router.get("/watch")
def watch_list(
    desk: Reader,
    level: str = "",
    signal: str = "",
    show: str = OPEN,
    q: str = "",
    sort: str = "level",
    page: listing.PageNumber = 1,
) -> Response:
    """What is open, the worst and most urgent on top."""
    chosen = read_filter(level, signal, show, q)
    rows, found = watch_rows(
        desk.session,
        **chosen.asked(desk),  # type: ignore[arg-type]
        sort=sort,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    counts = watch_counts(desk.session)
    _, late = watch_rows(desk.session, late_on=desk.on, limit=0)
    return desk.show(
        "watch/list.html",
        block="list",
        rows=rows,
        total=found,
        number=page,
        chosen=chosen,
        sort=sort,
        counts=counts,
        open_total=sum(counts.values()),
        late=late,
        days=watch.DAYS,
        levels=list(AlarmLevel),
        signals=list(Signal),
        may_own=desk.actor.holds(*watch.OWNERS),
        may_raise=desk.actor.holds(*RAISERS),
        marks=views_aftercare.marks(desk.session, [row.firm_id for row in rows]),
    )


@router.get("/watch.xlsx")
def workbook(
    desk: Reader, level: str = "", signal: str = "", show: str = OPEN, q: str = "", sort: str = "level"
) -> Response:
    """The same list, whole, as an Excel file."""
    chosen = read_filter(level, signal, show, q)
    rows, _ = watch_rows(desk.session, **chosen.asked(desk), sort=sort, limit=listing.EXPORT_LIMIT)  # type: ignore[arg-type]
    lines = (
        (
            row.level,
            row.loan,
            row.firm,
            row.outstanding,
            Signal(row.signal),
            row.evidence,
            row.raised_on,
            row.due_on,
            row.owner,
            row.stage,
        )
        for row in rows
    )
    conditions = [(N_("预警级别"), chosen.level), (N_("预警信号"), chosen.signal), (N_("搜索"), chosen.q)]
    return listing.export(desk, name=N_("风险预警"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.get("/watch/new")
def new(desk: Raiser, loan: str = "") -> Response:
    """The form for a warning."""
    return desk.show("watch/new.html", loan=loan, signals=list(Signal), levels=list(AlarmLevel), days=watch.DAYS)


@router.post("/watch")
def raise_case(form: Annotated[RaiseForm, Form()], desk: Raiser) -> Response:
    """Put a warning on the list; a signal that is there already is sharpened."""
    made = watch.raise_case(
        desk.session,
        loan=loan_by_number(desk.session, form.loan),
        signal=form.signal,
        level=form.alarm,
        evidence=form.seen,
        due_on=form.deadline,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("贷款 %(number)s 的预警已登记"), number=form.loan)
    return desk.go(f"/watch/{made.key}")


def case_of(desk: Desk, case_id: int) -> WatchCase:
    """The warning of an id. Refuses with NotThere."""
    row = desk.session.get(WatchCase, case_id)
    if row is None:
        raise NotThere(what=str(case_id))
    return row


@router.get("/watch/{case_id}")
def case(case_id: int, desk: Reader) -> Response:
    """One warning: what was seen, who owns it, what was done."""
    row = case_of(desk, case_id)
    loan = desk.session.get_one(Loan, row.loan_id)
    firm = desk.session.get_one(Firm, loan.firm_id)
    journal_case = f"application:{loan.application_id}"
    return desk.show(
        "watch/case.html",
        case=row,
        loan=loan,
        firm=firm,
        invented=views_parties.invented(firm),
        owner=desk.session.get(User, row.owner_id) if row.owner_id else None,
        owners=_owners(desk),
        late=row.stage is not WatchStage.CLEARED and row.due_on < desk.on,
        history=views_aftercare.history(desk, row),
        open_now={
            move.verb for move in moves.open_moves(desk.session, WATCH_LIFE, row, by=desk.actor, case=journal_case)
        },
    )


def _owners(desk: Desk) -> list[tuple[int, str]]:
    people = desk.session.exec(select(User).where(col(User.active)).order_by(col(User.name), col(User.id)))
    return [(one.key, one.name) for one in people if one.actor().holds(*watch.OWNERS)]


@router.post("/watch/{case_id}/assign")
def assign(case_id: int, form: Annotated[AssignForm, Form()], desk: Owner) -> Response:
    """Give a warning to somebody until a day."""
    row = case_of(desk, case_id)
    desk.fresh(row, form.stamp)
    owner = desk.session.get(User, form.owner_id)
    if owner is None:
        raise NotThere(what=str(form.owner_id))
    watch.assign(desk.session, case=row, owner=owner, due_on=form.deadline, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("预警已交由 %(name)s 负责"), name=owner.name)
    return desk.go(f"/watch/{case_id}")


@router.post("/watch/{case_id}/clear")
def clear(case_id: int, form: Annotated[ClearForm, Form()], desk: Owner) -> Response:
    """Take a warning off the list, with what was done about it."""
    row = case_of(desk, case_id)
    desk.fresh(row, form.stamp)
    watch.clear(desk.session, case=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("预警已解除"))
    return desk.go("/watch")
