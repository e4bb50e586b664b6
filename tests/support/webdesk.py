"""Visitors for the tests of screens: they sign in, read pages and send forms as a browser would."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from models.roles import Role
from talentbank import auth
from talentbank.database import Database
from talentbank.settings import Settings
from talentbank.web.app import create_app

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
KEY = "k" * 40
PASSWORD = "correct horse battery"
_hash: list[str] = []
_numbers = itertools.count(1)


def make_app(database: Database, tmp_path: Path, **settings: Any) -> FastAPI:
    """The application over a test's database, at a fixed moment, with nothing kept outside the test's folder."""
    chosen = {"secret_key": KEY, "documents_dir": tmp_path / "documents", "log_level": "error", "_env_file": None}
    app = create_app(Settings(**(chosen | settings)), database, clock=lambda: NOW)
    app.state.start = lambda work: work()  # what comes after a page is done before the test goes on
    return app


def make_user(database: Database, *roles: Role, account: str = "", name: str = "示例", **more: Any) -> auth.User:
    """A user with these roles and the common test password (hashed once: hashing is slow on purpose)."""
    if not _hash:
        _hash.append(auth.hashed(PASSWORD))
    with database.write() as session:
        user = auth.User(
            account=account or f"user{next(_numbers)}", name=name, password_hash=_hash[0], roles=list(roles), **more
        )
        session.add(user)
    return user


class Visitor:
    """One browser window. It keeps cookies, and sends the form token of the last page."""

    def __init__(self, app: FastAPI, *, raises: bool = True) -> None:
        self.app = app
        self.client = TestClient(app, raise_server_exceptions=raises, follow_redirects=False)
        self.csrf = ""

    def signed_in(self, user: auth.User) -> Visitor:
        """The same window after signing in, without the slow password."""
        database: Database = self.app.state.database
        with database.write() as session:
            opened = auth.open_session(session, user, hours=8, at=self.app.state.clock())
        self.client.cookies.set("tb_session", opened.token)
        return self

    def get(self, url: str, *, htmx: bool = False, **more: Any) -> Response:
        """Open a page; its form token is kept for the next `post`."""
        headers = {"HX-Request": "true"} if htmx else {}
        answer = self.client.get(url, headers=headers | more.pop("headers", {}), **more)
        found = re.search(r'name="csrf-token" content="([^"]*)"', answer.text)
        if found:
            self.csrf = found[1]
        return answer

    def post(self, url: str, data: dict[str, Any] | None = None, *, htmx: bool = False, **more: Any) -> Response:
        """Send a form with the token of the last page (opening the home page first if none was seen)."""
        if not self.csrf:
            self.get("/")
            if not self.csrf:
                self.get("/login")
        headers = {"HX-Request": "true"} if htmx else {}
        headers |= more.pop("headers", {})
        return self.client.post(url, data={"csrf": self.csrf} | (data or {}), headers=headers, **more)
