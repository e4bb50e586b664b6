"""A date is typed in one form and lies where the bank's calendar can know it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.dates import FIRST_DAY, LAST_DAY, NO_DATE, TOO_FAR, DateNotUnderstood, read_date
from models.values.terms import add_months


class TestReadingADate:
    @given(day=st.dates(FIRST_DAY, LAST_DAY))
    def test_takes_every_day_the_calendar_knows(self, day):
        assert read_date(f" {day.isoformat()} ") == day

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("2023-02-30", NO_DATE),
            ("0000-01-01", NO_DATE),
            ("99999-01-01", NO_DATE),
            ("20121107", NO_DATE),
            ("2012-W45-3", NO_DATE),
            ("2012-11-07T00:00", NO_DATE),
            ("86400", NO_DATE),
            ("２０１２-１１-０７", NO_DATE),
            ("tomorrow\0", NO_DATE),
            ("", NO_DATE),
            ("0001-01-01", TOO_FAR),
            ("1899-12-31", TOO_FAR),
            ("2101-01-01", TOO_FAR),
            ("9999-12-31", TOO_FAR),
        ],
    )
    def test_refuses_everything_else_with_its_reason(self, text, reason):
        with pytest.raises(DateNotUnderstood) as refusal:
            read_date(text)
        assert refusal.value.reason == reason
        assert len(str(refusal.value)) < 120

    def test_leaves_room_for_the_longest_term_that_a_command_takes(self):
        assert add_months(LAST_DAY, 1200) == date(2200, 12, 31)
