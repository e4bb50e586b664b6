"""The signed papers of the demonstration: opinions as PDF, filed under their hash as the desk does."""

from __future__ import annotations

from models.document import Document, DocumentType
from models.review import Opinion
from models.roles import Role
from reports.documents import opinion_pdf
from talentbank.demo.steps import Play
from workflows import documents, review


def file_opinion(play: Play, opinion: Opinion) -> None:
    """Render the opinion once and file it; a signed paper is never rendered again."""
    chair = play.by(Role.PANEL_CHAIR)
    kept = documents.attach(
        play.session,
        row=opinion,
        content=opinion_pdf(play.session, opinion),
        name=f"{opinion.number}.pdf",
        kind=DocumentType.OPINION,
        store=play.vault,
        **chair,
    )
    document = play.session.get_one(Document, kept.document_id)
    review.attach_opinion(play.session, opinion=opinion, document=document, **chair)
