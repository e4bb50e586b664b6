"""Every command that takes a day refuses one that cannot be meant: in one line, with the status of bad input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

FAR = ("0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31")
NO_DAY = ("99999-01-01", "2023-02-30", "20121107", "1e9", "")
TAKES_A_DAY = (
    ("score", "TBA-2012-0001", "--on"),
    ("decide", "TBA-2012-0001", "--on"),
    ("report", "exposure", "--on"),
    ("eod", "--until"),
    ("schedule", "15,000,000", "4.35%", "1200", "--start"),
)


@pytest.fixture
def number(bank):
    """The number of an application that stands in the bank."""
    from people import an_application

    with bank.write() as session:
        return an_application(session).number


@pytest.mark.parametrize("words", TAKES_A_DAY, ids=lambda words: words[0])
class TestADayThatCannotBeMeant:
    def given(self, talentbank, words, number, day):
        return talentbank(*(number if word == "TBA-2012-0001" else word for word in words), day)

    @pytest.mark.parametrize("day", FAR)
    def test_is_told_the_range(self, talentbank, number, words, day):
        said = self.given(talentbank, words, number, day)
        assert (said.status, "not a day from 1900-01-01 to 2100-12-31" in said.line) == (2, True)

    @pytest.mark.parametrize("day", NO_DAY)
    def test_is_told_the_form(self, talentbank, number, words, day):
        said = self.given(talentbank, words, number, day)
        assert (said.status, "not a date such as 2012-11-07" in said.line) == (2, True)


class TestADayBeforeTheBank:
    @pytest.mark.parametrize("words", TAKES_A_DAY[:-1], ids=lambda words: words[0])
    def test_is_told_the_banks_first_day(self, talentbank, number, words):
        said = talentbank(*(number if word == "TBA-2012-0001" else word for word in words), "1949-12-31")
        assert said.status == 2
        assert "before the bank's first day" in said.line

    def test_may_begin_a_schedule_which_needs_no_bank(self, talentbank):
        assert talentbank("schedule", "100000", "4%", "12", "--start", "1949-12-31").status == 0


class TestADayThatIsNotOver:
    def test_is_not_closed(self, talentbank, file):
        tomorrow = datetime.now(UTC).date() + timedelta(days=2)
        said = talentbank("eod", "--until", tomorrow.isoformat())
        assert said.status == 2
        assert "is not over" in said.line

    def test_is_closed_in_a_demonstration_whose_time_is_its_own(self, talentbank, file, monkeypatch):
        monkeypatch.setenv("TALENTBANK_DEMO", "true")
        assert talentbank("eod", "--until", "2099-01-01").status == 0


class TestADayInAFreePlan:
    @pytest.mark.parametrize("line", ["9999-12-31=100000", "2023-02-30=100000", "=100000", "2013-11-07", "x" * 5000])
    def test_is_looked_at_too(self, talentbank, line):
        said = talentbank(
            "schedule", "100000", "4%", "12", "--start", "2012-11-07", "--method", "free_form", "--plan", line
        )
        assert said.status == 2
        assert len(said.line) < 200
