"""Builders for the committee's table: funded institutions, facilities, applications with their opinion, approvals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from people import (
    ACTORS,
    AT,
    COMMITTEE,
    ON,
    a_panel,
    a_score,
    an_application,
    an_opinion,
    lay_rules,
    seat_staff,
    seats_of,
)
from sqlmodel import Session

from models.application import Application
from models.decision import Decision
from models.facility import Facility
from models.roles import Institution, Role
from models.states.application import Stage
from models.values.money import ZERO, Money
from models.values.rate import Rate
from workflows import decision, funding

TABLE: dict[str, Any] = {"by": COMMITTEE, "on": ON, "at": AT}


def fund(session: Session, guarantor: Money = Money.wan(10_000), bank: Money = ZERO) -> None:
    """Capital of the guarantor and, if any is booked at all, of the bank."""
    seat_staff(session)
    lay_rules(session)
    for book, amount in ((Institution.GUARANTOR, guarantor), (Institution.BANK, bank)):
        if amount:
            funding.capitalise(
                session, fund=book, amount=amount, owner="owner", by=ACTORS[Role.FINANCE_BUREAU], on=ON, at=AT
            )


def a_facility(session: Session, commitment: Money, rate: str = "0.0615") -> Facility:
    """A facility of the vehicle that is open from now on."""
    facility = funding.register_facility(
        session, lender="示例开发银行", commitment=commitment, rate=Rate.of(rate), starts_on=ON,
        ends_on=ON + timedelta(days=1_800), by=ACTORS[Role.TREASURER], on=ON, at=AT,
    )  # fmt: skip
    return funding.open_facility(session, facility=facility, by=ACTORS[Role.BUREAU_APPROVER], on=ON, at=AT)


def advised(session: Session, **more: Any) -> Application:
    """An application with the panel's opinion, and a guarantor that can bear it."""
    fund(session)
    return an_application(session, stage=Stage.OPINION_ISSUED, **more)


def advised_by(session: Session, application: Application, **opinion: Any) -> None:
    """Take a scored application through its panel to an opinion with its own words."""
    for seat in seats_of(session, a_panel(session, application)):
        a_score(session, seat)
    an_opinion(session, application, **opinion)


def approve(session: Session, application: Application, **more: Any) -> Decision:
    """What the committee approves, by the offer unless told otherwise."""
    return decision.approve(session, application=application, **(TABLE | more))
