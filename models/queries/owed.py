"""What a loan owes on a day: its lines in force, what of them is due, what has accrued (LOAN-10, LOAN-21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from models.lending.allocation import DueKind
from models.lending.earned import earned
from models.lending.terms import BY_MONTHS
from models.loan import Contract, Instalment, Loan, LoanMeter
from models.queries.day_lines import newest_line
from models.values.money import Money, total


@dataclass(frozen=True, slots=True)
class OpenDue:
    """Something a borrower owes today: of which instalment (none for penalty and compound interest), and how much."""

    instalment: Instalment | None
    kind: DueKind
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Owed:
    """What a loan owes at the start of a day: all principal, all interest accrued by then, and what of it is due."""

    principal: Money
    interest: Money
    penalty: Money
    compound: Money
    due_now: Money

    @property
    def total(self) -> Money:
        """What would settle the loan that day."""
        return self.principal + self.interest + self.penalty + self.compound


def contract_of(session: Session, loan: Loan) -> Contract:
    """The contract under which a loan was made."""
    return session.get_one(Contract, loan.contract_id)


def meter_of(session: Session, loan: Loan) -> LoanMeter:
    """The meter of a loan, brought up to the last day that was run: what has accrued and is unpaid. Every signed loan
    has one. In a session that may write, the row follows; one that only reads leaves it as it is.
    """
    meter = session.get_one(LoanMeter, loan.key)
    if meter.through is None:  # nothing was paid out yet
        return meter
    found = newest_line(session, loan, after=meter.through)
    if found is None:
        return meter
    on, line = found
    now = {
        "interest_fen": line.unpaid_interest,
        "penalty_fen": line.unpaid_penalty,
        "compound_fen": line.unpaid_compound,
        "penalty_rest": line.penalty_rest,
        "compound_rest": line.compound_rest,
        "days_past_due": line.days_past_due,
        "through": on,
    }
    keep = set_committed_value if session.get_bind().get_execution_options().get("read_only") else setattr
    for name, value in now.items():
        keep(meter, name, value)
    return meter


def live_lines(session: Session, loan: Loan) -> list[Instalment]:
    """The lines of the schedule in force, with those of earlier plans that had fallen due before, in order."""
    query = select(Instalment).where(Instalment.loan_id == loan.key, col(Instalment.live))
    return list(session.exec(query.order_by(col(Instalment.period_end), col(Instalment.number))))


def earned_of_line(contract: Contract, line: Instalment, on: date) -> Money:
    """What a line's interest has come to by the start of the day, with what was brought into it; paid or not."""
    of_period = earned(
        by_months=contract.method in BY_MONTHS,
        interest_fen=(line.interest - line.brought).fen,
        balance_fen=line.balance_before.fen,
        rate_ppm=contract.rate.ppm,
        period_start=line.period_start,
        period_end=line.period_end,
        on=on,
        day_basis=contract.day_basis,
    )
    return line.brought + Money(of_period)


def accrued_interest(session: Session, loan: Loan, on: date) -> Money:
    """Contract interest earned by the start of the day and unpaid, due or not: what the meter shows that morning."""
    contract = contract_of(session, loan)
    lines = live_lines(session, loan)
    return total(earned_of_line(contract, line, on) - line.interest_paid for line in lines if line.period_start <= on)


def dues(session: Session, loan: Loan, on: date, *, accrued: bool = False) -> list[OpenDue]:
    """What can be paid as due on a day, the oldest first: interest and principal of every line whose period has ended,
    then penalty and compound interest as the last end of day left them.

    A line that falls due on a rest day can be paid once its interest is complete; it is late only when its payable day
    has passed. `accrued` adds the interest of the running period so far, for an early repayment (LOAN-17).
    """
    found: list[OpenDue] = []
    contract = contract_of(session, loan)
    for line in live_lines(session, loan):
        interest = earned_of_line(contract, line, on) - line.interest_paid
        if line.period_end <= on:
            found += _due(line, DueKind.INTEREST, line.due_on, interest)
            found += _due(line, DueKind.PRINCIPAL, line.due_on, line.principal - line.principal_paid)
        elif accrued and line.period_start <= on:
            found += _due(line, DueKind.INTEREST, on, interest)
    meter = meter_of(session, loan)
    found += _due(None, DueKind.PENALTY, on, Money(meter.penalty_fen))
    found += _due(None, DueKind.COMPOUND, on, Money(meter.compound_fen))
    return found


def _due(line: Instalment | None, kind: DueKind, due_on: date, amount: Money) -> list[OpenDue]:
    return [OpenDue(line, kind, due_on, amount)] if amount else []


def owed(session: Session, loan: Loan, on: date) -> Owed:
    """What the loan owes at the start of a day. Contract interest is exact for any day under the plan in force; penalty
    and compound interest stand as the last end of day left them."""
    meter = meter_of(session, loan)
    return Owed(
        loan.outstanding,
        accrued_interest(session, loan, on),
        Money(meter.penalty_fen),
        Money(meter.compound_fen),
        total(due.amount for due in dues(session, loan, on)),
    )


def oldest_unpaid(session: Session, loan: Loan, on: date) -> date | None:
    """The payable day of the oldest line that is late at the start of the day: nobody is late before it has passed."""
    late = [line.payable_on for line in live_lines(session, loan) if line.unpaid and line.payable_on < on]
    return min(late, default=None)
