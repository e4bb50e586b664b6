"""Contracts whose rate follows the LPR take a new one on 1 January or on their anniversary (LOAN-09).

The margin stays, the quotation of the matching term is the newest one published by that day. Nobody approves it: the
contract says so. The end of a day calls this before the day's interest accrues, so the day itself bears the new rate.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.lending.changes import Repricing, reprices_on
from models.loan import Contract, Loan
from models.queries.rules import lpr_quotes
from models.roles import Actor
from models.states.loan import LoanStage
from models.states.loan_change import LOAN_CHANGE
from models.values.lpr import LprQuote, lpr_in_force
from models.values.terms import months_and_days
from workflows import moves
from workflows.change_effects import NewRate, NothingToChange, repriced
from workflows.changing import account_of, apply, propose_row

CLAUSE = "loan_change.reprice"
"""What the change gives as its reason: the contract's own clause."""


def reprice_due(session: Session, *, by: Actor, on: date, at: datetime) -> int:
    """Give every loan whose contract reprices on this day its new rate; how many rates that changed.

    A loan whose rate stays, or that has nothing left to reprice, is left alone. Refuses as the account does when the
    loan's days are missing.
    """
    due = _due(session, on)
    if not due:
        return 0
    quote = lpr_in_force(lpr_quotes(session, on), on)
    return sum(_reprice(session, loan, contract, quote, by=by, on=on, at=at) for loan, contract in due)


def _due(session: Session, on: date) -> list[tuple[Loan, Contract]]:
    owed = [stage for stage in LoanStage if stage.owed]
    query = (
        select(Loan, Contract)
        .join(Contract, col(Contract.id) == col(Loan.contract_id))
        .where(Contract.repricing != Repricing.FIXED.value, col(Loan.stage).in_(owed), Contract.end_on > on)
        .order_by(col(Loan.id))
    )
    return [
        (loan, contract)
        for loan, contract in session.exec(query)
        if reprices_on(Repricing(contract.repricing), start=contract.start_on, end=contract.end_on, on=on)
    ]


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
