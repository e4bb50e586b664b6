"""Which addresses a person's posts open: the guards of the routes, asked before a link to them is shown.

The application hands in its routes once; every page is then looked over as it leaves. A link whose route would refuse
the person who reads becomes plain text, so that no template has to know who may open what, and none can forget to ask.
Rows are not looked at: a route that shows each person his own rows only still guards itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from starlette.routing import compile_path

from models.roles import Actor, Role

LINK = re.compile(r'<a\b(?P<told>[^>]*?\shref="(?P<url>/[^"]*)"[^>]*)>(?P<inside>.*?)</a>', re.DOTALL)
CLASS = re.compile(r'\sclass="([^"]*)"')
ASKS = frozenset({"btn", "tb-more"})
"""Links that are nothing but an invitation: without the page behind them nothing of them is left."""


@dataclass(frozen=True, slots=True)
class Door:
    """One address of the application: how it is asked, which posts pass. No posts: everybody."""

    method: str
    address: str
    roles: frozenset[Role]


_doors: dict[str, list[tuple[Door, re.Pattern[str]]]] = {}


def fill(doors: Iterable[Door]) -> None:
    """Take the doors of every route, in the order in which the application asks them."""
    _doors.clear()
    for door in doors:
        _doors.setdefault(_room(door.address), []).append((door, compile_path(door.address)[0]))


def _room(path: str) -> str:
    """The first part of a path: doors are kept by it, so that a link is compared with a handful."""
    return path.split("/", 2)[1]


def addresses(method: str = "GET") -> frozenset[str]:
    """Every address that is asked in this way, as its route is written."""
    return frozenset(door.address for behind in _doors.values() for door, _ in behind if door.method == method)


def door_of(url: str, method: str = "GET") -> Door | None:
    """The door that answers an address; None for an address that no route answers."""
    path = urlsplit(url).path
    behind = _doors.get(_room(path), ())
    return next((door for door, pattern in behind if door.method == method and pattern.match(path)), None)


def opens(url: str, actor: Actor, *, method: str = "GET") -> bool:
    """True if the guard of the address lets the actor pass; what no route answers is not ours to shut."""
    door = door_of(url, method)
    return door is None or not door.roles or actor.holds(*door.roles)


def shut(html: str, actor: Actor | None) -> str:
    """The page with every link that the actor may not follow as plain text; a guest's page as it is."""
    if actor is None:
        return html

    def looked_at(link: re.Match[str]) -> str:
        if opens(unescape(link["url"]), actor):
            return link[0]
        found = CLASS.search(link["told"])
        words = found[1] if found else ""
        if not ASKS.isdisjoint(words.split()):
            return ""
        return f'<span class="{words}">{link["inside"]}</span>' if words else link["inside"]

    return LINK.sub(looked_at, html)
