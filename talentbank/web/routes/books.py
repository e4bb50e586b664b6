"""The seven books: overview with the mirrors, trial balance of each as of any day, accounts, postings, events."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlmodel import select
from starlette.responses import Response

from models import glossary
from models.books.chart import CHART, Account
from models.books.recipes import RECIPES
from models.loan import Loan
from models.queries.books import Balance, balance, parts_of, postings
from models.refusals import NotThere
from models.roles import Institution, Role
from models.values.money import Money
from reports.books import balance_sheet, disagreements, trial
from reports.workbook import Column, Kind
from talentbank import causes, i18n
from talentbank.causes import Told
from talentbank.i18n import N_
from talentbank.web import listing
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day
from talentbank.web.navigation import WATCH, Item

router = APIRouter()

READERS = (
    Role.FINANCE_BUREAU,
    Role.BUREAU_APPROVER,
    Role.TREASURER,
    Role.CREDIT_COMMITTEE,
    Role.CREDIT_REVIEWER,
    Role.DISBURSER,
    Role.GUARANTEE_OFFICER,
    Role.GUARANTEE_APPROVER,
    Role.FUND_MANAGER,
    Role.FUND_APPROVER,
    Role.ASSET_MANAGER,
    Role.VENTURE_MANAGER,
    Role.VENTURE_APPROVER,
    Role.LOAN_OFFICER,
    Role.AUDITOR,
)
NAVIGATION = (Item(WATCH, "/books", "book", N_("账簿"), frozenset(READERS), place=20),)
PARTS_SHOWN = 200
TRIAL_COLUMNS = (
    Column(N_("科目编号"), Kind.COUNT),
    Column(N_("科目"), width=26),
    Column(N_("借方发生额"), Kind.MONEY, 20),
    Column(N_("贷方发生额"), Kind.MONEY, 20),
    Column(N_("借方余额"), Kind.MONEY, 20),
    Column(N_("贷方余额"), Kind.MONEY, 20),
)

Reader = Annotated[Desk, allow(*READERS)]
AsOf = Annotated[Day | None, Query()]


def _book(word: str) -> Institution:
    try:
        return Institution(word)
    except ValueError:
        raise NotThere(what=word) from None


def _account(book: Institution, code: str) -> Account:
    found = CHART.get(f"{book}.{code}")
    if found is None:
        raise NotThere(what=f"{book}.{code}")
    return found


def account_name(account: Account) -> str:
    """An account's name in the language now spoken."""
    return account.en if i18n.language() == "en" else account.zh


def event_name(kind: str) -> str:
    """What happened, in the language now spoken, from the postings table."""
    recipe = RECIPES.get(kind)
    if recipe is None:
        return kind
    return recipe.en if i18n.language() == "en" else recipe.zh


PART_WORDS = ("Product", "Institution")
OTHER_PARTS = {
    "others": N_("其他股东"),
    "venture_capital": N_("创投公司资本"),
    "district": N_("区风险补偿资金池"),
    "venture": N_("创投公司财政资本"),
}


def part_name(part: str) -> str:
    """A part of an account in words: a product, a fund, an owner; numbers of loans and cases as they stand."""
    if part in OTHER_PARTS:
        return i18n.gettext(OTHER_PARTS[part])
    for kind in PART_WORDS:
        if glossary.names_of(f"{kind}.{part}") is not None:
            return i18n.word(f"{kind}.{part}")
    return part


@router.get("/books")
def books(desk: Reader, on: AsOf = None) -> Response:
    """Every book's assets, liabilities and own funds, and whether the books agree with each other."""
    sheets = [balance_sheet(desk.session, book, on=on) for book in Institution]
    return desk.show("books/books.html", sheets=sheets, differences=disagreements(desk.session), on=on)


@router.get("/books/{book}.xlsx")
def book_workbook(desk: Reader, book: str, on: AsOf = None) -> Response:
    """The trial balance as a workbook."""
    which = _book(book)
    with i18n.speaking(desk.lang):
        rows = [
            (
                line.account.number,
                account_name(line.account),
                line.debit,
                line.credit,
                line.debit_balance,
                line.credit_balance,
            )
            for line in trial(desk.session, which, on=on).lines
        ]
    conditions = ((N_("账簿"), which), (N_("截至"), on or desk.on))
    return listing.export(desk, name=N_("试算平衡表"), columns=TRIAL_COLUMNS, rows=rows, conditions=conditions)


@router.get("/books/{book}")
def book(desk: Reader, book: str, on: AsOf = None) -> Response:
    """The trial balance of one book, now or at the end of a day."""
    which = _book(book)
    return desk.show(
        "books/trial.html",
        block="trial",
        trial=trial(desk.session, which, on=on),
        sheet=balance_sheet(desk.session, which, on=on),
        books=list(Institution),
        account_name=account_name,
        on=on,
    )


@router.get("/books/{book}/{code}")
def account(desk: Reader, book: str, code: str, part: str = "", page: listing.PageNumber = 1) -> Response:
    """One account, or one part of it: balance, parts, and the postings behind it, newest first."""
    which = _book(book)
    found = _account(which, code)
    lines = list(
        postings(desk.session, name=found.name, part=part, limit=listing.PAGE + 1, offset=listing.offset(page))
    )
    parts: list[tuple[str, Balance]] = []
    if found.by and not part:
        parts = [one for one in parts_of(desk.session, found.name) if one[1].net]
    return desk.show(
        "books/account.html",
        block="postings",
        account=found,
        part=part,
        balance=balance(desk.session, found.name, part=part),
        parts=parts[:PARTS_SHOWN],
        more_parts=max(0, len(parts) - PARTS_SHOWN),
        lines=lines[: listing.PAGE],
        more=len(lines) > listing.PAGE,
        number=page,
        account_name=account_name,
        event_name=event_name,
        part_name=part_name,
    )


def _with_page(desk: Desk, told: Told) -> Told:
    """A loan has its number from the approval on, but its page only once the contract is signed."""
    if not told.href.startswith("/loans/"):
        return told
    signed = desk.session.exec(select(Loan.id).where(Loan.number == told.text)).first() is not None
    return told if signed else replace(told, href="")


@router.get("/events/{key:path}")
def event(desk: Reader, key: str) -> Response:
    """One business event with its entries in every book that it touched."""
    lines = list(postings(desk.session, event_key=key, limit=500))
    if not lines:
        raise NotThere(what=key)
    books: dict[Institution, list[Any]] = {}
    for line in sorted(lines, key=lambda one: (list(Institution).index(one.book), -one.amount.fen)):
        books.setdefault(line.book, []).append(line)
    undone = list(postings(desk.session, event_key=lines[0].reverses, limit=1)) if lines[0].reverses else []
    with desk.speaking():
        told = [_with_page(desk, one) for one in causes.tell(lines[0].cause)]
    return desk.show(
        "books/event.html",
        first=lines[0],
        told=told,
        undone=undone[0] if undone else None,
        books=books,
        sums={which: Money(sum(max(one.amount.fen, 0) for one in of)) for which, of in books.items()},
        account_name=account_name,
        event_name=event_name,
        part_name=part_name,
    )
