"""The watch list in pages."""

from __future__ import annotations

from datetime import date

import pytest
from credit import AT, OFFICER, a_guaranteed_loan, endow
from people import ACTORS

from models.queries.watch import watch_counts, watch_rows
from models.roles import Role
from models.states.aftercare import WatchStage
from models.user import User
from models.watch import AlarmLevel, Signal
from workflows import watch

DAY = date(2013, 3, 25)


@pytest.fixture
def cases(database):
    """Three warnings of two loans: a red one, a yellow one that is assigned, an orange one that is cleared."""
    with database.write() as session:
        endow(session)
        one, two = (a_guaranteed_loan(session).loan for _ in range(2))
        owner = session.get_one(User, ACTORS[Role.LOAN_OFFICER].user_id)
        by = {"by": OFFICER, "on": DAY, "at": AT}

        def raised(loan, signal, level):
            return watch.raise_case(session, loan=loan, signal=signal, level=level, evidence="示例", **by)

        yellow = raised(one, Signal.TAX_RECORD, AlarmLevel.YELLOW)
        cleared = raised(one, Signal.COURT_RECORD, AlarmLevel.ORANGE)
        red = raised(two, Signal.COURT_RECORD, AlarmLevel.RED)
        for case in (yellow, cleared):
            watch.assign(session, case=case, owner=owner, **by)
        watch.clear(session, case=cleared, reason="已和解", **by)
        yield session, red, yellow, cleared


class TestTheWatchList:
    def test_shows_the_worst_first_and_what_is_cleared_last(self, cases):
        session, *expected = cases
        rows, total = watch_rows(session)
        assert ([row.id for row in rows], total) == ([case.id for case in expected], 3)
        assert (rows[0].owner, rows[1].owner) == ("", "李示例")

    def test_is_filtered_in_the_database(self, cases):
        session, red, yellow, cleared = cases
        ids = lambda **asked: [row.id for row in watch_rows(session, **asked)[0]]  # noqa: E731
        assert ids(open_only=True) == [red.id, yellow.id]
        assert ids(stage=WatchStage.CLEARED) == [cleared.id]
        assert ids(level=AlarmLevel.RED) == ids(loan_id=red.loan_id) == [red.id]
        assert ids(signal=Signal.TAX_RECORD) == [yellow.id]
        assert ids(owner_id=ACTORS[Role.LOAN_OFFICER].user_id) == [yellow.id, cleared.id]
        assert ids(late_on=date(2013, 3, 29)) == [red.id]
        assert ids(text="宁波示例") == [red.id, yellow.id, cleared.id]

    def test_is_paged_in_a_stable_order_whatever_is_asked(self, cases):
        session, red, yellow, cleared = cases
        pages = [watch_rows(session, sort="nonsense", limit=1, offset=page)[0][0].id for page in range(3)]
        assert pages == [red.id, yellow.id, cleared.id]
        assert [row.id for row in watch_rows(session, sort="-level")[0]] == [yellow.id, red.id, cleared.id]

    def test_tells_what_is_late(self, cases):
        session, *_ = cases
        assert [row.late(date(2013, 3, 29)) for row in watch_rows(session)[0]] == [True, False, False]

    def test_is_counted_by_level(self, cases):
        session, *_ = cases
        assert watch_counts(session) == {AlarmLevel.RED: 1, AlarmLevel.YELLOW: 1}
