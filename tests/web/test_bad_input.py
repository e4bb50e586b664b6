"""Whatever is written into an address or a form, the bank answers; it never breaks. Found by fuzzing every route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from webdesk import Visitor, make_app, make_user

from models.roles import Role

BAD = ("", "-1", "9" * 25, "日" * 500, "a\0b", "9999-12-31", "'\";--%")
LEFT_OUT = ("/logout", "/language", "/login", "/readyz")
"""After the first ones the window is no longer the same one; the last says of a test's bank that it is not ready."""
NARROWED = ("/audit", "/books", "/applications", "/applications/new")
"""Lists and forms with parameters of several kinds."""


@pytest.fixture
def app(bank, tmp_path) -> FastAPI:
    return make_app(bank.database, tmp_path)


@pytest.fixture
def desk(app) -> Visitor:
    """Somebody with every post of the house at once: no address is closed to him before it is reached."""
    outside = (Role.APPLICANT, Role.EXPERT, Role.SYSTEM)
    return Visitor(app, raises=False).signed_in(
        make_user(app.state.database, *(role for role in Role if role not in outside))
    )


def routes(app: FastAPI, method: str) -> Iterator[Any]:
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and method in route.methods and route.path not in LEFT_OUT:
            yield route


def asked(dependant: Dependant) -> set[str]:
    """The parameters of an address that a route, or something it depends on, reads."""
    return {one.alias for one in dependant.query_params}.union(*map(asked, dependant.dependencies))


def fields(dependant: Dependant) -> list[str]:
    return [
        name
        for param in dependant.body_params
        for name in getattr(param.field_info.annotation, "model_fields", {param.alias: None})
    ]


def filled(path: str, value: str) -> str:
    return re.sub(r"\{[^}]+\}", quote(value, safe="") or "%20", path)


def test_no_address_breaks(app, desk):
    for route in routes(app, "GET"):
        for url in {filled(route.path, bad) for bad in BAD}:
            assert desk.get(url).status_code < 500, url
        names = asked(route.dependant)
        # Each alone where a route knows numbers and dates, which are refused before the rest is read.
        together = [{one} for one in names] if route.path in NARROWED else [names - {"page"}, names & {"page"}]
        for some, bad in product(filter(None, together), BAD):
            answer = desk.get(filled(route.path, "1"), params=dict.fromkeys(some, bad))
            assert answer.status_code < 500, (route.path, some, bad)


def test_no_form_breaks(app, desk):
    for route in routes(app, "POST"):
        url = filled(route.path, "1")
        for bad in (*BAD, "日" * 3000):
            assert desk.post(url, dict.fromkeys(fields(route.dependant), bad)).status_code < 500, (route.path, bad)
        files = dict.fromkeys(fields(route.dependant), ("x\x00.pdf", b"MZ\x90"))
        assert not files or desk.post(url, files=files).status_code < 500, route.path


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", b"\xff\xfe{"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b"no boundary"),
        ("application/x-www-form-urlencoded", b"a=%ff%00&b&=&&%"),
    ],
)
def test_no_body_breaks(desk, kind, content):
    desk.get("/")
    for url in ("/applications", "/facilities", "/applications/1/documents"):
        answer = desk.client.post(url, content=content, headers={"content-type": kind, "x-csrf-token": desk.csrf})
        assert 400 <= answer.status_code < 500, url
