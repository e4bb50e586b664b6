"""Loans that a day cannot reckon: left out with their reason, visible, tried again every day; never in others' way.

What makes a loan impossible is found on columns before the rule is run; whatever else the rule stumbles over is found by
halving. A loan that can be reckoned again makes up the days it missed, and they are booked with the day that runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, select

from models.lending import day
from models.loan import LoanMeter, LoanSetAside
from models.policies.rules import ServicingRules
from models.values.rate import DAY_BASES, MILLION
from workflows.day_portfolio import METERS, Part, read_loan

DAYS_NOT_RUN = "days_not_run"
NO_SCHEDULE = "no_schedule"
DAY_BASIS = "day_basis"
RATE = "rate_out_of_bounds"
AMOUNT = "amount_below_nought"
OTHER = "cannot_be_reckoned"
MOST_DAYS = 400
"""A loan that missed more than a year is a matter for people, not for a nightly run."""

REASONS = (DAYS_NOT_RUN, NO_SCHEDULE, DAY_BASIS, RATE, AMOUNT, OTHER)
"""Why a loan is set aside; each has a sentence for the desk."""


def waiting(session: Session, part: int) -> list[int]:
    """The loans of a partition that were set aside."""
    return list(session.exec(select(LoanSetAside.loan_id).where(LoanSetAside.part == part)))


def of_loan(session: Session, loan_id: int) -> LoanSetAside | None:
    """Since when and why a loan is set aside; None for one that is not."""
    return session.get(LoanSetAside, loan_id)


def reckon(
    session: Session, part: Part, were_aside: list[int], on: date, rules: ServicingRules, *, at: datetime
) -> tuple[Part, day.DayResult, int]:
    """Run the rule of the day over a partition: the loans that could be reckoned, the result, how many could not."""
    bad: dict[int, tuple[str, str]] = {int(one): (DAYS_NOT_RUN, "") for one in part.behind}
    missed: list[Missed] = []
    for loan_id in were_aside:
        if loan_id in bad:
            caught = _made_up(session, loan_id, on, rules)
            if isinstance(caught, Missed):
                part = part.with_loan(caught.loan)
                missed.append(caught)
                del bad[loan_id]
            else:
                bad[loan_id] = caught
    before = part
    found = _impossible(part)
    bad |= {loan_id: (reason, "") for loan_id, reason in found.items()}
    if found:
        part = part.without(found)
    try:
        result = _run(part, on, rules)
    except Exception:
        stumbling = dict(_stumbling(part, on, rules))
        bad |= {loan_id: (OTHER, what) for loan_id, what in stumbling.items()}
        part = part.without(stumbling)
        result = _run(part, on, rules)
    for one in missed:
        one.book_with(part, result)
    _write(session, before, bad, were_aside, on, at)
    return part, result, len(bad)


def _run(part: Part, on: date, rules: ServicingRules) -> day.DayResult:
    return day.run(
        part.portfolio(),
        part.open_lines(on),
        on,
        ageing=rules.ageing,
        compound_on_penalty=rules.compound_on_penalty,
    )


def _impossible(part: Part) -> dict[int, str]:
    """Loans that no rule can reckon, with the reason."""
    loans, lines = part.loans, part.lines
    with_lines = np.isin(loans["loan_id"], lines["loan_id"])
    below = lines["loan_id"][(lines["principal"] < 0) | (lines["interest"] < 0) | (lines["own"] < 0)]
    checks: tuple[tuple[str, NDArray[np.bool_]], ...] = (
        (DAY_BASIS, ~np.isin(loans["day_basis"], DAY_BASES)),
        (RATE, (loans["rate_ppm"] < 0) | (loans["rate_ppm"] > MILLION) | (loans["uplift_ppm"] > MILLION)),
        (AMOUNT, (loans["outstanding"] < 0) | np.isin(loans["loan_id"], below)),
        (NO_SCHEDULE, (loans["outstanding"] > 0) & ~with_lines),
    )
    found: dict[int, str] = {}
    for reason, here in checks:
        for loan_id in loans["loan_id"][here].tolist():
            found.setdefault(loan_id, reason)
    return found


def _stumbling(part: Part, on: date, rules: ServicingRules) -> Iterator[tuple[int, str]]:
    """The loans over which the rule itself stumbles, found by halving."""
    ids = part.loans["loan_id"].tolist()
    if not ids:
        return
    try:
        _run(part, on, rules)
    except Exception as error:
        if len(ids) == 1:
            yield ids[0], f"{type(error).__name__}: {error}"
            return
        half = len(ids) // 2
        yield from _stumbling(part.without(ids[half:]), on, rules)
        yield from _stumbling(part.without(ids[:half]), on, rules)


@dataclass(frozen=True, slots=True, eq=False)
class Missed:
    """A loan brought up to yesterday, and what the missed days came to: interest, penalty, compound (fen)."""

    loan: Part
    amounts: dict[str, int]

    def book_with(self, part: Part, result: day.DayResult) -> None:
        """Let the missed amounts accrue with this day: the meter before it is the one that stands in the books."""
        place = np.flatnonzero(part.loans["loan_id"] == self.loan.loans["loan_id"][0])
        for name, fen in self.amounts.items():
            part.loans[name][place] -= fen
            getattr(result, name)[place] += fen


def _made_up(session: Session, loan_id: int, on: date, rules: ServicingRules) -> Missed | tuple[str, str]:
    """The days that a loan missed, run one by one on what it owes now; or why that cannot be done.

    Its class and whether it accrues into income stay as they are: the day itself judges them.
    """
    single = read_loan(session.connection(), loan_id, on)
    wrong = _impossible(single)
    if wrong:
        return wrong[loan_id], ""
    through = date.fromordinal(max(int(single.loans["through"][0]), 1))
    days = (on - through).days - 1
    if not 0 < days <= MOST_DAYS:
        return DAYS_NOT_RUN, ""
    amounts = dict.fromkeys(("interest", "penalty", "compound"), 0)
    try:
        for number in range(1, days + 1):
            then = through + timedelta(days=number)
            result = _run(single.begun_by(then), then, rules)
            for name in amounts:
                amounts[name] += int(getattr(result, name)[0])
            single.meter(result, then)
    except Exception as error:
        return OTHER, f"{type(error).__name__}: {error}"[:400]
    return Missed(single, amounts)


def _write(
    session: Session,
    part: Part,
    bad: dict[int, tuple[str, str]],
    were_aside: list[int],
    on: date,
    at: datetime,
) -> None:
    """Keep who is left out and why; forget who could be reckoned again or is owed no more."""
    if not bad and not were_aside:
        return
    known = {row.loan_id: row for row in session.exec(select(LoanSetAside).where(LoanSetAside.part == part.part))}
    for loan_id, (reason, detail) in sorted(bad.items()):
        row = known.pop(loan_id, None)
        if row is None:
            _stop_meter(session, part, loan_id)
            row = LoanSetAside(loan_id=loan_id, part=part.part, since=on, reason=reason, detail=detail, tries=1, at=at)
        else:
            row.reason, row.detail, row.tries, row.at = reason, detail, row.tries + 1, at
        session.add(row)
    for row in known.values():
        session.delete(row)
    session.flush()


def _stop_meter(session: Session, part: Part, loan_id: int) -> None:
    """The meter's row takes over from the blocks, in which the loan is no longer found."""
    place = int(np.searchsorted(part.loans["loan_id"], loan_id))
    if place == len(part) or int(part.loans["loan_id"][place]) != loan_id:
        return  # a loan whose days are behind: its row is the newest there is
    meter = session.get_one(LoanMeter, loan_id)
    meter.interest_fen, meter.penalty_fen, meter.compound_fen, meter.penalty_rest, meter.compound_rest = (
        int(part.loans[name][place]) for name in METERS
    )
    meter.through = date.fromordinal(int(part.loans["through"][place]))
    session.add(meter)
