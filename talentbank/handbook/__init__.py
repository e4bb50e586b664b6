"""The pages of `docs/` that are printed from the program itself: books, lives, rules, glossary, commands.

`talentbank docs` writes them, `talentbank docs --check` says which are no longer as the program has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from talentbank.handbook.books import books
from talentbank.handbook.commands import commands
from talentbank.handbook.lives import lives
from talentbank.handbook.rules import rules
from talentbank.handbook.words import words

FOLDER = Path(__file__).parents[2] / "docs"

PAGES: Mapping[str, Callable[[], str]] = {
    "books.md": books,
    "lives.md": lives,
    "rules.md": rules,
    "glossary.md": words,
    "commands.md": commands,
}
"""File name under `docs/` to what prints it."""


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every page; returns the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, page in PAGES.items():
        file, text = folder / name, page()
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            changed.append(file)
    return changed


def stale(folder: Path = FOLDER) -> list[Path]:
    """The pages that are missing or no longer as the program has them."""
    return [
        folder / name
        for name, page in PAGES.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != page()
    ]
