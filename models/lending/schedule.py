"""Repayment schedules of one loan by its terms (LOAN-13 to LOAN-16, LOAN-23), and what is left of them at a later date.

Equal instalments and equal principal count by the contract's due days, in months unless another day count is agreed, so
a due day moved by a holiday leaves their interest as it is. The other methods count actual days: interest settled on a settlement day stops there, interest that is paid together
with principal runs to the day on which the principal is payable (LOAN-23).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import gcd
from typing import overload

import numpy as np

from models.lending.counting import Counting
from models.lending.levelled import levelled
from models.lending.terms import BY_MONTHS, RepaymentMethod, Terms, TermsNotValid
from models.refusals import BrokenInvariant
from models.values.money import half_up
from models.values.rate import MILLION
from models.values.terms import add_months, month_end

Rolling = Callable[[date], date]
"""From a due day to the day on which it is payable: `Calendar.rolled`, for instance (LOAN-23)."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """One line of a schedule, amounts in fen.

    Interest counts the days from `period_start` up to but not including `period_end`. `due_on` is the day the contract
    names; nobody is late before the end of `payable_on`.
    """

    number: int
    period_start: date
    period_end: date
    due_on: date
    payable_on: date
    principal_fen: int
    interest_fen: int
    balance_after_fen: int
    drawn_fen: int = 0
    """What was paid out during the period (a tranche that joined)."""

    @property
    def payment_fen(self) -> int:
        """Principal and interest together."""
        return self.principal_fen + self.interest_fen


@dataclass(frozen=True, slots=True)
class Schedule:
    """Instalments that repay `principal_fen`, and what is drawn later, to the last fen; BrokenInvariant if not."""

    principal_fen: int
    instalments: tuple[Instalment, ...]

    def __post_init__(self) -> None:
        owed = self.principal_fen
        for line in self.instalments:
            owed += line.drawn_fen - line.principal_fen
            if line.balance_after_fen != owed or line.principal_fen < 0 or line.interest_fen < 0:
                raise BrokenInvariant("a schedule that does not add up", instalment=line.number, balance=owed)
        if owed:
            raise BrokenInvariant("a schedule that does not repay its loan", left=owed)

    def __iter__(self) -> Iterator[Instalment]:
        return iter(self.instalments)

    def __len__(self) -> int:
        return len(self.instalments)

    @overload
    def __getitem__(self, index: int) -> Instalment: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Instalment, ...]: ...
    def __getitem__(self, index: int | slice) -> Instalment | tuple[Instalment, ...]:
        return self.instalments[index]

    @property
    def total_interest_fen(self) -> int:
        """The interest of all instalments."""
        return sum(line.interest_fen for line in self.instalments)


def schedule_of(terms: Terms, *, roll: Rolling) -> Schedule:
    """The schedule of a loan whose principal is paid out at its start, further drawings on their days. `roll` moves due days off rest days (LOAN-23)."""
    return schedule_from(terms, balance_fen=terms.principal_fen, on=terms.start, roll=roll)


def schedule_from(
    terms: Terms, *, balance_fen: int, on: date, roll: Rolling, interest_so_far_fen: int = 0, number: int | None = None
) -> Schedule:
    """The schedule by which `balance_fen`, owed at the start of the day `on`, is repaid on the days still to come.

    For a further drawing (tranche), an early repayment, a new rate or an extension: hand in the changed terms
    (`dataclasses.replace`); their `principal_fen` is not read. Instalments are levelled again over the remaining
    periods; a period already begun counts actual days (LOAN-17). `interest_so_far_fen`, what the running period had
    already accrued, falls due with the first instalment. `number` is the first instalment's; without it numbering goes
    on from the due days that lie behind.

    Raises TermsNotValid for a balance that is not above nought, for a day outside the term, and where the rest of a
    free-form plan does not repay the balance.
    """
    if type(balance_fen) is not int or balance_fen <= 0:
        raise TermsNotValid("balance_fen", "not above nought")
    if type(interest_so_far_fen) is not int or interest_so_far_fen < 0:
        raise TermsNotValid("interest_so_far_fen", "below nought")
    if not terms.start <= on < terms.maturity:
        raise TermsNotValid("on", "not within the term")
    if terms.method in BY_MONTHS:
        lines = _by_months(terms, balance_fen, on, roll)
    else:
        lines = _by_days(terms, balance_fen, on, roll)
    first = number if number is not None else 1 + sum(due <= on for due in due_days(terms))
    return _built(balance_fen, lines, on=on, so_far=interest_so_far_fen, first=first)


def due_days(terms: Terms) -> tuple[date, ...]:
    """The days on which something falls due by the contract, in order, before any rolling; the last is the maturity."""
    if terms.method in BY_MONTHS:
        return (*(terms.due_day(index) for index in range(terms.periods - 1)), terms.maturity)
    if terms.method is RepaymentMethod.BULLET:
        return (terms.maturity,)
    planned = {part.due_on for part in terms.plan}
    return tuple(sorted(planned | set(_interest_days(terms)) | {terms.maturity}))


@dataclass(frozen=True, slots=True)
class _Line:
    """What a method decides about an instalment; numbers, starts and balances follow from the order."""

    due_on: date
    payable_on: date
    period_end: date
    principal_fen: int
    interest_fen: int
    drawn_fen: int = 0


def _interest_days(terms: Terms) -> Iterator[date]:
    """The days after the settlement days that lie within the term (LOAN-15)."""
    if terms.settle_freq is None or terms.settle_day is None:
        return
    each = terms.settle_freq.months
    month = terms.start.replace(day=1)
    while month <= terms.maturity:
        if month.month % each == 0:
            settled = month.replace(day=min(terms.settle_day, month_end(month).day))
            due = settled + timedelta(days=1)
            if terms.start < due < terms.maturity:
                yield due
        month = add_months(month, 1)


def _by_months(terms: Terms, balance_fen: int, on: date, roll: Rolling) -> list[_Line]:
    """Equal instalments and equal principal from the columns, here of length one."""
    dues, counting = due_days(terms), Counting.of(terms)
    past = sum(due <= on for due in dues)
    rows = counting.rows_of(terms, past)
    shape, left = terms.shape, dues[past:]
    starts = [terms.start if past == 0 else dues[past - 1], *left[:-1]]
    drawn, numbers = [0] * len(left), [0] * len(left)
    for one in shape.drawings:
        if one.on > on:
            row = sum(due <= one.on for due in left)
            grown = rows[row] if one.on == starts[row] else counting.of_days(one.on, left[row])
            drawn[row] += one.amount_fen
            numbers[row] += one.amount_fen * grown
    # Nobody knows a rate before its day: the level of a row foresees what is agreed by the end of its period.
    changed = {0, *(sum(due <= one.on for due in left) for one in shape.new_rates if on < one.on)}
    foreseen = {row: counting.known_by(left[row]).rows_of(terms, past + row) for row in changed}
    # A month of thirty thirty-sixtieths is a twelfth: smaller numbers leave room for larger loans.
    common = gcd(counting.unit, *rows, *numbers, *(growth for later in foreseen.values() for growth in later))
    try:
        parts = levelled(
            balance_fen,
            [growth // common for growth in rows],
            len(left),
            unit=counting.unit // common,
            annuity=terms.method is RepaymentMethod.EQUAL_INSTALMENTS,
            weights=[shape.weight(past + index) for index in range(len(rows))],
            plain=MILLION,
            joins={row: (np.array([fen]), np.array([numbers[row] // common])) for row, fen in enumerate(drawn) if fen},
            again={row: [growth // common for growth in later] for row, later in foreseen.items()},
            multiple_fen=shape.multiple_fen,
        )
    except OverflowError:
        raise TermsNotValid("principal_fen", "too large") from None
    principal: list[int] = parts.principal[:, 0].tolist()
    interest: list[int] = parts.interest[:, 0].tolist()
    if on != terms.start and on not in dues:
        begun = balance_fen * counting.of_days(on, left[0]) + numbers[0]
        interest[0] = half_up(begun, counting.unit)
    return [
        _Line(due, roll(due), due, part, cost, more)
        for due, part, cost, more in zip(left, principal, interest, drawn, strict=True)
    ]


def _by_days(terms: Terms, balance_fen: int, on: date, roll: Rolling) -> list[_Line]:
    """Interest by actual days on what is owed; principal at maturity or by the plan (LOAN-15, LOAN-16)."""
    counting = Counting.of(terms)
    ahead = [one for one in terms.shape.drawings if one.on > on]
    whole = balance_fen + sum(one.amount_fen for one in ahead)
    if terms.method is RepaymentMethod.FREE_FORM:
        principal = {part.due_on: part.principal_fen for part in terms.plan if part.due_on > on}
        if sum(principal.values()) != whole:
            raise TermsNotValid("plan", "does not repay the balance")
    else:
        principal = {terms.maturity: whole}
    payable = {due: roll(due) for due in due_days(terms) if due > on}
    # A roll may move the last day to before a settlement (modified following): nothing can be settled after it.
    last = payable[terms.maturity]
    ends = {due: payable[due] if due in principal else due for due in payable}
    order = sorted((due for due in payable if due in principal or ends[due] < last), key=lambda due: (ends[due], due))
    lines, owed, since = [], balance_fen, on
    for due in order:
        end = max(ends[due], since)
        part = principal.get(due, 0)
        joined = [one for one in ahead if since <= one.on < end]
        numbers = owed * counting.of_days(since, end)
        numbers += sum(one.amount_fen * counting.of_days(one.on, end) for one in joined)
        drawn = sum(one.amount_fen for one in joined)
        lines.append(_Line(due, payable[due], end, part, half_up(numbers, counting.unit), drawn))
        owed, since = owed + drawn - part, end
        if owed < 0:
            raise TermsNotValid("plan", "repays more than has been drawn")
    return lines


def _built(principal_fen: int, lines: Sequence[_Line], *, on: date, so_far: int, first: int) -> Schedule:
    instalments, owed, since = [], principal_fen, on
    for index, line in enumerate(lines):
        owed += line.drawn_fen - line.principal_fen
        instalments.append(
            Instalment(
                number=first + index,
                period_start=since,
                period_end=line.period_end,
                due_on=line.due_on,
                payable_on=line.payable_on,
                principal_fen=line.principal_fen,
                interest_fen=line.interest_fen + (so_far if index == 0 else 0),
                balance_after_fen=owed,
                drawn_fen=line.drawn_fen,
            )
        )
        since = line.period_end
    return Schedule(principal_fen, tuple(instalments))
