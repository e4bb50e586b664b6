"""docs/formulas.md says what the program does: its examples are run, its files exist, no rule of lending is missing."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formulas.md").read_text(encoding="utf-8")
RULES = [9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 29]
EXAMPLES = [*range(11, 21), 23, 24, 25]


def test_every_example_gives_what_is_printed():
    blocks = re.findall(r"```pycon\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) > 15
    page = doctest.DocTestParser().get_doctest("\n\n".join(blocks), {}, "formulas.md", "docs/formulas.md", 0)
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(page, out=told.append)
    assert result.failed == 0, "".join(told)
    assert result.attempted > 60


def test_every_rule_of_schedules_and_every_worked_example_has_its_place():
    missing = [f"LOAN-{number:02}" for number in RULES if f"LOAN-{number:02}" not in PAGE]
    missing += [f"EX-{number}" for number in EXAMPLES if f"EX-{number}" not in PAGE]
    assert missing == []


def test_every_file_named_is_there():
    named = set(re.findall(r"`((?:models|scoring|tests|workflows)/[\w/]+\.py)`", PAGE))
    assert len(named) > 15
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("module", ["day_count", "levelled", "all_in", "repricing"])
def test_examples_beside_the_functions_hold_too(module):
    result = doctest.testmod(importlib.import_module(f"models.lending.{module}"))
    assert result.attempted
    assert not result.failed
