"""For tests of desks: the day on which the application stands, the stamp of a page, the links that a page offers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape

from fastapi import FastAPI
from httpx2 import Response

MAIN = re.compile(r'<main id="main".*?</main>', re.DOTALL)
LINK = re.compile(r'href="(/[^"#]*)')


def turn_to(app: FastAPI, on: date) -> None:
    """Let the application's clock stand at ten in the morning of a day, in the bank's zone."""
    app.state.clock = lambda: datetime(on.year, on.month, on.day, 2, tzinfo=UTC)


def stamp(page: Response) -> str:
    """The version of the row that the page's forms carry."""
    found = re.search(r'name="stamp" value="(\d+)"', page.text)
    assert found, "the page offers no step"
    return found[1]


def links(page: Response) -> list[str]:
    """The addresses of this site that the body of a page leads to, each once, without navigation and static files."""
    body = MAIN.search(page.text)
    assert body, "no page"
    found = (unescape(address) for address in LINK.findall(body[0]))
    return list(dict.fromkeys(one for one in found if not one.startswith("/static/")))
