"""The first page after signing in: what waits for me, and the ways from here."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter
from sqlmodel import col, select
from starlette.responses import Response

from models.journal import Message
from models.refusals import NotThere
from talentbank import figures, notices
from talentbank.i18n import N_
from talentbank.web import todo
from talentbank.web.desk import Desk, allow_everyone_signed_in
from talentbank.web.navigation import WATCH, Item

router = APIRouter()

NAVIGATION = (Item(WATCH, "/", "home", N_("首页"), place=0),)
SHOWN = 6
"""Notices on the first page; the older ones follow when these are put away."""


@router.get("/")
def home(desk: Annotated[Desk, allow_everyone_signed_in()]) -> Response:
    """What waits for this person, the notices not yet put away, newest first, and the pages he may open."""
    mine = (
        select(Message)
        .where(Message.user_id == desk.actor.user_id, col(Message.done_at).is_(None))
        .order_by(col(Message.at).desc())
        .limit(SHOWN)
    )
    with desk.speaking():
        waiting: list[dict[str, Any]] = [
            {
                "when": figures.moment(one.at, desk.settings.zone),
                "title": notices.title(one),
                "text": notices.text(one),
                "href": one.link,
                "tone": "go",
                "id": one.id,
            }
            for one in desk.session.exec(mine)
        ]
    return desk.show("home/home.html", notices=waiting, tasks=todo.tasks(desk.session, desk.actor, desk.on))


@router.post("/notices/done")
def put_all_away(desk: Annotated[Desk, allow_everyone_signed_in()]) -> Response:
    """Every notice of this person has been read."""
    mine = sa.update(Message).where(col(Message.user_id) == desk.actor.user_id, col(Message.done_at).is_(None))
    desk.session.execute(mine.values(done_at=desk.now))
    return desk.go("/")


@router.post("/notices/{notice_id}/done")
def put_away(notice_id: int, desk: Annotated[Desk, allow_everyone_signed_in()]) -> Response:
    """A notice has been read; it does not wait any more."""
    one = desk.session.get(Message, notice_id)
    if one is None or one.user_id != desk.actor.user_id:
        raise NotThere(what=str(notice_id))
    one.done_at = desk.now
    desk.session.add(one)
    return desk.go("/")
