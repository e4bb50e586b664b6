"""The receipts desk: statements of banks come in, their lines are matched or taken as receipts, cash is reconciled."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.queries import statements
from models.queries.cash import movements
from models.queries.loans import loan_by_number
from models.queries.statements import LineState
from models.refusals import NotThere
from models.roles import Role
from models.statement import BankStatement, StatementLine, StatementMatch
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import listing, views_statements
from talentbank.web.confirming import NOT_YET
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Text, Yuan
from talentbank.web.navigation import BUSINESS, Item
from workflows import importing, reconciling
from workflows.reconciling import Share

router = APIRouter()

READERS = (Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.FINANCE_BUREAU, Role.AUDITOR)
NAVIGATION = (Item(BUSINESS, "/statements", "receipt", N_("收款对账"), frozenset(READERS), place=45),)
FIELD_LABELS = {
    "account": N_("银行账号"),
    "file": N_("对账单文件"),
    "events": N_("账目"),
    "loan": N_("贷款编号"),
    "second_loan": N_("第二笔贷款"),
    "second_amount": N_("第二笔金额"),
}
COLUMNS = (
    Column(N_("日期"), Kind.DATE),
    Column(N_("银行账号"), width=24),
    Column(N_("收入（元）"), Kind.MONEY, 20),
    Column(N_("支出（元）"), Kind.MONEY, 20),
    Column(N_("对方户名"), width=34),
    Column(N_("摘要"), width=34),
    Column(N_("流水号"), width=24),
    Column(N_("状态")),
    Column(N_("搁置原因"), width=30),
    Column(N_("天数"), Kind.COUNT),
)
CANDIDATES = 200
"""So many movements at most are offered for a match by hand."""
CANDIDATE_DAYS = 30
PREVIEWED = 20

Reader = Annotated[Desk, allow(*READERS)]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Hand = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)]


class ReasonForm(BaseModel):
    """A reason for an act that needs one."""

    reason: Annotated[Text, Field(max_length=400)]


class MatchForm(ReasonForm):
    """What a person says belongs to a line: movements of the books, other lines."""

    events: list[int] = []
    lines: list[int] = []


class TakeForm(BaseModel):
    """The loan that a line is for, and a second one with its share where it is for two."""

    loan: Annotated[Text, Field(max_length=24)]
    prepay: bool = False
    second_loan: str = ""
    second_amount: Yuan | None = None


def _line(desk: Desk, number: int) -> StatementLine:
    row = desk.session.get(StatementLine, number)
    if row is None:
        raise NotThere(what=str(number))
    return row


@router.get("/statements")
def page(desk: Reader) -> Response:
    """The statements, the form to bring one in, and how old the open lines are."""
    with desk.speaking():
        names = views_statements.age_names()
    return desk.show(
        "statements/list.html",
        rows=statements.statements(desk.session),
        ages=[(names[start], *rest) for start, *rest in statements.ageing(desk.session, desk.on)],
        may_work=desk.actor.holds(Role.LOAN_OFFICER),
    )


@router.post("/statements")
def bring_in(
    desk: Officer,
    file: Annotated[UploadFile, File()],
    account: Annotated[str, Form(max_length=60)] = "",
    act: Annotated[str, Form()] = "look",
) -> Response:
    """Read a statement dry and show what it says, or import it."""
    content, name = file.file.read(), file.filename or ""
    if act != "import":
        found = importing.preview(desk.session, content=content, name=name, account=account, on=desk.on)
        return desk.show(
            "statements/preview.html", block="preview", status=NOT_YET, found=found, name=name, most=PREVIEWED
        )
    row = importing.import_statement(
        desk.session,
        content=content,
        name=name,
        account=account,
        store=desk.vault,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已导入 %(count)s 笔流水，另有 %(known)s 笔此前已导入"), count=row.line_count, known=row.known_count)
    return desk.go("/statements/lines")


@router.post("/statements/{number}/undo")
def undo(number: int, form: Annotated[ReasonForm, Form()], desk: Officer) -> Response:
    """Take an import back while nothing rests on it."""
    row = desk.session.get(BankStatement, number)
    if row is None:
        raise NotThere(what=str(number))
    importing.undo_import(desk.session, statement=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已撤销导入"))
    return desk.go("/statements")


@router.get("/statements/lines")
def lines(desk: Reader, state: str = LineState.OPEN, q: str = "", page: listing.PageNumber = 1) -> Response:
    """The workbench: open lines with what they may be, or those that are done."""
    chosen = listing.one_of(LineState, state) or LineState.OPEN
    rows, total = statements.lines(
        desk.session, state=chosen, text=q[:80], limit=listing.PAGE, offset=listing.offset(page)
    )
    found = reconciling.look(desk.session, on=desk.on) if chosen is LineState.OPEN else None
    plain = [row for row, _ in rows]
    return desk.show(
        "statements/lines.html",
        block="list",
        state=chosen,
        states=list(LineState),
        rows=views_statements.open_lines(desk.session, plain, found, desk.on) if found else [],
        done=[] if found else rows,
        sure=len(found.matches) if found else 0,
        total=total,
        number=page,
        q=q[:80],
        may_work=desk.actor.holds(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER),
        may_take=desk.actor.holds(Role.LOAN_OFFICER),
        event_name=views_statements.event_name,
    )


@router.get("/statements/unmatched.xlsx")
def unmatched(desk: Reader) -> Response:
    """Every line that is not matched, as an Excel file."""
    rows = [
        row
        for state in (LineState.OPEN, LineState.ASIDE)
        for row, _ in statements.lines(desk.session, state=state, limit=listing.EXPORT_LIMIT)[0]
    ]
    told = (
        (
            row.on,
            row.account,
            row.amount if row.amount.fen > 0 else None,
            -row.amount if row.amount.fen < 0 else None,
            row.payer,
            row.memo,
            row.bank_ref,
            statements.state_of(row, None),
            row.aside,
            (desk.on - row.on).days,
        )
        for row in sorted(rows, key=lambda row: (row.on, row.key))
    )
    return listing.export(desk, name=N_("未勾对流水"), columns=COLUMNS, rows=told)


@router.post("/statements/match")
def match(desk: Hand) -> Response:
    """Make every match that the rules are sure of."""
    found = reconciling.match_by_rule(desk.session, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(
        N_("自动勾对 %(count)s 组，还有 %(left)s 笔流水待人工处理"),
        count=len(found.matches),
        left=len(found.lines_left),
    )
    return desk.go("/statements/lines")


@router.get("/statements/lines/{number}")
def line(number: int, desk: Reader) -> Response:
    """One line: what it is matched with, or everything that can be done with it."""
    row = _line(desk, number)
    made = statements.match_of(desk.session, row)
    found = reconciling.look(desk.session, on=desk.on) if made is None and not row.aside else None
    view = views_statements.open_lines(desk.session, [row], found, desk.on)[0] if found else None
    near = date.fromordinal(row.on.toordinal() - CANDIDATE_DAYS)
    candidates = movements(desk.session, since=near, unmatched=True) if found else []
    candidates.sort(key=lambda one: (one.amount != row.amount, abs((one.on - row.on).days), one.event_id))
    return desk.show(
        "statements/line.html",
        line=row,
        state=statements.state_of(row, made.match.key if made else None),
        view=view,
        story=made,
        candidates=[one for one in candidates if one.amount.fen * row.amount.fen > 0][:CANDIDATES],
        may_work=desk.actor.holds(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER),
        may_take=desk.actor.holds(Role.LOAN_OFFICER) and row.amount.fen > 0,
        event_name=views_statements.event_name,
    )


@router.post("/statements/lines/{number}/match")
def match_line(number: int, form: Annotated[MatchForm, Form()], desk: Hand) -> Response:
    """Match a line with what a person chose."""
    chosen = [_line(desk, one) for one in dict.fromkeys([number, *form.lines])]
    reconciling.match_by_hand(
        desk.session,
        lines=chosen,
        events=form.events,
        reason=form.reason,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已勾对"))
    return desk.go("/statements/lines")


@router.post("/statements/lines/{number}/receipt")
def take(number: int, form: Annotated[TakeForm, Form()], desk: Officer) -> Response:
    """Take a line in as a receipt of a loan, or of two."""
    row = _line(desk, number)
    second = form.second_amount if form.second_loan.strip() else None
    shares = [Share(loan_by_number(desk.session, form.loan), row.amount if second is None else row.amount - second)]
    if second is not None:
        shares.append(Share(loan_by_number(desk.session, form.second_loan.strip()), second))
    taken = reconciling.take_receipts(
        desk.session, line=row, shares=shares, prepay=form.prepay, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("已入账 %(amount)s，收款编号 %(number)s"), amount=row.amount, number=", ".join(r.number for r in taken))
    return desk.go("/statements/lines")


@router.post("/statements/lines/{number}/aside")
def aside(number: int, form: Annotated[ReasonForm, Form()], desk: Hand) -> Response:
    """Say that a line is nothing of ours."""
    reconciling.set_aside(
        desk.session, line=_line(desk, number), reason=form.reason, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("已搁置"))
    return desk.go("/statements/lines")


@router.post("/statements/lines/{number}/take-up")
def take_up(number: int, desk: Hand) -> Response:
    """Take a line up again that was laid aside."""
    reconciling.take_up(desk.session, line=_line(desk, number), by=desk.actor, on=desk.on, at=desk.now)
    return desk.go(f"/statements/lines/{number}")


@router.post("/statements/matches/{number}/undo")
def unmatch(number: int, form: Annotated[ReasonForm, Form()], desk: Hand) -> Response:
    """Undo a match; receipts that were taken from the line are reversed, by a reviewer."""
    made = desk.session.get(StatementMatch, number)
    if made is None:
        raise NotThere(what=str(number))
    reconciling.unmatch(desk.session, made=made, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("已取消勾对"))
    return desk.go("/statements/lines")


@router.get("/statements/reconciliation")
def reconciliation(desk: Reader, on: date | None = None) -> Response:
    """The bank's cash in the books against its statements as of a day, every item between them named."""
    day = min(on or desk.on, desk.on)
    found = statements.reconcile(desk.session, day)
    return desk.show(
        "statements/reconciliation.html",
        found=found,
        day=day,
        event_name=views_statements.event_name,
        states=LineState,
    )
