"""`talentbank eod` closes the days that are over, each once; the timetable does the same at night."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from credit import ON, a_guaranteed_loan, endow
from sqlmodel import select
from structlog.testing import capture_logs

from models.journal import DayRun
from reports.proof import prove
from talentbank import scheduler
from talentbank.settings import Settings
from workflows import day_end

THIRD = ON + timedelta(days=2)


@pytest.fixture
def lending(bank):
    """A bank that has paid out one loan on the first day."""
    with bank.write() as session:
        endow(session)
        a_guaranteed_loan(session)
    return bank


def closed(bank) -> list[date]:
    with bank.read() as session:
        return [run.on for run in session.exec(select(DayRun).order_by(DayRun.on)) if run.finished_at]


class TestTheEndOfDay:
    def test_closes_every_day_that_is_over(self, talentbank, lending):
        said = talentbank("eod", "--until", THIRD.isoformat())
        assert said.status == 0
        assert closed(lending) == [ON, ON + timedelta(days=1), THIRD]
        assert "3 day(s) closed" in said.out

    def test_finds_nothing_to_do_the_second_time(self, talentbank, lending):
        talentbank("eod", "--until", THIRD.isoformat())
        said = talentbank("eod", "--until", THIRD.isoformat())
        assert (said.status, said.out.strip()) == (0, f"Nothing to do: no day through {THIRD} is due.")

    def test_answers_in_json(self, talentbank, lending):
        days = json.loads(talentbank("eod", "--until", THIRD.isoformat(), "--json").out)["days"]
        assert [day["on"] for day in days] == ["2012-11-07", "2012-11-08", "2012-11-09"]
        assert all(day["loans"] == 1 and day["interest_fen"] > 0 for day in days)

    def test_as_a_dry_run_says_the_same_and_changes_nothing(self, talentbank, lending):
        tried = json.loads(talentbank("eod", "--until", THIRD.isoformat(), "--dry-run", "--json").out)
        assert closed(lending) == []
        done = json.loads(talentbank("eod", "--until", THIRD.isoformat(), "--json").out)
        assert (tried["dry_run"], done["dry_run"]) == (True, False)
        assert [(d["on"], d["interest_fen"]) for d in tried["days"]] == [
            (d["on"], d["interest_fen"]) for d in done["days"]
        ]

    def test_keeps_the_finished_days_when_one_fails(self, talentbank, lending, monkeypatch):
        real = day_end.day_chores.expire

        def fails_on_the_third(session, *, by, on, at):
            if on == THIRD:
                raise KeyboardInterrupt
            return real(session, by=by, on=on, at=at)

        with monkeypatch.context() as failing:
            failing.setattr(day_end.day_chores, "expire", fails_on_the_third)
            said = talentbank("eod", "--until", THIRD.isoformat())
        assert said.status == 130
        assert closed(lending) == [ON, ON + timedelta(days=1)]
        assert talentbank("eod", "--until", THIRD.isoformat()).status == 0
        assert closed(lending) == [ON, ON + timedelta(days=1), THIRD]
        with lending.read() as session:
            assert prove(session).holds

    def test_of_a_bank_without_loans_is_nothing_to_wait_for(self, talentbank, file):
        assert talentbank("eod", "--until", "2012-11-07").status == 0

    def test_wants_a_date(self, talentbank, file):
        said = talentbank("eod", "--until", "tomorrow")
        assert (said.status, "not a date" in said.line) == (2, True)


class TestTheTimetable:
    def test_closes_yesterday_in_the_banks_zone(self, lending, home):
        late = datetime(2012, 11, 9, 16, 30, tzinfo=UTC)  # half past midnight on the tenth in Shanghai
        runs = scheduler.end_of_day(lending, Settings(), lambda: late)
        assert [run.on for run in runs] == [ON, ON + timedelta(days=1), THIRD]

    def test_copies_the_bank_under_the_weekdays_name(self, lending, home):
        night = datetime(2012, 11, 8, 18, tzinfo=UTC)
        for _ in range(2):
            scheduler.nightly_backup(lending, Settings(), lambda: night)
        assert [one.name for one in (home / "var" / "backup").iterdir()] == ["fri"]

    def test_proves_the_books(self, lending, home):
        assert scheduler.proof(lending, Settings(), lambda: datetime.now(UTC)) == 0

    def test_goes_on_after_a_task_that_fails(self, lending, home):
        def fails(database, settings, clock):
            raise OSError("no room")

        with capture_logs() as logged:
            scheduler._watched(scheduler.Task("fails", 0, 0, fails), lending, Settings(), lambda: datetime.now(UTC))
        (line,) = logged
        assert (line["event"], line["task"], line["exc_info"]) == ("task_failed", "fails", True)

    def test_has_every_task_once_at_its_hour(self, lending, home):
        ticking = scheduler.start(lending, Settings(), lambda: datetime.now(UTC))
        try:
            assert {job.id for job in ticking.get_jobs()} == {"end_of_day", "backup", "proof"}
            hours = {job.id: job.next_run_time.astimezone(Settings().zone).hour for job in ticking.get_jobs()}
            assert hours == {"end_of_day": 0, "backup": 2, "proof": 3}
        finally:
            ticking.shutdown()
