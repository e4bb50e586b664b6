"""Yuan in whole fen: the only way money is held (NUM-01), with the one rounding rule (NUM-02)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation

LIMIT_FEN = 2**62
"""Amounts stay below this, so that sums of a book fit the database's 64-bit integers."""

LIMIT_DIGITS = 19
"""An amount of fen with more places than this is too large, whatever its digits."""

LONGEST_SHOWN = 40
"""So much of what was typed stands in an error, so that the error stays one line."""


class AmountNotUnderstood(ValueError):
    """A text or number that is no amount of whole fen. `reason` is one of the words tests and messages use."""

    def __init__(self, given: object, reason: str) -> None:
        super().__init__(f"{repr(given)[:LONGEST_SHOWN]} is not an amount of money: {reason}")
        self.given = given
        self.reason = reason


GROUPED = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,4}(?:,[0-9]{4})+)(?:\.[0-9]*)?")
"""Commas stand between groups of three (1,500,000) or of four (2180,0000, by 万): 1,5 is a slip, not fifteen."""

PLAIN = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
"""A number as people write one: digits, at most one point, a minus. No plus, no exponent, no underscore, no other base."""

POWER = re.compile(r"[+-]?[0-9.]+[eE][+-]?[0-9]+")
"""1e3, 2.18E+07: what a spreadsheet makes of a long number, whose last digits may be lost already."""

_NARROW = str.maketrans("０１２３４５６７８９，．－−", "0123456789,.--")
"""What a Chinese keyboard types for the same signs."""

_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])
"""Arithmetic that stops instead of rounding: the default context would drop a far decimal without a word."""


def narrow(text: str) -> str:
    """A typed number without blanks around it, its full-width signs as the plain ones: ` １，５００ ` is 1,500."""
    return text.strip().translate(_NARROW)


def exact_multiple(number: str | int | Decimal, factor: int) -> Decimal:
    """A decimal number times a whole factor, never rounded; where every typed amount and rate is read.

    A text is digits with at most a minus and a point (`PLAIN`), in either width. Raises ValueError with the reason in
    a few words: for floats and bools, for what is no finite number, for numbers of more than 40 places before the
    point, and for more decimals than can be kept.
    """
    if isinstance(number, bool | float):
        raise ValueError("binary floats cannot hold money")
    if isinstance(number, str):
        number = narrow(number)
        if not PLAIN.fullmatch(number):
            raise ValueError("scientific notation" if POWER.fullmatch(number) else "not a number")
    try:
        given = Decimal(number)
    except (InvalidOperation, TypeError, ValueError):
        raise ValueError("not a number") from None
    if not given.is_finite():
        raise ValueError("not a number")
    if given.adjusted() > 40:
        raise ValueError("too large")
    try:
        return _EXACT.multiply(given, Decimal(factor))
    except Inexact:
        raise ValueError("fractions of a fen") from None


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round half away from zero: the only rounding in the house (NUM-02).

    >>> half_up(5, 2), half_up(-5, 2), half_up(7, 3)
    (3, -3, 2)
    """
    if denominator <= 0:
        raise ZeroDivisionError("the denominator of a rounding must be above nought")
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of yuan, held as whole fen (1 元 = 100 分). Refuses floats, bools and amounts of 2^62 fen and more."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise AmountNotUnderstood(self.fen, "not whole fen")
        if not -LIMIT_FEN < self.fen < LIMIT_FEN:
            raise AmountNotUnderstood(self.fen, "too large")

    @classmethod
    def yuan(cls, amount: str | int | Decimal) -> Money:
        """Read yuan exactly: `Money.yuan("21800000.05")`. Grouping commas are allowed; a third decimal is refused.

        Raises AmountNotUnderstood for floats, for fractions of a fen, for commas out of place and for text that is no
        number.
        """
        return cls._of_yuan(amount, 1)

    @classmethod
    def wan(cls, amount: str | int | Decimal) -> Money:
        """Read ten-thousands of yuan (万元), the unit of application forms: `Money.wan("1,500")` is 15 million yuan."""
        return cls._of_yuan(amount, 10_000)

    @classmethod
    def _of_yuan(cls, amount: str | int | Decimal, unit: int) -> Money:
        if isinstance(amount, str):
            amount = narrow(amount)
            if "," in amount:
                if not GROUPED.fullmatch(amount):
                    raise AmountNotUnderstood(amount, "misplaced commas")
                amount = amount.replace(",", "")
        try:
            fen = exact_multiple(amount, 100 * unit)
        except ValueError as why:
            raise AmountNotUnderstood(amount, str(why)) from None
        # Looked at before the number is spelt out: Decimal("1e999999") has a million digits.
        if fen.adjusted() > LIMIT_DIGITS:
            raise AmountNotUnderstood(amount, "too large")
        if fen != fen.to_integral_value():
            raise AmountNotUnderstood(amount, "fractions of a fen")
        return cls(int(fen))

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def times(self, numerator: int, denominator: int = 1) -> Money:
        """This amount times a fraction, rounded half up once: `Money.yuan(100).times(385, 10_000)`."""
        return Money(half_up(self.fen * numerator, denominator))

    def shared(self, weights: Sequence[int], *, residual: int) -> list[Money]:
        """Share by weight, half up; the holder at `residual` takes what rounding leaves (NUM-02, NUM-04)."""
        if not weights or any(weight < 0 for weight in weights) or sum(weights) == 0:
            raise ValueError("weights must be nought or more, and not all nought")
        parts = [half_up(self.fen * weight, sum(weights)) for weight in weights]
        parts[residual] += self.fen - sum(parts)
        return [Money(fen) for fen in parts]

    def in_yuan(self) -> Decimal:
        """The amount in yuan, exact, with two places: for display and export, never for arithmetic."""
        return Decimal(self.fen).scaleb(-2)

    def __str__(self) -> str:
        return f"{self.in_yuan():,.2f}"


ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """The sum of amounts; nought for none."""
    return Money(sum(amount.fen for amount in amounts))
