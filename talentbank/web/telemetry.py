"""Each request's number, its log line and its measures; the last net under every fault.

Log lines are JSON, one a line, and carry no personal data: no names, no form contents, no addresses of people; a
path is logged as its route's template.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

log = structlog.get_logger("talentbank")

Fault = Callable[[Request, Exception], Awaitable[Response]]


def set_up_logs(level: str) -> None:
    """Write log lines as JSON to standard error, from `level` up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


class Measures:
    """The measures of one application, for `/metrics`: requests and their seconds by route template."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("talentbank_requests", "Answered requests", labels, registry=self.registry)
        self.seconds = Histogram(
            "talentbank_request_seconds", "Seconds to the answer", labels[:2], registry=self.registry
        )


def where(error: BaseException) -> list[str]:
    """The places of a fault, without its text: messages may hold what people typed."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-8:]]


def route_of(scope: Scope) -> str:
    """The template of the route that answered: /applications/{number}; "unmatched" for none."""
    path: Any = getattr(scope.get("route"), "path", None)
    return str(path) if path else ("static" if scope["path"].startswith("/static/") else "unmatched")


class Telemetry:
    """Numbers each request, logs and measures it, and turns what nobody caught into a page without internals."""

    def __init__(self, app: ASGIApp, *, measures: Measures, fault: Fault) -> None:
        self.app = app
        self.measures = measures
        self.fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = secrets.token_hex(6)
        scope.setdefault("state", {})["request_id"] = number
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=number)
        started = time.perf_counter()
        status = 0

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = number
            await send(message)

        try:
            await self.app(scope, receive, numbered)
        except Exception as error:
            log.error("fault", kind=type(error).__name__, what=getattr(error, "what", ""), where=where(error))
            if status:
                raise
            answer = await self.fault(Request(scope), error)
            await answer(scope, receive, numbered)
        finally:
            route, seconds = route_of(scope), time.perf_counter() - started
            self.measures.requests.labels(scope["method"], route, str(status)).inc()
            self.measures.seconds.labels(scope["method"], route).observe(seconds)
            if route != "static":
                log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))
