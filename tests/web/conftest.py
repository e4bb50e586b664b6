"""The application over a fresh SQLite bank, and windows to look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from webdesk import Visitor, make_app, make_user

from models.roles import Role
from talentbank.database import Database


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
