"""A loan's papers and books on screen: plans, ledger, settlement quote, statement of account, certificate of settlement."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import Response

from models.books.chart import CHART
from models.books.recipes import RECIPES
from models.firm import Firm
from models.loan import Loan
from models.queries.loan_changes import plans_of
from models.queries.loan_ledger import LoanLeg, ledger_of
from models.refusals import NotThere, Refusal
from models.roles import Role
from models.states.loan import LoanStage
from models.values.money import Money
from reports import loan_papers as papers
from reports.workbook import Column, Kind
from talentbank import i18n, loan_papers
from talentbank.i18n import N_
from talentbank.web import listing, views_loans
from talentbank.web.desk import Desk, allow
from talentbank.web.routes import books, loans
from workflows import quoting

router = APIRouter()

PDF = "application/pdf"
STATEMENT_COLUMNS = (
    Column(N_("日期"), Kind.DATE),
    Column(N_("摘要"), width=30),
    Column(N_("本金增加（元）"), Kind.MONEY, 20),
    Column(N_("本金减少（元）"), Kind.MONEY, 20),
    Column(N_("收到利息（元）"), Kind.MONEY, 20),
    Column(N_("费用（元）"), Kind.MONEY, 20),
    Column(N_("本金余额（元）"), Kind.MONEY, 20),
)
QUOTE_COLUMNS = (Column(N_("结清款项"), width=24), Column(N_("金额（元）"), Kind.MONEY, 20))
PARTS = (
    ("principal", "本金", "Principal"),
    ("interest", "利息", "Interest"),
    ("penalty", "罚息", "Penalty interest"),
    ("compound", "复利", "Compound interest"),
    ("fee", "提前还款手续费", "Fee for early repayment"),
)
FIELD_LABELS = {"since": N_("起始日"), "until": N_("截止日")}

Reader = Annotated[Desk, allow(*loans.READERS)]
BookReader = Annotated[Desk, allow(*books.READERS)]
Certifier = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)]


class StatementReversed(Refusal):
    """A period that ends before it begins."""

    status = 422


class CertifyForm(BaseModel):
    """The version of the loan that the page showed."""

    stamp: int


def _quote(desk: Desk, loan: Loan, on: date | None) -> quoting.Quote:
    return quoting.quote(desk.session, loan=loan, on=on or desk.on, today=desk.on)


def _parts(quote: quoting.Quote) -> list[tuple[str, str, Money]]:
    return [(chinese, english, getattr(quote.due, name)) for name, chinese, english in PARTS]


@router.get("/loans/{number}/quote")
def quote(number: str, desk: Reader, on: date | None = None) -> Response:
    """What would settle the loan on a day ahead."""
    row = loans.loan_of(desk, number)
    made, declined = None, ""
    try:
        made = _quote(desk, row, on)
    except Refusal as refusal:
        declined = i18n.sentence(refusal, desk.lang)
    return desk.show(
        "loans/quote.html",
        loan=row,
        firm=desk.session.get_one(Firm, row.firm_id),
        quote=made,
        declined=declined,
        asked=on or desk.on,
        may_see_books=desk.actor.holds(*books.READERS),
    )


@router.get("/loans/{number}/quote.pdf")
def quote_paper(number: str, desk: Reader, on: date | None = None) -> Response:
    """The quote as paper."""
    row = loans.loan_of(desk, number)
    made = _quote(desk, row, on)
    desk.audit("quote.print", number, f"{made.due.on.isoformat()}: {made.due.total}")
    content = papers.quote_pdf(
        desk.session,
        row,
        made_on=made.made_on,
        on=made.due.on,
        valid_through=made.valid_through,
        parts=_parts(made),
        language=desk.lang,
    )
    return listing.download(content, f"{number}-quote-{made.due.on.isoformat()}.pdf", PDF)


@router.get("/loans/{number}/quote.xlsx")
def quote_workbook(number: str, desk: Reader, on: date | None = None) -> Response:
    """The quote as an Excel file."""
    row = loans.loan_of(desk, number)
    made = _quote(desk, row, on)
    rows = [(chinese if desk.lang == "zh" else english, amount) for chinese, english, amount in _parts(made)]
    rows.append((desk.words(N_("结清金额")), made.due.total))
    conditions = ((N_("贷款编号"), number), (N_("结清日"), made.due.on), (N_("有效至"), made.valid_through))
    return listing.export(desk, name=N_("结清报价单"), columns=QUOTE_COLUMNS, rows=rows, conditions=conditions)


def _statement(desk: Desk, loan: Loan, since: date | None, until: date | None) -> papers.Statement:
    last = until or desk.on
    first = since or date(last.year, 1, 1)
    if first > last:
        raise StatementReversed(since=first, until=last)
    return papers.statement_of(desk.session, loan, since=first, until=last)


@router.get("/loans/{number}/statement")
def statement(number: str, desk: Reader, since: date | None = None, until: date | None = None) -> Response:
    """The loan's account in a period; this year so far unless told."""
    row = loans.loan_of(desk, number)
    made = _statement(desk, row, since, until)
    return desk.show(
        "loans/statement.html",
        loan=row,
        firm=desk.session.get_one(Firm, row.firm_id),
        made=made,
        lines=[(line, line.words(desk.lang)) for line in made.lines],
        may_see_books=desk.actor.holds(*books.READERS),
    )


