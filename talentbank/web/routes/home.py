"""The first page after signing in: what waits for me, and the ways from here."""

from typing import Annotated, Any

from fastapi import APIRouter
from sqlmodel import col, select
from starlette.responses import Response

from models.journal import Message
from talentbank import figures, notices
from talentbank.i18n import N_
from talentbank.web.desk import Desk, allow_everyone_signed_in
from talentbank.web.navigation import WATCH, Item

router = APIRouter()

NAVIGATION = (Item(WATCH, "/", "home", N_("首页"), place=0),)
SHOWN = 20


@router.get("/")
def home(desk: Annotated[Desk, allow_everyone_signed_in()]) -> Response:
    """The notices that wait for this person, newest first, and the pages that this person may open."""
    mine = (
        select(Message)
        .where(Message.user_id == desk.actor.user_id, col(Message.done_at).is_(None))
        .order_by(col(Message.at).desc())
        .limit(SHOWN)
    )
    waiting: list[dict[str, Any]] = [
        {
            "when": figures.moment(one.at, desk.settings.zone),
            "title": notices.title(one),
            "text": notices.text(one),
            "href": one.link,
            "tone": "go",
        }
        for one in desk.session.exec(mine)
    ]
    return desk.show("home/home.html", notices=waiting)
