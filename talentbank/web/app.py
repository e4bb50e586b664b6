"""The application factory: routes, guards, middleware, static files. `create_app` is called once for a process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import talentbank
from talentbank import auth
from talentbank.database import Database
from talentbank.settings import Settings, load
from talentbank.vault import Vault
from talentbank.web import doors, faults, navigation, routes
from talentbank.web.desk import Guard, real_clock
from talentbank.web.pages import STATIC, environment
from talentbank.web.security import BodyLimit, SecurityHeaders
from talentbank.web.telemetry import Measures, Telemetry, set_up_logs

HALF_A_YEAR = 183 * 24 * 3600


class UnguardedRoute(Exception):
    """A route names no guard: it would be open to everybody without anybody having said so."""


class KeptStatic(StaticFiles):
    """Static files; those asked for by their hash may be kept for half a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        kept = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = f"public, max-age={HALF_A_YEAR}, immutable" if kept else "no-cache"
        return response


log = structlog.get_logger("talentbank.web")


def in_background(work: Callable[[], object]) -> None:
    """Begin work in a thread of its own; what it raises is logged."""

    def watched() -> None:
        try:
            work()
        except Exception:
            log.exception("background_work_failed")

    threading.Thread(target=watched, daemon=True).start()


def create_app(
    settings: Settings | None = None,
    database: Database | None = None,
    *,
    clock: Callable[[], datetime] = real_clock,
    docs: bool = False,
) -> FastAPI:
    """The whole web application over one database.

    `clock` answers the moment now (aware, UTC) and may be fixed by tests; `docs` opens `/api/docs`. Raises
    UnguardedRoute if a route has no guard, DatabaseUnusable if the database cannot be opened.
    """
    settings = settings or load()
    set_up_logs(settings.log_level)
    app = FastAPI(
        title="talentbank",
        version=getattr(talentbank, "__version__", "0"),
        docs_url="/api/docs" if docs else None,
        redoc_url=None,
        openapi_url="/api/openapi.json" if docs else None,
    )
    app.state.settings = settings
    app.state.database = database or Database(settings.database_url)
    app.state.vault = Vault.of(settings)
    app.state.clock = clock
    app.state.start = in_background
    app.state.measures = Measures()
    app.state.tries = auth.Tries()
    app.state.field_labels = {}
    lines: list[navigation.Item] = []
    for module in route_modules():
        app.include_router(module.router)
        lines += getattr(module, "NAVIGATION", ())
        app.state.field_labels |= getattr(module, "FIELD_LABELS", {})
    navigation.fill(lines)
    app.mount("/static", KeptStatic(directory=STATIC), name="static")
    refuse_unguarded(app)
    doors.fill(doors_of(app))
    faults.register(app)
    environment()  # templates that cannot be read stop the start, not the first page
    app.add_middleware(BodyLimit, limit=settings.max_upload_bytes)
    app.add_middleware(Telemetry, measures=app.state.measures, fault=_fault(app))
    app.add_middleware(SecurityHeaders, secure=settings.cookie_secure)
    return app


def _fault(app: FastAPI) -> Callable[[Request, Exception], Any]:
    async def fault(request: Request, error: Exception) -> Response:
        request.scope["app"] = app
        return await faults.broken(request, error)

    return fault


def route_modules() -> Iterator[ModuleType]:
    """Every module of `talentbank.web.routes`, by name; each has a `router`."""
    for found in sorted(iter_modules(routes.__path__), key=lambda one: one.name):
        yield import_module(f"{routes.__name__}.{found.name}")


def guards_of(dependant: Dependant) -> list[Guard]:
    """The guards that a route asks, however deep they stand."""
    own = [dependant.call] if isinstance(dependant.call, Guard) else []
    return own + [guard for one in dependant.dependencies for guard in guards_of(one)]


def guarded_routes(app: FastAPI) -> Iterator[tuple[str, list[Guard]]]:
    """Every address of the application with its guards, included routers and plain routes too; not the static files."""
    own = {app.openapi_url, app.docs_url, app.swagger_ui_oauth2_redirect_url, "/static"}
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            yield str(route.path), guards_of(route.dependant)
        elif route.path not in own:
            yield str(route.path), []


def doors_of(app: FastAPI) -> Iterator[doors.Door]:
    """Every address with the posts that all of its guards let pass, for whoever wants to link there."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            asked = [frozenset(guard.roles) for guard in guards_of(route.dependant) if guard.roles]
            roles = frozenset.intersection(*asked) if asked else frozenset()
            for method in sorted(route.methods or ()):
                yield doors.Door(method, str(route.path), roles)


def refuse_unguarded(app: FastAPI) -> None:
    """Raise UnguardedRoute, with their names, if any route was written without a guard."""
    open_ones = [path for path, guards in guarded_routes(app) if not guards]
    if open_ones:
        raise UnguardedRoute(f"without a guard: {', '.join(open_ones)}; see talentbank/web/desk.py")
