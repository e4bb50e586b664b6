"""The loans of one provision run as compressed columns: what the next run needs to say what moved.

Layout before compression: the number of loans (4 bytes), then each column as signed little-endian 64-bit numbers, loan ids
rising and kept as differences. The hash is of the compressed bytes.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, fields

import numpy as np

from models.lending.columns import Column
from models.refusals import BrokenInvariant

CODEC = "provisions-1/zlib"
"""Layout and compression of new blocks."""

LEVEL = 6
_COUNT = 4
_WIDTH = 8


class ProvisionBlockDamaged(BrokenInvariant):
    """A provision run's block differs from its hash, or its columns do not fit together."""


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


def pack(columns: ProvisionColumns) -> tuple[bytes, bytes]:
    """The stored bytes and their hash. ValueError unless loan ids rise and columns are equally long."""
    ids = columns.loan_id
    if any(len(getattr(columns, name)) != len(ids) for name in COLUMNS):
        raise ValueError("columns of different lengths")
    if len(ids) > 1 and int(np.diff(ids).min()) <= 0:
        raise ValueError("loan ids must rise")
    parts = [len(ids).to_bytes(_COUNT, "little")]
    for name in COLUMNS:
        numbers = np.diff(ids, prepend=0) if name == "loan_id" else getattr(columns, name)
        parts.append(numbers.astype("<i8").tobytes())
    data = zlib.compress(b"".join(parts), LEVEL)
    return data, hashlib.sha256(data).digest()


def unpack(codec: str, data: bytes, sha256: bytes) -> ProvisionColumns:
    """The columns of a stored block. ProvisionBlockDamaged if it was touched or written by no codec we know."""
    if hashlib.sha256(data).digest() != bytes(sha256):
        raise ProvisionBlockDamaged("a provision block differs from its hash", sha256=bytes(sha256).hex())
    if codec != CODEC:
        raise ProvisionBlockDamaged("a provision block of an unknown codec", codec=codec)
    raw = zlib.decompress(data)
    count = int.from_bytes(raw[:_COUNT], "little")
    if len(raw) != _COUNT + count * _WIDTH * len(COLUMNS):
        raise ProvisionBlockDamaged("a provision block of another length", loans=count)
    read = {
        name: np.frombuffer(raw, "<i8", count, _COUNT + place * count * _WIDTH).astype(np.int64)
        for place, name in enumerate(COLUMNS)
    }
    read["loan_id"] = np.cumsum(read["loan_id"])
    return ProvisionColumns(**read)
