"""The certificate of a settled loan: made once in each language, filed under its hash, and the same ever after."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models.document import Attachment, Document, DocumentType
from models.loan import Loan
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.loan import LoanStage
from models.values.store import DocumentStore
from reports import loan_papers
from workflows import documents, moves

NAMES = {"zh": "结清证明", "en": "settlement"}


class NotSettled(Refusal):
    """A certificate of settlement is given when nothing is owed any more, not before."""


def file_certificate(
    session: Session, loan: Loan, *, language: str, store: DocumentStore, by: Actor, on: date, at: datetime
) -> Attachment:
    """Make the certificate and file it with the loan; asked for again it is the one that was filed.

    Refuses with NotSettled, and NotAllowed for others than officer and reviewer.
    """
    moves.require(by, "loan.certify", Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
    if loan.stage is not LoanStage.SETTLED:
        raise NotSettled(loan=loan.number, stage=loan.stage)
    return documents.attach(
        session,
        row=loan,
        content=loan_papers.settled_pdf(session, loan, language),
        name=name_of(loan, language),
        kind=DocumentType.OTHER,
        store=store,
        by=by,
        on=on,
        at=at,
    )


def certificate_of(session: Session, loan: Loan, language: str) -> Document | None:
    """The certificate that was filed in this language, or None."""
    found = documents.attachments_of(session, loan)
    return next((document for one, document in found if one.name == name_of(loan, language)), None)


def name_of(loan: Loan, language: str) -> str:
    """The file's name: the loan's number and what the paper is."""
    return f"{loan.number}-{NAMES[language]}.pdf"
