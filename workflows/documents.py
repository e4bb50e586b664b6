"""Files that come in: looked at by their content, kept once by their hash, attached to what they belong to."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any, ClassVar, Final, Protocol

from sqlmodel import Session, col, select

from models.document import Attachment, Document, DocumentType
from models.refusals import BadInput
from models.roles import Actor, Role
from models.values.store import DocumentStore
from workflows.given import FieldEmpty
from workflows.moves import note, require
from workflows.ownership import require_own

_NOT_DESK = frozenset({Role.APPLICANT, Role.EXPERT, Role.AUDITOR, Role.ADMINISTRATOR})
_STAFF: Final = tuple(role for role in Role if role not in _NOT_DESK)

OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    OFFICE["word/"]: ("docx",),
    OFFICE["xl/"]: ("xlsx",),
    "text/csv": ("csv",),
    "text/plain": ("txt", "csv"),
}
"""What is accepted, with the endings its names may have."""
NAME_MOST = 200


class FileNotAccepted(BadInput):
    """The content is none of the kinds that are kept, or is not what the name's ending says."""


class Filed(Protocol):
    """A row that documents can be attached to."""

    id: int | None
    __tablename__: ClassVar[Any]

    @property
    def key(self) -> int:
        """The row's number."""


def media_type(content: bytes, name: str) -> str:
    """What the bytes are, told from the bytes themselves; the name only tells CSV from plain text.

    Refuses with FileNotAccepted: unknown contents, damaged or macro-bearing office files, an ending that lies.
    """
    found = _sniffed(content, name)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if found is None or (ending and ending not in ENDINGS[found]):
        raise FileNotAccepted(field="file", name=name)
    return found


def _sniffed(content: bytes, name: str) -> str | None:
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if any(sign < " " and sign not in "\t\r\n\f" for sign in text):
        return None
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"


def _office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)), None)


def plain_name(name: str) -> str:
    """The file's name without folders and control characters, short enough to be kept.

    >>> plain_name("C:/tmp/申请表.pdf")
    '申请表.pdf'
    """
    last = re.split(r"[/\\]", name)[-1]
    tidy = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    stem, dot, ending = tidy.rpartition(".")
    return tidy if len(tidy) <= NAME_MOST else stem[: NAME_MOST - len(ending) - 1] + dot + ending


def keep(session: Session, *, content: bytes, name: str, store: DocumentStore, at: datetime) -> Document:
    """Keep a file's bytes, once however often they come. Refuses with FileNotAccepted, FieldEmpty for no bytes."""
    if not content:
        raise FieldEmpty(field="file")
    kind = media_type(content, name)
    sha256 = store.put(content)
    known = session.exec(select(Document).where(col(Document.sha256) == sha256)).first()
    if known is not None:
        return known
    document = Document.model_validate({"sha256": sha256, "media_type": kind, "size": len(content), "stored_at": at})
    session.add(document)
    session.flush()
    return document


def attach(
    session: Session,
    *,
    row: Filed,
    content: bytes,
    name: str,
    kind: DocumentType,
    store: DocumentStore,
    by: Actor,
    on: date,
    at: datetime,
) -> Attachment:
    """Attach a file to an application, a talent, a contract, a claim; the same file twice as the same kind stays one.

    Staff attach to anything; an applicant to what belongs to his own talent. Refuses with FileNotAccepted, NotYours.
    """
    talent_id = getattr(row, "talent_id", None) or (row.key if row.__tablename__ == "talent" else None)
    if talent_id is None:
        require(by, "document.attach", *_STAFF)
    else:
        require_own(by, "document.attach", talent_id, *_STAFF)
    name = plain_name(name)
    if not name:
        raise FieldEmpty(field="file")
    document = keep(session, content=content, name=name, store=store, at=at)
    there = select(Attachment).where(
        Attachment.subject == row.__tablename__,
        Attachment.subject_id == row.key,
        Attachment.document_id == document.key,
        Attachment.kind == kind,
    )
    if (known := session.exec(there).first()) is not None:
        return known
    attachment = Attachment.model_validate(
        {
            "document_id": document.key,
            "subject": row.__tablename__,
            "subject_id": row.key,
            "kind": kind,
            "name": name,
            "attached_by": by.user_id,
            "attached_at": at,
        }
    )
    session.add(attachment)
    note(session, row, "attach", by=by, on=on, at=at, reason=name, case=f"{row.__tablename__}:{row.key}")
    session.flush()
    return attachment


def attachments_of(session: Session, row: Filed) -> list[tuple[Attachment, Document]]:
    """What is attached to a row, the oldest first, each with its document."""
    query = (
        select(Attachment, Document)
        .join(Document, col(Document.id) == col(Attachment.document_id))
        .where(Attachment.subject == row.__tablename__, Attachment.subject_id == row.key)
        .order_by(col(Attachment.id))
    )
    return list(session.exec(query))
