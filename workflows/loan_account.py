"""The account of one loan: the place that changes its principal, its instalments and what has accrued on them, as
things happen; what is heard of late is put in between by `workflows.recomputing`.

Nothing here touches the books: the workflow that takes or pays the money books the event and calls this in the same
transaction. A day's interest is added by the end of day (`LoanMeter.interest_fen`), so an account may move on a day
only when the days before it were run and the day itself was not: otherwise interest would be reckoned on a principal
that was another one that day. `live` lines are in force; a new plan replaces those whose period has not ended and keeps
the others (LOAN-17).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from models.guarantee import Guarantee
from models.lending.allocation import DueKind
from models.lending.schedule import Rolling
from models.loan import Instalment, Loan
from models.policies.rules import ServicingRules
from models.queries.owed import (
    OpenDue,
    Owed,
    accrued_interest,
    contract_of,
    dues,
    earned_of_line,
    live_lines,
    meter_of,
    oldest_unpaid,
    owed,
)
from models.queries.rules import calendar, rules_in_force
from models.refusals import BrokenInvariant, Refusal
from models.roles import Actor
from models.values.money import ZERO, Money, total
from workflows import day_aside, guarantee, moves
from workflows.drawing_up import guarantee_for
from workflows.posting import take_turn
from workflows.replanning import first_lines, rest_of_lines, rows_of

__all__ = [
    "DayOver",
    "DaysNotRun",
    "MoreThanOwed",
    "OpenDue",
    "Owed",
    "accrued_interest",
    "check_day",
    "contract_of",
    "draw_principal",
    "dues",
    "follow",
    "give_up",
    "guarantee_of",
    "live_lines",
    "lower_principal",
    "meter_of",
    "oldest_unpaid",
    "owed",
    "reopen_dues",
    "replan",
    "settle_dues",
    "settle_interest",
    "write_schedule",
]


class DaysNotRun(Refusal):
    """Days before this one have not had their end of day yet, so the loan's interest is not known."""


class LoanIsSetAside(Refusal):
    """The end of day could not reckon this loan and has left it out; only money is taken in until that is mended."""


class DayOver(Refusal):
    """The end of this day was run already: nothing more can happen to the loan on it."""


class MoreThanOwed(Refusal):
    """The principal cannot fall by more than is owed."""


def write_schedule(session: Session, loan: Loan, on: date) -> list[Instalment]:
    """Write the first schedule: what is outstanding, owed from the day `on`, is repaid by the contract's method.

    BrokenInvariant if the loan has a schedule already; TermsNotValid outside the contract's term.
    """
    if live_lines(session, loan):
        raise BrokenInvariant("the loan has a schedule already", loan=loan.number)
    lines = first_lines(contract_of(session, loan), loan.outstanding, on=on, roll=_roll(session, on))
    return _kept(session, rows_of(lines, loan_id=loan.key, plan=1, balance=loan.outstanding, brought=ZERO))


def replan(session: Session, loan: Loan, *, on: date, reason: str, by: Actor, at: datetime) -> list[Instalment]:
    """Write the rest of the schedule anew after the principal changed on `on`; returns the new lines.

    Lines whose period has ended stay as they are, paid or not. What the running period has earned and is unpaid is
    brought into the first new line; when nothing is left to repay it falls due at once. Refuses as the account does
    when days are missing; BrokenInvariant when principal is left and no line to repay it.
    """
    check_day(session, loan, on)
    contract, lines = contract_of(session, loan), live_lines(session, loan)
    past = [line for line in lines if line.period_end <= on]
    ahead = [line for line in lines if line.period_end > on]
    balance = loan.outstanding - total(line.principal - line.principal_paid for line in past)
    if balance < ZERO or (balance and not ahead and on >= contract.end_on):
        raise BrokenInvariant("principal and instalments differ", loan=loan.number, ahead=balance.fen)
    roll, brought = _roll(session, on), ZERO
    if ahead:
        brought = earned_of_line(contract, ahead[0], on) - ahead[0].interest_paid
        new = rest_of_lines(contract, past, ahead, balance, on=on, brought=brought, roll=roll)
    elif balance:  # drawn again after everything had been repaid
        new = first_lines(contract, balance, on=on, roll=roll, number=max(line.number for line in lines) + 1)
    else:
        return []
    for line in ahead:
        line.live = False
        session.add(line)
    plan = max(line.plan for line in lines) + 1
    moves.note(session, loan, "replan", by=by, on=on, at=at, reason=reason)
    return _kept(session, rows_of(new, loan_id=loan.key, plan=plan, balance=balance, brought=brought))


