"""The loans of one provision run as compressed columns: what the next run needs to say what moved."""

from __future__ import annotations

from dataclasses import dataclass, fields

from models.lending.column_block import Packed, pack_columns, unpack_columns
from models.lending.columns import Column

CODEC = "provisions-1/zlib"
"""Layout and compression of new blocks."""


@dataclass(frozen=True, slots=True, eq=False)
class ProvisionColumns:
    """One number a loan, loans by rising id: places of product, stage and class in their vocabularies, and fen."""

    loan_id: Column
    product: Column
    stage: Column
    rank: Column
    outstanding: Column
    preset_a: Column
    preset_b: Column
    ecl: Column

    def __len__(self) -> int:
        return len(self.loan_id)


COLUMNS = tuple(field.name for field in fields(ProvisionColumns))


def pack(columns: ProvisionColumns) -> Packed:
    """The block of a run. ValueError unless loan ids rise and columns are equally long."""
    return pack_columns(CODEC, {name: getattr(columns, name) for name in COLUMNS})


def unpack(codec: str, data: bytes, sha256: bytes) -> ProvisionColumns:
    """The columns of a stored block. BlockDamaged if it was touched or written by no codec we know."""
    return ProvisionColumns(**unpack_columns(COLUMNS, Packed(codec, data, bytes(sha256)), codec=CODEC))
