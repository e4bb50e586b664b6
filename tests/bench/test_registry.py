"""The runner of the benchmarks: a row may be missed, but never missing. Nothing here looks at how fast anything is."""

from __future__ import annotations

import json

import pytest

from bench.__main__ import main
from bench.registry import Registered, Row, at_least, at_most, run, shown


def good(scale):
    yield at_most("thing.small", 3 * scale, 4, against="a yardstick")
    yield at_least("thing.large", 3 * scale, 4, against="a yardstick")
    yield shown("thing.shown", 7, unit="rows", against="nothing")


def broken(scale):
    yield shown("other.first", 1, unit="rows", against="nothing")
    raise ValueError("the disk is gone")


REGISTER = [
    Registered(("thing.small", "thing.large", "thing.shown"), good),
    Registered(("other.first", "other.second"), broken),
]


class TestARow:
    def test_that_keeps_its_bound_is_ok_and_gives_no_reason(self):
        row = at_most("a", 4, 4, against="b")
        assert (row.ok, row.bound, row.reason) == (True, "<= 4", "")

    def test_that_misses_its_bound_says_why(self):
        assert at_least("a", 3.5, 4, against="b").reason == "3.5 is less than 4"
        assert at_most("a", 5, 4, against="b", reason="a known thing").reason == "a known thing"

    def test_has_just_these_fields_in_the_file(self):
        assert list(shown("a", 1, unit="s", against="b").as_dict()) == [
            "name", "value", "unit", "bound", "ok", "against", "reason",
        ]  # fmt: skip


class TestTheRunner:
    def test_runs_what_the_prefix_selects_and_nothing_else(self):
        assert [row.name for row in run("thing.s", register=REGISTER)] == ["thing.small", "thing.shown"]

    def test_leaves_a_missed_row_with_its_reason_where_a_benchmark_breaks(self):
        first, second = run("other.", register=REGISTER)
        assert first.ok
        assert second == Row("other.second", None, "", None, False, "", "ValueError: the disk is gone")

    def test_tells_each_row_as_it_comes(self):
        told = []
        assert run("", register=REGISTER, told=told.append) == told
        assert len(told) == 5

    def test_does_not_take_a_row_that_was_not_announced(self):
        rows = run("", register=[Registered(("thing.small",), broken)])
        assert [(row.name, row.ok) for row in rows] == [("thing.small", False)]


class TestTheCommand:
    def test_prints_the_table_and_keeps_the_rows_as_json(self, tmp_path, capsys):
        out = tmp_path / "var" / "bench.json"
        assert main(["--only", "ledger.trial_balance", "--scale", "0.001", "--out", str(out)]) == 0
        rows = json.loads(out.read_text(encoding="utf-8"))
        assert [row["name"] for row in rows] == ["ledger.trial_balance", "ledger.trial_balance_growth"]
        assert all(row["value"] is not None for row in rows), rows
        assert "ledger.trial_balance_growth" in capsys.readouterr().out

    def test_says_so_when_nothing_begins_with_the_prefix(self, tmp_path):
        assert main(["--only", "nothing.", "--out", str(tmp_path / "bench.json")]) == 2

    @pytest.mark.parametrize("only", ["ledger.post_rate", "ledger.goal.g4"])
    def test_runs_the_posting_benchmarks_at_a_small_size(self, tmp_path, only):
        out = tmp_path / "bench.json"
        main(["--only", only, "--scale", "0.01", "--out", str(out)])
        assert all(row["value"] is not None for row in json.loads(out.read_text(encoding="utf-8")))
