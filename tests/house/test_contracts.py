"""The house as it is drawn: imports run downstairs, and some doors are kept shut."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]
STOREYS = ("models", "scoring", "workflows", "reports", "talentbank")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def modules(*storeys: str) -> Iterator[tuple[str, ast.Module]]:
    """Every file of the storeys, by its path from the root, as a tree."""
    for storey in storeys:
        for file in sorted((ROOT / storey).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def name_of(node: ast.expr) -> str:
    """`a.b.c` as text."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_imports_run_downstairs(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports() == EXIT_STATUS_SUCCESS


class TestTheOnlyWriters:
    def test_of_stages_is_moves(self):
        """`row.stage = …` stands in `workflows/moves.py` and nowhere else."""
        found = []
        for path, tree in modules(*STOREYS):
            for node in ast.walk(tree):
                targets = node.targets if isinstance(node, ast.Assign) else getattr(node, "target", None)
                for target in targets if isinstance(targets, list) else [targets]:
                    if isinstance(target, ast.Attribute) and target.attr == "stage":
                        owner = name_of(target.value)
                        if path != "workflows/moves.py" and owner != "self":
                            found.append(f"{path}:{node.lineno}")
        assert not found, f"only workflows/moves.py sets a stage: {found}"

    def test_of_the_ledger_are_the_posting_files(self):
        """Statements that write the ledger's tables stand in `workflows/posting*.py`, its guards in `models/ledger.py`."""
        writes = re.compile(r"\b(insert\s+into|update|delete\s+from)\s+ledger_", re.IGNORECASE)
        verbs = {"insert", "update", "delete"}
        allowed = re.compile(r"workflows/posting\w*\.py|models/ledger\.py|talentbank/migrations/.*")
        found = []
        for path, tree in modules(*STOREYS):
            if allowed.fullmatch(path):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and writes.search(node.value):
                    found.append(f"{path}:{node.lineno}")
                writes_table = isinstance(node, ast.Call) and name_of(node.func).rpartition(".")[2] in verbs
                if writes_table and node.args and name_of(node.args[0]).startswith("ledger."):
                    found.append(f"{path}:{node.lineno}")
        assert not found, f"only workflows/posting*.py writes the ledger: {found}"


class TestWorkflows:
    def test_never_commit(self):
        found = [
            f"{path}:{node.lineno}"
            for path, tree in modules("models", "scoring", "workflows", "reports")
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and name_of(node.func).endswith(".commit")
        ]
        assert not found, f"the caller commits, once: {found}"

    def test_hold_no_sentence_for_users(self):
        """What people read stands in the shell's catalogue or in the glossary; docstrings may quote Chinese."""
        found = []
        for path, tree in modules("scoring", "workflows"):
            docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            found += [
                f"{path}:{node.lineno} {node.value!r}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docs
                and CHINESE.search(node.value)
            ]
        assert not found, f"words for people belong to talentbank/sentences or models/glossary: {found}"


class TestTheClock:
    READS = frozenset(
        {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time", "time.time_ns"}
        | {"datetime.datetime.now", "datetime.date.today"}
    )
    EDGES = frozenset({"talentbank/web/desk.py", "talentbank/commands/opening.py"})

    def test_is_read_only_at_the_edge(self):
        found = [
            f"{path}:{node.lineno}"
            for path, tree in modules(*STOREYS)
            if path not in self.EDGES
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and name_of(node.func) in self.READS
        ]
        assert not found, f"the moment comes in from {sorted(self.EDGES)}: {found}"


def defined(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What a file defines for others (functions, classes and their methods, by name) without a docstring."""
    if not ast.get_docstring(tree):
        yield 1, "the file"
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield node.lineno, node.name


@pytest.mark.parametrize("storey", STOREYS)
def test_whatever_others_may_use_says_what_it_is(storey):
    silent = [
        f"{path}:{line} {name}"
        for path, tree in modules(storey)
        if not path.startswith("talentbank/migrations/versions")
        for line, name in defined(tree)
    ]
    assert not silent, f"without a docstring: {silent}"
