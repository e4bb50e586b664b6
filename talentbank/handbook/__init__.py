"""The pages of `docs/` that are printed from the program itself: books, lives, rules, glossary, commands.

`talentbank docs` writes them, `talentbank docs --check` says which are no longer as the program has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from talentbank.handbook import books, commands, lives, rules, words

FOLDER = Path(__file__).parents[2] / "docs"


def pages(root: Any) -> dict[str, str]:
    """Every page by its file name under `docs/`; `root` is the command line, which is a page too."""
    return {
        "books.md": books.page(),
        "lives.md": lives.page(),
        "rules.md": rules.page(),
        "glossary.md": words.page(),
        "commands.md": commands.page(root),
    }


def stale(made: Mapping[str, str], folder: Path = FOLDER) -> list[Path]:
    """The files that are missing or not as the pages have them."""
    return [
        folder / name
        for name, text in made.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def write(made: Mapping[str, str], folder: Path = FOLDER) -> list[Path]:
    """Write every page that is not as it should be; returns the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = stale(made, folder)
    for file in changed:
        file.write_text(made[file.name], encoding="utf-8")
    return changed
