"""Walks through the screens as people do: every page that its reader is led to, every form that it shows him.

    walk = Walk(app, user)
    walk.through()

A page is opened once for each kind of address, and as many things of each kind as the walk is told to open, so that a
bank of any size is walked in seconds. What was found stands in `walk.pages`, `walk.wrong` and `walk.forms`.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from fastapi import FastAPI
from fastapi.testclient import TestClient
from webdesk import Visitor

from models.user import User
from talentbank.web import doors

LEADS = re.compile(r'\b(?:href|hx-get|src)="([^"]*)"')
FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')
ACTION = re.compile(r'\baction="([^"]*)"')
ORDER = ("sort", "page")
FILES = (".xlsx", ".pdf", ".png")


@dataclass
class Walk:
    """One person's way through the bank, from the first page and the navigation to wherever links lead."""

    app: FastAPI
    user: User
    each: int = 1
    """So many things of a kind are opened, which may stand in different stages: loans, but the schedule of only one."""
    files: set[str] = field(default_factory=set)
    """Workbooks, documents and pictures that somebody else has opened in this bank: they look the same to all."""
    pages: dict[str, str] = field(default_factory=dict)
    """The address of a route, and the page of it that was opened first."""
    wrong: list[str] = field(default_factory=list)
    forms: dict[str, str] = field(default_factory=dict)
    """Where a form was sent, and the page on which it stood."""

    def through(self) -> Walk:
        """Follow every link to a kind of page that was not opened yet."""
        with Visitor(self.app).signed_in(self.user).client as client:
            self._follow(client)
        return self

    def _follow(self, client: TestClient) -> None:
        queue = deque([("/", "")])
        seen: dict[tuple[str, str], set[str]] = defaultdict(set)
        while queue:
            url, came_from = queue.popleft()
            door = doors.door_of(url)
            if door is None:
                if not url.startswith("/static/"):
                    self.wrong.append(f"{url} on {came_from} leads nowhere")
                continue
            kind = (door.address, self._asked(url))
            if door.address in self.files:
                continue
            if door.address.endswith(FILES):
                self.files.add(door.address)
            if url in seen[kind] or len(seen[kind]) >= (self.each if door.address.endswith("}") else 1):
                continue
            seen[kind].add(url)
            answer = client.get(url)
            self.pages.setdefault(door.address, url)
            if answer.status_code >= 400:
                self.wrong.append(f"{url} on {came_from} answers {answer.status_code}")
            elif "location" in answer.headers:
                queue.append((answer.headers["location"], url))
            elif "text/html" in answer.headers["content-type"]:
                queue += [(one, url) for one in self._leads(answer.text, url)]
                for action in self._actions(answer.text):
                    self.forms.setdefault(action, url)

    @staticmethod
    def _asked(url: str) -> str:
        """What the query asks for, by the first field of a filter. A workbook is the same for all of them."""
        parts = urlsplit(url)
        asked = [name for name, _ in parse_qsl(parts.query) if name not in ORDER]
        return "" if not asked or parts.path.endswith(".xlsx") else asked[0]

    @staticmethod
    def _leads(html: str, url: str) -> list[str]:
        found = (unescape(one) for one in LEADS.findall(html))
        return [
            urljoin(url, one).partition("#")[0] for one in found if one and not one.startswith(("#", "http", "data:"))
        ]

    @staticmethod
    def _actions(html: str) -> list[str]:
        found = (ACTION.search(form) for form in FORM.findall(html))
        return [unescape(one[1]) for one in found if one is not None]
