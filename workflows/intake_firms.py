"""Firms at the counter: planned ones and registered ones, their cap table over time, figures, contacts, milestones."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from models.firm import Contact, Firm, FirmSize, FirmYear, Industry, Milestone, Shareholding
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.talent import PartyGroup, Talent
from models.values.identifiers import parse_credit_code
from models.values.money import ZERO, Money, total
from workflows.given import checked, in_order, past, said, sort_name, within
from workflows.moves import note
from workflows.ownership import require_own

_DESK = (Role.LOAN_OFFICER,)


class FirmKnown(Refusal):
    """A firm with this credit code is registered with us already."""


class AlreadyFounded(Refusal):
    """The firm exists: it has its credit code and is no longer planned."""


class RegistrationIncomplete(BadInput):
    """A registered firm has both a credit code and a day of registration, a planned one has neither."""


class CapitalNegative(BadInput):
    """An amount of capital below nought, or a share of nought."""


class CapTableOverflow(Refusal):
    """The shares together would exceed the registered capital."""


class FiguresTwice(Refusal):
    """Figures of that year became known on that day already: later ones need a later day."""


def register_firm(
    session: Session,
    *,
    founder: Talent,
    name: str,
    industry: Industry,
    district: str,
    credit_code: str | None = None,
    registered_on: date | None = None,
    registered_capital: Money = ZERO,
    staff: int = 0,
    size: FirmSize = FirmSize.MICRO,
    group: PartyGroup | None = None,
    synthetic: bool = False,
    label: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Firm:
    """Enter a firm, or one that is only planned: then without credit code and day of registration (TB-02).

    Refuses with NumberWrong, CheckDigitWrong, FirmKnown, RegistrationIncomplete, CapitalNegative.
    """
    require_own(by, "firm.register", founder.key, *_DESK)
    if (credit_code is None) != (registered_on is None):
        raise RegistrationIncomplete(field="registered_on" if registered_on is None else "credit_code")
    code = _new_code(session, credit_code) if credit_code is not None else None
    if registered_on is not None:
        past(registered_on, "registered_on", on=on)
    if registered_capital < ZERO:
        raise CapitalNegative(field="registered_capital")
    name = said(name, "name")
    firm = Firm.model_validate(
        {
            "name": name,
            "name_sort": sort_name(name),
            "credit_code": code,
            "registered_on": registered_on,
            "founder_id": founder.key,
            "group_id": group.key if group else None,
            "district": district.strip(),
            "industry": industry,
            "size": size,
            "registered_capital": registered_capital,
            "staff": within(staff, "staff", least=0, most=10_000_000),
            "synthetic": synthetic,
            "label": label,
        }
    )
    session.add(firm)
    note(session, firm, "register", by=by, on=on, at=at)
    return firm


def found_firm(
    session: Session,
    *,
    firm: Firm,
    credit_code: str,
    registered_on: date,
    registered_capital: Money,
    by: Actor,
    on: date,
    at: datetime,
) -> Firm:
    """The planned firm now exists: its credit code, day and capital are known, and a contract may follow (TB-02).

    Refuses with AlreadyFounded, NumberWrong, CheckDigitWrong, FirmKnown, CapitalNegative.
    """
    require_own(by, "firm.found", firm.founder_id, *_DESK)
    if firm.exists:
        raise AlreadyFounded(name=firm.name, on=firm.registered_on)
    if registered_capital <= ZERO:
        raise CapitalNegative(field="registered_capital")
    firm.credit_code = _new_code(session, credit_code)
    firm.registered_on = past(registered_on, "registered_on", on=on)
    firm.registered_capital = registered_capital
    session.add(firm)
    note(session, firm, "found", by=by, on=on, at=at)
    session.flush()
    return firm


def _new_code(session: Session, text: str) -> str:
    with checked("credit_code"):
        code = parse_credit_code(text)
    known = session.exec(select(Firm).where(Firm.credit_code == code)).first()
    if known is not None:
        raise FirmKnown(name=known.name, code=code)
    return code


def _lines_on(session: Session, firm: Firm, on: date) -> list[Shareholding]:
    """The lines of a firm's cap table that hold on a day, the largest first."""
    return list(
        session.exec(
            select(Shareholding)
            .where(
                Shareholding.firm_id == firm.key,
                col(Shareholding.since) <= on,
                (col(Shareholding.until).is_(None)) | (col(Shareholding.until) > on),
            )
            .order_by(col(Shareholding.capital).desc(), col(Shareholding.id))
        )
    )


