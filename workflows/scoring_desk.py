"""Scoring an application: what is known on the day becomes a snapshot, the snapshot a score sheet with its reasons.

The snapshot is kept with the sheet, so that the sheet can be scored again years later. Only what was known by the day
goes in: figures published, members joined and valuations based later are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.application import Application, ScoreSheet, Stop
from models.firm import Firm, FirmYear
from models.intellectual_property import IPAsset, Pledge, Valuation
from models.loan import Contract
from models.policies.rules import CreditRules
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import Actor
from models.states.application import APPLICATION
from models.states.loan import ContractStage
from models.talent import Designation, Talent, TeamMember
from models.values.money import ZERO, Money, total
from models.values.terms import add_months
from scoring.features import MODEL
from scoring.ip_rights import PATENTS
from scoring.sheet import score_snapshot
from workflows.applying import latest_investigation, wind_clock
from workflows.moves import move


class HardStop(Refusal):
    """Something stops the application whatever its points are: it must be cleared and scored again first."""


def score(session: Session, *, application: Application, by: Actor, on: date, at: datetime) -> ScoreSheet:
    """Score the application as it stands on the day and file the sheet; an application may be scored anew.

    What stops it (integrity lists, no designation that counts, no consent, a firm too large) is kept in `stops` and
    refuses the review, not the scoring. Refuses with MoveNotOpen, NotAllowed, NoRulesInForce.
    """
    APPLICATION.find("score", application.stage)
    rules = rules_in_force(session, CreditRules, on)
    snapshot = snapshot_of(session, application, on)
    scores = score_snapshot(snapshot, rules=rules)
    move(session, APPLICATION, application, "score", by=by, on=on, at=at)
    wind_clock(session, application, on)
    before = latest_sheet(session, application)
    sheet = ScoreSheet.model_validate(
        {
            "application_id": application.key,
            "number": before.number + 1 if before else 1,
            "made_at": at,
            "made_by": by.user_id,
            "ip_points": scores.ip.points,
            "reputation_points": scores.reputation.points,
            "firm_points": scores.firm.points,
            "points": scores.points,
            "grade": scores.grade,
            "default_rate": scores.default_rate,
            "pledge_value": scores.pledge_value,
            "reputation_line": scores.reputation.line,
            "reasons": [reason.as_dict() for reason in scores.reasons],
            "stops": [{"code": stop.value, "facts": facts} for stop, facts in scores.stops],
            "inputs": snapshot,
            "rules_version": rules.version,
        }
    )
    session.add(sheet)
    session.flush()
    return sheet


def latest_sheet(session: Session, application: Application) -> ScoreSheet | None:
    """The newest score sheet of an application, or None before it was scored."""
    return session.exec(
        select(ScoreSheet)
        .where(ScoreSheet.application_id == application.key)
        .order_by(col(ScoreSheet.number).desc())
        .limit(1)
    ).first()


def stops_of(sheet: ScoreSheet) -> tuple[Stop, ...]:
    """What stopped the application when the sheet was made; empty for one that may go on."""
    return tuple(Stop(stop["code"]) for stop in sheet.stops)


def refuse_stopped(sheet: ScoreSheet) -> None:
    """Refuse with HardStop if the sheet has stops."""
    if stops := stops_of(sheet):
        raise HardStop(stops=stops)


def snapshot_of(session: Session, application: Application, on: date) -> dict[str, Any]:
    """Everything a score reads, as plain JSON; names, numbers of identity and private facts are not among it."""
    talent = session.get_one(Talent, application.talent_id)
    firm = session.get_one(Firm, application.firm_id) if application.firm_id else None
    return {
        "model": MODEL,
        "on": on.isoformat(),
        "maturity": add_months(on, application.term_months).isoformat(),
        "talent": {
            "consent_on": _text(talent.consent_on),
            "industry_years": talent.industry_years,
            "firms_founded": talent.firms_founded,
            "papers": talent.papers,
            "prizes": talent.prizes,
        },
        "designations": list(_designations(session, talent.key, on)),
        "team": list(_team(session, talent.key, on)),
        "firm": None if firm is None else _firm(firm, on),
        "firm_years": [] if firm is None else list(_firm_years(session, firm.key, on)),
        "assets": list(_assets(session, application, talent, firm, on)),
        "investigation": _investigation(session, application),
    }


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _designations(session: Session, talent_id: int, on: date) -> Iterable[dict[str, Any]]:
    query = select(Designation).where(Designation.talent_id == talent_id, Designation.selected_on <= on)
    for row in session.exec(query.order_by(col(Designation.id))):
        yield {
            "plan": row.plan,
            "level": row.level.value,
            "selected_on": row.selected_on.isoformat(),
            "valid_to": _text(row.valid_to),
            "verified": row.verified_on is not None and row.verified_on <= on,
        }


def _team(session: Session, talent_id: int, on: date) -> Iterable[dict[str, Any]]:
    query = select(TeamMember).where(TeamMember.talent_id == talent_id, TeamMember.joined_on <= on)
    for row in session.exec(query.order_by(col(TeamMember.id))):
        yield {
            "duty": row.duty,
            "joined_on": row.joined_on.isoformat(),
            "left_on": _text(row.left_on if row.left_on and row.left_on <= on else None),
            "commitment_ppm": row.commitment_ppm,
            "key_person": row.key_person,
        }


def _firm(firm: Firm, on: date) -> dict[str, Any]:
    founded = firm.registered_on is not None and firm.registered_on <= on
    return {
        "registered_on": _text(firm.registered_on) if founded else None,
        "size": firm.size.value,
        "integrity_listed": firm.integrity_listed,
    }


def _firm_years(session: Session, firm_id: int, on: date) -> Iterable[dict[str, Any]]:
    query = select(FirmYear).where(FirmYear.firm_id == firm_id, FirmYear.known_on <= on)
    newest = {row.year: row for row in session.exec(query.order_by(col(FirmYear.known_on), col(FirmYear.id)))}
    for row in sorted(newest.values(), key=lambda one: one.year):
        yield {
            "year": row.year,
            "revenue_fen": row.revenue.fen,
            "profit_fen": row.profit.fen,
            "rd_spend_fen": row.rd_spend.fen,
            "assets_fen": row.assets.fen,
            "debts_fen": row.debts.fen,
            "known_on": row.known_on.isoformat(),
        }


def _assets(
    session: Session, application: Application, talent: Talent, firm: Firm | None, on: date
) -> Iterable[dict[str, Any]]:
    """The talent's own rights and those of the firm that asks; rights of the talent's other firms stay out."""
    firm_id = application.firm_id
    own = sa.and_(col(IPAsset.talent_id) == talent.key, col(IPAsset.firm_id).is_(None))
    ours = own if firm_id is None else sa.or_(own, col(IPAsset.firm_id) == firm_id)
    assets = list(session.exec(select(IPAsset).where(ours, IPAsset.filed_on <= on).order_by(col(IPAsset.id))))
    owners = {talent.name.strip()} | ({firm.name.strip()} if firm else set())
    appraisals = _appraisals(session, [asset.key for asset in assets], on)
    pledged = _pledged(session, [asset.key for asset in assets])
    for asset in assets:
        yield {
            "number": asset.number,
            "title": asset.title,
            "kind": asset.kind.value,
            "status": asset.status.value,
            "owned": asset.owner.strip() in owners,
            "co_owned": bool(asset.co_owners),
            "co_owner_consent": asset.co_owner_consent,
            "service_invention_cleared": asset.service_invention_cleared,
            "filed_on": asset.filed_on.isoformat(),
            "granted_on": _text(asset.granted_on),
            "expires_on": _text(asset.expires_on),
            "fees_paid_through": _text(asset.fees_paid_through),
            "claims": asset.claims if asset.kind in PATENTS else 0,
            "family_size": asset.family_size,
            "citations": asset.citations,
            "technical_score": asset.technical_score,
            "economic_score": asset.economic_score,
            "appraisal": appraisals.get(asset.key),
            "pledged_fen": pledged.get(asset.key, ZERO).fen,
        }


def _appraisals(session: Session, asset_ids: list[int], on: date) -> dict[int, dict[str, Any]]:
    """The newest valuation of each asset by its base date."""
    query = select(Valuation).where(col(Valuation.asset_id).in_(asset_ids), Valuation.base_date <= on)
    return {
        row.asset_id: {
            "base_date": row.base_date.isoformat(),
            "low_fen": row.low.fen,
            "middle_fen": row.middle.fen,
            "high_fen": row.high.fen,
        }
        for row in session.exec(query.order_by(col(Valuation.base_date), col(Valuation.id)))
    }


def _pledged(session: Session, asset_ids: list[int]) -> dict[int, Money]:
    """What each asset already secures: pledges that are agreed and not released, registered or not."""
    query = (
        select(Pledge)
        .join(Contract, col(Contract.id) == Pledge.contract_id)
        .where(col(Pledge.asset_id).in_(asset_ids), col(Pledge.released_on).is_(None))
        .where(Contract.stage != ContractStage.CANCELLED)
    )
    secured: dict[int, list[Money]] = {}
    for pledge in session.exec(query):
        secured.setdefault(pledge.asset_id, []).append(pledge.secured)
    return {asset_id: total(amounts) for asset_id, amounts in secured.items()}


def _investigation(session: Session, application: Application) -> dict[str, Any]:
    report = latest_investigation(session, application)
    if report is None:
        return {"credit_record": "", "integrity_checked": False, "integrity_listed": False}
    return {
        "credit_record": report.credit_record,
        "integrity_checked": report.integrity_checked,
        "integrity_listed": report.integrity_listed,
    }
