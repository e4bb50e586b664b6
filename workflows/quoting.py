"""What would settle a loan on a day ahead: to the fen, if nothing else happens on it until then (结清报价, LOAN-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from models.lending.ahead import Charges, UnpaidLine, charges_by
from models.lending.changes import reprices_on
from models.lending.repricing import Repricing
from models.loan import Contract, Loan, LoanMeter
from models.policies.rules import ServicingRules
from models.queries.loan_course import diversions_of
from models.queries.owed import contract_of, live_lines, meter_of
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.states.loan import DiversionStage
from models.values.money import Money
from workflows.classifying import LoanNotOwed
from workflows.recomputing import course, standing
from workflows.settling import SettlementQuote, settlement_quote


class QuoteOutOfRange(Refusal):
    """A settlement is quoted for today and so many days ahead, not for a day that has passed."""


class QuoteBeyondRepricing(Refusal):
    """The contract takes a new rate before that day, and nobody knows it yet (LOAN-09)."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A settlement quote: `made_on` the business day on which it was made, good for money that comes on `due.on`."""

    made_on: date
    due: SettlementQuote

    @property
    def valid_through(self) -> date:
        """The last day on which the amount is enough: a day later another day's interest is owed."""
        return self.due.on


def quote(session: Session, *, loan: Loan, on: date, today: date) -> Quote:
    """What settles the loan when it comes on the day `on`, seen from the business day `today`.

    Every day between is reckoned as its end of day will: interest by the plan, penalty and compound interest on what is
    late by then. Money that the bank keeps for the loan is not taken off. Refuses with LoanNotOwed, QuoteOutOfRange,
    QuoteBeyondRepricing.
    """
    meter = meter_of(session, loan)
    if not loan.stage.owed or meter.through is None:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)
    rules = rules_in_force(session, ServicingRules, today)
    last = today + timedelta(days=rules.quote_days)
    if not today <= on <= last or on <= meter.through:
        raise QuoteOutOfRange(loan=loan.number, on=on, first=max(today, meter.through + timedelta(days=1)), last=last)
    contract = contract_of(session, loan)
    _refuse_beyond_repricing(loan, contract, after=meter.through + timedelta(days=1), on=on)
    penalty, compound = _charges(session, loan, contract, meter, rules, on)
    plain = settlement_quote(session, loan, on)
    due = SettlementQuote(on, plain.principal, plain.interest, penalty, compound, plain.fee)
    return Quote(today, due)


def _charges(
    session: Session, loan: Loan, contract: Contract, meter: LoanMeter, rules: ServicingRules, on: date
) -> tuple[Money, Money]:
    """Penalty and compound interest in the morning of a day if nothing is paid until then.

    Where a part was diverted the walk through the loan's history says it, which knows of the misuse rate (LOAN-19); it
    refuses with HistoryNotReplayable where more has happened to the loan than its facts tell.
    """
    first = (meter.through or on) + timedelta(days=1)
    if any(one.stage is DiversionStage.CONFIRMED for one in diversions_of(session, loan)):
        standing(session, loan, first)
        after = course(session, loan, on)
        return Money(after.penalty), Money(after.compound)
    charges = charges_by(
        on,
        first=first,
        lines=[
            UnpaidLine(
                payable_on=line.payable_on,
                principal_fen=(line.principal - line.principal_paid).fen,
                interest_fen=(line.interest - line.interest_paid).fen,
            )
            for line in live_lines(session, loan)
        ],
        so_far=Charges(
            penalty_fen=meter.penalty_fen,
            compound_fen=meter.compound_fen,
            penalty_rest=meter.penalty_rest,
            compound_rest=meter.compound_rest,
        ),
        rate_ppm=loan.rate.ppm,
        penalty_uplift_ppm=contract.penalty_uplift_ppm,
        matures_on=loan.matures_on,
        day_basis=contract.day_basis,
        compound_on_penalty=rules.compound_on_penalty,
    )
    return Money(charges.penalty_fen), Money(charges.compound_fen)


def _refuse_beyond_repricing(loan: Loan, contract: Contract, *, after: date, on: date) -> None:
    how, day = Repricing(contract.repricing), after
    while how is not Repricing.FIXED and day < on:
        if reprices_on(how, start=contract.start_on, end=contract.end_on, on=day):
            raise QuoteBeyondRepricing(loan=loan.number, reprices=day, on=on)
        day += timedelta(days=1)