def draw_principal(session: Session, loan: Loan, amount: Money, *, on: date, by: Actor, at: datetime) -> None:
    """A tranche was paid out: more is owed from this day on. The first one writes the schedule, a further one levels
    the remaining instalments again. Refuses when days are missing; TermsNotValid outside the term."""
    first = not loan.disbursed
    if first:
        meter = meter_of(session, loan)
        meter.through = on - timedelta(days=1)
        loan.opened_on = on
        session.add(meter)
    check_day(session, loan, on)
    loan.disbursed += amount
    loan.outstanding += amount
    session.add(loan)
    session.flush()
    if first:
        write_schedule(session, loan, on)
    else:
        replan(session, loan, on=on, reason="tranche", by=by, at=at)


def settle_dues(
    session: Session, loan: Loan, parts: Sequence[tuple[OpenDue, Money]], *, on: date, by: Actor, at: datetime
) -> None:
    """Mark dues as paid, in whole or in part: the lines, the meter, the principal, and the guarantee behind it.

    `parts` are dues as `dues` gave them today, each with what was paid of it. BrokenInvariant for more than is due.
    """
    check_day(session, loan, on)
    meter = meter_of(session, loan)
    for due, paid in parts:
        if not ZERO <= paid <= due.amount:
            raise BrokenInvariant("more paid than is due", loan=loan.number, kind=due.kind, paid=paid.fen)
        match due.kind:
            case DueKind.PENALTY:
                meter.penalty_fen -= paid.fen
            case DueKind.COMPOUND:
                meter.compound_fen -= paid.fen
            case DueKind.INTEREST:
                meter.interest_fen -= paid.fen
                _pay(session, due, on, interest=paid)
            case DueKind.PRINCIPAL:
                loan.outstanding -= paid
                _pay(session, due, on, principal=paid)
            case DueKind.COSTS:
                raise BrokenInvariant("costs are no part of the account", loan=loan.number)
    session.add(meter)
    follow(session, loan, on=on, by=by, at=at)


def reopen_dues(
    session: Session,
    loan: Loan,
    parts: Sequence[tuple[Instalment | None, DueKind, Money]],
    *,
    on: date,
    by: Actor,
    at: datetime,
) -> None:
    """Undo what `settle_dues` marked as paid, because the money did not come after all: lines, meter, principal and the
    guarantee behind it. Lines of an earlier plan cannot come back: BrokenInvariant."""
    check_day(session, loan, on)
    meter = meter_of(session, loan)
    for line, kind, amount in parts:
        match kind:
            case DueKind.PENALTY:
                meter.penalty_fen += amount.fen
            case DueKind.COMPOUND:
                meter.compound_fen += amount.fen
            case DueKind.INTEREST | DueKind.PRINCIPAL:
                if line is None or not line.live:
                    raise BrokenInvariant("a due of an earlier plan cannot come back", loan=loan.number, kind=kind)
                if kind is DueKind.INTEREST:
                    meter.interest_fen += amount.fen
                    line.interest_paid -= amount
                else:
                    loan.outstanding += amount
                    line.principal_paid -= amount
                line.settled_on = None
                session.add(line)
            case DueKind.COSTS:
                raise BrokenInvariant("costs are no part of the account", loan=loan.number)
    session.add(meter)
    follow(session, loan, on=on, by=by, at=at)


def settle_interest(session: Session, loan: Loan, amount: Money, *, on: date, by: Actor, at: datetime) -> Money:
    """Use an amount for unpaid contract interest, the oldest first, the running period's last; returns what is left.

    For interest that somebody else pays, such as the guarantor's share of it (GUA-14).
    """
    left, parts = amount, []
    for due in dues(session, loan, on, accrued=True):
        if due.kind is DueKind.INTEREST and left:
            parts.append((due, min(due.amount, left)))
            left -= parts[-1][1]
    settle_dues(session, loan, parts, on=on, by=by, at=at)
    return left


