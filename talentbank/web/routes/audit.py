"""For the auditor: who did what, who read what, and the proof of the books on demand."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from models.queries.journal import acts, audit_rows, journal_rows, subjects
from models.roles import Role
from models.values.dates import read_date
from reports.proof import prove
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import listing, views_audit
from talentbank.web.desk import Desk, allow
from talentbank.web.navigation import MANAGEMENT, Item

router = APIRouter()

NAVIGATION = (Item(MANAGEMENT, "/audit", "list-details", N_("审计"), frozenset({Role.AUDITOR}), place=5),)
JOURNAL_COLUMNS = (
    Column(N_("业务日期"), Kind.DATE),
    Column(N_("时间"), width=20),
    Column(N_("经办人")),
    Column(N_("岗位"), width=24),
    Column(N_("事项"), width=24),
    Column(N_("对象"), width=30),
    Column(N_("状态变化"), width=24),
    Column(N_("理由"), width=40),
)
AUDIT_COLUMNS = (
    Column(N_("时间"), width=20),
    Column(N_("人员")),
    Column(N_("行为"), width=20),
    Column(N_("对象"), width=30),
    Column(N_("说明"), width=50),
    Column(N_("请求编号"), width=34),
)

Auditor = Annotated[Desk, allow(Role.AUDITOR)]
Day = Annotated[str, Query(max_length=10)]


def read_day(text: str) -> date | None:
    """A day of the filter; an empty field or half a date narrows nothing."""
    try:
        return read_date(text)
    except ValueError:
        return None


def _begins(desk: Desk, day: date | None, *, later: int = 0) -> datetime | None:
    """The moment at which a day of the bank's zone begins, or one so many days later."""
    return datetime.combine(day + timedelta(days=later), time(), desk.settings.zone) if day else None


@router.get("/audit")
def journal(
    desk: Auditor,
    subject: str = "",
    q: str = "",
    case: str = "",
    since: Day = "",
    until: Day = "",
    page: listing.PageNumber = 1,
) -> Response:
    """One page of the journal: every move with its hand, its post, its reason."""
    first, last = read_day(since), read_day(until)
    rows, total = journal_rows(
        desk.session,
        subject=subject[:32],
        text=q[:80],
        case=case[:64],
        since=first,
        until=last,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    with desk.speaking():
        views = views_audit.journal(desk.session, rows)
        things = views_audit.nouns(subjects(desk.session))
    return desk.show(
        "audit/journal.html",
        block="list",
        rows=views,
        total=total,
        number=page,
        subject=subject,
        things=things,
        q=q,
        case=case,
        since=first,
        until=last,
    )


@router.get("/audit.xlsx")
def journal_workbook(
    desk: Auditor, subject: str = "", q: str = "", case: str = "", since: Day = "", until: Day = ""
) -> Response:
    """The journal as it is filtered, whole, as an Excel file."""
    first, last = read_day(since), read_day(until)
    rows, _ = journal_rows(
        desk.session,
        subject=subject[:32],
        text=q[:80],
        case=case[:64],
        since=first,
        until=last,
        limit=listing.EXPORT_LIMIT,
    )
    with desk.speaking():
        lines = [
            (
                one.line.on,
                _told(desk, one.line.at),
                one.line.actor_name,
                one.role,
                one.act,
                one.thing,
                one.change,
                one.line.reason,
            )
            for one in views_audit.journal(desk.session, rows)
        ]
    conditions = _conditions(subject, q, first, last)
    return listing.export(desk, name=N_("经办流水"), columns=JOURNAL_COLUMNS, rows=lines, conditions=conditions)


@router.get("/audit/reads")
def reads(
    desk: Auditor, act: str = "", q: str = "", since: Day = "", until: Day = "", page: listing.PageNumber = 1
) -> Response:
    """One page of the audit: who read, exported and signed in, and what became of accounts."""
    first, last = read_day(since), read_day(until)
    rows, total = audit_rows(
        desk.session,
        act=act[:48],
        text=q[:80],
        since=_begins(desk, first),
        until=_begins(desk, last, later=1),
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    with desk.speaking():
        views = views_audit.audit(rows)
        words = [(one, views_audit.act(one)) for one in acts(desk.session)]
    return desk.show(
        "audit/reads.html",
        block="list",
        rows=views,
        total=total,
        number=page,
        act=act,
        acts=words,
        q=q,
        since=first,
        until=last,
    )


@router.get("/audit/reads.xlsx")
def reads_workbook(desk: Auditor, act: str = "", q: str = "", since: Day = "", until: Day = "") -> Response:
    """The audit as it is filtered, whole, as an Excel file."""
    first, last = read_day(since), read_day(until)
    rows, _ = audit_rows(
        desk.session,
        act=act[:48],
        text=q[:80],
        since=_begins(desk, first),
        until=_begins(desk, last, later=1),
        limit=listing.EXPORT_LIMIT,
    )
    with desk.speaking():
        lines = [
            (_told(desk, one.line.at), one.who, one.act, one.line.subject, one.detail, one.line.request_id)
            for one in views_audit.audit(rows)
        ]
    conditions = _conditions(act, q, first, last)
    return listing.export(desk, name=N_("访问日志"), columns=AUDIT_COLUMNS, rows=lines, conditions=conditions)


def _told(desk: Desk, at: datetime) -> str:
    return at.astimezone(desk.settings.zone).strftime("%Y-%m-%d %H:%M:%S")


def _conditions(what: str, text: str, since: date | None, until: date | None) -> list[tuple[str, Any]]:
    return [(N_("类别"), what), (N_("搜索"), text), (N_("起"), since), (N_("止"), until)]


@router.get("/audit/proof")
def proof(desk: Auditor, run: bool = False) -> Response:
    """The proof of the books: everything that the ledger keeps is recomputed, when it is asked for.

    It only reads, so nobody who works waits for it.
    """
    proved = None
    if run:
        proved = prove(desk.session)
        desk.audit("books.prove", "", "holds" if proved.holds else f"{len(proved.findings)} findings")
    return desk.show("audit/proof.html", proof=proved, checks=views_audit.CHECKS)
