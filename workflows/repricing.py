"""Contracts whose rate follows the LPR take a new one on 1 January or on their anniversary (LOAN-09).

The margin stays, the quotation of the matching term is the newest one published by that day. Nobody approves it: the
contract says so. The end of a day calls this before the day's interest accrues, so the day itself bears the new rate.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.lending.changes import reprices_on
from models.lending.repricing import Repricing
from models.loan import Contract, Loan, LoanMeter
from models.queries.rules import lpr_quotes
from models.roles import Actor
from models.states.loan import LoanStage
from models.states.loan_change import LOAN_CHANGE
from models.values.lpr import LprQuote, lpr_in_force
from models.values.terms import add_years, month_end, months_and_days
from workflows import moves
from workflows.change_effects import NewRate, NothingToChange, repriced
from workflows.changing import account_of, apply, propose_row

LONGEST_YEARS = 100
"""No contract runs as long (`models.lending.terms.LIMIT_MONTHS`)."""

_ANY_FLOATING = sa.text("SELECT 1 FROM contract WHERE repricing <> 'fixed' LIMIT 1")

CLAUSE = "loan_change.reprice"
"""What the change gives as its reason: the contract's own clause."""


def reprice_due(session: Session, *, by: Actor, on: date, at: datetime) -> int:
    """Give every loan whose contract reprices on this day its new rate; how many rates that changed.

    A loan whose rate stays, or that has nothing left to reprice, is left alone. Refuses as the account does when the
    loan's days are missing.
    """
    if session.execute(_ANY_FLOATING).first() is None:  # in most banks, on every day
        return 0
    due = _due(session, on)
    if not due:
        return 0
    quote = lpr_in_force(lpr_quotes(session, on), on)
    return sum(_reprice(session, loan, contract, quote, by=by, on=on, at=at) for loan, contract in due)


def _due(session: Session, on: date) -> list[tuple[Loan, Contract]]:
    owed = [stage for stage in LoanStage if stage.owed]
    # A day that ends February also stands for the 29th, and what was paid out on a later day is not there yet.
    starts = [day for years in range(1, LONGEST_YEARS) for day in _same_day(on, years)]
    query = (
        select(Loan, Contract)
        .join(Contract, col(Contract.id) == col(Loan.contract_id))
        .join(LoanMeter, col(LoanMeter.loan_id) == col(Loan.id))
        .where(col(Loan.stage).in_(owed), Contract.end_on > on, col(LoanMeter.through) < on)
        .where(
            sa.or_(
                sa.and_(col(Contract.repricing) == Repricing.JANUARY.value, sa.literal((on.month, on.day) == (1, 1))),
                sa.and_(col(Contract.repricing) == Repricing.ANNIVERSARY.value, col(Contract.start_on).in_(starts)),
            )
        )
        .order_by(col(Loan.id))
    )
    return [
        (loan, contract)
        for loan, contract in session.exec(query)
        if reprices_on(Repricing(contract.repricing), start=contract.start_on, end=contract.end_on, on=on)
    ]


def _same_day(on: date, years: int) -> tuple[date, date]:
    """The days so many years before on which a contract may have begun whose anniversary this is."""
    back = add_years(on, -years)
    return back, month_end(back) if on == month_end(on) else back


def _reprice(
    session: Session, loan: Loan, contract: Contract, quote: LprQuote, *, by: Actor, on: date, at: datetime
) -> bool:
    lpr = quote.for_term(months_and_days(contract.start_on, contract.end_on)[0])
    rate = lpr.plus_basis_points(contract.spread_bp)
    if rate == contract.rate:
        return False
    try:
        effect = repriced(account_of(session, loan, on), rate, lpr=lpr, published=quote.published)
    except NothingToChange:
        return False
    change = propose_row(session, loan, NewRate(rate=rate), effect, reason=CLAUSE, by=by, on=on)
    moves.move(session, LOAN_CHANGE, change, "reprice", by=by, on=on, at=at)
    apply(session, loan, change, effect, by=by, on=on, at=at)
    return True
