"""A real browser over a real server, for tests of screens: windows of users in either language, on a desk or a phone.

    window = house.window(user)
    window.open("/applications")
    window.look("applications")

`look` runs axe with the tags that the bank answers for and fails on the first violation, on anything that the page
wanted from elsewhere, on errors of scripts, and on a page that is wider than its window.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page

from talentbank import auth
from talentbank.database import Database

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PICTURES = os.environ.get("TALENTBANK_TEST_PICTURES", "")
"""A folder: `look` then leaves a picture of each page there, for people."""

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_RUN = f"axe.run(document, {{runOnly: {{type: 'tag', values: {list(TAGS)!r}}}}})"


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve the application on a free port of this machine; the address while the block runs."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@dataclass
class Window:
    """One browser window of one person."""

    page: Page
    url: str
    name: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._asked)

    def _asked(self, request: object) -> None:
        address = str(getattr(request, "url", ""))
        if not address.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"asked elsewhere: {address}")

    def open(self, path: str) -> Page:
        """Open a page of the bank; its answer has to be a page."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"
        return self.page

    def speak(self, language: str) -> None:
        """The same page in another language."""
        self.page.context.add_cookies([{"name": "tb_language", "value": language, "url": self.url}])
        self.page.reload()
        self.name = language

    def shrink(self) -> None:
        """The same page on a phone."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.name = f"{self.name}-phone"

    def look(self, name: str = "") -> None:
        """Fail on any violation of accessibility, and on whatever `fits` fails on."""
        self.fits(name)
        self.page.evaluate(_AXE)
        found = self.page.evaluate(_RUN)["violations"]
        told = [
            f"{one['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for one in found
            for node in one["nodes"][:3]
        ]
        assert not told, f"{self.page.url} ({self.name})\n" + "\n".join(told)

    def fits(self, name: str = "") -> None:
        """Fail on script errors, on foreign requests and on sideways scrolling; leave a picture if people want one."""
        if PICTURES and name:
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}-{self.name}.png"), full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} ({self.name}) is {wide} px wider than its window"
        assert not self.complaints, f"{self.page.url}: {self.complaints}"


@dataclass
class House:
    """The served application with its database and the browser that looks at it."""

    app: FastAPI
    url: str
    browser: Browser
    _contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def database(self) -> Database:
        """The database under the application."""
        found: Database = self.app.state.database
        return found

    def window(self, user: auth.User | None = None, *, language: str = "zh", phone: bool = False) -> Window:
        """A window in which this user is signed in (None: nobody), in a language, on a desk or a phone."""
        context = self.browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        cookies = [{"name": "tb_language", "value": language, "url": self.url}]
        if user is not None:
            with self.database.write() as session:
                opened = auth.open_session(session, user, hours=8, at=self.app.state.clock())
            cookies.append({"name": "tb_session", "value": opened.token, "url": self.url})
        context.add_cookies(cookies)  # type: ignore[arg-type]
        self._contexts.append(context)
        return Window(context.new_page(), self.url, f"{language}{'-phone' if phone else ''}")

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()
