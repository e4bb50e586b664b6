"""Entry and Leg: one business event over the books it touches, balanced in each of them before it is sent anywhere."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.books.chart import BOOK_NUMBER, CHART, Account
from models.refusals import BrokenInvariant
from models.values.money import Money

CANONICAL = "1"
"""Version of the canonical text that the hash chain is made of."""


REVERSAL = "reversal"
"""The kind of an event that undoes another one; every other kind is a recipe of the postings table."""


class UnknownAccount(BrokenInvariant):
    """A leg names an account that no chart has, or a part where there is none (or none where one is needed)."""


class UnbalancedEntry(BrokenInvariant):
    """The legs of one book do not sum to nought, or a leg is nought."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One line in one book: signed whole fen, debit above nought and credit below."""

    account: Account
    fen: int
    part: str = ""


def debit(account: str, amount: Money, part: str = "") -> Leg:
    """A debit of `amount` on `book.code`, for the part (loan, drawing ...) that the account is kept by."""
    return Leg(_found(account), amount.fen, part)


def credit(account: str, amount: Money, part: str = "") -> Leg:
    """A credit of `amount` on `book.code`."""
    return Leg(_found(account), -amount.fen, part)


def _found(name: str) -> Account:
    try:
        return CHART[name]
    except KeyError:
        raise UnknownAccount("no chart has this account", account=name) from None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in the books. Its key makes it happen once, however often the request is sent.

    `kind` is the recipe's name, `on` the business date, `cause` a sentence for the reader of the journal.
    Raises UnbalancedEntry and UnknownAccount when it is made, so that a wrong entry cannot even be carried around.
    """

    key: str
    kind: str
    on: date
    cause: str
    legs: tuple[Leg, ...]
    reverses: str = ""

    def __post_init__(self) -> None:
        if not self.key or not self.legs:
            raise UnbalancedEntry("an entry needs a key and legs", key=self.key)
        sums: dict[int, int] = {}
        for leg in self.legs:
            if type(leg.fen) is not int or leg.fen == 0:
                raise UnbalancedEntry("a leg needs a whole number of fen other than nought", key=self.key)
            account = leg.account
            if bool(account.by) != bool(leg.part):
                raise UnknownAccount(
                    "this account is kept by a dimension" if account.by else "this account has no parts",
                    account=account.name,
                    by=account.by,
                    part=leg.part,
                )
            book = account.id // 10_000
            sums[book] = sums.get(book, 0) + leg.fen
        for book, difference in sums.items():
            if difference:
                raise UnbalancedEntry("unbalanced entry", book=book, kind=self.kind, difference=difference)

    def in_book_order(self) -> list[Leg]:
        """The legs grouped by book in the order in which books are locked; inside a book in the order given."""
        return sorted(self.legs, key=lambda leg: leg.account.id // 10_000)

    def body(self) -> bytes:
        """The canonical bytes that the event's hash covers: everything but who booked it and when."""
        lines = ";".join(f"{leg.account.id}[{leg.part}]{leg.fen}" for leg in self.in_book_order())
        return canonical_body(self.key, self.kind, self.on.isoformat(), self.reverses, self.cause, lines)

    def body_hash(self) -> bytes:
        """sha256 of the canonical bytes: what makes two requests the same request."""
        return hashlib.sha256(self.body()).digest()

    def reversed(self, *, key: str, on: date, cause: str) -> Entry:
        """The entry that undoes this one: every leg turned, naming the original by its key."""
        legs = tuple(Leg(leg.account, -leg.fen, leg.part) for leg in self.legs)
        return Entry(key, REVERSAL, on, cause, legs, reverses=self.key)


def canonical_body(key: str, kind: str, day: str, reverses: str, cause: str, lines: str) -> bytes:
    """The text that is hashed for an event; `lines` is `account[part]fen` joined by semicolons in book order."""
    return f"{CANONICAL}|{key}|{kind}|{day}|{reverses}|{cause}|{lines}".encode()


_LINK = struct.Struct(">32sqqq32s")


def link(previous: bytes, seq: int, booked_at: int, actor: int, body_hash: bytes) -> bytes:
    """The hash of a book's entry: over the one before, its number in the book, when and by whom, and the event."""
    return hashlib.sha256(_LINK.pack(previous, seq, booked_at, actor, body_hash)).digest()


def books_of(legs: Iterable[Leg]) -> list[int]:
    """The numbers of the books that the legs touch, in locking order."""
    return sorted({BOOK_NUMBER[leg.account.book] for leg in legs})
