"""The loans of a provision run as compressed columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.column_block import BlockDamaged
from models.lending.provision_block import COLUMNS, ProvisionColumns, pack, unpack


def columns(ids, fen):
    numbers = np.array(fen, np.int64)
    return ProvisionColumns(**{name: np.array(ids, np.int64) if name == "loan_id" else numbers for name in COLUMNS})


@given(loans=st.dictionaries(st.integers(1, 10**12), st.integers(-(2**62), 2**62), max_size=20))
def test_a_block_gives_back_what_was_packed(loans):
    ids = sorted(loans)
    packed = pack(columns(ids, [loans[key] for key in ids]))
    found = unpack(packed.codec, packed.data, packed.sha256)
    assert found.loan_id.tolist() == ids
    assert found.ecl.tolist() == [loans[key] for key in ids]


def test_a_block_that_was_touched_is_noticed():
    block = pack(columns([1, 2], [3, 4]))
    for wrong in ((block.codec, block.data + b"x", block.sha256), ("other", block.data, block.sha256)):
        with pytest.raises(BlockDamaged):
            unpack(*wrong)


def test_loans_stand_by_rising_id():
    with pytest.raises(ValueError, match="rise"):
        pack(columns([2, 1], [0, 0]))
