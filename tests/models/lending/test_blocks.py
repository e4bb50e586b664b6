"""Day blocks: small, hashed, and readable for one loan."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.blocks import CODEC, COLUMNS, BlockDamaged, DayColumns, loan_day, pack, unpack

WHOLE = st.integers(-(2**62), 2**62)


def columns(ids, numbers) -> DayColumns:
    """Columns for loans with these ids; every other column takes its numbers from `numbers` in turn."""
    ids = np.array(ids, np.int64)
    rows = [
        np.array([numbers[(n * len(ids) + k) % len(numbers)] for k in range(len(ids))], np.int64) for n in range(11)
    ]
    return DayColumns(ids, *rows, np.array([k % 2 for k in range(len(ids))], np.int64))


class TestABlock:
    @given(ids=st.sets(st.integers(1, 2**62), max_size=40), numbers=st.lists(WHOLE, min_size=1, max_size=60))
    def test_gives_back_what_was_put_in(self, ids, numbers):
        given_columns = columns(sorted(ids), numbers)
        block = pack(given_columns)
        read = unpack(block.codec, block.data, block.sha256)
        for name in COLUMNS:
            assert getattr(read, name).tolist() == getattr(given_columns, name).tolist()

    def test_is_the_same_bytes_for_the_same_columns(self):
        assert pack(columns([3, 9, 27], [1, 2, 3])) == pack(columns([3, 9, 27], [1, 2, 3]))

    def test_costs_a_few_bytes_a_loan(self):
        day = DayColumns(
            np.arange(1, 1_001),
            np.zeros(1_000, np.int64),
            np.random.default_rng(7).integers(0, 200_000, 1_000),
            *(np.zeros(1_000, np.int64) for _ in range(10)),
        )
        assert len(pack(day).data) < 8_000

    def test_tells_the_line_of_one_loan_and_knows_which_are_not_in_it(self):
        block = pack(columns([3, 9, 27], [10, 20, 30]))
        read = unpack(block.codec, block.data, block.sha256)
        line = loan_day(read, 9)
        assert line is not None
        assert (line.interest, line.suspended) == (20, True)
        assert loan_day(read, 10) is None
        assert loan_day(read, 28) is None

    def test_that_was_touched_is_noticed(self):
        block = pack(columns([3, 9], [1]))
        with pytest.raises(BlockDamaged):
            unpack(block.codec, block.data[:-1] + bytes([block.data[-1] ^ 1]), block.sha256)

    def test_of_an_unknown_codec_is_not_guessed_at(self):
        block = pack(columns([3, 9], [1]))
        with pytest.raises(BlockDamaged):
            unpack("columns-9/raw", block.data, block.sha256)
        assert block.codec == CODEC

    def test_is_not_made_of_columns_that_do_not_fit_together(self):
        good = columns([3, 9], [1])
        with pytest.raises(ValueError):
            pack(DayColumns(np.array([9, 3]), *(getattr(good, name) for name in COLUMNS[1:])))
        with pytest.raises(ValueError):
            pack(DayColumns(np.array([3, 9, 11]), *(getattr(good, name) for name in COLUMNS[1:])))
