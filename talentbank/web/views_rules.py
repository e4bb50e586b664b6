"""Rule sets as they are read and as they are typed: every number by its path, with its words, its value and its source."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import BaseModel

from models.policies.pilot import pilot_rules
from models.policies.rules import RULE_KINDS, Rules
from models.values.money import Money
from models.values.rate import Rate
from talentbank import figures, i18n, rule_notes
from talentbank.i18n import N_
from talentbank.web import rule_words
from talentbank.web.rule_words import NO_SOURCE, Source

HEAD = ("version", "effective_from")
"""What every rule set has and no rule is: asked for by fields of its own."""

YES, NO = N_("是"), N_("否")
WHOLE = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule: its path, what it is called, its value as read and as typed, and where the pilot's number came from."""

    path: str
    label: str
    shown: str
    typed: str
    source: Source
    changed: bool

    @property
    def note(self) -> str:
        """What the note of its source says, in the language now spoken."""
        return rule_notes.say_note(self.source.note)

    @property
    def group(self) -> str:
        """The section it stands in: the first step of its path, or nothing."""
        return self.path.partition(".")[0] if "." in self.path else ""


def lines(kind: str, body: Mapping[str, Any]) -> list[RuleLine]:
    """Every rule of a set in the order of the file, in the language now spoken. Rules without a section come first.

    A source is told only while the value is the pilot's: another number has its reason in the note of its rule set.
    """
    rules = RULE_KINDS[kind].model_validate(dict(body))
    pilot = dict(_leaves(next(one for one in pilot_rules() if one.kind == kind)))
    sources = rule_words.sources()
    found = []
    for path, value in _leaves(rules):
        if path in HEAD:
            continue
        changed = pilot.get(path) != value
        source = NO_SOURCE if changed else sources.get(f"{kind}.{path}", NO_SOURCE)
        found.append(RuleLine(path, _label(rules, path), shown(path, value), typed(value), source, changed))
    return sorted(found, key=lambda line: bool(line.group))


def _label(rules: Rules, path: str) -> str:
    """A line of the scale of grades is known by its grade, not by its place."""
    section, _, rest = path.partition(".")
    if section != "grades":
        return rule_words.label(path)
    place, _, name = rest.partition(".")
    grade = getattr(rules, section)[int(place)].grade
    return " · ".join((rule_words.label(section), grade, rule_words.label(name)))


@cache
def every_path() -> frozenset[str]:
    """The paths of every rule of every kind, as the pilot's file has them."""
    return frozenset(path for rules in pilot_rules() for path, _ in _leaves(rules))


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """A section of a rule set: its name (none for the rules at the top), and what the note says that all its lines share."""

    title: str
    note: str
    lines: list[RuleLine]

    def name_of(self, line: RuleLine) -> str:
        """A line's label without the section's own name before it."""
        return line.label.removeprefix(f"{self.title} · ") if self.title else line.label


def groups(found: Sequence[RuleLine]) -> list[RuleGroup]:
    """Lines by section; those without one come first."""
    sections: dict[str, list[RuleLine]] = {}
    for line in found:
        sections.setdefault(line.group, []).append(line)
    made = []
    for name, of in sections.items():
        notes = {line.source.note for line in of}
        shared = rule_notes.say_note(notes.pop()) if len(notes) == 1 and len(of) > 1 else ""
        made.append(RuleGroup(rule_words.label(name) if name else "", shared, of))
    return made


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _leaves(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}")
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{number}")
    else:
        yield path, value


def shown(path: str, value: Any) -> str:
    """A rule's value as it is read, in the language now spoken."""
    match value:
        case bool():
            return i18n.gettext(YES if value else NO)
        case Money():
            return figures.full(value, i18n.language())
        case Rate():
            return figures.pct(value, _places(value))
        case StrEnum():
            return i18n.word(value)
        case tuple():
            mark = " → " if path.startswith("alloc_order") else ("、" if i18n.language() == "zh" else ", ")
            return mark.join(shown(path, one) for one in value)
        case str():
            return rule_words.value_word(path, value)
        case int():
            return f"{value:,}"
        case _:
            return i18n.said(value)


def _places(rate: Rate) -> int:
    """So many places that nothing is rounded away: 0.02% a day, 66.6667%."""
    return next((places for places in (0, 1, 2, 3) if rate.ppm % 10 ** (4 - places) == 0), 4)


def typed(value: Any) -> str:
    """A rule's value as it is typed into the form, the way the pilot's file writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case Money():
            return str(value.in_yuan())
        case Rate():
            return str(value.as_decimal())
        case tuple():
            return ", ".join(str(one) for one in value)
        case _:
            return str(value)


def stored(kind: str, path: str, text: str) -> str:
    """A stored text of a rule (from a comparison of two sets) as it is read; texts that cannot be are told as they are."""
    base = next(one for one in pilot_rules() if one.kind == kind)
    value = dict(_leaves(base)).get(path)
    try:
        match value:
            case Money():
                return shown(path, Money.yuan(text))
            case Rate():
                return shown(path, Rate.of(text))
            case bool():
                return shown(path, text == "True")
            case tuple():
                return shown(path, tuple(text.split(", ")))
            case str() | StrEnum():
                return shown(path, str(text))
    except ValueError:
        return text
    return text


def body_of(
    rules: Mapping[str, Any], fields: Mapping[str, str], *, version: str, effective_from: date
) -> dict[str, Any]:
    """A whole rule set from what was typed: the set it starts from, with the fields put in at their paths."""
    body: dict[str, Any] = copy.deepcopy(dict(rules))
    for path, text in fields.items():
        *way, last = path.split(".")
        inner: Any = body
        for step in way:
            inner = inner[int(step)] if isinstance(inner, list) else inner.get(step)
            if not isinstance(inner, dict | list):
                break
        else:
            if isinstance(inner, dict) and last in inner:
                inner[last] = _read(text.strip(), inner[last])
    body["version"], body["effective_from"] = version, effective_from.isoformat()
    return body


def _read(text: str, before: Any) -> Any:
    if isinstance(before, list):
        return [one.strip() for one in re.split(r"[,，、]", text) if one.strip()]
    if isinstance(before, int) and not isinstance(before, bool) and WHOLE.fullmatch(text):
        return int(text)
    return text


def next_version(rules: Rules) -> str:
    """A version to start from: the last number of the present one, raised."""
    match = re.search(r"(\d+)$", rules.version)
    return f"{rules.version[: match.start()]}{int(match[1]) + 1}" if match else f"{rules.version}-2"
