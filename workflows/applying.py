"""An application from the first draft to the end of due diligence: draft, submit, accept, send back, investigate.

Scoring stands in `workflows/scoring_desk.py`, the joint review in `workflows/review.py`. Documents come in through
`workflows/documents.py`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlmodel import Session, col, select

from models.application import Application, CreditRecord, Investigation, Product
from models.document import Attachment, DocumentType
from models.firm import Firm
from models.lending.terms import RepaymentMethod
from models.policies.rules import IntakeRules
from models.queries.rules import calendar, rules_in_force
from models.refusals import BadInput, Refusal
from models.review import Panel
from models.roles import SYSTEM, Actor, Role
from models.states.application import APPLICATION, PANEL, PanelStage, Stage
from models.talent import Talent
from models.values.money import ZERO, Money
from workflows.documents import attach as attach  # the counter takes documents in, too
from workflows.given import at_least, past, said, within
from workflows.intake_ip import FirmOfAnother
from workflows.moves import move, note, require
from workflows.numbering import Series, next_number
from workflows.ownership import require_own

_DESK: Final = (Role.LOAN_OFFICER,)
_BEFORE_DECISION = (
    Stage.SUBMITTED,
    Stage.ACCEPTED,
    Stage.DUE_DILIGENCE,
    Stage.SCORED,
    Stage.IN_REVIEW,
    Stage.OPINION_ISSUED,
    Stage.DEFERRED,
)


class ApplicationOver(Refusal):
    """The application has come to its end; nothing is changed on it any more."""


class ProductUnknown(BadInput):
    """The rules in force know no such product."""


class AmountAboveProduct(BadInput):
    """More is asked for than the product allows (`max_amount` of the intake rules)."""


class NothingAskedFor(BadInput):
    """An amount of nought or less was asked for."""


class TermAboveProduct(BadInput):
    """A longer term is asked for than the product allows (LOAN-01)."""


class MethodNotOffered(BadInput):
    """The product is not repaid in this way."""


class FirmNeeded(BadInput):
    """The product is for firms that exist; without one there is the start-up loan (TB-02)."""


class AlreadyApplying(Refusal):
    """The same talent asks for the same product for the same firm in another application that is being dealt with."""


class DocumentsMissing(Refusal):
    """Documents that the intake rules ask for are not attached yet."""


class RemoteNotEnough(Refusal):
    """For this amount two people have to go there: remote investigation ends below it (LOAN-02)."""


class TwoPeopleNeeded(BadInput):
    """An investigation is made by two different people (LOAN-02)."""


def draft(
    session: Session,
    *,
    talent: Talent,
    firm: Firm | None,
    product: Product,
    amount: Money,
    term_months: int,
    method: RepaymentMethod,
    purpose: str,
    project: str = "",
    need: Money = ZERO,
    synthetic: bool = False,
    label: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Application:
    """Open an application within what the product allows. Without a firm, or with a planned one, only a product for
    the time before formation can be asked for (TB-02). `need` is the measured need for money (LOAN-04), nought if
    nobody measured it.

    Refuses with ProductUnknown, AmountAboveProduct, NothingAskedFor, AmountTooSmall, TermAboveProduct, MethodNotOffered,
    FirmNeeded, FirmOfAnother, FieldEmpty.
    """
    require_own(by, "application.draft", talent.key, *_DESK)
    _within_product(session, firm, product, amount, term_months, method, on)
    if firm is not None and firm.founder_id != talent.key:
        raise FirmOfAnother(field="firm", firm=firm.name, talent=talent.name)
    if need < ZERO:
        raise NothingAskedFor(field="need", given=need)
    application = Application.model_validate(
        {
            "number": next_number(session, Series.APPLICATION, on),
            "talent_id": talent.key,
            "firm_id": firm.key if firm else None,
            "product": product,
            "amount": amount,
            "term_months": term_months,
            "method": method,
            "purpose": said(purpose, "purpose"),
            "project": project.strip(),
            "need": need,
            "applied_on": on,
            "officer_id": by.user_id if by.holds(*_DESK) else None,
            "synthetic": synthetic,
            "label": label,
        }
    )
    session.add(application)
    note(session, application, "draft", by=by, on=on, at=at, case=_case(session, application))
    return application


def revise(
    session: Session,
    *,
    application: Application,
    amount: Money,
    term_months: int,
    method: RepaymentMethod,
    purpose: str,
    project: str = "",
    need: Money = ZERO,
    by: Actor,
    on: date,
    at: datetime,
) -> Application:
    """Change a draft, or an application that was sent back, within what the product allows.

    Refuses as `draft` does, and with MoveNotOpen once the application has been submitted.
    """
    require_own(by, "application.revise", application.talent_id, *_DESK)
    APPLICATION.find("submit", application.stage)
    firm = session.get_one(Firm, application.firm_id) if application.firm_id else None
    _within_product(session, firm, application.product, amount, term_months, method, on)
    if need < ZERO:
        raise NothingAskedFor(field="need", given=need)
    application.amount = amount
    application.term_months = term_months
    application.method = method
    application.purpose = said(purpose, "purpose")
    application.project = project.strip()
    application.need = need
    session.add(application)
    note(session, application, "revise", by=by, on=on, at=at, case=_case(session, application))
    session.flush()
    return application


def name_firm(
    session: Session, *, application: Application, firm: Firm, by: Actor, on: date, at: datetime
) -> Application:
    """Say for which firm an application without one was made, planned or founded meanwhile (TB-02).

    Refuses with FirmOfAnother, and ApplicationOver; an application that names its firm already keeps it.
    """
    require_own(by, "application.name_firm", application.talent_id, *_DESK)
    if application.stage.over:
        raise ApplicationOver(number=application.number, stage=application.stage)
    if firm.founder_id != application.talent_id or application.firm_id not in (None, firm.key):
        raise FirmOfAnother(field="firm", firm=firm.name, talent=session.get_one(Talent, application.talent_id).name)
    application.firm_id = firm.key
    session.add(application)
    note(session, application, "name_firm", by=by, on=on, at=at, case=_case(session, application))
    session.flush()
    return application


def _within_product(
    session: Session,
    firm: Firm | None,
    product: Product,
    amount: Money,
    term_months: int,
    method: RepaymentMethod,
    on: date,
) -> None:
    rules = rules_in_force(session, IntakeRules, on).products.get(product)
    if rules is None:
        raise ProductUnknown(field="product", product=product)
    if not rules.before_formation and (firm is None or not firm.exists):
        raise FirmNeeded(field="firm", product=product)
    if amount <= ZERO:
        raise NothingAskedFor(field="amount", given=amount)
    at_least(amount, "amount", least=rules.min_amount)
    if amount > rules.max_amount:
        raise AmountAboveProduct(field="amount", product=product, asked=amount, most=rules.max_amount)
    within(term_months, "term_months", least=1, most=120)
    if term_months > rules.max_term_months:
        raise TermAboveProduct(field="term_months", product=product, asked=term_months, most=rules.max_term_months)
    if method not in rules.methods:
        raise MethodNotOffered(field="method", product=product, method=method, offered=rules.methods)


def missing_documents(session: Session, application: Application, on: date) -> tuple[DocumentType, ...]:
    """The kinds of document that the intake rules ask for and that are not attached, in the rules' order."""
    wanted = rules_in_force(session, IntakeRules, on).required_documents
    here = select(Attachment.kind).where(
        Attachment.subject == Application.__tablename__, Attachment.subject_id == application.key
    )
    have = set(session.exec(here))
    return tuple(kind for kind in map(DocumentType, wanted) if kind not in have)


