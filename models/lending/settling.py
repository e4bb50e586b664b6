"""How payments settle a plan of instalments: oldest first or kind by kind, what a surplus pays in advance, and what was
paid before and after its day (LOAN-21 gives the legal order where nothing else is agreed). Amounts in fen.

`models.lending.allocation.allocate` uses up one payment against what is owed now. Here the instalments to come stand in
the plan as well, as a borrower who pays ahead of time wants to see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import product

from models.lending.allocation import DueKind, OrderNotValid
from models.values.money import half_up


class Surplus(StrEnum):
    """What a payment beyond the dues of its day pays in advance."""

    NEXT = "next"
    """The next instalment, then the one after it"""
    LAST = "last"
    """The last instalment, then the one before it (the term becomes shorter)"""
    SPREAD = "spread"
    """All instalments to come alike, half up; the last one takes what rounding leaves (NUM-04)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlingOrder:
    """The agreed order. `due` and `ahead` name kinds of due, the first one first, for dues of the day and before it and
    for those to come; `by_kind` settles a kind in all instalments before the next kind, otherwise the oldest instalment
    is settled whole. A kind that is not named is not paid. Raises OrderNotValid for a kind named twice."""

    due: Sequence[DueKind]
    ahead: Sequence[DueKind]
    by_kind: bool = False
    surplus: Surplus = Surplus.NEXT

    def __post_init__(self) -> None:
        if len(set(self.due)) != len(self.due) or len(set(self.ahead)) != len(self.ahead):
            raise OrderNotValid("a kind of due is named twice")


@dataclass(slots=True)
class PlannedDue:
    """An instalment of the plan: what falls due of each kind on its day, and what has been paid of it."""

    number: int
    due_on: date
    due: dict[DueKind, int]
    charged: list[tuple[DueKind, date, int]] = field(default_factory=list)
    """The charges among `due`, which are owed from their own day on even where the instalment is not."""
    paid: dict[DueKind, int] = field(default_factory=dict)
    paid_ahead_fen: int = 0
    paid_late_fen: int = 0
    settled_on: date | None = None
    """The day on which nothing was left of it."""

    def charge(self, kind: DueKind, amount_fen: int, on: date | None = None) -> None:
        """Add a charge that is owed with the instalment, or from the day `on` on."""
        self.due[kind] = self.due.get(kind, 0) + amount_fen
        if on is not None:
            self.charged.append((kind, on, amount_fen))
        self.settled_on = None

    def open_fen(self, kind: DueKind, by: date | None = None) -> int:
        """What is unpaid of a kind; with `by` only of what is owed by that day."""
        fallen = self.due.get(kind, 0)
        if by is not None and by < self.due_on:
            fallen = sum(fen for what, on, fen in self.charged if what is kind and on <= by)
        return max(fallen - self.paid.get(kind, 0), 0)

    @property
    def due_fen(self) -> int:
        """All that falls due."""
        return sum(self.due.values())

    @property
    def paid_fen(self) -> int:
        """All that has been paid."""
        return sum(self.paid.values())

    @property
    def left_fen(self) -> int:
        """All that is unpaid."""
        return self.due_fen - self.paid_fen

    def take(self, amount_fen: int, kind: DueKind, on: date, *, ahead: bool) -> int:
        """Settle as much of a kind as the amount reaches on a day, `ahead` also what is not owed yet; returns what was
        used."""
        used = min(amount_fen, self.open_fen(kind, None if ahead else on))
        if used <= 0:
            return 0
        self.paid[kind] = self.paid.get(kind, 0) + used
        if on < self.due_on:
            self.paid_ahead_fen += used
        elif on > self.due_on:
            self.paid_late_fen += used
        if not self.left_fen:
            self.settled_on = on
        return used


@dataclass(frozen=True, slots=True)
class Split:
    """A payment told apart by kind; `surplus_fen` is what no instalment could take."""

    on: date
    amount_fen: int
    parts: dict[DueKind, int]
    surplus_fen: int


def settle(plan: Iterable[PlannedDue], amount_fen: int, on: date, *, order: SettlingOrder) -> Split:
    """Use a payment of the day `on` on the plan, whose instalments it changes: first what is due by that day, then what
    is still to come. ValueError for a payment below nought."""
    if amount_fen < 0:
        raise ValueError(f"a payment of {amount_fen} fen")
    rows = sorted(plan, key=lambda row: (row.due_on, row.number))
    parts: dict[DueKind, int] = {}
    left = _settle(amount_fen, rows, order.due, order.by_kind, on, parts, ahead=False)
    coming = [row for row in rows if row.due_on > on]
    if order.surplus is Surplus.SPREAD:
        left = _spread(left, coming, order.ahead, on, parts)
    if order.surplus is not Surplus.NEXT:
        coming.reverse()
    left = _settle(left, coming, order.ahead, order.by_kind, on, parts, ahead=True)
    return Split(on, amount_fen, parts, left)


def _settle(
    left: int,
    rows: Sequence[PlannedDue],
    kinds: Sequence[DueKind],
    by_kind: bool,
    on: date,
    parts: dict[DueKind, int],
    *,
    ahead: bool,
) -> int:
    steps = product(kinds, rows) if by_kind else ((kind, row) for row, kind in product(rows, kinds))
    for kind, row in steps:
        used = row.take(left, kind, on, ahead=ahead)
        if used:
            parts[kind] = parts.get(kind, 0) + used
            left -= used
    return left


def _spread(
    left: int, rows: Sequence[PlannedDue], kinds: Sequence[DueKind], on: date, parts: dict[DueKind, int]
) -> int:
    """An equal share for each instalment that has something left, again while some could not take theirs."""
    while left:
        waiting = [row for row in rows if any(row.open_fen(kind) for kind in kinds)]
        if not waiting:
            break
        share, before = half_up(left, len(waiting)), left
        for row in waiting:
            amount = left if row is waiting[-1] else min(share, left)
            left += _settle(amount, [row], kinds, False, on, parts, ahead=True) - amount
        if left == before:
            break
    return left
