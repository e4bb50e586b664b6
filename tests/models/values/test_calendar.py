"""Business days, rolling, and periods (ID-07, LOAN-10, LOAN-23)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.calendar import CHINA, LAST_NOTICE_YEAR, Calendar, Period, Roll, add_months

DAYS = st.dates(date(2010, 1, 1), date(LAST_NOTICE_YEAR, 12, 31))


class TestABusinessDay:
    @pytest.mark.parametrize(
        ("day", "works"),
        [
            (date(2025, 10, 1), False),  # National Day
            (date(2025, 9, 28), True),  # a Sunday made up for it
            (date(2025, 10, 11), True),  # a Saturday made up for it
            (date(2026, 2, 14), True),  # a Saturday made up for Spring Festival
            (date(2026, 2, 16), False),  # its eve
            (date(2026, 2, 21), False),  # a Saturday inside it
            (date(2026, 11, 24), True),
            (date(2007, 12, 29), True),  # decided by the notice of 2008
            (date(2011, 12, 31), True),  # decided by the notice of 2012
        ],
    )
    def test_follows_the_notices_with_their_made_up_days(self, day, works):
        assert CHINA.business_day(day) is works
        assert not CHINA.provisional(day)

    def test_is_an_estimate_in_years_without_a_notice(self):
        assert CHINA.provisional(date(LAST_NOTICE_YEAR + 1, 3, 1))
        assert CHINA.provisional(date(1999, 3, 1))
        for month, dom in ((1, 1), (2, 6), (4, 5), (5, 1), (5, 2), (6, 9), (9, 15), (10, 1), (10, 2), (10, 3)):
            assert not CHINA.business_day(date(2027, month, dom))
        assert CHINA.business_day(date(2027, 3, 1))
        assert not CHINA.business_day(date(2027, 3, 6))

    def test_is_still_told_where_the_lunar_tables_end(self):
        assert not CHINA.business_day(date(2150, 10, 1))
        assert CHINA.business_day(date(2150, 10, 5))

    def test_can_be_decided_by_the_banks_own_table(self):
        closed, made_up = date(2026, 11, 24), date(2027, 2, 14)
        ours = CHINA.with_days({closed: False}).with_days({made_up: True})
        assert not ours.business_day(closed)
        assert ours.business_day(made_up)
        assert not ours.provisional(made_up)
        assert ours.provisional(made_up + timedelta(days=1))
        assert CHINA.business_day(closed)

    def test_is_certain_once_a_years_notice_is_loaded(self):
        ours = CHINA.with_days({date(2027, 2, 20): True}, last_notice_year=2027)
        assert not ours.provisional(date(2027, 6, 1))
        assert ours.provisional(date(2028, 6, 1))


class TestCountingBusinessDays:
    def test_steps_over_the_rest(self):
        assert CHINA.next_business_day(date(2025, 9, 30)) == date(2025, 10, 9)
        assert CHINA.previous_business_day(date(2025, 10, 9)) == date(2025, 9, 30)
        assert CHINA.add_business_days(date(2025, 9, 30), 2) == date(2025, 10, 10)
        assert CHINA.add_business_days(date(2025, 10, 10), -2) == date(2025, 9, 30)
        assert CHINA.add_business_days(date(2025, 10, 1), 0) == date(2025, 10, 9)

    def test_counts_half_open_periods(self):
        assert CHINA.business_days_between(date(2025, 9, 29), date(2025, 10, 9)) == 2
        assert CHINA.business_days_between(date(2025, 10, 9), date(2025, 10, 9)) == 0
        with pytest.raises(ValueError, match="before it starts"):
            CHINA.business_days_between(date(2025, 10, 9), date(2025, 10, 8))

    @given(day=DAYS, number=st.integers(1, 40))
    def test_agrees_with_stepping(self, day, number):
        later = CHINA.add_business_days(day, number)
        assert CHINA.business_day(later)
        assert CHINA.business_days_between(day + timedelta(days=1), later + timedelta(days=1)) == number

    def test_gives_up_on_a_table_that_never_opens(self):
        never = Calendar({date(2026, 1, 1) + timedelta(days=number): False for number in range(100)})
        with pytest.raises(ValueError, match="table of days"):
            never.next_business_day(date(2026, 1, 5))


class TestRollingADueDay:
    def test_ex_23_goes_to_the_next_business_day(self):
        due = date(2025, 10, 1)
        payable = CHINA.rolled(due)
        assert payable == date(2025, 10, 9)
        assert (payable - due).days == 8

    def test_stays_in_its_month_when_modified(self):
        assert CHINA.rolled(date(2025, 8, 31)) == date(2025, 9, 1)
        assert CHINA.rolled(date(2025, 8, 31), Roll.MODIFIED) == date(2025, 8, 29)
        assert CHINA.rolled(date(2025, 10, 1), Roll.MODIFIED) == date(2025, 10, 9)

    def test_leaves_the_day_alone_when_told_to(self):
        assert CHINA.rolled(date(2025, 10, 1), Roll.NONE) == date(2025, 10, 1)

    @given(day=DAYS, roll=st.sampled_from(Roll))
    def test_is_done_once(self, day, roll):
        rolled = CHINA.rolled(day, roll)
        assert CHINA.rolled(rolled, roll) == rolled
        assert rolled == day if CHINA.business_day(day) else True


class TestAPeriod:
    def test_holds_its_first_day_and_not_its_last(self):
        period = Period(date(2025, 3, 21), date(2025, 6, 21))
        assert period.days == 92 == len(list(period))
        assert period.start in period
        assert period.end not in period

    def test_of_months_ends_on_the_corresponding_day(self):
        assert Period.of_months(date(2025, 8, 31), 6).end == date(2026, 2, 28)

    def test_cannot_run_backwards(self):
        with pytest.raises(ValueError, match="before it starts"):
            Period(date(2025, 3, 2), date(2025, 3, 1))

    def test_overlaps_another_where_both_hold_a_day(self):
        march = Period(date(2025, 3, 1), date(2025, 4, 1))
        assert march.overlap(Period(date(2025, 3, 20), date(2025, 5, 1))) == Period(date(2025, 3, 20), date(2025, 4, 1))
        assert march.overlap(Period(date(2025, 4, 1), date(2025, 5, 1))) is None

    @given(start=DAYS, length=st.integers(0, 400), cuts=st.lists(DAYS, max_size=6))
    def test_is_cut_without_losing_a_day(self, start, length, cuts):
        period = Period(start, start + timedelta(days=length))
        parts = period.split(*cuts)
        assert sum(part.days for part in parts) == period.days
        assert [day for part in parts for day in part] == list(period)

    def test_months_are_counted_from_the_first_day(self):
        assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
        assert add_months(date(2025, 1, 31), 2) == date(2025, 3, 31)
