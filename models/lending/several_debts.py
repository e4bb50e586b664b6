"""One payment that does not cover all of a debtor's debts: which of them it settles first (Civil Code art. 560).

The debtor's choice goes first. Where he made none: debts that are due; of these the one with the least security; then
the heaviest; then the one due first; and what is equal in all of this shares pro rata.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Debt:
    """One of several debts: what can be paid of it now, and what the order goes by.

    `secured_ppm` is the share of it that guarantees and pledges cover, `burden_ppm` the rate it bears; `due_on` is the
    day on which its oldest unpaid part fell due, none if nothing is due.
    """

    number: str
    fen: int
    due_on: date | None
    secured_ppm: int = 0
    burden_ppm: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What one debt gets of the payment."""

    number: str
    fen: int


def shared_out(amount_fen: int, debts: Iterable[Debt], *, chosen: Sequence[str] = ()) -> tuple[Share, ...]:
    """The payment told apart, in the order in which the debts are served; debts that get nothing are left out.

    What exceeds all debts together stays with the first one. ValueError for an amount or a debt below nought, without a
    debt, and for a choice of what is not among the debts.
    """
    known = list(debts)
    if type(amount_fen) is not int or amount_fen <= 0 or not known or any(debt.fen < 0 for debt in known):
        raise ValueError("a payment and the debts it goes to lie above nought")
    if unknown := set(chosen) - {debt.number for debt in known}:
        raise ValueError(f"not among the debts: {sorted(unknown)}")
    picks = {number: place for place, number in enumerate(chosen)}

    def rank(debt: Debt) -> tuple[int, bool, int, int, date]:
        return (
            picks.get(debt.number, len(picks)),
            debt.due_on is None,
            debt.secured_ppm,
            -debt.burden_ppm,
            debt.due_on or date.max,
        )

    shares: dict[str, int] = {}
    left = amount_fen
    for _, equals in groupby(sorted(known, key=lambda debt: (rank(debt), debt.number)), key=rank):
        group = list(equals)
        for debt, fen in zip(group, _pro_rata(left, group), strict=True):
            shares[debt.number] = fen
            left -= fen
    if left:
        shares[next(iter(shares))] += left
    return tuple(Share(number, fen) for number, fen in shares.items() if fen)


def _pro_rata(left: int, group: Sequence[Debt]) -> list[int]:
    """All of each if it is enough; else by the debts, rounded down, a fen each to the first ones for what is left."""
    whole = sum(debt.fen for debt in group)
    if left >= whole:
        return [debt.fen for debt in group]
    parts = [left * debt.fen // whole for debt in group]
    for place in range(left - sum(parts)):
        parts[place] += 1
    return parts
