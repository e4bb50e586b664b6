"""What lies in an application's file: the report of due diligence, documents, history, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application, CreditRecord, Investigation
from models.document import DocumentType
from models.guarantee import Guarantee
from models.journal import JournalLine
from models.loan import Contract, Loan
from models.review import Opinion
from models.user import User
from talentbank import figures
from talentbank.i18n import act, said, stage, word
from talentbank.web.desk import Desk
from workflows.applying import latest_investigation, missing_documents
from workflows.documents import attachments_of


@dataclass(frozen=True, slots=True)
class InvestigationView:
    """The report of due diligence."""

    row: Investigation
    credit_record: CreditRecord


def investigation(session: Session, row: Application) -> InvestigationView | None:
    """The newest report, or None."""
    found = latest_investigation(session, row)
    return InvestigationView(found, CreditRecord(found.credit_record)) if found else None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One attached file."""

    id: int
    name: str
    kind: DocumentType
    size: str
    by: str
    at: datetime
    sha256: str


def documents(session: Session, row: Any) -> list[DocumentView]:
    """What is attached to a row, oldest first, with who brought it."""
    found = attachments_of(session, row)
    names = people(session, {one.attached_by for one, _ in found})
    return [
        DocumentView(
            one.key,
            one.name,
            one.kind,
            size_of(document.size),
            names.get(one.attached_by, figures.MISSING),
            one.attached_at,
            document.sha256,
        )
        for one, document in found
    ]


def size_of(bytes_: int) -> str:
    """A file's size in words: 34 KB, 1.2 MB."""
    return f"{max(1, round(bytes_ / 1024))} KB" if bytes_ < 1024 * 1024 else f"{bytes_ / 1024 / 1024:.1f} MB"


def people(session: Session, ids: set[int]) -> dict[int, str]:
    """The names of users by their numbers."""
    if not ids:
        return {}
    return {key: name for key, name in session.exec(select(User.id, User.name).where(col(User.id).in_(ids))) if key}


def wanted(session: Session, row: Application, on: date) -> tuple[DocumentType, ...]:
    """The documents that still have to be attached before the application can be handed in."""
    return missing_documents(session, row, on)


TONES = {
    "submit": "go",
    "accept": "go",
    "investigate": "go",
    "score": "go",
    "seat_panel": "go",
    "issue_opinion": "go",
    "approve": "ok",
    "contract": "ok",
    "sign": "ok",
    "pay": "ok",
    "settle": "ok",
    "reject": "bad",
    "decline": "bad",
    "withdraw": "bad",
    "lapse": "bad",
    "default": "bad",
    "return": "warn",
    "defer": "warn",
    "recuse": "warn",
    "replace": "warn",
}


def history(desk: Desk, row: Application, *, whole: bool) -> list[dict[str, str]]:
    """The timeline of the case, newest first. An applicant sees the application's own moves, staff everything."""
    query = select(JournalLine).where(JournalLine.case == f"application:{row.key}")
    if not whole:
        query = query.where(JournalLine.subject == "application", JournalLine.target != "")
    lines = desk.session.exec(query.order_by(col(JournalLine.id).desc()))
    zone = desk.settings.zone
    with desk.speaking():
        return [
            {
                "when": figures.moment(line.at, zone),
                "title": act(line.subject, line.verb),
                "who": f"{said(line.actor_name)} · {' · '.join(word(one) for one in line.role.split(',') if one)}"
                if whole
                else "",
                "text": " · ".join(
                    text
                    for text in (
                        f"{stage(line.subject, line.source) or figures.MISSING} → {stage(line.subject, line.target)}"
                        if line.target
                        else "",
                        said(line.reason),
                    )
                    if text
                ),
                "tone": TONES.get(line.verb, "plain"),
            }
            for line in lines
        ]


@dataclass(frozen=True, slots=True)
class After:
    """What has become of the application: contract, loan, guarantees."""

    contracts: list[Contract]
    loans: list[Loan]
    guarantees: list[Guarantee]


def after(session: Session, row: Application) -> After:
    """The contracts, loans and guarantees under an application, oldest first."""
    return After(
        list(session.exec(select(Contract).where(Contract.application_id == row.key).order_by(col(Contract.id)))),
        list(session.exec(select(Loan).where(Loan.application_id == row.key).order_by(col(Loan.id)))),
        list(session.exec(select(Guarantee).where(Guarantee.application_id == row.key).order_by(col(Guarantee.id)))),
    )


def opinions(session: Session, row: Application) -> list[Opinion]:
    """The opinions given on an application, newest first."""
    return list(session.exec(select(Opinion).where(Opinion.application_id == row.key).order_by(col(Opinion.id).desc())))
