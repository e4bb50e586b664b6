"""What is looked at before credit is given, in one place: size, credit enquiries, the investigation's list, the checks.

LOAN-01 tenor, LOAN-02 investigation, LOAN-04 need, LOAN-08 single borrower, LOAN-29 all-in price, LOAN-30 size, LOAN-32
consent. A stop keeps the committee from approving; what is practice or advice only warns.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.application import Application
from models.decision import Decision, Outcome
from models.firm import Firm
from models.policies.rules import CreditRules, ExposureRules, PrudenceRules
from models.prudence import CreditEnquiry, EnquiryPurpose, InvestigationItem, InvestigationPart, SizeRecord
from models.queries.clients import client_exposure, client_of
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.talent import Talent
from models.values.money import ZERO, Money
from models.values.rate import Rate
from scoring import prudence
from scoring.prudence import Check, Verdict
from workflows.given import past, said, within
from workflows.moves import note, require
from workflows.offering import bank_capital, latest_opinion, propose_offer
from workflows.scoring_desk import latest_sheet
from workflows.stating import FigureNegative, latest_need


class SectorUnknown(Refusal):
    """The rules in force place this field of business under no line of the standard of sizes."""


class ConsentMissing(Refusal):
    """Nobody's credit is asked about without his written consent (LOAN-32)."""


class ConsentAfterwards(BadInput):
    """A consent given after the enquiry covers nothing."""


class FirmNotNamed(Refusal):
    """The application names no firm yet."""


class CheckStops(Refusal):
    """A check before the decision stops it; `rule` names it, `word` says what was found."""


def classify_size(
    session: Session, *, firm: Firm, staff: int, revenue: Money, by: Actor, on: date, at: datetime
) -> SizeRecord:
    """Determine a firm's size from staff and last year's revenue, keep it with its day, and bring the file up to it.

    Refuses with SectorUnknown, FigureNegative, NumberOutOfRange.
    """
    require(by, "size_record.classify", Role.LOAN_OFFICER)
    if revenue < ZERO:
        raise FigureNegative(field="revenue", given=revenue)
    within(staff, "staff", least=0, most=1_000_000)
    rules = rules_in_force(session, PrudenceRules, on)
    sector = rules.sector_of.get(firm.industry)
    line = next((one for one in rules.size_table if one.sector == sector), None)
    if sector is None or line is None:
        raise SectorUnknown(industry=firm.industry)
    size = prudence.size_of(line, staff=staff, revenue=revenue)
    row = SizeRecord.model_validate(
        {
            "firm_id": firm.key,
            "on": on,
            "sector": sector,
            "staff": staff,
            "revenue": revenue,
            "size": size,
            "rules_version": rules.version,
            "made_by": by.user_id,
        }
    )
    firm.staff, firm.size = staff, size
    session.add_all((row, firm))
    note(session, row, "classify", by=by, on=on, at=at, reason=size)
    return row


def latest_size(session: Session, firm_id: int) -> SizeRecord | None:
    """The newest determination of a firm's size, or None."""
    query = select(SizeRecord).where(SizeRecord.firm_id == firm_id).order_by(col(SizeRecord.id).desc())
    return session.exec(query.limit(1)).first()


def enquire(
    session: Session,
    *,
    application: Application,
    subject: str,
    purpose: EnquiryPurpose,
    consent_on: date | None,
    consent_paper: str,
    by: Actor,
    on: date,
    at: datetime,
) -> CreditEnquiry:
    """Note that a credit report was asked for: about whom, on which written consent, for which purpose (LOAN-32).

    Refuses with ConsentMissing without the consent's paper or day, and with ConsentAfterwards.
    """
    require(by, "credit_enquiry.enquire", Role.LOAN_OFFICER)
    if consent_on is None or not consent_paper.strip():
        raise ConsentMissing(subject_name=subject.strip())
    if consent_on > on:
        raise ConsentAfterwards(field="consent_on", consent_on=consent_on, on=on)
    row = CreditEnquiry.model_validate(
        {
            "application_id": application.key,
            "subject": said(subject, "subject"),
            "purpose": EnquiryPurpose(purpose),
            "consent_on": consent_on,
            "consent_paper": consent_paper.strip(),
            "made_on": on,
            "made_by": by.user_id,
        }
    )
    session.add(row)
    note(session, row, "enquire", by=by, on=on, at=at, reason=row.subject)
    return row


def enquiries_of(session: Session, application: Application) -> list[CreditEnquiry]:
    """The credit enquiries of an application, the newest first."""
    query = select(CreditEnquiry).where(CreditEnquiry.application_id == application.key)
    return list(session.exec(query.order_by(col(CreditEnquiry.id).desc())))


