"""docs/glossary.md: every word of the bank in English and Chinese."""

from __future__ import annotations

from models.glossary import WORDS, Names
from models.glossary.acts import ACTS
from models.glossary.nouns import NOUNS
from talentbank.handbook.markdown import head, table

COLUMNS = ("Word", "Chinese", "English")


def page() -> str:
    """The page as Markdown."""
    text = (
        "The words of the bank, the same on every screen, in the journal and in the code. They are written in"
        " `models/glossary/` and nowhere else; account names stand in [the books](books.md)."
    )
    parts = [head("Glossary", text), "## Things\n", _table(NOUNS.items()), "## Acts\n", _table(ACTS.items())]
    for name, terms in sorted(WORDS.items()):
        parts += [f"## {name}\n", _table(terms.items())]
    return "\n".join(parts)


def _table(terms: object) -> str:
    pairs: list[tuple[str, Names]] = list(terms)  # type: ignore[call-overload]
    return table(COLUMNS, [(f"`{word}`", zh, en) for word, (zh, en) in pairs])
