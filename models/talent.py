"""Talents with their designations, the teams around them, and the groups of parties that belong together."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Row, WordColumn
from models.values.identifiers import DocumentKind


class Level(StrEnum):
    """The level of a talent plan, highest first (TAL-01)."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    CITY = "city"
    DISTRICT = "district"

    @property
    def rank(self) -> int:
        """Nought for the highest."""
        return list(Level).index(self)


class PlanCategory(StrEnum):
    """What a plan selects for (TAL-01)."""

    STARTUP = "startup"  # 创业
    INNOVATION = "innovation"  # 创新
    TEAM = "team"  # 团队


class Talent(Row, table=True):
    """A person who may found firms and ask for credit (人才). The identity number is sealed; screens see its mask."""

    __table_args__ = (
        sa.CheckConstraint("name <> ''", name="named"),
        sa.UniqueConstraint("id_kind", "id_fingerprint"),
    )

    name: str = Field(max_length=120, index=True)
    name_sort: str = Field(default="", max_length=240, index=True)
    id_kind: DocumentKind = Field(sa_type=WordColumn(DocumentKind))
    id_sealed: bytes = Field(sa_type=sa.LargeBinary)
    id_fingerprint: bytes = Field(sa_type=sa.LargeBinary)
    id_masked: str = Field(max_length=40)
    id_issuer: str = Field(default="", max_length=80)
    id_expires_on: date | None = None
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=120)
    field: str = Field(default="", max_length=120)
    degree: str = Field(default="", max_length=60)
    industry_years: int = Field(default=0, ge=0, le=70)
    firms_founded: int = Field(default=0, ge=0)
    papers: int = Field(default=0, ge=0)
    prizes: int = Field(default=0, ge=0)
    consent_on: date | None = None
    synthetic: bool = Field(default=False)
    label: str = Field(default="", max_length=40)


class Designation(Row, table=True):
    """That a talent plan has selected a person (人才计划入选): plan, level, year, evidence, validity (TAL-01)."""

    __table_args__ = (
        sa.UniqueConstraint("talent_id", "plan", "batch"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= selected_on", name="validity"),
    )

    talent_id: int = Field(sa_type=sa.BigInteger, foreign_key="talent.id", index=True)
    plan: str = Field(max_length=80)
    level: Level = Field(sa_type=WordColumn(Level))
    category: PlanCategory = Field(default=PlanCategory.STARTUP, sa_type=WordColumn(PlanCategory))
    batch: str = Field(default="", max_length=40)
    selected_on: date
    valid_to: date | None = None
    evidence: str = Field(default="", max_length=200)
    evidence_document_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="document.id")
    verified_on: date | None = None
    verified_by: int | None = Field(default=None, sa_type=sa.BigInteger)

    def valid(self, on: date) -> bool:
        """Whether the designation counts on a day: selected by then, and not expired."""
        return self.selected_on <= on and (self.valid_to is None or self.valid_to >= on)


class TeamMember(Row, table=True):
    """A member of a talent's team, from when to when (核心团队)."""

    __tablename__ = "team_member"
    __table_args__ = (
        sa.CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="stay"),
        sa.CheckConstraint("commitment_ppm BETWEEN 0 AND 1000000", name="commitment"),
        sa.Index("ix_team_member_left_on", "left_on"),
    )

    talent_id: int = Field(sa_type=sa.BigInteger, foreign_key="talent.id", index=True)
    name: str = Field(max_length=120)
    duty: str = Field(max_length=60)
    joined_on: date
    left_on: date | None = None
    commitment_ppm: int = Field(default=1_000_000)
    key_person: bool = False


class PartyGroup(Row, table=True):
    """Parties that count as one debtor in limits (关联方组; GUA-06, LOAN-08)."""

    __tablename__ = "party_group"

    name: str = Field(unique=True, max_length=120)
    reason: str = Field(default="", max_length=400)
