"""Day blocks: what one day did to every loan of a partition, as compressed columns that are never rewritten (ledger.md 2.4).

A block costs a few bytes a loan and day, and one loan's history is still read from it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from models.lending.column_block import BlockDamaged, Packed, pack_columns, unpack_columns
from models.lending.columns import Column

__all__ = ["CODEC", "COLUMNS", "BlockDamaged", "DayColumns", "LoanDay", "Packed", "loan_day", "pack", "unpack"]

CODEC = "columns-2/zlib"
"""Layout and compression of new blocks; what was written under another name keeps it."""


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


def pack(columns: DayColumns) -> Packed:
    """The block of a day; equal columns give equal bytes. ValueError unless loan ids rise and columns are equally long."""
    return pack_columns(CODEC, {name: getattr(columns, name) for name in COLUMNS})


def unpack(codec: str, data: bytes, sha256: bytes) -> DayColumns:
    """The columns of a stored block. BlockDamaged if it differs from its hash or was written by no codec we know."""
    return DayColumns(**unpack_columns(COLUMNS, Packed(codec, data, bytes(sha256)), codec=CODEC))


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
