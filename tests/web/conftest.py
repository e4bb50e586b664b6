"""The application over a fresh SQLite bank, and windows to look at it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from furnished import Bank, furnish
from webdesk import KEY, Visitor, make_app, make_user

from models.roles import Role
from models.user import User
from talentbank.database import Database
from talentbank.vault import Vault


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    """The application at a fixed moment."""
    return make_app(sqlite_database, tmp_path)


@pytest.fixture
def guest(app: FastAPI) -> Visitor:
    """A window in which nobody is signed in."""
    return Visitor(app)


@pytest.fixture
def window(app: FastAPI) -> Callable[..., Visitor]:
    """Opens windows of new users with the given roles: `window(Role.LOAN_OFFICER)`."""

    def opened(*roles: Role, **more: object) -> Visitor:
        return Visitor(app).signed_in(make_user(app.state.database, *roles, **more))

    return opened


@pytest.fixture(scope="session")
def furnished_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Bank]:
    """A bank with something on every desk of intake, review and decision, to be copied for each test."""
    folder = tmp_path_factory.mktemp("furnished")
    path = folder / "bank.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    bank = furnish(database, Vault(KEY.encode(), folder / "documents"))
    raw = database.engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    database.dispose()
    return path, bank


@pytest.fixture
def bank(furnished_template: tuple[Path, Bank], tmp_path: Path) -> Iterator[Bank]:
    """A fresh copy of the furnished bank; a module whose `app` stands over it asks people `at` their desks."""
    path, made = furnished_template
    shutil.copyfile(path, tmp_path / "furnished.db")
    database = Database(f"sqlite:///{tmp_path / 'furnished.db'}")
    yield replace(made, database=database)
    database.dispose()


@pytest.fixture
def at(bank: Bank, app: FastAPI) -> Callable[..., Visitor]:
    """Opens the window of somebody of the furnished bank: `at(Role.LOAN_OFFICER)`, `at(bank.expert())`."""

    def opened(who: Role | User, *, second: bool = False) -> Visitor:
        return Visitor(app).signed_in(bank.user(who, second=second) if isinstance(who, Role) else who)

    return opened
