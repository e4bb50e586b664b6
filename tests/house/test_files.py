"""The files beside the code: vendored ones unchanged, printed pages fresh, every path that a page names there."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from talentbank.cli import run

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "talentbank" / "static" / "vendor"
PAGES = ("README.md", "README.zh.md", "CONTRIBUTING.md", "docs/tour.md")
CODE_PATH = re.compile(
    r"`((?:models|scoring|workflows|reports|talentbank|tests|docs|bench)/[\w./*-]+|Makefile|\.ci/run)`"
)
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


class TestVendoredFiles:
    VENDORED = tomllib.loads((VENDOR / "VENDORED.toml").read_text(encoding="utf-8"))

    def test_are_just_those_that_their_list_names(self):
        known = set(self.listed())
        found = {
            str(one.relative_to(VENDOR))
            for one in VENDOR.rglob("*")
            if one.is_file() and one.suffix in (".js", ".css", ".svg", ".woff2")
        }
        assert found <= known

    def test_are_as_they_were_taken(self):
        for name, digest in self.listed().items():
            assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name

    def listed(self) -> dict[str, str]:
        """File to hash, as the list has them."""
        return {one["path"]: one["sha256"] for one in self.VENDORED["file"]}


class TestThePrintedPages:
    def test_are_as_the_program_has_them(self):
        assert run(["docs", "--check"]) == 0, "run `python -m talentbank docs` and commit docs/"


class TestThePages:
    @pytest.mark.parametrize("page", PAGES)
    def test_name_only_files_that_exist(self, page):
        text = (ROOT / page).read_text(encoding="utf-8")
        lost = [path for path in CODE_PATH.findall(text) if not list(ROOT.glob(path.rstrip("/")))]
        assert not lost

    @pytest.mark.parametrize("page", [*PAGES, *(f"docs/decisions/{p.name}" for p in ROOT.glob("docs/decisions/*.md"))])
    def test_link_only_to_what_exists(self, page):
        file = ROOT / page
        lost = [link for link in LINK.findall(file.read_text(encoding="utf-8")) if not (file.parent / link).exists()]
        assert not lost

    def test_of_decisions_have_context_decision_and_consequences(self):
        pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
        assert [page.name[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
        for page in pages:
            text = page.read_text(encoding="utf-8")
            assert all(f"## {head}" in text for head in ("Context", "Decision", "Consequences")), page.name


class TestTheRepository:
    def test_keeps_no_large_nor_private_file(self):
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
        if listed.returncode:
            pytest.skip("not a checkout")
        files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
        assert not [f.name for f in files if f.suffix in (".db", ".key", ".env", ".pem")]
        assert not [f.name for f in files if f.is_file() and f.stat().st_size > 2_000_000]
