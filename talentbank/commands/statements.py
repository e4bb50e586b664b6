"""`talentbank statement import` and `talentbank reconcile`: bank statements from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session, select

from models.queries.statements import Reconciliation
from models.queries.statements import reconcile as reconciled
from models.refusals import NotThere
from models.roles import Actor
from models.user import User
from talentbank import i18n
from talentbank.commands import console
from talentbank.commands.opening import business_date, day, moment, opened
from talentbank.settings import load
from talentbank.vault import Vault
from workflows import importing, reconciling

JSON = Annotated[bool, typer.Option("--json", help="answer with one JSON document")]
WHO = Annotated[str, typer.Option("--as", help="the account of the officer who does it")]

statement = typer.Typer(name="statement", help="Bank statements.", no_args_is_help=True)


@statement.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="a bank statement, CSV or XLSX")],
    account: Annotated[str, typer.Option("--account", help="the bank account, if the file does not say it")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="read it and say what is wrong; write nothing")] = False,
    who: WHO = "",
    as_json: JSON = False,
) -> None:
    """Import a bank statement: all of it, or nothing and every bad cell named.

    Exit status 0 if it is, or with --dry-run could be, imported; 2 if cells are wrong.
    """
    settings = load()
    content = console.must_exist(file).read_bytes()
    with opened(settings) as database:
        with database.read() as session:
            on = business_date(session, settings)
            found = importing.preview(session, content=content, name=file.name, account=account, on=on)
        with i18n.speaking("en"):
            faults = [
                {
                    "row": one.row, "column": one.column, "wrong": i18n.word(one.wrong), "found": one.found,
                    "expected": one.expected,
                }
                for one in found.read.faults
            ]  # fmt: skip
        said: dict[str, Any] = {
            "account": found.account, "new": len(found.new), "known": found.known, "faults": faults,
            "suspected_repetitions": [one.row for one in found.suspects], "imported": False,
        }  # fmt: skip
        if not faults and not dry_run:
            with database.write() as session:
                importing.import_statement(
                    session, content=content, name=file.name, account=account, store=Vault.of(settings),
                    by=_actor(session, who), on=on, at=moment(),
                )  # fmt: skip
            said["imported"] = True
    if as_json:
        console.say_json(said)
    else:
        console.say_table(
            ("row", "column", "what is wrong", "found", "expected"), [tuple(one.values()) for one in faults], right=(0,)
        )
        done = "imported" if said["imported"] else "nothing was written"
        console.out.print(
            f"Account {found.account}: {len(found.new)} new line(s), {found.known} known before; {done}.", markup=False
        )
    if faults:
        raise typer.Exit(2)


def reconcile(
    on: Annotated[str | None, typer.Option("--on", help="the day, such as 2012-11-07; today if left out")] = None,
    match: Annotated[bool, typer.Option("--match", help="make the matches that the rules are sure of first")] = False,
    who: WHO = "",
    as_json: JSON = False,
) -> None:
    """Reconcile the bank's cash in the books with its statements as of a day, every item between them named.

    Exit status 0 only if statements are whole and the difference is explained to the fen.
    """
    settings = load()
    with opened(settings) as database:
        made = 0
        if match:
            with database.write() as session:
                today = business_date(session, settings)
                made = len(reconciling.match_by_rule(session, by=_actor(session, who), on=today, at=moment()).matches)
        with database.read() as session:
            found = reconciled(session, day(on) or business_date(session, settings))
            if found is None:
                console.fail("there is no bank statement up to this day: `talentbank statement import FILE`")
            if as_json:
                console.say_json(_plain(found, made))
            else:
                _say(found, made)
            sound = found.whole and not found.unexplained
    if not sound:
        raise typer.Exit(1)


def _say(found: Reconciliation, made: int) -> None:
    if made:
        console.out.print(f"{made} match(es) made.")
    console.say_table(
        ("as of", "CNY"),
        [
            (f"books {found.on}", found.book),
            ("statements", found.statement),
            ("difference", found.difference),
            ("of it before the first statement", found.opening_difference),
            ("unexplained", found.unexplained),
        ],
        right=(1,),
    )
    console.say_table(
        ("only in the books", "day", "CNY"), [(one.key, one.on, one.amount) for one in found.only_in_books], right=(2,)
    )
    console.say_table(
        ("only on the statement", "day", "CNY"),
        [(row.bank_ref or row.key, row.on, row.amount) for row, _ in found.only_on_statement],
        right=(2,),
    )
    for one in found.accounts:
        if one.balance is None or one.gap:
            lack = "no balances" if one.balance is None else f"lines of CNY {one.gap} are missing between statements"
            console.out.print(f"look at: account {one.account}: {lack}", markup=False)


def _plain(found: Reconciliation, made: int) -> dict[str, Any]:
    return {
        "on": found.on, "since": found.since, "matched": made, "whole": found.whole, "book_fen": found.book,
        "statement_fen": found.statement, "difference_fen": found.difference,
        "opening_difference_fen": found.opening_difference, "unexplained_fen": found.unexplained,
        "only_in_books": [{"key": m.key, "on": m.on, "fen": m.amount, "bank_ref": m.ref} for m in found.only_in_books],
        "only_on_statement": [
            {"line": row.key, "on": row.on, "fen": row.amount, "bank_ref": row.bank_ref, "state": state}
            for row, state in found.only_on_statement
        ],
        "accounts": [
            {"account": one.account, "through": one.through, "balance_fen": one.balance, "gap_fen": one.gap}
            for one in found.accounts
        ],
    }  # fmt: skip


def _actor(session: Session, account: str) -> Actor:
    """The person behind an account; NotThere if there is none that is open."""
    user = session.exec(select(User).where(User.account == account)).first()
    if user is None or not user.active:
        raise NotThere(what=account or "--as")
    return user.actor()
