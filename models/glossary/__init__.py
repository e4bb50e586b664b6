"""Every domain word in Chinese and English: written here and nowhere else.

The files beside this one hold the words as data: of people, of lending, of stages, of acts. A word of an enumeration
stands under the name of its class, so that ``open`` of a panel and of a facility may be called differently; an act
stands as ``subject.verb``, or as the bare verb where every subject says it alike. Names of accounts stand in the
chart (`models/books/chart.py`), names of money events in the postings table (`models/books/recipes.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from models.glossary.acts import ACTS
from models.glossary.lending import LENDING
from models.glossary.nouns import NOUNS
from models.glossary.people import PEOPLE
from models.glossary.stages import STAGES
from models.glossary.statements import STATEMENTS
from models.glossary.using import USING

Names = tuple[str, str]
"""Chinese, then English."""

WORDS: Mapping[str, Mapping[str, Names]] = {**PEOPLE, **LENDING, **STAGES, **STATEMENTS, **USING}
"""Class name of an enumeration (or name of a small vocabulary) to its words."""


def term(word: StrEnum | str, language: str = "zh") -> str:
    """What people call it in ``zh`` or ``en``.

    Takes a member of an enumeration, a noun (``loan``), an act (``application.submit``), or ``Class.value``; a word
    that is not in the glossary is answered as it stands, so that a page never fails for the lack of one.

    >>> term("application.submit", "en")
    'Submit the application'
    """
    names = names_of(word)
    return str(word) if names is None else names[language == "en"]


def names_of(word: StrEnum | str) -> Names | None:
    """The Chinese and English of a word, or None if the glossary does not have it."""
    if isinstance(word, StrEnum):
        return WORDS.get(type(word).__name__, {}).get(word.value)
    if word in NOUNS:
        return NOUNS[word]
    if word in ACTS:
        return ACTS[word]
    group, dot, plain = word.rpartition(".")
    if dot:
        return WORDS.get(group, {}).get(plain) or (ACTS.get(plain) if group in NOUNS else None)
    return _plain().get(word)


@cache
def _plain() -> dict[str, Names]:
    """Values that mean the same wherever they occur, for places that know only the stored text."""
    found: dict[str, Names] = {}
    twice: set[str] = set()
    for group in WORDS.values():
        for value, names in group.items():
            if found.setdefault(value, names) != names:
                twice.add(value)
    return {value: names for value, names in found.items() if value not in twice}
