"""docs/books.md: the seven charts, the mirrors between them, and the postings table."""

from __future__ import annotations

from collections.abc import Iterator

from models import glossary
from models.books.chart import ACCOUNTS, CHART, MIRRORS, Account
from models.books.recipes import RECIPES, Recipe
from models.roles import Institution
from talentbank.handbook.markdown import head, table

GUARDS = {"": "", "never_credit": "never a credit balance", "never_debit": "never a debit balance"}


def page() -> str:
    """The page as Markdown."""
    return "\n".join(
        (
            head(
                "The books",
                "Seven institutions keep seven books in one ledger. Each event is one entry; its legs balance in each book"
                " alone. What one book owes another stands in a mirror pair whose difference is nought.\n\n"
                "An account number is `book number * 10,000 + number inside the book`. *Kept by* names what an account is"
                " divided by (a loan, a drawing, a product); *guard* is what the database itself refuses.",
            ),
            "## Charts of accounts\n",
            *(_chart(book) for book in Institution),
            "## Mirrors\n",
            table(
                ("What is owed", "One side", "Other side"),
                [(one.zh, _side(one.left, one.left_part), _side(one.right, one.right_part)) for one in MIRRORS],
            ),
            "## Postings\n",
            "Debit and credit of each event, by book. The amounts and parts are those that the workflow hands in; an amount"
            " of nought leaves its line out.\n",
            *(_recipe(recipe) for recipe in RECIPES.values()),
        )
    )


def _side(account: str, part: str | None) -> str:
    return f"`{account}`" + (f" / {part}" if part else "")


def _name(book: Institution) -> str:
    return f"{glossary.term(book, 'en')} {glossary.term(book)} (`{book}`)"


def _chart(book: Institution) -> str:
    rows = [
        (one.id, f"`{one.code}`", one.zh, one.en, glossary.term(one.kind, "en"), one.by, GUARDS[one.guard])
        for one in ACCOUNTS
        if one.book is book
    ]
    columns = ("Number", "Account", "Chinese", "English", "Kind", "Kept by", "Guard")
    return f"### {_name(book)}\n\n{table(columns, rows, right=(0,))}"


def _recipe(recipe: Recipe) -> str:
    columns = ("Book", "Debit", "Credit", "Amount", "Part")
    return f"### {recipe.en} {recipe.zh}\n\n`{recipe.name}`\n\n{table(columns, _lines(recipe))}"


def _lines(recipe: Recipe) -> Iterator[tuple[str, str, str, str, str]]:
    for line in recipe.lines:
        account: Account = CHART[line.account]
        cell = f"`{account.code}` {account.zh}"
        part = line.part or account.by
        debit, credit = (cell, "") if line.side == "D" else ("", cell)
        yield str(account.book), debit, credit, line.amount, part.removeprefix("=")
