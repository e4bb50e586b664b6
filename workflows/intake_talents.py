"""Talents at the counter: identity, designations and who verified them, the team, parties that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.document import Document
from models.firm import Firm
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.talent import Designation, Level, PartyGroup, PlanCategory, Talent, TeamMember
from models.values.identifiers import (
    DocumentKind,
    NumberKind,
    NumberNotValid,
    Reason,
    mask,
    parse_foreign_document,
    parse_resident_id,
)
from models.values.rate import MILLION
from models.values.sealed import Sealer
from workflows.given import checked, in_order, past, said, sort_name, within
from workflows.moves import SameHand, hands, note, require
from workflows.ownership import require_own

_REGISTRY = (Role.LOAN_OFFICER, Role.TALENT_OFFICE)


class AlreadyRegistered(Refusal):
    """Somebody with this identity number is registered: continue with that file."""


class DesignationTwice(Refusal):
    """The same batch of the same plan stands in the talent's file already (TAL-01)."""


class AlreadyVerified(Refusal):
    """The designation was verified before."""


class GroupTooSmall(BadInput):
    """A group of related parties has at least two members."""


def register_talent(
    session: Session,
    *,
    name: str,
    id_kind: DocumentKind,
    id_number: str,
    sealer: Sealer,
    id_issuer: str = "",
    id_expires_on: date | None = None,
    field: str = "",
    degree: str = "",
    industry_years: int = 0,
    firms_founded: int = 0,
    papers: int = 0,
    prizes: int = 0,
    phone: str = "",
    email: str = "",
    consent_on: date | None = None,
    synthetic: bool = False,
    label: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Talent:
    """Open a talent's file. The identity number is checked (ID-02, ID-03), sealed, and never kept in the clear.

    Papers that are no resident card need their issuer and expiry. `consent_on` is the day of the consent to the use
    of personal data (REC-01). Refuses with NumberWrong, CheckDigitWrong, AlreadyRegistered, FieldEmpty.
    """
    require(by, "talent.register", *_REGISTRY)
    number = _identity(id_kind, id_number, id_issuer, id_expires_on, on)
    fingerprint = sealer.fingerprint(number)
    known = session.exec(select(Talent).where(Talent.id_kind == id_kind, Talent.id_fingerprint == fingerprint)).first()
    if known is not None:
        raise AlreadyRegistered(name=known.name, number=known.id_masked)
    if consent_on is not None:
        past(consent_on, "consent_on", on=on)
    name = said(name, "name")
    talent = Talent.model_validate(
        {
            "name": name,
            "name_sort": sort_name(name),
            "id_kind": id_kind,
            "id_sealed": sealer.seal(number),
            "id_fingerprint": fingerprint,
            "id_masked": mask(number),
            "id_issuer": id_issuer.strip(),
            "id_expires_on": id_expires_on,
            "phone": phone.strip(),
            "email": email.strip(),
            "field": field.strip(),
            "degree": degree.strip(),
            "industry_years": within(industry_years, "industry_years", least=0, most=70),
            "firms_founded": within(firms_founded, "firms_founded", least=0, most=1_000),
            "papers": within(papers, "papers", least=0, most=100_000),
            "prizes": within(prizes, "prizes", least=0, most=10_000),
            "consent_on": consent_on,
            "synthetic": synthetic,
            "label": label,
        }
    )
    session.add(talent)
    note(session, talent, "register", by=by, on=on, at=at)
    return talent


def _identity(kind: DocumentKind, text: str, issuer: str, expires_on: date | None, on: date) -> str:
    with checked("id_number"):
        if kind is DocumentKind.RESIDENT_ID:
            return parse_resident_id(text, on=on)
    with checked("id_expires_on" if issuer.strip() else "id_issuer"):
        if expires_on is None:
            why = Reason.EXPIRED if issuer.strip() else Reason.ISSUER
            raise NumberNotValid(text, NumberKind.FOREIGN_DOCUMENT, why)
    with checked("id_number"):
        return parse_foreign_document(kind, text, issuer=issuer, expires_on=expires_on, on=on).number


def give_consent(session: Session, *, talent: Talent, by: Actor, on: date, at: datetime) -> Talent:
    """Record the talent's consent to the use of personal data (REC-01): without it nothing is scored."""
    require_own(by, "talent.consent", talent.key, *_REGISTRY)
    talent.consent_on = on
    session.add(talent)
    note(session, talent, "consent", by=by, on=on, at=at)
    session.flush()
    return talent


def add_designation(
    session: Session,
    *,
    talent: Talent,
    plan: str,
    level: Level,
    selected_on: date,
    category: PlanCategory = PlanCategory.STARTUP,
    batch: str = "",
    valid_to: date | None = None,
    evidence: str = "",
    document: Document | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Designation:
    """Enter that a plan selected the talent (TAL-01). It counts for more once the talent office has verified it.

    Refuses with DesignationTwice, DateAhead, DatesReversed, FieldEmpty.
    """
    require_own(by, "designation.add", talent.key, *_REGISTRY)
    plan = said(plan, "plan")
    past(selected_on, "selected_on", on=on)
    in_order(selected_on, valid_to, "valid_to")
    twice = select(Designation.id).where(
        Designation.talent_id == talent.key, Designation.plan == plan, Designation.batch == batch.strip()
    )
    if session.exec(twice).first() is not None:
        raise DesignationTwice(plan=plan, batch=batch.strip() or "—")
    designation = Designation.model_validate(
        {
            "talent_id": talent.key,
            "plan": plan,
            "level": level,
            "category": category,
            "batch": batch.strip(),
            "selected_on": selected_on,
            "valid_to": valid_to,
            "evidence": evidence.strip(),
            "evidence_document_id": document.key if document else None,
        }
    )
    session.add(designation)
    note(session, designation, "add", by=by, on=on, at=at)
    return designation


def verify_designation(session: Session, *, designation: Designation, by: Actor, on: date, at: datetime) -> Designation:
    """The talent office confirms a designation against the plan's own list; never the hand that entered it.

    Refuses with AlreadyVerified, SameHand.
    """
    require(by, "designation.verify", Role.TALENT_OFFICE)
    if designation.verified_on is not None:
        raise AlreadyVerified(plan=designation.plan, on=designation.verified_on)
    if by.user_id in hands(session, f"designation:{designation.key}", ("designation.add",)):
        raise SameHand(act="designation.verify", earlier="designation.add", person=by.name)
    designation.verified_on = on
    designation.verified_by = by.user_id
    session.add(designation)
    note(session, designation, "verify", by=by, on=on, at=at)
    session.flush()
    return designation


def end_designation(
    session: Session, *, designation: Designation, valid_to: date, reason: str, by: Actor, on: date, at: datetime
) -> Designation:
    """The plan has dropped the talent, or the term of the designation is now known: it counts until `valid_to`."""
    require(by, "designation.end", Role.TALENT_OFFICE)
    in_order(designation.selected_on, valid_to, "valid_to")
    designation.valid_to = valid_to
    session.add(designation)
    note(session, designation, "end", by=by, on=on, at=at, reason=said(reason, "reason"))
    session.flush()
    return designation


def add_team_member(
    session: Session,
    *,
    talent: Talent,
    name: str,
    duty: str,
    joined_on: date,
    commitment_ppm: int = MILLION,
    key_person: bool = False,
    by: Actor,
    on: date,
    at: datetime,
) -> TeamMember:
    """Enter a member of the core team: since when, for which share of working time (parts per million)."""
    require_own(by, "team_member.add", talent.key, *_REGISTRY)
    member = TeamMember.model_validate(
        {
            "talent_id": talent.key,
            "name": said(name, "name"),
            "duty": said(duty, "duty"),
            "joined_on": past(joined_on, "joined_on", on=on),
            "commitment_ppm": within(commitment_ppm, "commitment_ppm", least=0, most=MILLION),
            "key_person": key_person,
        }
    )
    session.add(member)
    note(session, member, "add", by=by, on=on, at=at)
    return member


def leave_team(session: Session, *, member: TeamMember, left_on: date, by: Actor, on: date, at: datetime) -> TeamMember:
    """A member of the team has left; the line stays, with its end."""
    require_own(by, "team_member.leave", member.talent_id, *_REGISTRY)
    in_order(member.joined_on, past(left_on, "left_on", on=on), "left_on")
    member.left_on = left_on
    session.add(member)
    note(session, member, "leave", by=by, on=on, at=at)
    session.flush()
    return member


def form_group(
    session: Session, *, name: str, reason: str, firms: Sequence[Firm], by: Actor, on: date, at: datetime
) -> PartyGroup:
    """Firms that count as one debtor in every limit from now on (GUA-06, LOAN-08). Refuses with GroupTooSmall."""
    require(by, "party_group.form", Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
    if len({firm.key for firm in firms}) < 2:
        raise GroupTooSmall(field="firms")
    name = said(name, "name")
    group = session.exec(select(PartyGroup).where(col(PartyGroup.name) == name)).first()
    if group is None:
        group = PartyGroup.model_validate({"name": name, "reason": said(reason, "reason")})
        session.add(group)
        session.flush()
    for firm in firms:
        firm.group_id = group.key
        session.add(firm)
    note(session, group, "form", by=by, on=on, at=at, reason=reason)
    session.flush()
    return group
