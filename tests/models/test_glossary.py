"""Every word of the bank has its Chinese and its English."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import models
import models.all_tables
from models import glossary
from models.glossary.acts import ACTS
from models.glossary.nouns import NOUNS
from models.roles import Role
from models.states.application import PanelStage, Stage
from models.states.lives import LIVES

WORKFLOWS = Path(models.__file__).parents[1] / "workflows"
WHERE = "add it to the files of models/glossary/"


def enumerations() -> list[type[StrEnum]]:
    """Every StrEnum that a module of `models` defines."""
    found = []
    for info in pkgutil.walk_packages(models.__path__, "models."):
        module = import_module(info.name)
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, StrEnum) and thing.__module__ == info.name:
                found.append(thing)
    return found


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of these functions in the workflows, with its place."""
    for file in sorted(WORKFLOWS.glob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                if name in names:
                    yield f"{file.name}:{call.lineno}", call


def journal_verbs() -> Iterator[tuple[str, str]]:
    """Every verb that a workflow writes in the journal beside the tables of moves, with its place."""
    for place, call in calls("note"):
        if len(call.args) > 2 and isinstance(call.args[2], ast.Constant):
            yield str(call.args[2].value), place


def guarded_acts() -> Iterator[tuple[str, str]]:
    """Every act for which a workflow asks a post, with its place: a refusal names it."""
    for place, call in calls("require", "NotAllowed"):
        named = [word.value for word in call.keywords if word.arg == "act"] + call.args[1:2]
        for act in named:
            if isinstance(act, ast.Constant):
                yield str(act.value), place


class TestEveryWord:
    @pytest.mark.parametrize("kind", enumerations(), ids=lambda kind: kind.__name__)
    def test_of_an_enumeration_has_a_term_in_both_languages(self, kind):
        lacking = [f'"{kind.__name__}": "{one.value}"' for one in kind if glossary.names_of(one) is None]
        assert not lacking, f"{kind.__module__} has words without a term, {WHERE}: {', '.join(lacking)}"

    def test_of_an_enumeration_is_found_by_a_class_name_that_occurs_once(self):
        names = [kind.__name__ for kind in enumerations()]
        assert sorted(names) == sorted(set(names))

    def test_of_the_glossary_is_still_used(self):
        members = {(kind.__name__, one.value) for kind in enumerations() for one in kind}
        classes = {kind.__name__ for kind in enumerations()}
        idle = [
            f"{name}.{value}"
            for name, words in glossary.WORDS.items()
            for value in words
            if name in classes and (name, value) not in members
        ]
        assert not idle

    def test_of_a_move_has_a_term(self):
        acts = {f"{life.subject}.{move.verb}" for life in LIVES.values() for move in life.moves}
        acts |= {act for life in LIVES.values() for move in life.moves for act in move.apart_from}
        lacking = sorted(act for act in acts if glossary.names_of(act) is None)
        assert not lacking, f"acts without a term, {WHERE}: {lacking}"

    def test_that_a_workflow_writes_in_the_journal_has_a_term(self):
        plain = {act.rpartition(".")[2] for act in ACTS}
        lacking = [f"{verb!r} ({place})" for verb, place in journal_verbs() if verb not in plain]
        assert not lacking, f"journal verbs without a term, {WHERE}: {', '.join(lacking)}"

    def test_that_names_a_guarded_act_has_a_term(self):
        lacking = [f"{act!r} ({place})" for act, place in guarded_acts() if glossary.names_of(act) is None]
        assert not lacking, f"acts without a term, {WHERE}: {', '.join(lacking)}"

    def test_for_a_table_has_a_term(self):
        lacking = sorted(set(SQLModel.metadata.tables) - set(NOUNS))
        assert not lacking, f"tables without a term, {WHERE}: {lacking}"

    def test_has_chinese_in_chinese_and_english_in_english(self):
        every = [names for words in glossary.WORDS.values() for names in words.values()]
        for zh, en in [*every, *ACTS.values(), *NOUNS.values()]:
            assert re.search(r"[\u4e00-\u9fff]", zh), zh
            assert not re.search(r"[^\x20-\x7e]", en), en
            assert en.strip() == en != ""


class TestATerm:
    def test_is_answered_in_either_language(self):
        assert glossary.term(Role.PANEL_CHAIR) == "评审组长"
        assert glossary.term(Role.PANEL_CHAIR, "en") == "Panel chair"

    def test_depends_on_whose_stage_it_is(self):
        assert glossary.term(PanelStage.CLOSED) != glossary.term(Stage.CLOSED)
        assert glossary.term("PanelStage.closed") == glossary.term(PanelStage.CLOSED)

    def test_of_an_act_falls_back_on_the_bare_verb(self):
        assert glossary.term("loan.settle", "en") == "Settle the loan"
        assert glossary.term("receipt.reverse", "en") == "Reverse"

    def test_of_a_stored_word_is_found_only_if_it_means_the_same_everywhere(self):
        assert glossary.term("credit_committee") == "信贷决策委员会"
        assert glossary.term("proposed") == "proposed"

    def test_that_is_missing_is_the_word_itself(self):
        assert glossary.term("no such word", "en") == "no such word"