def submit(session: Session, *, application: Application, by: Actor, on: date, at: datetime) -> Application:
    """Hand the application in. Refuses with DocumentsMissing, AlreadyApplying, NotYours, MoveNotOpen."""
    require_own(by, "application.submit", application.talent_id, *_DESK)
    APPLICATION.find("submit", application.stage)
    if missing := missing_documents(session, application, on):
        raise DocumentsMissing(missing=missing)
    twin = select(Application).where(
        Application.talent_id == application.talent_id,
        col(Application.firm_id).is_not_distinct_from(application.firm_id),
        Application.product == application.product,
        col(Application.stage).in_(_BEFORE_DECISION),
        col(Application.id) != application.id,
    )
    if (other := session.exec(twin).first()) is not None:
        raise AlreadyApplying(number=other.number)
    return _moved(session, application, "submit", by=by, on=on, at=at)


def accept(session: Session, *, application: Application, by: Actor, on: date, at: datetime) -> Application:
    """Take the application in; whoever accepts it is its officer from now on."""
    _moved(session, application, "accept", by=by, on=on, at=at)
    application.officer_id = by.user_id
    session.flush()
    return application


def take_over(session: Session, *, application: Application, by: Actor, on: date, at: datetime) -> Application:
    """Another officer looks after the application from now on."""
    require(by, "application.take_over", *_DESK)
    application.officer_id = by.user_id
    session.add(application)
    note(session, application, "take_over", by=by, on=on, at=at, case=_case(session, application))
    session.flush()
    return application


