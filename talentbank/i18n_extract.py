"""Lists the messages that the screens use: every `_("…")` and `N_("…")` of templates and code, every refusal.

python -m talentbank.i18n_extract             prints what lacks an English translation, as .po entries to fill in
python -m talentbank.i18n_extract --unused    prints what the catalogue holds but nothing uses
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir

from talentbank.i18n import catalogue
from talentbank.sentences import refusals

HERE = Path(__file__).parent
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS: Mapping[str, dict[str, Any]] = {"templates/**.html": {"encoding": "utf-8", "silent": "false"}}
KEYWORDS = {"_": None, "N_": None, "gettext": None}


def used() -> Iterator[tuple[str, str]]:
    """Each message with the place where it is used first."""
    seen: set[str] = set()
    found = extract_from_dir(HERE, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=())
    for file, line, message, _comments, _context in found:
        text = message if isinstance(message, str) else message[0]
        if text not in seen and not text.isascii():  # an identifier in brackets is no message
            seen.add(text)
            yield text, f"{file}:{line}"
    for name, text in refusals().items():
        if text not in seen:
            seen.add(text)
            yield text, f"sentences: {name}"


def untranslated() -> list[tuple[str, str]]:
    """The messages without an English translation, with their places."""
    english = catalogue("en")
    return [(text, place) for text, place in used() if not english.get(text, "").strip()]


def unused() -> list[str]:
    """The messages of the catalogue that nothing uses any more."""
    wanted = {text for text, _ in used()}
    return [text for text in catalogue("en") if text not in wanted]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main(arguments: list[str]) -> None:
    """Print the entries to fill in, or the unused ones."""
    if "--unused" in arguments:
        print("\n".join(unused()))
        return
    for text, place in untranslated():
        print(f"#: {place}\nmsgid {_quoted(text)}\nmsgstr {_quoted('')}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
