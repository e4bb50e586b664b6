"""What the printed pages share: a head that says where they come from, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def head(title: str, text: str) -> str:
    """The head of a page: do not edit it by hand."""
    return f"<!-- Printed by `talentbank docs` from the program: change the program, not this page. -->\n\n# {title}\n\n{text}\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[int] = ()) -> str:
    """A Markdown table; the columns named in `right` are numbers."""
    numbers = set(right)
    lines = [
        _line(columns),
        _line(["---:" if place in numbers else "---" for place in range(len(columns))]),
        *(_line([_cell(cell) for cell in row]) for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _cell(cell: object) -> str:
    return str(cell).replace("|", "\\|").replace("\n", " ")