def send_back(
    session: Session, *, application: Application, reason: str, by: Actor, on: date, at: datetime
) -> Application:
    """Return the application to whoever asks, with what has to be completed."""
    return _moved(session, application, "return", reason=reason, by=by, on=on, at=at)


def decline(
    session: Session, *, application: Application, reason: str, by: Actor, on: date, at: datetime
) -> Application:
    """Turn the application down at the counter, before anybody has been asked to review it."""
    return _moved(session, application, "decline", reason=reason, by=by, on=on, at=at)


def withdraw(
    session: Session, *, application: Application, reason: str, by: Actor, on: date, at: datetime
) -> Application:
    """The talent no longer asks. A panel that still sits is cancelled with it.

    What has been approved is given up by `decision.lapse` instead, because the promise stands in the books.
    """
    require_own(by, "application.withdraw", application.talent_id, *_DESK)
    _moved(session, application, "withdraw", reason=reason, by=by, on=on, at=at)
    sitting = select(Panel).where(
        Panel.subject == Application.__tablename__,
        Panel.subject_id == application.key,
        Panel.stage == PanelStage.OPEN,
    )
    for panel in session.exec(sitting):
        move(session, PANEL, panel, "cancel", by=SYSTEM, on=on, at=at, reason=reason, case=_case(session, application))
    return application


def resume(
    session: Session, *, application: Application, reason: str, by: Actor, on: date, at: datetime
) -> Application:
    """Take a deferred application up again: back to due diligence, to be scored and reviewed anew."""
    return _moved(session, application, "resume", reason=reason, by=by, on=on, at=at)


def investigate(
    session: Session,
    *,
    application: Application,
    visited_on: date,
    second_person: str,
    findings: str,
    remote: bool = False,
    credit_record: CreditRecord | str = CreditRecord.CLEAN,
    integrity_checked: bool = True,
    integrity_listed: bool = False,
    by: Actor,
    on: date,
    at: datetime,
) -> Investigation:
    """File the report of due diligence (LOAN-02): two people on site, or remote up to the amount that the rules name.

    `credit_record` is what the credit report says; `integrity_listed` that a public list of dishonest debtors names
    the talent or the firm. Refuses with TwoPeopleNeeded, RemoteNotEnough, DateAhead, FieldEmpty, MoveNotOpen.
    """
    second_person = said(second_person, "second_person")
    if second_person == by.name:
        raise TwoPeopleNeeded(field="second_person", person=by.name)
    most = rules_in_force(session, IntakeRules, on).remote_investigation_max
    if remote and application.amount > most:
        raise RemoteNotEnough(amount=application.amount, most=most)
    report = Investigation.model_validate(
        {
            "application_id": application.key,
            "visited_on": past(visited_on, "visited_on", on=on),
            "second_person": second_person,
            "remote": remote,
            "findings": said(findings, "findings"),
            "credit_record": CreditRecord(credit_record).value,
            "integrity_checked": integrity_checked,
            "integrity_listed": integrity_listed,
            "filed_at": at,
        }
    )
    _moved(session, application, "investigate", by=by, on=on, at=at)
    session.add(report)
    if application.firm_id is not None and integrity_checked:
        firm = session.get_one(Firm, application.firm_id)
        firm.integrity_listed = integrity_listed
        session.add(firm)
    session.flush()
    return report


def latest_investigation(session: Session, application: Application) -> Investigation | None:
    """The newest report of due diligence, or None."""
    return session.exec(
        select(Investigation)
        .where(Investigation.application_id == application.key)
        .order_by(col(Investigation.id).desc())
        .limit(1)
    ).first()


def wind_clock(session: Session, application: Application, on: date) -> None:
    """Set the day by which the application has to leave its stage, by the service days of the intake rules.

    Every verb that moves an application calls it after the move; a stage without service days has no such day.
    """
    days = rules_in_force(session, IntakeRules, on).service_days.get(application.stage)
    application.due_on = None if days is None else calendar(session).add_business_days(on, days)
    session.add(application)
    session.flush()


def _moved(
    session: Session, application: Application, verb: str, *, by: Actor, on: date, at: datetime, reason: str = ""
) -> Application:
    move(session, APPLICATION, application, verb, by=by, on=on, at=at, reason=reason)
    wind_clock(session, application, on)
    return application


def _case(session: Session, application: Application) -> str:
    if application.id is None:
        session.flush()
    return f"application:{application.key}"