@router.get("/loans/{number}/statement.pdf")
def statement_paper(number: str, desk: Reader, since: date | None = None, until: date | None = None) -> Response:
    """The statement as paper."""
    row = loans.loan_of(desk, number)
    made = _statement(desk, row, since, until)
    desk.audit("statement.print", number, f"{made.since.isoformat()} {made.until.isoformat()}")
    content = papers.statement_pdf(desk.session, row, made, desk.lang)
    return listing.download(content, f"{number}-statement-{made.until.isoformat()}.pdf", PDF)


@router.get("/loans/{number}/statement.xlsx")
def statement_workbook(number: str, desk: Reader, since: date | None = None, until: date | None = None) -> Response:
    """The statement as an Excel file."""
    made = _statement(desk, loans.loan_of(desk, number), since, until)
    rows = [
        (line.day, line.words(desk.lang), line.up, line.down, line.interest, line.costs, line.balance)
        for line in made.lines
    ]
    conditions = (
        (N_("贷款编号"), number),
        (N_("起始日"), made.since),
        (N_("截止日"), made.until),
        (N_("期初本金余额"), made.opening),
        (N_("期末本金余额"), made.closing),
    )
    return listing.export(desk, name=N_("贷款对账单"), columns=STATEMENT_COLUMNS, rows=rows, conditions=conditions)


@router.get("/loans/{number}/plans")
def plans(number: str, desk: Reader) -> Response:
    """Every repayment plan that the loan had, the newest first."""
    row = loans.loan_of(desk, number)
    found = [(plan, views_loans.schedule(lines, desk.on)) for plan, lines in plans_of(desk.session, row).items()]
    return desk.show(
        "loans/plans.html",
        loan=row,
        firm=desk.session.get_one(Firm, row.firm_id),
        plans=found,
        may_see_books=desk.actor.holds(*books.READERS),
    )


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """One event of the books: when, what, and its legs as account, its name in the chart, amount, and whether by loan."""

    key: str
    day: date
    name: str
    legs: list[tuple[str, str, Money, bool]]


def _event_name(desk: Desk, leg: LoanLeg) -> str:
    if leg.reverses:
        return desk.words(N_("冲正"))
    recipe = RECIPES.get(leg.kind)
    return leg.kind if recipe is None else (recipe.en if desk.lang == "en" else recipe.zh)


@router.get("/loans/{number}/ledger")
def ledger(number: str, desk: BookReader) -> Response:
    """Every event in the books that touched the loan, with all its legs."""
    row = loans.loan_of(desk, number)
    found: dict[str, LedgerEvent] = {}
    for leg in ledger_of(desk.session, row):
        account = CHART[leg.account]
        name = account.en if desk.lang == "en" else account.zh
        event = found.setdefault(leg.key, LedgerEvent(leg.key, leg.day, _event_name(desk, leg), []))
        event.legs.append((name, leg.account, leg.amount, leg.own))
    return desk.show(
        "loans/ledger.html",
        loan=row,
        firm=desk.session.get_one(Firm, row.firm_id),
        events=list(reversed(found.values())),
        may_see_books=True,
    )


@router.post("/loans/{number}/certificate")
def certify(number: str, form: Annotated[CertifyForm, Form()], desk: Certifier) -> Response:
    """Make the certificate of settlement and file it with the loan."""
    row = loans.loan_of(desk, number)
    desk.fresh(row, form.stamp)
    loan_papers.file_certificate(
        desk.session, row, language=desk.lang, store=desk.vault, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("贷款 %(number)s 的结清证明已归档"), number=number)
    return desk.go(f"/loans/{number}")


@router.get("/loans/{number}/certificate.pdf")
def certificate(number: str, desk: Reader) -> Response:
    """The certificate as it was filed, in the language of the page or in the other one."""
    row = loans.loan_of(desk, number)
    languages = sorted(loan_papers.NAMES, key=lambda code: code != desk.lang)
    found = next((one for code in languages if (one := loan_papers.certificate_of(desk.session, row, code))), None)
    if found is None or row.stage is not LoanStage.SETTLED:
        raise NotThere(what=number)
    desk.audit("certificate.print", number)
    return listing.download(desk.vault.get(found.sha256), loan_papers.name_of(row, desk.lang), PDF)
