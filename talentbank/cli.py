"""The `talentbank` command: each command is a function in `talentbank/commands/`, thin like a route.

Exit status: 0 done, 1 declined or the answer is no, 2 something typed or set is wrong, 3 the database or a file cannot
be used, 70 a fault of the program, 130 interrupted. An error is one line on standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

import talentbank
from talentbank.commands import (
    clock,
    console,
    credit,
    docs,
    ledger,
    opening_up,
    reporting,
    schedule,
    statements,
    upkeep,
    users,
)
from talentbank.commands.ending import FAULT, WRONG, ending

app = typer.Typer(
    name="talentbank",
    help="The talent bank (人才银行): loans for talents whose assets are patents, know-how and their own name.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(opening_up.init)
app.command()(opening_up.demo)
app.command()(opening_up.serve)
app.command()(clock.eod)
app.command()(schedule.schedule)
app.command()(credit.score)
app.command()(credit.decide)
app.command()(credit.replay)
app.command()(ledger.verify)
app.add_typer(statements.statement, name="statement")
app.command()(statements.reconcile)
app.add_typer(reporting.report, name="report")
app.command()(reporting.export)
app.command()(upkeep.doctor)
app.command()(upkeep.backup)
app.command()(upkeep.restore)
app.add_typer(users.user, name="user")
app.command()(docs.docs)


def _version(asked: bool) -> None:
    if asked:
        console.out.print(f"talentbank {talentbank.__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="say the version and end"),
    trace: bool = typer.Option(False, "--trace", help="show the whole trace of an error"),
) -> None:
    """The talent bank (人才银行): loans for talents whose assets are patents, know-how and their own name."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line (without the program's name); answers its exit status. Errors become one line."""
    try:
        answer = app(args=list(arguments), prog_name="talentbank", standalone_mode=False)
        return answer if isinstance(answer, int) else 0
    except BaseException as error:
        if "--trace" in arguments:
            raise
        if isinstance(error, SystemExit):
            return error.code if isinstance(error.code, int) else 1
        if isinstance(error, typer.Abort | KeyboardInterrupt):
            error = KeyboardInterrupt()
        if hasattr(error, "format_message"):  # what the command line itself did not understand
            path = getattr(getattr(error, "ctx", None), "command_path", "talentbank")
            status, line = WRONG, f"{error.format_message().rstrip('.')}: see `{path} --help`"
        else:
            status, line = ending(error) or (
                FAULT,
                f"a fault of the program ({type(error).__name__}: {error}); run it again as `talentbank --trace …`"
                " and report what it says",
            )
        console.err.print(f"talentbank: {' '.join(line.split())}", markup=False, soft_wrap=True)
        return status


def main() -> None:
    """The entry of the installed command and of `python -m talentbank`."""
    sys.exit(run(sys.argv[1:]))
