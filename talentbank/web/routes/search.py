"""Searching everything at once: firms, credit codes, applications, loans, contracts; only what the actor may open."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from models.queries.search import Found, find
from talentbank.web import access
from talentbank.web.desk import Desk, allow_everyone_signed_in

router = APIRouter()

LEAST = 2
"""Characters: one alone would find half the bank."""

Anyone = Annotated[Desk, allow_everyone_signed_in()]


@router.get("/search")
def search(desk: Anyone, q: str = "") -> Response:
    """What was found, by kind; a number that fits exactly is opened at once."""
    text = q.strip()[:80]
    found: list[Found] = []
    if len(text) >= LEAST:
        staff = desk.actor.holds(*access.PARTY_READERS)
        files = desk.actor.holds(*access.FILE_READERS)
        own = desk.actor.talent_id if access.only_own(desk.actor) else None
        if staff or own is not None:
            found = find(desk.session, text, talent_id=own, files=files or own is not None)
            desk.audit("search", text)
    exact = [one for one in found if one.name == text.upper()]
    if len(exact) == 1:
        return desk.go(exact[0].url)
    return desk.show("search/results.html", q=text, found=found, too_short=0 < len(text) < LEAST)
