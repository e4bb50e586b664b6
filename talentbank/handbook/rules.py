"""docs/rules.md: the rules that a new bank starts from, each number with the source that stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.policies.pilot import FILE
from talentbank.handbook.markdown import head, table

SECTION = re.compile(r"^\[\[?(?P<name>[\w.]+)\]\]?\s*(?:#\s*(?P<note>.*))?$")
VALUE = re.compile(r'^(?P<name>\w+)\s*=\s*(?P<value>"[^"]*"|\[[^#]*\]|\{[^#]*\}|[^#]+?)\s*(?:#\s*(?P<note>.*))?$')


class LineNotUnderstood(ValueError):
    """A line of the file of rules that is neither a section, a value nor a comment: write it on one line."""


def page() -> str:
    """The page as Markdown."""
    text = (
        "The rules that a new bank starts from (`models/policies/pilot.toml`): amounts in yuan, shares and rates as decimals."
        " *Source* is the number of the rule in the rulebook; *by design* and *assumed* mean that no source gives one, and"
        " say why. The rules in force are dated rule sets, proposed by one person and approved by another; decisions keep"
        " the version they were made under."
    )
    return "\n".join((head("Rules", text), *_sections(FILE.read_text(encoding="utf-8"))))


def _sections(text: str) -> Iterator[str]:
    title, note = "", ""
    rows: list[tuple[str, str, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        if section := SECTION.match(plain):
            if title:
                yield _section(title, note, rows)
            title, note, rows = section["name"], section["note"] or "", []
        elif value := VALUE.match(plain):
            shown = value["value"].strip('"')
            rows.append((f"`{value['name']}`", f"`{shown}`" if shown else "", value["note"] or ""))
        else:
            raise LineNotUnderstood(f"{FILE.name}:{number}: {plain}")
    yield _section(title, note, rows)


def _section(title: str, note: str, rows: list[tuple[str, str, str]]) -> str:
    level = "##" if "." not in title else "###"
    said = f"{note}\n\n" if note else ""
    body = table(("Rule", "Value", "Source"), rows) if rows else ""
    return f"{level} {title}\n\n{said}{body}"
