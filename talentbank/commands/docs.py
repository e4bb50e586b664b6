"""`talentbank docs`: print the pages that come from the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from talentbank import handbook
from talentbank.commands import console

CHECK = Annotated[bool, typer.Option("--check", help="write nothing; exit status 1 if a page is out of date")]


def docs(
    context: typer.Context,
    check: CHECK = False,
    folder: Annotated[
        Path, typer.Option(help="the folder of the pages", show_default="docs beside the program")
    ] = handbook.FOLDER,
) -> None:
    """Print the pages of docs/ that come from the program: books, lives, rules, glossary, commands."""
    if folder == handbook.FOLDER and not (folder.parent / "pyproject.toml").is_file():
        raise typer.BadParameter("--folder: the installed program has no docs/ of its own; say where the pages belong")
    made = handbook.pages(context.find_root().command)
    if check:
        old = handbook.stale(made, folder)
        if old:
            console.fail(f"out of date: {', '.join(page.name for page in old)}; run `python -m talentbank docs`")
        console.out.print(f"{len(made)} page(s) are as the program has them.")
        return
    changed = handbook.write(made, folder)
    console.out.print(f"{len(changed)} page(s) changed: {', '.join(page.name for page in changed) or 'none'}.")
