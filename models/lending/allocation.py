"""Which due a payment settles first (LOAN-21, Civil Code arts. 560 and 561). Amounts in fen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DueKind(StrEnum):
    """What a borrower can owe."""

    COSTS = "costs"
    """Costs of enforcement (实现债权的费用)"""
    COMPOUND = "compound_interest"
    PENALTY = "penalty_interest"
    INTEREST = "interest"
    PRINCIPAL = "principal"


LEGAL_ORDER = (DueKind.COSTS, DueKind.COMPOUND, DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL)
"""Costs, then all interest, then principal: Civil Code art. 561, where nothing else is agreed."""


class OrderNotValid(ValueError):
    """An order of allocation that leaves out a kind of due or names one twice."""


@dataclass(frozen=True, slots=True)
class Due:
    """An amount owed under an instalment (by its number), unpaid so far."""

    instalment: int
    kind: DueKind
    due_on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A part of a payment that settles a due, in whole or in part."""

    due: Due
    paid_fen: int

    @property
    def left_fen(self) -> int:
        """What stays owed of this due."""
        return self.due.amount_fen - self.paid_fen


@dataclass(frozen=True, slots=True)
class Allocation:
    """A payment told apart, in the order it was used; what no due could take is the surplus."""

    settled: tuple[Settled, ...]
    surplus_fen: int

    def paid_fen(self, kind: DueKind) -> int:
        """What the payment settled of one kind."""
        return sum(part.paid_fen for part in self.settled if part.due.kind is kind)


def allocate(amount_fen: int, dues: Iterable[Due], *, order: Sequence[DueKind]) -> Allocation:
    """Use a payment kind by kind in `order`, inside each kind the oldest due first (LOAN-21).

    `order` is the rule in force (`alloc_order`; for bad loans `alloc_order_npl` may put principal first). Dues that get
    nothing are not listed. Raises OrderNotValid unless each kind is named once, ValueError for a payment or a due below
    nought.
    """
    if sorted(order) != sorted(DueKind):
        raise OrderNotValid(f"{[str(kind) for kind in order]} does not name each kind of due once")
    if type(amount_fen) is not int or amount_fen < 0:
        raise ValueError(f"a payment of {amount_fen!r} fen")
    waiting = list(dues)
    if any(type(due.amount_fen) is not int or due.amount_fen < 0 for due in waiting):
        raise ValueError("a due below nought")
    waiting.sort(key=lambda due: (order.index(due.kind), due.due_on, due.instalment))
    settled, left = [], amount_fen
    for due in waiting:
        paid = min(left, due.amount_fen)
        if paid:
            settled.append(Settled(due, paid))
            left -= paid
    return Allocation(tuple(settled), left)
