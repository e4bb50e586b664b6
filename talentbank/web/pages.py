"""Rendering: one Jinja environment, macros that every template has, and single blocks of a page for HTMX.

A template shows ready words and numbers. Everything in `GLOBALS` and the filters follows the language of the page
being rendered; macros of `templates/parts/` are there by name (`ui`, `form`, `table`) without an import, inside
single blocks too (a block rendered alone does not see the imports of its file).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.roles import Actor
from models.values.money import Money
from models.values.numerals import capitals
from talentbank import figures, i18n
from talentbank.web import doors, navigation, tones

HERE = Path(__file__).parent.parent
STATIC = HERE / "static"
FEN_PER_WAN = 1_000_000


@dataclass(slots=True)
class Page:
    """What the frame around every page needs to know of the request."""

    language: str = "zh"
    csrf: str = ""
    nonce: str = ""
    request_id: str = ""
    path: str = "/"
    query: str = ""
    actor: Actor | None = None
    on: date | None = None
    demo: bool = False
    flashes: list[tuple[str, str]] = field(default_factory=list)
    waiting: Mapping[str, int] = field(default_factory=dict)
    """How many things wait for the actor on each page of the navigation, by its address."""
    zone: tzinfo = UTC


_page: ContextVar[Page] = ContextVar("page")


def _speaking(write: Callable[..., str]) -> Callable[..., str]:
    """A figure's writer as a filter: the language is that of the page."""
    return lambda value, *more, **options: write(value, i18n.language(), *more, **options)


def _moment(value: datetime | None) -> str:
    return figures.moment(value, _page.get().zone)


def address(**changes: object) -> str:
    """The query of the page being shown with some of its fields changed; None takes a field away."""
    fields = dict(parse_qsl(_page.get().query))
    fields = {name: value for name, value in fields.items() if name not in changes}
    fields |= {name: str(value) for name, value in changes.items() if value is not None}
    return f"?{urlencode(fields)}" if fields else "?"


@cache
def asset(path: str) -> str:
    """The address of a file under `static/`, with its hash, so that browsers keep it until it changes."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def _capitals(amount: Money | int | None) -> str:
    return figures.MISSING if amount is None else capitals(amount if isinstance(amount, Money) else Money(amount))


def _may_send(url: str) -> bool:
    """Whether whoever reads the page may send a form to this address."""
    actor = _page.get().actor
    return actor is not None and doors.opens(url, actor, method="POST")


def _word(term: Any) -> str:
    return figures.MISSING if term is None else i18n.said(term)


def _wan_typed(amount: Money | None) -> str:
    """An amount as it would be typed into a field of 万元, whatever the language: exact, without commas."""
    return "" if amount is None else f"{Decimal(amount.fen) / FEN_PER_WAN:f}"


def _words(terms: Iterable[Any]) -> list[tuple[str, str]]:
    """Words as the options of a choice: the stored value and what people call it."""
    return [(str(term), i18n.said(term)) for term in terms]


def _choices(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """The options of a choice whose labels are messages: the value and what it is called in this language."""
    return [(value, i18n.gettext(label)) for value, label in labels.items()]


@cache
def environment() -> Environment:
    """The one environment of templates: escaping on, missing names are errors."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        optimized=False,  # else a word written in a template is folded once, in whatever language is spoken first
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {name: _speaking(getattr(figures, name)) for name in ("wan", "yi", "yuan", "full", "money")}
    env.filters |= {name: _speaking(getattr(figures, name)) for name in ("points", "times", "long_day")}
    env.filters |= {"pct": figures.pct, "rate": figures.pct, "count": figures.count, "day": figures.day}
    env.filters |= {"date": figures.day, "moment": _moment, "capitals": _capitals, "word": _word}
    env.filters |= {"words": _words, "choices": _choices, "wan_typed": _wan_typed, "tone": tones.tone}
    env.globals |= {
        "_": i18n.gettext,
        "page": _page.get,
        "lang": i18n.language,
        "unit": lambda kind: figures.unit(kind, i18n.language()),
        "asset": asset,
        "address": address,
        "new_key": lambda: secrets.token_urlsafe(16),
        "navigation": navigation.groups_for,
        "may_send": _may_send,
    }
    for name in ("ui", "form", "table"):
        env.globals[name] = env.get_template(f"parts/{name}.html").module
    return env


def render(template: str, page: Page, context: Mapping[str, Any], *, block: str | None = None) -> str:
    """A whole page as HTML, or only the named block of it."""
    env = environment()
    token = _page.set(page)
    try:
        with i18n.speaking(page.language):
            found = env.get_template(template)
            if block is None:
                return doors.shut(found.render(**context), page.actor)
            inner = found.blocks.get(block)
            if inner is None:
                raise LookupError(f"{template} has no block {block!r}")
            return doors.shut("".join(inner(found.new_context(dict(context)))), page.actor)
    finally:
        _page.reset(token)
