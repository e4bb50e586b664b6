"""What stands against turning a claim into shares: firms that must not be rescued so, an appraisal that has run out, a
resolution that is missing (EQ-02, EQ-03, EQ-06)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, select

from models.application import Investigation
from models.disposal import DisposalCase
from models.equity import Exclusion
from models.firm import Firm, FirmYear
from models.policies.rules import EquityRules
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.values.rate import Rate
from models.values.terms import add_months
from scoring.equity_value import appraisal_valid


class NotConvertible(Refusal):
    """The firm or the claim is one that must not be converted; the reasons are named (EQ-02)."""


class AppraisalNotValid(Refusal):
    """The appraisal is too old, or dated later than the day itself (EQ-03, EQ-16)."""


class ResolutionMissing(BadInput):
    """The shareholders' resolution on the increase of capital is not recorded (EQ-06)."""


class TooFewVotes(Refusal):
    """Fewer votes than a capital increase needs were for it (EQ-06)."""


def refuse_excluded(session: Session, case: DisposalCase, firm: Firm, found: Collection[Exclusion], on: date) -> None:
    """Refuse with NotConvertible for what somebody has found and what the house's own rows show (EQ-02)."""
    reasons = set(found) | exclusions(session, firm, case.application_id, on)
    if reasons:
        raise NotConvertible(firm=firm.name, reasons=tuple(reason for reason in Exclusion if reason in reasons))


def exclusions(session: Session, firm: Firm, application_id: int, on: date) -> set[Exclusion]:
    """What the house's own rows say against a conversion (EQ-02): an integrity listing, or two known years in a row
    without revenue while debts exceed assets."""
    reasons = set()
    listed = select(Investigation.id).where(
        Investigation.application_id == application_id, col(Investigation.integrity_listed)
    )
    if firm.integrity_listed or session.exec(listed).first() is not None:
        reasons.add(Exclusion.DISHONEST)
    known = session.exec(
        select(FirmYear)
        .where(FirmYear.firm_id == firm.key, col(FirmYear.known_on) <= on)
        .order_by(col(FirmYear.year), col(FirmYear.known_on))
    )
    years = list({figures.year: figures for figures in known}.values())[-2:]
    if len(years) == 2 and not any(year.revenue for year in years) and years[-1].debts > years[-1].assets:
        reasons.add(Exclusion.ZOMBIE)
    return reasons


def refuse_stale(session: Session, appraised_on: date, on: date) -> None:
    """Refuse with AppraisalNotValid outside the months for which an appraisal holds (EQ-03, EQ-16)."""
    months = rules_in_force(session, EquityRules, on).appraisal_valid_months
    if not appraisal_valid(appraised_on, on, months):
        raise AppraisalNotValid(appraised_on=appraised_on, valid_to=add_months(appraised_on, months), on=on)


def refuse_unresolved(session: Session, resolution: str, votes: Rate | None, on: date) -> None:
    """Refuse with ResolutionMissing and, where the votes are known, with TooFewVotes (EQ-06)."""
    if not resolution.strip():
        raise ResolutionMissing(field="resolution")
    needed = rules_in_force(session, EquityRules, on).resolution_votes
    if votes is not None and votes < needed:
        raise TooFewVotes(votes=votes, needed=needed)
