"""Inspections after the pay-out (LOAN-27): what is due and overdue, the form to record one, the list as a workbook."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.firm import Firm
from models.inspection import Inspection, InspectionKind, RightsFinding, UseFinding
from models.loan import Loan, PayOut
from models.policies.rules import PrudenceRules
from models.queries.inspections import inspection_rows
from models.refusals import NotThere
from models.roles import Role
from models.states.using import INSPECTION, InspectionStage
from models.values.money import ZERO
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import access, listing, views_aftercare, views_loans, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Text, WanFromNought
from talentbank.web.navigation import BUSINESS, Item
from workflows import inspecting, moves
from workflows.contracting import pledges_of

router = APIRouter()

READERS = (*access.FILE_READERS, Role.FUND_MANAGER, Role.BUREAU_APPROVER)
NAVIGATION = (Item(BUSINESS, "/inspections", "clipboard-check", N_("贷后检查"), frozenset(READERS), place=46),)
FIELD_LABELS = {
    "held_on": N_("检查日期"),
    "finding": N_("资金用途结论"),
    "looked_at": N_("已核查金额"),
    "diverted": N_("挪用金额"),
    "evidence": N_("核查依据"),
    "rights": N_("质押权利状态"),
    "remarks": N_("检查情况"),
}
COLUMNS = (
    Column(N_("贷款编号")),
    Column(N_("企业"), width=34),
    Column(N_("余额（元）"), Kind.MONEY, 20),
    Column(N_("检查种类"), width=20),
    Column(N_("应检日"), Kind.DATE),
    Column(N_("状态")),
    Column(N_("检查日期"), Kind.DATE),
    Column(N_("资金用途结论"), width=20),
    Column(N_("挪用金额（元）"), Kind.MONEY, 20),
    Column(N_("经办")),
)
DUE, SOON, LATE, MINE, DIVERTED, ALL = "due", "soon", "late", "mine", "diverted", "all"
SHOWS = (SOON, DUE, LATE, MINE, InspectionStage.RECORDED, DIVERTED, ALL)
LOOKING_AHEAD_DAYS = 30

Reader = Annotated[Desk, allow(*READERS)]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]


class RecordForm(BaseModel):
    """What an inspection found; `evidence` is what it rests on."""

    stamp: int
    held_on: date
    finding: UseFinding
    looked_at: WanFromNought
    diverted: WanFromNought = ZERO
    evidence: Annotated[Text, Field(max_length=400)]
    rights: RightsFinding
    remarks: Text


def _asked(desk: Desk, show: str, kind: str, q: str) -> dict[str, object]:
    stage = InspectionStage.RECORDED if show == InspectionStage.RECORDED else InspectionStage.DUE
    return {
        "stage": None if show in (ALL, DIVERTED) else stage,
        "until": desk.on + timedelta(days=LOOKING_AHEAD_DAYS) if show == SOON else None,
        "late_on": desk.on if show == LATE else None,
        "officer_id": desk.actor.user_id if show == MINE else None,
        "diverted": show == DIVERTED,
        "kind": listing.one_of(InspectionKind, kind),
        "text": q[:80],
    }


@router.get("/inspections")
def inspections(
    desk: Reader, show: str = SOON, kind: str = "", q: str = "", sort: str = "due_on", page: listing.PageNumber = 1
) -> Response:
    """What is due within thirty days and what is overdue, the oldest on top."""
    show = show if show in SHOWS else SOON
    rows, total = inspection_rows(
        desk.session,
        **_asked(desk, show, kind, q),  # type: ignore[arg-type]
        sort=sort,
        limit=listing.PAGE,
        offset=listing.offset(page),
    )
    numbers = {one: _number(desk, one) for one in (SOON, LATE, DUE, DIVERTED)}
    return desk.show(
        "inspections/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        show=show,
        kind=listing.one_of(InspectionKind, kind) or "",
        q=q,
        sort=sort,
        numbers=numbers,
        kinds=list(InspectionKind),
        officer=desk.actor.holds(Role.LOAN_OFFICER),
        rules=desk.rules(PrudenceRules),
        marks=views_aftercare.marks(desk.session, [row.firm_id for row in rows]),
    )


def _number(desk: Desk, show: str) -> int:
    """How many inspections stand under a heading."""
    return inspection_rows(desk.session, **_asked(desk, show, "", ""), limit=0)[1]  # type: ignore[arg-type]


@router.get("/inspections.xlsx")
def workbook(desk: Reader, show: str = SOON, kind: str = "", q: str = "", sort: str = "due_on") -> Response:
    """The same list, whole, as an Excel file."""
    show = show if show in SHOWS else SOON
    rows, _ = inspection_rows(desk.session, **_asked(desk, show, kind, q), sort=sort, limit=listing.EXPORT_LIMIT)  # type: ignore[arg-type]
    lines = (
        (
            row.loan,
            row.firm,
            row.outstanding,
            row.kind,
            row.due_on,
            row.stage,
            row.held_on,
            row.finding or "",
            row.diverted,
            row.officer,
        )
        for row in rows
    )
    conditions = [(N_("检查种类"), listing.one_of(InspectionKind, kind)), (N_("搜索"), q)]
    return listing.export(desk, name=N_("贷后检查"), columns=COLUMNS, rows=lines, conditions=conditions)


def inspection_of(desk: Desk, inspection_id: int) -> Inspection:
    """The inspection of an id. Refuses with NotThere."""
    row = desk.session.get(Inspection, inspection_id)
    if row is None:
        raise NotThere(what=str(inspection_id))
    return row


@router.get("/inspections/{inspection_id}")
def inspection(inspection_id: int, desk: Reader) -> Response:
    """One inspection: what it is about, what was found, and the form for who may record it."""
    row = inspection_of(desk, inspection_id)
    loan = desk.session.get_one(Loan, row.loan_id)
    firm = desk.session.get_one(Firm, loan.firm_id)
    pay_out = desk.session.get(PayOut, row.pay_out_id) if row.pay_out_id else None
    before, _ = inspection_rows(desk.session, loan_id=loan.key, sort="-due_on", limit=20)
    head = views_loans.head(desk.session, loan, desk.on)
    return desk.show(
        "inspections/inspection.html",
        inspection=row,
        loan=loan,
        firm=firm,
        invented=views_parties.invented(firm),
        pay_out=pay_out,
        purpose=head.application,
        person=views_loans.person(desk.session, row.held_by),
        pledged=len([one for one in pledges_of(desk.session, head.contract) if one.released_on is None]),
        late=row.stage is InspectionStage.DUE and row.due_on < desk.on,
        before=[one for one in before if one.id != row.key],
        findings=list(UseFinding),
        rights=list(RightsFinding),
        history=views_aftercare.history(desk, row),
        may_record=loan.stage.owed
        and any(move.verb == "record" for move in moves.open_moves(desk.session, INSPECTION, row, by=desk.actor)),
    )


@router.post("/inspections/{inspection_id}/record")
def record(inspection_id: int, form: Annotated[RecordForm, Form()], desk: Officer) -> Response:
    """Record an inspection; diverted money is handed over at once."""
    row = inspection_of(desk, inspection_id)
    desk.fresh(row, form.stamp)
    inspecting.record(
        desk.session,
        inspection=row,
        held_on=form.held_on,
        finding=form.finding,
        looked_at=form.looked_at,
        diverted=form.diverted,
        proof=form.evidence,
        rights=form.rights,
        remarks=form.remarks,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    if form.finding is UseFinding.DIVERTED:
        desk.say(N_("检查已登记；挪用已移交风险预警处理"))
    else:
        desk.say(N_("贷后检查已登记"))
    return desk.go(f"/inspections/{inspection_id}")