def look(
    session: Session,
    *,
    application: Application,
    part: InvestigationPart,
    seen: str,
    seen_on: date | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> InvestigationItem:
    """Note what the investigation saw of one part (LOAN-02). Refuses with FieldEmpty, DateAhead."""
    require(by, "investigation_item.look", Role.LOAN_OFFICER)
    row = InvestigationItem.model_validate(
        {
            "application_id": application.key,
            "part": InvestigationPart(part),
            "seen": said(seen, "seen"),
            "seen_on": past(seen_on or on, "seen_on", on=on),
            "seen_by": by.user_id,
        }
    )
    session.add(row)
    note(session, row, "look", by=by, on=on, at=at, reason=row.part)
    return row


def parts_seen(session: Session, application: Application) -> dict[InvestigationPart, InvestigationItem]:
    """The newest note on each part of the investigation."""
    query = select(InvestigationItem).where(InvestigationItem.application_id == application.key)
    return {row.part: row for row in session.exec(query.order_by(col(InvestigationItem.id)))}


def checks(
    session: Session,
    *,
    application: Application,
    on: date,
    amount: Money | None = None,
    term_months: int | None = None,
    all_in: Rate | None = None,
) -> list[Check]:
    """Every check of an application as it stands on a day, in the order of the rulebook.

    Amount, term and all-in price are those decided or asked for unless given.
    """
    rules = rules_in_force(session, PrudenceRules, on)
    taken = _approval(session, application)
    asked = amount or (taken.amount if taken and taken.amount else application.amount)
    months = term_months or (taken.term_months if taken and taken.term_months else application.term_months)
    estimate = latest_need(session, application)
    seen = parts_seen(session, application)
    lacking = [part for part in InvestigationPart if part not in seen]
    talent = session.get_one(Talent, application.talent_id)
    firm = session.get(Firm, application.firm_id) if application.firm_id is not None else None
    record = latest_size(session, firm.key) if firm else None
    share = rules_in_force(session, ExposureRules, on).bank_single_max
    promised = taken is not None
    found = [
        prudence.tenor(rules, product=application.product, months=months),
        Check("LOAN-02", Verdict.WARN, "parts_lacking", {"parts": lacking})
        if lacking
        else Check("LOAN-02", Verdict.PASS, "parts_complete"),
        prudence.need(
            wanted=application.product in rules.need_products,
            measured=estimate is not None,
            allowed=estimate.allowed if estimate else None,
            beyond=estimate is not None and estimate.beyond is not None,
            asked=asked,
        ),
        prudence.single_borrower(
            capital=bank_capital(session),
            share=share,
            exposure=client_exposure(session, client_of(session, application)),
            asked=ZERO if promised else asked,
        ),
        prudence.all_in(
            price=all_in or _all_in(session, application, taken, on),
            warn=rules_in_force(session, CreditRules, on).allin_warn,
        ),
        prudence.size(recorded=record.size if record else None, kept=firm.size if firm else None),
        prudence.consent(
            given=talent.consent_on is not None and talent.consent_on <= on,
            enquiries=len(enquiries_of(session, application)),
        ),
    ]
    return [one for one in found if one is not None]


def refuse_stopped(
    session: Session, *, application: Application, amount: Money, term_months: int, all_in: Rate, on: date
) -> None:
    """Refuse with CheckStops if a check stops credit of this amount and term."""
    for one in checks(
        session, application=application, on=on, amount=amount, term_months=term_months, all_in=all_in
    ):  # fmt: skip
        if one.verdict is Verdict.STOP:
            raise CheckStops(rule=one.rule, word=one.word, **one.facts)


def _approval(session: Session, application: Application) -> Decision | None:
    query = select(Decision).where(Decision.application_id == application.key, Decision.outcome == Outcome.APPROVED)
    return session.exec(query.order_by(col(Decision.id).desc()).limit(1)).first()


def _all_in(session: Session, application: Application, taken: Decision | None, on: date) -> Rate | None:
    """Interest with the guarantee fee: as approved, or as it would be offered today; None before there is an offer."""
    if taken is not None and taken.rate is not None:
        offered, rate = taken.offer.get("all_in_ppm"), taken.offer.get("rate_ppm")
        fee = int(offered) - int(rate) if offered is not None and rate is not None else 0
        return Rate(taken.rate.ppm + fee)
    if latest_sheet(session, application) is None or latest_opinion(session, application) is None:
        return None
    return propose_offer(session, application=application, on=on).all_in
