"""Yuan in whole fen: the only way money is held (NUM-01), with the one rounding rule (NUM-02)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

LIMIT_FEN = 2**62
"""Amounts stay below this, so that sums of a book fit the database's 64-bit integers."""


class AmountNotUnderstood(ValueError):
    """A text or number that is no amount of whole fen. `reason` is one of the words tests and messages use."""

    def __init__(self, given: object, reason: str) -> None:
        super().__init__(f"{given!r} is not an amount of money: {reason}")
        self.given = given
        self.reason = reason


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

        Raises AmountNotUnderstood for floats, for fractions of a fen and for text that is no number.
        """
        if isinstance(amount, bool | float):
            raise AmountNotUnderstood(amount, "binary floats cannot hold money")
        text = amount.replace(",", "").replace("，", "").strip() if isinstance(amount, str) else amount
        try:
            fen = Decimal(text) * 100
        except (InvalidOperation, TypeError, ValueError):
            raise AmountNotUnderstood(amount, "not a number") from None
        if not fen.is_finite():
            raise AmountNotUnderstood(amount, "not a number")
        if fen != fen.to_integral_value():
            raise AmountNotUnderstood(amount, "fractions of a fen")
        return cls(int(fen))

    @classmethod
    def wan(cls, amount: str | int | Decimal) -> Money:
        """Read ten-thousands of yuan (万元), the unit of application forms: `Money.wan("1,500")` is 15 million yuan."""
        if isinstance(amount, bool | float):
            raise AmountNotUnderstood(amount, "binary floats cannot hold money")
        text = amount.replace(",", "").replace("，", "").strip() if isinstance(amount, str) else amount
        try:
            return cls.yuan(Decimal(text) * 10_000)
        except InvalidOperation:
            raise AmountNotUnderstood(amount, "not a number") from None

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
