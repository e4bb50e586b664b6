"""What makes a schedule other than plain: an interest-only start, steps, a balloon, a first due day of its own, tranches
that join later, new rates, a day count, and an instalment rounded to the yuan or to ten yuan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from models.lending.day_count import DayCount
from models.values.rate import MILLION

ROUNDINGS_FEN = (1, 100, 1000)
"""An instalment is agreed to the fen, the yuan or ten yuan."""

LARGEST_STEP = 100 * MILLION
"""An instalment a hundred times the plain one is a slip of the keyboard."""

LIMIT_INSTALMENTS = 1200


class TermsNotValid(ValueError):
    """Terms nobody can repay by. `field` names the term, `reason` says in a few words what is wrong with it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Step:
    """From instalment `number` on, an instalment is `share_ppm` of the plain one (阶梯还款): 1,100,000 is 110%."""

    number: int
    share_ppm: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A further tranche, paid out at the start of the day `on`."""

    on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class NewRate:
    """The yearly rate from the start of the day `on` (重定价)."""

    on: date
    rate_ppm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a schedule departs from the plain one of its method; the default does not.

    - `interest_only`: so many instalments at the start pay interest only (宽限期), equal methods.
    - `steps`: rising numbers of instalments, equal methods.
    - `amortise_over`: the instalments over which the level is reckoned; those after maturity are paid with the last
      one (气球贷), equal methods.
    - `first_due`: the day of the first instalment; the later ones fall on its day of the month until maturity, so the
      first and the last period may be broken, equal methods.
    - `multiple_fen`: one of `ROUNDINGS_FEN`, equal methods.
    - `day_count`: without it the equal methods count in months and the others actual days by the day basis.
    - `drawings`, `new_rates`: rising days within the term, all methods.

    Raises TermsNotValid for what is wrong whatever the loan.
    """

    interest_only: int = 0
    steps: tuple[Step, ...] = ()
    amortise_over: int | None = None
    first_due: date | None = None
    multiple_fen: int = 1
    day_count: DayCount | None = None
    drawings: tuple[Drawing, ...] = ()
    new_rates: tuple[NewRate, ...] = ()

    def __post_init__(self) -> None:
        if type(self.interest_only) is not int or self.interest_only < 0:
            raise TermsNotValid("interest_only", "below nought")
        if self.multiple_fen not in ROUNDINGS_FEN:
            raise TermsNotValid("multiple_fen", "not a fen, a yuan or ten yuan")
        numbers = [step.number for step in self.steps]
        if any(number < 1 for number in numbers) or any(a >= b for a, b in pairwise(numbers)):
            raise TermsNotValid("steps", "numbers do not rise from 1")
        if any(not 0 <= step.share_ppm <= LARGEST_STEP for step in self.steps):
            raise TermsNotValid("steps", "a share below nought or above 10000%")
        if any(type(one.amount_fen) is not int or one.amount_fen <= 0 for one in self.drawings):
            raise TermsNotValid("drawings", "an amount is not above nought")
        if any(type(one.rate_ppm) is not int or not 0 <= one.rate_ppm <= MILLION for one in self.new_rates):
            raise TermsNotValid("new_rates", "a rate below nought or above 100% a year")

    @property
    def only_by_instalments(self) -> str | None:
        """The name of a choice that needs equal instalments or equal principal, if one is made."""
        for name in ("interest_only", "steps", "amortise_over", "first_due"):
            if getattr(self, name):
                return name
        return "multiple_fen" if self.multiple_fen != 1 else None

    def check(self, *, start: date, maturity: date, instalments: int | None) -> None:
        """Raise TermsNotValid if this does not fit a loan with these days; `instalments` is None where the method does
        not count in instalments."""
        for name in ("drawings", "new_rates"):
            days = [one.on for one in getattr(self, name)]
            if any(a >= b for a, b in pairwise([start, *days, maturity])):
                raise TermsNotValid(name, "days do not rise within the term")
        if instalments is None:
            if self.only_by_instalments:
                raise TermsNotValid(self.only_by_instalments, "only for equal instalments and equal principal")
            return
        if self.interest_only >= instalments:
            raise TermsNotValid("interest_only", "leaves no instalment to repay the principal")
        if self.steps and self.steps[-1].number > instalments:
            raise TermsNotValid("steps", "begin after the last instalment")
        over = instalments if self.amortise_over is None else self.amortise_over
        if type(over) is not int or not instalments <= over <= max(LIMIT_INSTALMENTS, instalments):
            raise TermsNotValid("amortise_over", "fewer than the instalments, or more than 1200")

    def weight(self, index: int) -> int:
        """How large the instalment with this index (from nought) is, in ppm of the plain one."""
        if index < self.interest_only:
            return 0
        share = MILLION
        for step in self.steps:
            if step.number <= index + 1:
                share = step.share_ppm
        return share


PLAIN = Shape()
