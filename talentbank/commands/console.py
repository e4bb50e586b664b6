"""How commands speak: tables and JSON on standard output, progress and errors on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from models.values.money import Money
from models.values.rate import Rate

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

LONGEST_LINE = 4_000


def plain(value: Any) -> Any:
    """A value as JSON has it: money in fen, dates in ISO form, words as their values."""
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, Rate):
        return value.ppm
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def say_json(value: Any) -> None:
    """Print one JSON document and nothing else."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def say_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: Iterable[int] = (),
    title: str = "",
    prose: bool = False,
) -> None:
    """Print a table, or nothing if it has no rows; the columns named in `right` are numbers.

    Lines are as long as they need to be, so that nothing is cut off and a pipe gets whole values; `prose` wraps the
    last column instead.
    """
    numbers = set(right)
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for position, name in enumerate(columns):
        wraps = prose and position == len(columns) - 1
        table.add_column(
            Text(name), justify="right" if position in numbers else "left", no_wrap=not wraps, overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row))
    if not table.row_count:
        return
    if prose and out.is_terminal:
        out.print(table)
        return
    width = Measurement.get(out, out.options.update(max_width=LONGEST_LINE), table).maximum
    Console(width=width, highlight=False).print(table)


def fail(message: str, *, status: int = 1) -> NoReturn:
    """End the command with one line on standard error that says what is wrong and what to do."""
    err.print(f"talentbank: {message}", markup=False, soft_wrap=True)
    raise typer.Exit(status)


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Any]:
    """A progress bar on standard error; yields a function that advances it: `advance(steps=1, label=None)`.

    `total` may be None where nobody knows it; for nought there is no bar.
    """
    if total == 0:
        yield lambda steps=1, text=None: None
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=False,
    )
    with bar:
        task = bar.add_task(label, total=total)

        def advance(steps: int = 1, text: str | None = None) -> None:
            bar.update(task, advance=steps)
            if text is not None:
                bar.update(task, description=text)

        yield advance


def must_exist(path: Path) -> Path:
    """The path, or a clear end of the command when there is no such file."""
    if not path.is_file():
        fail(f"there is no file {path}")
    return path
