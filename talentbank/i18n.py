"""The language of a page, and the sentences in which the bank declines: Chinese first, English complete.

The Chinese sentence is the message identifier. English stands in the .po files under `locale/en/` (every file there
is read, so that each part of the bank may keep its own), straight into memory at start: nothing to compile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from models import glossary
from models.refusals import Refusal
from models.states.lives import LIVES
from models.values.money import Money
from models.values.rate import Rate
from talentbank import figures
from talentbank.sentences import refusals

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")
_language: ContextVar[str] = ContextVar("language", default="zh")


def N_(message: str) -> str:
    """Mark a message for the catalogue where it stands as data; it is translated where it is shown."""
    return message


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Chinese message to its translation; empty for Chinese itself, which needs none."""
    messages: dict[str, str] = {}
    for file in sorted((LOCALE / language).rglob("*.po")):
        with file.open("rb") as po:
            messages |= {str(m.id): str(m.string) for m in read_po(po) if m.id and m.string and not m.fuzzy}
    return messages


def language() -> str:
    """The language now spoken: ``zh`` or ``en``."""
    return _language.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language inside the block; unknown codes mean Chinese."""
    token = _language.set(code if code in LANGUAGES else "zh")
    try:
        yield
    finally:
        _language.reset(token)


def gettext(message: str, **facts: object) -> str:
    """The message in the language now spoken, with its facts filled in (only if any are given)."""
    text = catalogue(language()).get(message, message)
    return text % {name: said(fact) for name, fact in facts.items()} if facts else text


_ = gettext


def said(fact: object) -> str:
    """A fact as it stands in a sentence: money with its unit, rates in per cent, words from the glossary."""
    match fact:
        case Money():
            return figures.money(fact, language())
        case Rate():
            return figures.pct(fact)
        case StrEnum():
            return word(fact)
        case datetime() | date():
            return figures.day(fact)
        case tuple() | list() | set() | frozenset():
            return "、".join(said(one) for one in fact) if language() == "zh" else ", ".join(said(one) for one in fact)
        case _:
            return _said_text(str(fact))


def _said_text(text: str) -> str:
    """A text from a refusal: a catalogue message, or stored words (one, or several with commas) from the glossary."""
    parts = text.split(", ")
    if text.isascii() and all(glossary.names_of(part) for part in parts):
        return ("、" if language() == "zh" else ", ").join(word(part) for part in parts)
    return gettext(text)


def word(term: StrEnum | str) -> str:
    """A domain word as the glossary has it, in the language now spoken: an enumeration's, a noun or an act."""
    return glossary.term(term, language())


def act(subject: str, verb: str) -> str:
    """An act as the journal and the buttons say it: `act("application", "submit")`."""
    return glossary.term(f"{subject}.{verb}", language())


def stage(subject: str, value: str) -> str:
    """The stage of a life, known by its stored text: `stage("loan", "active")`; "" for the stage before the first."""
    life = LIVES.get(subject)
    return glossary.term(f"{life.stages.__name__}.{value}", language()) if life and value else value


def sentence(refusal: Refusal, code: str | None = None) -> str:
    """What the bank says when it declines, and what to do; a refusal without a sentence is told by its name."""
    with speaking(code or language()):
        for kind in type(refusal).__mro__:
            if kind.__name__ in refusals():
                text = catalogue(language()).get(refusals()[kind.__name__], refusals()[kind.__name__])
                try:
                    return text % _facts_said(refusal)
                except KeyError:
                    continue  # a general sentence may want facts that this refusal does not carry
        facts = "; ".join(f"{name} {said(fact)}" for name, fact in refusal.facts.items())
        return gettext("办理被拒绝（%(name)s）：%(facts)s", name=refusal.name, facts=facts or MISSING_FACTS)


def _facts_said(refusal: Refusal) -> dict[str, str]:
    """The facts of a refusal in words; a stage or verb is said as its subject says it."""
    facts = {name: said(fact) for name, fact in refusal.facts.items()}
    subject = str(refusal.facts.get("subject", ""))
    if subject in LIVES:
        facts |= {"stage": stage(subject, str(refusal.facts.get("stage", "")))}
        facts |= {"verb": act(subject, str(refusal.facts.get("verb", "")))}
    return facts


MISSING_FACTS = figures.MISSING