def lower_principal(
    session: Session, loan: Loan, amount: Money, *, on: date, by: Actor, at: datetime, reason: str = "early"
) -> None:
    """The principal falls by `amount`: an early repayment, a bridge, a claim. What is due goes first, the oldest
    first; the rest shortens what is still to come, whose lines are written anew (LOAN-17). The guarantee follows.

    The caller books the event. Refuses with MoreThanOwed, and when days are missing.
    """
    check_day(session, loan, on)
    if amount > loan.outstanding:
        raise MoreThanOwed(loan=loan.number, owed=loan.outstanding, asked=amount)
    early = amount
    for due in dues(session, loan, on):
        if due.kind is DueKind.PRINCIPAL and early:
            paid = min(due.amount, early)
            _pay(session, due, on, principal=paid)
            early -= paid
    loan.outstanding -= amount
    session.add(loan)
    if early:
        replan(session, loan, on=on, reason=reason, by=by, at=at)
    follow(session, loan, on=on, by=by, at=at)


def give_up(session: Session, loan: Loan, *, on: date) -> None:
    """The claim leaves the bank, sold or written off: nothing is owed to it any more, and no line that is unpaid stays
    in force. The caller books what was owed. Refuses when days are missing."""
    check_day(session, loan, on)
    meter = meter_of(session, loan)
    meter.interest_fen = meter.penalty_fen = meter.compound_fen = 0
    session.add(meter)
    for line in live_lines(session, loan):
        if line.unpaid:
            line.live = False
            session.add(line)
    loan.outstanding, loan.oldest_unpaid = ZERO, None
    session.add(loan)
    session.flush()


def guarantee_of(session: Session, loan: Loan) -> Guarantee | None:
    """The guarantee behind a loan, whatever has become of it; none for one that lapsed."""
    return guarantee_for(session, loan.number)


def check_day(session: Session, loan: Loan, on: date) -> None:
    """Refuse with DaysNotRun or DayOver unless `on` is the day after the last that was run for the loan. Who books before
    the account moves asks this first. It waits for the writer's turn, so no end of day can come between."""
    take_turn(session)
    meter = meter_of(session, loan)
    if session.get_bind().dialect.name == "postgresql":
        session.flush()
        session.refresh(meter)  # read again: what was read before the turn may be another day's
    through = meter.through
    if through is None:
        raise BrokenInvariant("nothing was paid out on the loan", loan=loan.number)
    if through < on - timedelta(days=1):
        aside = day_aside.of_loan(session, loan.key)
        if aside is not None:
            raise LoanIsSetAside(loan=loan.number, since=aside.since)
        raise DaysNotRun(loan=loan.number, through=through, on=on)
    if through >= on:
        raise DayOver(loan=loan.number, through=through, on=on)


def _roll(session: Session, on: date) -> Rolling:
    days, rule = calendar(session), rules_in_force(session, ServicingRules, on).roll
    return lambda day: days.rolled(day, rule)


def _kept(session: Session, rows: list[Instalment]) -> list[Instalment]:
    session.add_all(rows)
    session.flush()
    return rows


def _pay(session: Session, due: OpenDue, on: date, *, principal: Money = ZERO, interest: Money = ZERO) -> None:
    line = due.instalment
    if line is None:
        raise BrokenInvariant("principal and interest are owed under an instalment", kind=due.kind)
    line.principal_paid += principal
    line.interest_paid += interest
    line.settled_on = None if line.unpaid else on
    session.add(line)


def follow(session: Session, loan: Loan, *, on: date, by: Actor, at: datetime) -> None:
    """What hangs on the principal: since when the loan is late, and how much the guarantee still covers."""
    session.flush()
    loan.oldest_unpaid = oldest_unpaid(session, loan, on)
    session.add(loan)
    session.flush()
    cover = guarantee_of(session, loan)
    # Nothing owed now, but a tranche still promised: the guarantee waits for it.
    if cover is not None and (loan.outstanding or loan.disbursed == loan.amount):
        guarantee.reduce(session, guarantee=cover, principal_outstanding=loan.outstanding, by=by, on=on, at=at)
