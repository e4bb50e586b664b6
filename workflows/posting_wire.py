"""What the two engines of the ledger have in common: their ways of saying no, and how an entry is flattened."""

from __future__ import annotations

from models.books.entry import Entry


class AnotherBody(Exception):
    """The key stands in the books with another body."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class OverLimit(Exception):
    """The account `control` (its part `part`) has only `available` fen left for a change of `asked`."""

    def __init__(self, control: int, part: str, available: int, asked: int) -> None:
        super().__init__(f"account {control}[{part}] has {available} left for {asked}")
        self.control = control
        self.part = part
        self.available = available
        self.asked = asked


def room(net: int, held: int, floor: int | None, ceiling: int | None, change: int) -> int:
    """How many fen an account can still give (change below nought) or take (above)."""
    if change < 0 and floor is not None:
        return max(net - held - floor, 0)
    if change > 0 and ceiling is not None:
        return max(ceiling - net, 0)
    return abs(change)


def flattened(entry: Entry) -> tuple[list[int], list[str], list[int]]:
    """Controls, parts and signed fen of the legs, in book order."""
    legs = entry.in_book_order()
    return [leg.account.id for leg in legs], [leg.part for leg in legs], [leg.fen for leg in legs]
