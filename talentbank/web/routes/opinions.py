"""Issued opinions: the page with its pictures, the document, the check of its hash."""

from typing import Annotated

from fastapi import APIRouter
from sqlmodel import select
from starlette.responses import Response

from models.application import Application
from models.document import Document
from models.refusals import NotThere
from models.review import Opinion
from models.roles import Role
from talentbank import opinion_papers
from talentbank.web import access, listing, views_applications, views_sheets
from talentbank.web.desk import Desk, show_only_to

router = APIRouter()

Reader = Annotated[Desk, show_only_to(*access.FILE_READERS)]


def visible(desk: Desk, number: str) -> tuple[Opinion, Application]:
    """The opinion of a number with its application. Refuses with NotThere."""
    row = desk.session.exec(select(Opinion).where(Opinion.number == number)).first()
    if row is None:
        raise NotThere(what=number)
    return row, desk.session.get_one(Application, row.application_id)


@router.get("/opinions/{number}.pdf")
def pdf(number: str, desk: Reader) -> Response:
    """The document itself."""
    row, _ = visible(desk, number)
    if row.document_id is None:
        raise NotThere(what=number)
    document = desk.session.get_one(Document, row.document_id)
    desk.audit("opinion.export", number, document.sha256)
    return listing.download(desk.vault.get(document.sha256), f"{number}.pdf", document.media_type)


@router.get("/opinions/{number}")
def opinion(number: str, desk: Reader) -> Response:
    """The opinion as it was issued, page by page."""
    row, file = visible(desk, number)
    desk.audit("opinion.read", number)
    document = desk.session.get(Document, row.document_id) if row.document_id else None
    return desk.show(
        "reviews/opinion.html",
        view=views_sheets.opinion_view(desk, row),
        file=file,
        document=document,
        pages=len(opinion_papers.pages_of(desk.session, row, desk.vault)),
        may_decide=desk.actor.holds(Role.CREDIT_COMMITTEE) and file.stage == "opinion_issued",
        head=views_applications.head(desk, file, "review"),
    )


@router.get("/opinions/{number}/pages/{page}.png")
def picture(number: str, page: int, desk: Reader) -> Response:
    """One page of the document as a picture, made when it was issued."""
    row, _ = visible(desk, number)
    pages = opinion_papers.pages_of(desk.session, row, desk.vault)
    if not 1 <= page <= len(pages):
        raise NotThere(what=f"{number}/{page}")
    return Response(pages[page - 1], media_type=opinion_papers.PICTURE)
