"""The day from which a fact heard of today counts (起息日): never ahead, before the pay-out, too long ago or closed."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from models import ledger
from models.books.chart import BOOK_NUMBER
from models.lending.facts import Classed, Fact, Paid, place
from models.loan import Loan
from models.policies.rules import ServicingRules
from models.queries.loan_course import facts_of
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.roles import Institution


class ValueDayAhead(BadInput):
    """Money, or anything else, cannot count from a day that has not come."""


class BeforePayOut(BadInput):
    """Nothing can have happened to the loan before its first pay-out."""


class TooFarBack(Refusal):
    """The day lies further back than the rules let a payment count (`backdate_max_days`)."""


class ValueDayClosed(Refusal):
    """The bank's books are closed through that day; the payment counts from a day of the open period at the earliest."""


def check_value_day(session: Session, loan: Loan, value_on: date, on: date, *, field: str = "value_on") -> None:
    """Refuse a day that lies ahead, before the first pay-out, or in a period that is closed in the bank's books."""
    if value_on > on:
        raise ValueDayAhead(field=field, day=value_on, on=on)
    if loan.opened_on is None or value_on < loan.opened_on:
        raise BeforePayOut(field=field, loan=loan.number, day=value_on, opened_on=loan.opened_on or on)
    check_open_period(session, value_on)


def check_open_period(session: Session, value_on: date) -> None:
    """Refuse with ValueDayClosed a day through which the bank's books are closed."""
    head = sa.text("SELECT closed_through FROM ledger_head WHERE book = :book")
    through = session.connection().execute(head, {"book": BOOK_NUMBER[Institution.BANK]}).scalar() or 0
    if ledger.day_number(value_on) <= through:
        raise ValueDayClosed(day=value_on, through=ledger.day_of(through))


def check_how_far(session: Session, value_on: date, on: date) -> None:
    """Refuse with TooFarBack beyond the rules' number of days."""
    most = rules_in_force(session, ServicingRules, on).backdate_max_days
    if value_on < on - timedelta(days=most):
        raise TooFarBack(day=value_on, most=most, earliest=on - timedelta(days=most))


def comes_last(session: Session, loan: Loan, fact: Fact) -> bool:
    """Whether the fact stands after every payment and every view of the class that is known: then the counter takes it
    as it comes."""
    mine = place(fact)
    return all(place(other) <= mine for other in facts_of(session, loan) if isinstance(other, Paid | Classed))
