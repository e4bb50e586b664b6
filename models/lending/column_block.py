"""Columns of whole numbers as one compressed value that is never rewritten, with its hash (ledger.md 2.4).

Layout before compression: the number of rows (4 bytes), then each column as one byte for the width of its numbers (1, 2, 4
or 8) and the numbers themselves, signed and little-endian; the first column rises and is kept as differences. The hash is
of the compressed bytes, so a block that was touched is noticed before it is read.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.lending.columns import Column
from models.refusals import BrokenInvariant

LEVEL, STRATEGY, MEMORY = 1, zlib.Z_RLE, 9
"""Runs of one byte and Huffman codes: on columns that is smaller than matching strings, in half the time."""

_WIDTHS = (1, 2, 4, 8)
_COUNT = 4


class BlockDamaged(BrokenInvariant):
    """A block differs from its hash, or its columns do not fit together."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A block as it is stored."""

    codec: str
    data: bytes
    sha256: bytes


def pack_columns(codec: str, columns: Mapping[str, Column]) -> Packed:
    """The block of these columns, in their order; equal columns give equal bytes. ValueError unless the first one rises
    and all are equally long."""
    first = next(iter(columns.values()))
    if any(len(numbers) != len(first) for numbers in columns.values()):
        raise ValueError("columns of different lengths")
    if len(first) > 1 and int(np.diff(first).min()) <= 0:
        raise ValueError("loan ids must rise")
    parts = [len(first).to_bytes(_COUNT, "little")]
    for given in columns.values():
        numbers = np.diff(given, prepend=0) if given is first else given
        width = _width(numbers)
        parts.append(bytes([width]))
        parts.append(numbers.astype(f"<i{width}").tobytes())
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, MEMORY, STRATEGY)
    data = squeeze.compress(b"".join(parts)) + squeeze.flush()
    return Packed(codec, data, hashlib.sha256(data).digest())


def unpack_columns(names: Sequence[str], block: Packed, *, codec: str) -> dict[str, Column]:
    """The columns of a stored block. BlockDamaged if it differs from its hash or was not written by `codec`."""
    if hashlib.sha256(block.data).digest() != block.sha256:
        raise BlockDamaged("a block differs from its hash", sha256=block.sha256.hex())
    if block.codec != codec:
        raise BlockDamaged("a block of an unknown codec", codec=block.codec)
    raw = zlib.decompress(block.data)
    count, at = int.from_bytes(raw[:_COUNT], "little"), _COUNT
    read: dict[str, Column] = {}
    for name in names:
        width = raw[at] if at < len(raw) else 0
        at += 1
        if width not in _WIDTHS or at + count * width > len(raw):
            raise BlockDamaged("a block ends early", column=name)
        read[name] = np.frombuffer(raw, f"<i{width}", count, at).astype(np.int64)
        at += count * width
    if at != len(raw):
        raise BlockDamaged("a block with more than its columns", columns=len(names))
    read[names[0]] = np.cumsum(read[names[0]])
    return read


def _width(numbers: NDArray[np.int64]) -> int:
    """The fewest bytes that hold every number of a column."""
    low, high = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    for width in _WIDTHS[:-1]:
        limit = 1 << (8 * width - 1)
        if -limit <= low and high < limit:
            return width
    return _WIDTHS[-1]