def add_shareholder(
    session: Session,
    *,
    firm: Firm,
    holder: str,
    holder_kind: str = "founder",
    capital: Money,
    since: date,
    by: Actor,
    on: date,
    at: datetime,
) -> Shareholding:
    """Enter that somebody holds so much registered capital from a day on; an older line of the same holder ends then.

    Refuses with CapTableOverflow if all shares together would exceed the registered capital, with CapitalNegative.
    """
    require_own(by, "shareholding.add", firm.founder_id, *_DESK)
    holder = said(holder, "holder")
    if capital <= ZERO:
        raise CapitalNegative(field="capital")
    past(since, "since", on=on)
    lines = _lines_on(session, firm, since)
    others = total(line.capital for line in lines if line.holder != holder)
    if others + capital > firm.registered_capital:
        raise CapTableOverflow(firm=firm.name, registered=firm.registered_capital, others=others, asked=capital)
    for line in lines:
        if line.holder == holder:
            in_order(line.since + timedelta(days=1), since, "since")
            line.until = since
            session.add(line)
    share = Shareholding.model_validate(
        {
            "firm_id": firm.key,
            "holder": holder,
            "holder_kind": said(holder_kind, "holder_kind"),
            "capital": capital,
            "since": since,
        }
    )
    session.add(share)
    note(session, share, "add", by=by, on=on, at=at)
    session.flush()
    return share


def add_firm_year(
    session: Session,
    *,
    firm: Firm,
    year: int,
    revenue: Money,
    profit: Money,
    rd_spend: Money = ZERO,
    assets: Money = ZERO,
    debts: Money = ZERO,
    known_on: date | None = None,
    source: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> FirmYear:
    """Enter a firm's own figures of a year and the day they became known; scoring reads what was known then.

    Refuses with FiguresTwice, DateAhead, NumberOutOfRange, CapitalNegative (only the profit may be below nought).
    """
    require_own(by, "firm_year.add", firm.founder_id, *_DESK)
    known = past(known_on or on, "known_on", on=on)
    within(year, "year", least=1978, most=on.year)
    amounts = {"revenue": revenue, "rd_spend": rd_spend, "assets": assets, "debts": debts}
    for field, amount in amounts.items():
        if amount < ZERO:
            raise CapitalNegative(field=field)
    twice = select(FirmYear.id).where(
        FirmYear.firm_id == firm.key, FirmYear.year == year, col(FirmYear.known_on) == known
    )
    if session.exec(twice).first() is not None:
        raise FiguresTwice(firm=firm.name, year=year, on=known)
    figures = FirmYear.model_validate(
        {"firm_id": firm.key, "year": year, "profit": profit, "known_on": known, "source": source.strip()} | amounts
    )
    session.add(figures)
    note(session, figures, "add", by=by, on=on, at=at)
    return figures


def add_contact(
    session: Session,
    *,
    firm: Firm,
    name: str,
    duty: str = "",
    phone: str = "",
    email: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Contact:
    """Enter somebody to call at a firm."""
    require_own(by, "contact.add", firm.founder_id, *_DESK)
    contact = Contact.model_validate(
        {
            "firm_id": firm.key,
            "name": said(name, "name"),
            "duty": duty.strip(),
            "phone": phone.strip(),
            "email": email.strip(),
        }
    )
    session.add(contact)
    note(session, contact, "add", by=by, on=on, at=at)
    return contact


def add_milestone(
    session: Session, *, firm: Firm, title: str, due_on: date, by: Actor, on: date, at: datetime
) -> Milestone:
    """Enter a step of the project on which pay-outs or covenants hang, with the day it is promised for."""
    require_own(by, "milestone.add", firm.founder_id, *_DESK)
    milestone = Milestone.model_validate({"firm_id": firm.key, "title": said(title, "title"), "due_on": due_on})
    session.add(milestone)
    note(session, milestone, "add", by=by, on=on, at=at)
    return milestone
