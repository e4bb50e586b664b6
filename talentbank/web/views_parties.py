"""What the pages of talents, firms and their rights show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.application import Application
from models.firm import Contact, Firm, FirmYear, Milestone
from models.intellectual_property import IPAsset, IPStatus, Pledge, Valuation
from models.loan import Loan
from models.talent import Designation, Level, Talent, TeamMember
from models.values.money import Money

TIERS = {Level.NATIONAL: 1, Level.PROVINCIAL: 2, Level.CITY: 3, Level.DISTRICT: 3}
"""How a level is coloured; the word always stands with it."""


def invented(row: Talent | Firm | Application) -> str:
    """The mark of invented rows: ``synthetic``, ``illustrative`` or nothing."""
    return "synthetic" if row.synthetic else "illustrative" if row.label else ""


@dataclass(frozen=True, slots=True)
class DesignationView:
    """A line of a talent's designations: whether it counts today, and whether the talent office has confirmed it."""

    id: int
    stamp: int
    plan: str
    level: Level
    tier: int
    batch: str
    selected_on: date
    valid_to: date | None
    evidence: str
    valid: bool
    verified_on: date | None


def designations(session: Session, talent_id: int, on: date) -> list[DesignationView]:
    """Every designation of a talent, the newest first."""
    query = select(Designation).where(Designation.talent_id == talent_id)
    return [
        DesignationView(
            row.key,
            row.stamp,
            row.plan,
            row.level,
            TIERS[row.level],
            row.batch,
            row.selected_on,
            row.valid_to,
            row.evidence,
            row.valid(on),
            row.verified_on,
        )
        for row in session.exec(query.order_by(col(Designation.selected_on).desc()))
    ]


def team(session: Session, talent_id: int) -> list[TeamMember]:
    """The members of a talent's team, those who stay first."""
    query = select(TeamMember).where(TeamMember.talent_id == talent_id)
    return list(session.exec(query.order_by(col(TeamMember.left_on).is_not(None), col(TeamMember.joined_on))))


def firms_of(session: Session, talent_id: int) -> list[Firm]:
    """The firms that a talent founded or plans."""
    return list(session.exec(select(Firm).where(Firm.founder_id == talent_id).order_by(col(Firm.id))))


def firm_years(session: Session, firm_id: int) -> list[FirmYear]:
    """A firm's figures, the newest year first and of each year what became known last."""
    query = select(FirmYear).where(FirmYear.firm_id == firm_id)
    years: dict[int, FirmYear] = {}
    for row in session.exec(query.order_by(col(FirmYear.year).desc(), col(FirmYear.known_on).desc())):
        years.setdefault(row.year, row)
    return list(years.values())


def milestones(session: Session, firm_id: int) -> list[Milestone]:
    """The steps of a firm's project in their order."""
    return list(session.exec(select(Milestone).where(Milestone.firm_id == firm_id).order_by(col(Milestone.due_on))))


def contacts(session: Session, firm_id: int) -> list[Contact]:
    """Whom to call at a firm."""
    return list(session.exec(select(Contact).where(Contact.firm_id == firm_id).order_by(col(Contact.id))))


@dataclass(frozen=True, slots=True)
class AssetView:
    """A right with its newest valuation; `late` if its fees are not paid, `pledged` if it secures a contract already."""

    asset: IPAsset
    firm: str
    value: Valuation | None
    late: bool
    pledged: Money | None
    tone: str


def assets(session: Session, *, talent_id: int, on: date, firm_id: int | None = None) -> list[AssetView]:
    """The rights of a talent, and of a firm if one is given, newest filing last."""
    own = col(IPAsset.talent_id) == talent_id
    query = select(IPAsset).where(sa.or_(own, col(IPAsset.firm_id) == firm_id) if firm_id else own)
    rows = list(session.exec(query.order_by(col(IPAsset.filed_on), col(IPAsset.id))))
    ids = [row.key for row in rows]
    values = _newest_values(session, ids)
    pledged = _pledged(session, ids)
    firms = {
        row.key: row.name
        for row in session.exec(select(Firm).where(col(Firm.id).in_({r.firm_id for r in rows if r.firm_id})))
    }
    return [
        AssetView(
            row,
            firms.get(row.firm_id or 0, ""),
            values.get(row.key),
            row.fees_paid_through is not None and row.fees_paid_through < on,
            pledged.get(row.key),
            {IPStatus.GRANTED: "ok", IPStatus.FILED: "wait", IPStatus.DISPUTED: "warn"}.get(row.status, "bad"),
        )
        for row in rows
    ]


def _newest_values(session: Session, ids: Sequence[int]) -> dict[int, Valuation]:
    query = (
        select(Valuation).where(col(Valuation.asset_id).in_(ids)).order_by(col(Valuation.base_date), col(Valuation.id))
    )
    return {row.asset_id: row for row in session.exec(query)}


def _pledged(session: Session, ids: Sequence[int]) -> dict[int, Money]:
    query = select(Pledge).where(col(Pledge.asset_id).in_(ids), col(Pledge.released_on).is_(None))
    found: dict[int, Money] = {}
    for row in session.exec(query):
        found[row.asset_id] = found.get(row.asset_id, Money(0)) + row.secured
    return found


def loans_of(session: Session, firm_id: int) -> list[Loan]:
    """The loans of a firm, newest first."""
    return list(session.exec(select(Loan).where(Loan.firm_id == firm_id).order_by(col(Loan.id).desc())))
