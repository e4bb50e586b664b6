"""Day blocks: what one day did to every loan of a partition, as compressed columns that are never rewritten (ledger.md 2.4).

A block costs a few bytes a loan and day, and one loan's history is still read from it. Layout before compression: the
number of loans (4 bytes), then each column of `COLUMNS` as one byte for the width of its numbers (1, 2, 4 or 8) and the
numbers themselves, signed and little-endian; loan ids rise and are kept as differences. The hash is of the compressed
bytes, so a block that was touched is noticed before it is read.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from models.lending.columns import Column
from models.refusals import BrokenInvariant

CODEC = "columns-2/zlib"
"""Layout and compression of new blocks; what was written under another name keeps it."""

LEVEL = 1
"""The fastest: a higher one saves a tenth of the bytes and costs three times the time."""
_WIDTHS = (1, 2, 4, 8)
_COUNT = 4


class BlockDamaged(BrokenInvariant):
    """A day block differs from its hash, or its columns do not fit together."""


@dataclass(frozen=True, slots=True, eq=False)
class DayColumns:
    """What a day did to the loans of a partition, one number a loan, loans by rising id; amounts in fen.

    `product` is the place of the loan's product in `Product`. `interest`, `penalty` and `compound` accrued on that day;
    `unpaid_*` is what has accrued and is unpaid at its end, so that the newest block alone tells how a loan stands; the
    rests are the remainders carried on to the next day (`models.lending.accrual`); days past due and the rank of the class
    are those at the end of the day; `suspended` is one where the day's accrual went off the balance sheet (CLS-16).
    """

    loan_id: Column
    product: Column
    interest: Column
    penalty: Column
    compound: Column
    unpaid_interest: Column
    unpaid_penalty: Column
    unpaid_compound: Column
    penalty_rest: Column
    compound_rest: Column
    days_past_due: Column
    rank: Column
    suspended: Column

    def __len__(self) -> int:
        return len(self.loan_id)


COLUMNS = tuple(field.name for field in fields(DayColumns))
"""The columns of a block in the order in which they are stored."""


@dataclass(frozen=True, slots=True)
class LoanDay:
    """What one day did to one loan; the fields are those of `DayColumns`."""

    interest: int
    penalty: int
    compound: int
    unpaid_interest: int
    unpaid_penalty: int
    unpaid_compound: int
    penalty_rest: int
    compound_rest: int
    days_past_due: int
    rank: int
    suspended: bool

    @property
    def total_fen(self) -> int:
        """Everything that accrued on the day."""
        return self.interest + self.penalty + self.compound


@dataclass(frozen=True, slots=True)
class Packed:
    """A block as it is stored."""

    codec: str
    data: bytes
    sha256: bytes


def pack(columns: DayColumns) -> Packed:
    """The block of a day; equal columns give equal bytes. ValueError unless loan ids rise and columns are equally long."""
    ids = columns.loan_id
    if any(len(getattr(columns, name)) != len(ids) for name in COLUMNS):
        raise ValueError("columns of different lengths")
    if len(ids) > 1 and int(np.diff(ids).min()) <= 0:
        raise ValueError("loan ids must rise")
    parts = [len(ids).to_bytes(_COUNT, "little")]
    for name in COLUMNS:
        numbers = np.diff(ids, prepend=0) if name == "loan_id" else getattr(columns, name)
        width = _width(numbers)
        parts.append(bytes([width]))
        parts.append(numbers.astype(f"<i{width}").tobytes())
    data = zlib.compress(b"".join(parts), LEVEL)
    return Packed(CODEC, data, hashlib.sha256(data).digest())


def unpack(codec: str, data: bytes, sha256: bytes) -> DayColumns:
    """The columns of a stored block. BlockDamaged if it differs from its hash or was written by no codec we know."""
    if hashlib.sha256(data).digest() != bytes(sha256):
        raise BlockDamaged("a day block differs from its hash", sha256=bytes(sha256).hex())
    if codec != CODEC:
        raise BlockDamaged("a day block of an unknown codec", codec=codec)
    raw = zlib.decompress(data)
    count, at = int.from_bytes(raw[:_COUNT], "little"), _COUNT
    read: dict[str, Column] = {}
    for name in COLUMNS:
        width = raw[at] if at < len(raw) else 0
        at += 1
        if width not in _WIDTHS or at + count * width > len(raw):
            raise BlockDamaged("a day block ends early", column=name)
        read[name] = np.frombuffer(raw, f"<i{width}", count, at).astype(np.int64)
        at += count * width
    read["loan_id"] = np.cumsum(read["loan_id"])
    return DayColumns(**read)


def loan_day(columns: DayColumns, loan_id: int) -> LoanDay | None:
    """One loan's line of a block, or None if the loan is not in it."""
    at = int(np.searchsorted(columns.loan_id, loan_id))
    if at == len(columns) or int(columns.loan_id[at]) != loan_id:
        return None
    return LoanDay(
        interest=int(columns.interest[at]),
        penalty=int(columns.penalty[at]),
        compound=int(columns.compound[at]),
        unpaid_interest=int(columns.unpaid_interest[at]),
        unpaid_penalty=int(columns.unpaid_penalty[at]),
        unpaid_compound=int(columns.unpaid_compound[at]),
        penalty_rest=int(columns.penalty_rest[at]),
        compound_rest=int(columns.compound_rest[at]),
        days_past_due=int(columns.days_past_due[at]),
        rank=int(columns.rank[at]),
        suspended=bool(columns.suspended[at]),
    )


def _width(numbers: NDArray[np.int64]) -> int:
    """The fewest bytes that hold every number of a column."""
    low, high = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    for width in _WIDTHS[:-1]:
        limit = 1 << (8 * width - 1)
        if -limit <= low and high < limit:
            return width
    return _WIDTHS[-1]
