"""How a fund's money is used and how unevenly it is spread (TB-11). Ratios are exact; they are rounded where shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.values.money import ZERO, Money, total


@dataclass(frozen=True, slots=True)
class FundUse:
    """A fund's tranche: what is lent of it, what lies idle, its largest share, and the Herfindahl-Hirschman index."""

    outstanding: Money
    idle: Money
    utilisation: Fraction
    largest_share: Fraction
    hhi: Fraction


def fund_use(tranche: Money, granted: Sequence[Money], *, repaid: Money = ZERO) -> FundUse:
    """The use of a tranche by the loans granted from it (EX-41). Shares are of the amounts granted; nought for none.

    Raises ValueError for a tranche of nought or less.
    """
    if tranche <= ZERO:
        raise ValueError("a fund without a tranche has no utilisation")
    whole = total(granted)
    outstanding = whole - repaid
    shares = [Fraction(amount.fen, whole.fen) for amount in granted] if whole else []
    return FundUse(
        outstanding=outstanding,
        idle=tranche - outstanding,
        utilisation=Fraction(outstanding.fen, tranche.fen),
        largest_share=max(shares, default=Fraction(0)),
        hhi=sum((share**2 for share in shares), Fraction(0)),
    )
