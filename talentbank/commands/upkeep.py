"""`talentbank doctor`, `backup` and `restore`: is everything in order, and what if it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from talentbank import health, keeping
from talentbank.commands import console
from talentbank.commands.opening import moment, opened
from talentbank.settings import load

PLACE = Annotated[Path, typer.Argument(metavar="FOLDER", help="the folder of the copy")]


def doctor(as_json: Annotated[bool, typer.Option("--json", help="answer with one JSON document")] = False) -> None:
    """Look at settings, database, documents, fonts and disk, and say what to do where something is not in order.

    Changes nothing. Exit status 0 only if everything that is needed is in order.
    """
    results = list(health.examine(load(), at=moment()))
    if as_json:
        console.say_json([{"what": one.what, "state": one.state, "said": one.said} for one in results])
    else:
        console.say_table(("", "what", "found"), [(one.state.value, one.what, one.said) for one in results], prose=True)
    if any(one.state is health.State.BROKEN for one in results):
        raise typer.Exit(1)


def backup(
    place: PLACE, as_json: Annotated[bool, typer.Option("--json", help="answer with one JSON document")] = False
) -> None:
    """Copy database and documents into a new folder, while the bank goes on working (SQLite).

    The copy is checked before it appears. Keep the secret (TALENTBANK_SECRET_KEY or its file) apart from it. For
    PostgreSQL use pg_dump and copy the documents' folder.
    """
    settings = load()
    with opened(settings) as database, _bar("copying pages") as told:
        keeping.back_up(database, place, settings=settings, at=moment(), told=told)
    said = keeping.check_copy(place)
    if as_json:
        console.say_json({"place": str(place), **said})
    else:
        console.out.print(f"The bank at version {said['schema']} is copied to {place} and checked.")


def restore(
    place: PLACE,
    replace: Annotated[
        bool, typer.Option("--replace", help="put it in the place of a database; that one is kept as .before")
    ] = False,
) -> None:
    """Put a copy in the place of the configured database and documents (SQLite). Stop the server first.

    Every file is compared with its hash before anything is changed. Run `talentbank verify` afterwards.
    """
    settings = load()
    said = keeping.restore(place, settings=settings, replace=replace)
    console.out.print(f"The bank as of {said['at']} is back. Prove its books: `talentbank verify`.")


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    with console.progress(label, None) as advance:
        seen = 0

        def told(done: int, whole: int) -> None:
            nonlocal seen
            steps: Any = done - seen
            seen = done
            advance(steps, f"{label} ({done:,} of {whole:,})")

        yield told
