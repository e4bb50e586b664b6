"""Is it alive, is it ready, how does it do: for load balancers and monitoring. Nothing of customers is shown."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlmodel import col, select
from starlette.responses import JSONResponse, Response

from models.journal import DayRun
from talentbank import schema
from talentbank.database import Database
from talentbank.web.desk import Desk, allow_public, allow_without_desk

router = APIRouter()


@router.get("/healthz", dependencies=[allow_without_desk()])
def alive() -> Response:
    """The process answers."""
    return JSONResponse({"alive": True})


@router.get("/readyz")
def ready(desk: Annotated[Desk, allow_public()], request: Request) -> Response:
    """The database is reached and has the version that the program needs; tells the last finished end of day."""
    database: Database = request.app.state.database
    found, wanted = schema.version(database), schema.newest()
    last = desk.session.exec(select(sa.func.max(DayRun.on)).where(col(DayRun.finished_at).is_not(None))).one()
    state = {
        "ready": found == wanted,
        "database": "reached",
        "schema": found,
        "schema_wanted": wanted,
        "last_end_of_day": last.isoformat() if last else None,
    }
    return JSONResponse(state, 200 if state["ready"] else 503)


@router.get("/metrics", dependencies=[allow_without_desk()])
def metrics(request: Request) -> Response:
    """Requests and their seconds by route, for Prometheus."""
    return Response(generate_latest(request.app.state.measures.registry), media_type=CONTENT_TYPE_LATEST)
