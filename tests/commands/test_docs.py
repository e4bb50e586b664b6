"""The pages printed from the program."""

from __future__ import annotations

import pytest

from talentbank.handbook import rules

PAGES = ("books.md", "lives.md", "rules.md", "glossary.md", "commands.md")


class TestThePages:
    def test_are_written_and_then_fresh(self, talentbank, home):
        assert talentbank("docs", "--folder", "docs").status == 0
        assert talentbank("docs", "--folder", "docs", "--check").status == 0
        assert {one.name for one in (home / "docs").iterdir()} == set(PAGES)

    def test_that_are_old_are_named(self, talentbank, home):
        talentbank("docs", "--folder", "docs")
        (home / "docs" / "books.md").write_text("old", encoding="utf-8")
        said = talentbank("docs", "--folder", "docs", "--check")
        assert said.status == 1
        assert "books.md" in said.line

    def test_that_are_fresh_are_not_written_again(self, talentbank):
        talentbank("docs", "--folder", "docs")
        assert "0 page(s) changed" in talentbank("docs", "--folder", "docs").out


def test_a_rule_that_cannot_be_read_stops_the_page():
    with pytest.raises(rules.LineNotUnderstood, match="1: what is this"):
        list(rules._sections("what is this"))
