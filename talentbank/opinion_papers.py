"""The paper of an opinion: made once when it is issued, filed under its hash, and shown page by page ever after.

The pictures of its pages are filed beside it. Where they were not (a bulk import, the synthetic district), they are made
when somebody looks, and only shown if making the paper again gives the very bytes that were filed.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, datetime

from sqlmodel import Session

from models.document import Document, DocumentType
from models.review import Opinion
from models.roles import Actor
from models.values.store import DocumentStore
from reports import documents as official
from workflows import documents, review

PICTURE = "image/png"
KEPT = 64
"""Papers whose pictures are kept in memory: one page is about 130 KB."""

_pictures: OrderedDict[str, tuple[bytes, ...]] = OrderedDict()


def file_opinion(
    session: Session,
    opinion: Opinion,
    *,
    language: str,
    store: DocumentStore,
    pictures: bool = True,
    by: Actor,
    on: date,
    at: datetime,
) -> Document:
    """Make the paper in one language, file it and the pictures of its pages. Refuses with OpinionFiled a second time."""
    facts = official.opinion_facts(session, opinion, language)
    kept = _attached(session, opinion, official.pdf("opinion", facts), "pdf", store, by=by, on=on, at=at)
    document = session.get_one(Document, kept)
    review.attach_opinion(session, opinion=opinion, document=document, by=by, on=on, at=at)
    for page, picture in enumerate(official.pictures("opinion", facts) if pictures else (), start=1):
        _attached(session, opinion, picture, f"{page}.png", store, by=by, on=on, at=at)
    return document


def _attached(
    session: Session,
    opinion: Opinion,
    content: bytes,
    ending: str,
    store: DocumentStore,
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> int:
    attached = documents.attach(
        session,
        row=opinion,
        content=content,
        name=f"{opinion.number}.{ending}",
        kind=DocumentType.OPINION,
        store=store,
        by=by,
        on=on,
        at=at,
    )
    return attached.document_id


def pages_of(session: Session, opinion: Opinion, store: DocumentStore) -> tuple[bytes, ...]:
    """The pages of an opinion's paper as PNG pictures, in order; none where they cannot be shown to be true to it."""
    paper = session.get(Document, opinion.document_id) if opinion.document_id else None
    if paper is None:
        return ()
    if paper.sha256 in _pictures:
        _pictures.move_to_end(paper.sha256)
        return _pictures[paper.sha256]
    filed = [one for _, one in documents.attachments_of(session, opinion) if one.media_type == PICTURE]
    found = tuple(store.get(one.sha256) for one in filed) or _made_again(session, opinion, store.get(paper.sha256))
    _pictures[paper.sha256] = found
    while len(_pictures) > KEPT:
        _pictures.popitem(last=False)
    return found


def _made_again(session: Session, opinion: Opinion, paper: bytes) -> tuple[bytes, ...]:
    for language in ("zh", "en"):
        facts = official.opinion_facts(session, opinion, language)
        if official.pdf("opinion", facts) == paper:
            return tuple(official.pictures("opinion", facts))
    return ()
