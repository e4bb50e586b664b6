"""`talentbank user`: accounts from the command line, above all the first administrator's."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from sqlmodel import Session, select

from models import glossary
from models.refusals import BadInput, NotThere
from models.roles import Actor, Role
from models.user import User
from talentbank import auth
from talentbank.commands import console
from talentbank.commands.opening import moment, opened
from workflows import staffing

user = typer.Typer(help="Accounts: add one, change a password, list them, close or open one.", no_args_is_help=True)

CONSOLE = Actor(user_id=0, name="console", roles=frozenset({Role.ADMINISTRATOR}))
"""Whoever has the database's own machine acts as its administrator; the audit knows this hand as nought."""

LEAST_CHARACTERS = 10
"""By design: length is what a password is worth; nothing else is asked of it."""

PASSWORD_VARIABLE = "TALENTBANK_PASSWORD"  # nosec B105  the name of a variable

ACCOUNT = Annotated[str, typer.Argument(help="what is typed to sign in; small letters")]
FROM_INPUT = Annotated[
    bool, typer.Option("--stdin", help=f"read the password from standard input (or set {PASSWORD_VARIABLE})")
]


class PasswordTooShort(BadInput):
    """The password has fewer characters than asked."""


class RoleUnknown(BadInput):
    """There is no such post."""


@user.command()
def add(
    account: ACCOUNT,
    name: Annotated[str, typer.Option(help="the person's name as it is shown; the account if not given")] = "",
    role: Annotated[list[str] | None, typer.Option(help="a post held; repeatable")] = None,
    from_input: FROM_INPUT = False,
) -> None:
    """Open an account. The password is asked for, and never stands on the command line."""
    account = account.strip().lower()
    roles = [_role(one) for one in role or ()]
    staffing.refuse_posts_apart(roles)
    with opened() as database:
        with database.read() as session:
            if _find(session, account) is not None:
                raise staffing.AccountTaken(account=account)
        hashed = auth.hashed(_password(from_input))
        with database.write() as session:
            staffing.open_account(
                session,
                account=account,
                name=name or account,
                password_hash=hashed,
                roles=roles,
                by=CONSOLE,
                at=moment(),
            )
    console.out.print(f"{account} may sign in as {', '.join(glossary.term(r, 'en') for r in roles) or 'nobody yet'}.")


@user.command()
def passwd(account: ACCOUNT, from_input: FROM_INPUT = False) -> None:
    """Change a password, and take the one-time code away; every session of the account ends."""
    with opened() as database:
        with database.read() as session:
            _found(session, account)
        hashed = auth.hashed(_password(from_input))
        with database.write() as session:
            row = _found(session, account)
            staffing.renew_password(session, user=row, password_hash=hashed, by=CONSOLE, at=moment())
            auth.end_sessions(session, row)
    console.out.print(f"The password of {account} is changed; its sessions are ended.")


@user.command()
def close(account: ACCOUNT) -> None:
    """Close an account: it cannot sign in, and its sessions end. What it did stays in the journal."""
    _switch(account, active=False)


@user.command(name="open")
def open_again(account: ACCOUNT) -> None:
    """Open a closed account again."""
    _switch(account, active=True)


@user.command(name="list")
def list_accounts(
    as_json: Annotated[bool, typer.Option("--json", help="answer with one JSON document")] = False,
) -> None:
    """List the accounts with the posts they hold."""
    with opened() as database, database.read() as session:
        rows = [
            (row.account, row.name, list(row.roles), row.active)
            for row in session.exec(select(User).order_by(User.account))
        ]
    if as_json:
        console.say_json([dict(zip(("account", "name", "roles", "active"), row, strict=True)) for row in rows])
    else:
        console.say_table(
            ("account", "name", "posts", "state"),
            [(account, name, ", ".join(roles), "open" if on else "closed") for account, name, roles, on in rows],
        )


def _switch(account: str, *, active: bool) -> None:
    with opened() as database, database.write() as session:
        row = _found(session, account)
        if active:
            staffing.unlock(session, user=row, by=CONSOLE, at=moment())
        else:
            staffing.lock(session, user=row, by=CONSOLE, at=moment())
            auth.end_sessions(session, row)
    console.out.print(f"{account} is {'open' if active else 'closed'}.")


def _find(session: Session, account: str) -> User | None:
    return session.exec(select(User).where(User.account == account.strip().lower())).first()


def _found(session: Session, account: str) -> User:
    row = _find(session, account)
    if row is None:
        raise NotThere(what=account)
    return row


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise RoleUnknown(role=word, known=" | ".join(Role)) from None


def _password(from_input: bool) -> str:
    """From standard input, from the environment, or typed twice without being shown."""
    if from_input:
        password = sys.stdin.readline().rstrip("\n")
    elif PASSWORD_VARIABLE in os.environ:
        password = os.environ[PASSWORD_VARIABLE]
    elif sys.stdin.isatty():
        password = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        raise typer.BadParameter(f"there is nobody to ask for a password: use --stdin, or set {PASSWORD_VARIABLE}")
    if len(password) < LEAST_CHARACTERS:
        raise PasswordTooShort(least=LEAST_CHARACTERS)
    return password
