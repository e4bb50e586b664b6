"""A folder with a bank of its own, and the command line in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from talentbank.cli import run
from talentbank.database import Database
from talentbank.settings import PREFIX


@dataclass(frozen=True)
class Said:
    """What a command answered: its exit status, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of an error; fails the test if there were more."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        assert len(lines) == 1, self.err
        return lines[0]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the working directory, with no setting of the machine's own."""
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TALENTBANK_SECRET_KEY", "k" * 40)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def talentbank(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run one command line: `talentbank("eod", "--dry-run")`."""

    def said(*words: str) -> Said:
        capsys.readouterr()
        status = run(words)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Said(status, printed.out, printed.err)

    return said


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite bank as `talentbank init` makes it, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALENTBANK_DATABASE_URL", f"sqlite:///{folder / 'bank.db'}")
        patch.setenv("TALENTBANK_SECRET_KEY", "k" * 40)
        assert run(["init"]) == 0
    return folder / "bank.db"


@pytest.fixture
def file(home: Path, migrated: Path) -> Path:
    """The bank's database file, fresh from `init`, where the settings look for it."""
    target = home / "var" / "talentbank.db"
    target.parent.mkdir()
    shutil.copyfile(migrated, target)
    return target


@pytest.fixture
def bank(file: Path) -> Database:
    """The same bank opened beside the command line."""
    database = Database(f"sqlite:///{file}")
    yield database
    database.dispose()
