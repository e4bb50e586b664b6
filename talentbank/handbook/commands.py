"""docs/commands.md: the command line, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from talentbank.handbook.markdown import head, table

STATUSES = (
    (0, "done"),
    (1, "the bank declines, or the answer of a check is no"),
    (2, "something typed, or a setting, is wrong"),
    (3, "the database or a file cannot be used"),
    (70, "a fault of the program; nothing was changed"),
    (130, "interrupted"),
)


def page(root: Any) -> str:
    """The page as Markdown; `root` is the command line as Typer made it."""
    text = (
        "Run `talentbank COMMAND`, or `python -m talentbank COMMAND` from a checkout. Data go to standard output, progress"
        " and errors to standard error; an error is one line. `--json` answers with one JSON document, money in fen and"
        " rates in parts per million. `talentbank --trace …` shows the whole trace of an error."
    )
    return "\n".join(
        (
            head("Commands", text),
            "## Exit status\n",
            table(("Status", "Meaning"), STATUSES, right=(0,)),
            *(part for name, command in root.commands.items() for part in _command(f"talentbank {name}", command)),
        )
    )


def _command(path: str, command: Any) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    yield f"## {path}\n\n{_said(command)}\n"
    if inner:
        for name, one in inner.items():
            yield from _command(f"{path} {name}", one)
        return
    context = command.make_context(path, [], resilient_parsing=True)
    records = [one.get_help_record(context) for one in command.params if one.name != "help"]
    rows = [(f"`{' '.join(name.split())}`", " ".join(meaning.split())) for name, meaning in filter(None, records)]
    if rows:
        yield table(("Argument or option", "Meaning"), rows)


def _said(command: Any) -> str:
    return inspect.cleandoc(command.help or "").replace("\f", "")
