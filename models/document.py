"""Documents by the hash of their content, and what they were attached to."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import InstantColumn, Row, WordColumn


class DocumentType(StrEnum):
    """What a document is for."""

    APPLICATION_FORM = "application_form"
    IDENTITY = "identity"
    DESIGNATION_PROOF = "designation_proof"
    BUSINESS_LICENCE = "business_licence"
    BUSINESS_PLAN = "business_plan"
    FINANCIALS = "financials"
    IP_CERTIFICATE = "ip_certificate"
    INVESTIGATION = "investigation"
    OPINION = "opinion"
    CONTRACT = "contract"
    GUARANTEE = "guarantee"
    PLEDGE = "pledge"
    RENEWAL_PROMISE = "renewal_promise"
    APPRAISAL = "appraisal"
    OTHER = "other"


class Document(Row, table=True):
    """A file that the bank keeps, named by the SHA-256 of its bytes: the same file is kept once."""

    __table_args__ = (sa.CheckConstraint("size >= 0", name="size"),)

    sha256: str = Field(unique=True, max_length=64)
    media_type: str = Field(max_length=100)
    size: int = Field(sa_type=sa.BigInteger)
    stored_at: datetime = Field(sa_type=InstantColumn)


class Attachment(Row, table=True):
    """That a document belongs to a thing: an application, a contract, a claim (`subject`, `subject_id`)."""

    __table_args__ = (
        sa.UniqueConstraint("subject", "subject_id", "document_id", "kind"),
        sa.Index("ix_attachment_subject", "subject", "subject_id"),
    )

    document_id: int = Field(sa_type=sa.BigInteger, foreign_key="document.id", index=True)
    subject: str = Field(max_length=32)
    subject_id: int = Field(sa_type=sa.BigInteger)
    kind: DocumentType = Field(sa_type=WordColumn(DocumentType))
    name: str = Field(max_length=200)
    attached_by: int = Field(sa_type=sa.BigInteger)
    attached_at: datetime = Field(sa_type=InstantColumn)
