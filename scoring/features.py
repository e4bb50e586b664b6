"""From a snapshot to facts: a snapshot is plain JSON, so that what was known on the day of a score can be kept with it
and scored again years later.

Only the keys named here are read. `PROHIBITED` names what must never stand in a snapshot, and nothing reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.intellectual_property import IPKind, IPStatus
from models.talent import Level
from models.values.money import Money
from scoring.firm_figures import FirmFacts, YearFacts
from scoring.ip_rights import AppraisalFacts, AssetFacts
from scoring.reputation import DesignationFacts, MemberFacts, PersonFacts, TeamFacts

MODEL = "expert-1"
"""The version of this arithmetic. A change that gives other numbers for the same snapshot takes the next one."""

PROHIBITED = frozenset(
    {
        "sex", "gender", "ethnicity", "religion", "health", "age", "birth_date", "born_on", "university", "school",
        "native_place", "marital_status", "name", "id_number",
    }
)  # fmt: skip
"""Features that never raise or lower a score, and so are never asked for."""

Snapshot = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clearance:
    """What decides whether an application may go on at all, whatever its points are."""

    integrity_checked: bool
    integrity_listed: bool
    consent_on: date | None
    firm_size: str | None


@dataclass(frozen=True, slots=True)
class Features:
    """Everything a score reads, on the day `on`, for a debt that would end at `maturity`."""

    on: date
    maturity: date
    person: PersonFacts
    team: TeamFacts
    firm: FirmFacts | None
    assets: tuple[AssetFacts, ...]
    clearance: Clearance


def read(snapshot: Snapshot) -> Features:
    """The facts of a snapshot. Raises KeyError or ValueError for one that is not of this `MODEL`'s shape."""
    talent, firm, report = snapshot["talent"], snapshot["firm"], snapshot["investigation"]
    return Features(
        on=_day(snapshot["on"]),
        maturity=_day(snapshot["maturity"]),
        person=PersonFacts(
            designations=tuple(map(_designation, snapshot["designations"])),
            industry_years=talent["industry_years"],
            firms_founded=talent["firms_founded"],
            papers=talent["papers"],
            prizes=talent["prizes"],
            credit_record=report["credit_record"],
        ),
        team=TeamFacts(tuple(map(_member, snapshot["team"]))),
        firm=None if not firm or not firm["registered_on"] else _firm(firm, snapshot["firm_years"]),
        assets=tuple(map(_asset, snapshot["assets"])),
        clearance=Clearance(
            integrity_checked=report["integrity_checked"],
            integrity_listed=report["integrity_listed"] or bool(firm and firm["integrity_listed"]),
            consent_on=_maybe_day(talent["consent_on"]),
            firm_size=firm["size"] if firm else None,
        ),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _designation(given: Snapshot) -> DesignationFacts:
    return DesignationFacts(
        plan=given["plan"],
        level=Level(given["level"]),
        selected_on=_day(given["selected_on"]),
        valid_to=_maybe_day(given["valid_to"]),
        verified=given["verified"],
    )


def _member(given: Snapshot) -> MemberFacts:
    return MemberFacts(
        duty=given["duty"],
        joined_on=_day(given["joined_on"]),
        left_on=_maybe_day(given["left_on"]),
        commitment_ppm=given["commitment_ppm"],
        key_person=given["key_person"],
    )


def _firm(given: Snapshot, years: Sequence[Snapshot]) -> FirmFacts:
    return FirmFacts(
        registered_on=_day(given["registered_on"]),
        years=tuple(
            YearFacts(
                year=year["year"],
                revenue=Money(year["revenue_fen"]),
                profit=Money(year["profit_fen"]),
                rd_spend=Money(year["rd_spend_fen"]),
                assets=Money(year["assets_fen"]),
                debts=Money(year["debts_fen"]),
            )
            for year in years
        ),
    )


def _asset(given: Snapshot) -> AssetFacts:
    appraisal = given["appraisal"]
    return AssetFacts(
        number=given["number"],
        title=given["title"],
        kind=IPKind(given["kind"]),
        status=IPStatus(given["status"]),
        owned=given["owned"],
        co_owned=given["co_owned"],
        co_owner_consent=given["co_owner_consent"],
        service_invention_cleared=given["service_invention_cleared"],
        filed_on=_day(given["filed_on"]),
        granted_on=_maybe_day(given["granted_on"]),
        expires_on=_maybe_day(given["expires_on"]),
        fees_paid_through=_maybe_day(given["fees_paid_through"]),
        claims=given["claims"],
        family_size=given["family_size"],
        citations=given["citations"],
        technical_score=given["technical_score"],
        economic_score=given["economic_score"],
        appraisal=None if appraisal is None else _appraisal(appraisal),
        pledged=Money(given["pledged_fen"]),
    )


def _appraisal(given: Snapshot) -> AppraisalFacts:
    return AppraisalFacts(
        base_date=_day(given["base_date"]),
        low=Money(given["low_fen"]),
        middle=Money(given["middle_fen"]),
        high=Money(given["high_fen"]),
    )
