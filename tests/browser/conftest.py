"""The bank in a real browser. A module of tests fills its world once (fixture `world`) and looks at it in `house`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from screens import FLAGS, House, serving
from webdesk import make_app

from talentbank.database import Database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shared_database(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One SQLite bank for the whole module: tests in a browser look more than they change."""
    path = tmp_path_factory.mktemp("browser") / "bank.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def shared_house(
    shared_database: Database, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The application over the module's bank, served on a free port."""
    app = make_app(shared_database, tmp_path_factory.mktemp("house"))
    with serving(app) as url:
        yield House(app, url, chromium)


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    """The served bank; windows that a test opens are closed after it."""
    yield shared_house
    shared_house.close()
