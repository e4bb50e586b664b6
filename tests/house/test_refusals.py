"""Every way in which the bank says no is said in both languages, with the facts that its sentence asks for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from models.refusals import Refusal
from talentbank import i18n
from talentbank.sentences import refusals

ROOT = Path(__file__).parents[2]
STOREYS = ("models", "scoring", "workflows", "reports", "talentbank")
FACT = re.compile(r"%\((\w+)\)s")


def kinds(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every refusal under this one."""
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def every_refusal() -> dict[str, type[Refusal]]:
    """Every refusal of the house by its name; each module is opened, so that none is overlooked."""
    for storey in STOREYS:
        for module in walk_packages([str(ROOT / storey)], f"{storey}."):
            if not module.name.endswith("__main__") and ".migrations." not in module.name:
                import_module(module.name)
    return {kind.__name__: kind for kind in kinds() if kind.__module__.partition(".")[0] in STOREYS}


REFUSALS = every_refusal()


def wanted(kind: type[Refusal]) -> set[str]:
    """The facts that the sentence of a refusal is filled with."""
    said = next(refusals()[one.__name__] for one in kind.__mro__ if one.__name__ in refusals())
    return set(FACT.findall(said))


class TestARefusal:
    @pytest.mark.parametrize("name", sorted(REFUSALS))
    def test_has_a_sentence_in_both_languages(self, name):
        assert name in refusals(), f"{name} has no sentence in talentbank/sentences/"
        refusal = REFUSALS[name](**dict.fromkeys(wanted(REFUSALS[name]), "1"))
        chinese, english = i18n.sentence(refusal, "zh"), i18n.sentence(refusal, "en")
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert not re.search(r"[\u4e00-\u9fff]", english)
        assert name not in chinese + english

    def test_brings_the_facts_that_its_sentence_is_filled_with(self):
        lacking = [
            f"{place} {kind.__name__} without {', '.join(sorted(wanted(kind) - facts))}"
            for place, kind, facts in spoken()
            if not wanted(kind) <= facts
        ]
        assert not lacking

    def test_that_nobody_says_any_more_keeps_no_sentence(self):
        assert set(refusals()) <= set(REFUSALS)


def spoken() -> Iterator[tuple[str, type[Refusal], set[str]]]:
    """Where a refusal is made, with the facts it is given; those made from a dictionary tell theirs to no reader."""
    for storey in STOREYS:
        for file in sorted((ROOT / storey).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or any(one.arg is None for one in node.keywords):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in REFUSALS:
                    place = f"{file.relative_to(ROOT)}:{node.lineno}"
                    yield place, REFUSALS[name], {str(one.arg) for one in node.keywords}
