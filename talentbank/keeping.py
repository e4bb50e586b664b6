"""Copies of the whole bank: a folder with the database, the documents and a list of their hashes; and the way back.

The installation's secret is not in the copy: keep it apart, since copy and secret together open the sealed numbers.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

import talentbank
from models.refusals import Refusal
from talentbank import schema
from talentbank.database import Database, DatabaseUnusable
from talentbank.settings import Settings

DATABASE = "talentbank.db"
DOCUMENTS = "documents"
LIST = "copy.json"
PAGES_AT_A_TIME = 2_000
"""SQLite pages copied before writers get a turn (8 MB): a copy never keeps an officer waiting."""

Told = Callable[[int, int], None]
"""Is told how many parts are done, and of how many."""


class CopyExists(Refusal):
    """The place of the copy is taken; a copy never overwrites another."""


class CopyDamaged(Refusal):
    """The copy is not whole: a file is missing, or is not what its hash says."""


class CopyNotFound(Refusal):
    """There is no copy at that place."""


class WouldOverwrite(Refusal):
    """There is a database already; restoring would replace it."""


class NotAFile(Refusal):
    """The database is kept by a server, which has tools of its own for this (pg_dump, pg_restore)."""


def is_file(url: str) -> bool:
    """Whether the database is a SQLite file."""
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")


def file_of(url: str) -> Path:
    """The database's file. Refuses with NotAFile for a server's database."""
    if not is_file(url):
        raise NotAFile(kind=make_url(url).get_backend_name())
    return Path(str(make_url(url).database))


def back_up(
    database: Database,
    place: Path,
    *,
    settings: Settings,
    at: datetime,
    replace: bool = False,
    told: Told = lambda done, whole: None,
) -> Path:
    """Copy database and documents into the new folder `place`, while the bank goes on working.

    The folder appears only when it is complete and has been checked. Refuses with CopyExists (unless `replace` is
    set), NotAFile.
    """
    source = file_of(database.url)
    if place.exists() and not replace:
        raise CopyExists(place=str(place))
    half = place.with_name(f".{place.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    _copy_database(source, half / DATABASE, told)
    if settings.documents_dir.is_dir():
        shutil.copytree(settings.documents_dir, half / DOCUMENTS, ignore=shutil.ignore_patterns(".*"))
    listed = {
        "program": talentbank.__version__,
        "schema": schema.version(database),
        "at": at.isoformat(),
        "files": {str(file.relative_to(half)): _digest(file) for file in sorted(half.rglob("*")) if file.is_file()},
    }
    (half / LIST).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    if place.exists():
        shutil.rmtree(place)
    half.rename(place)
    return place


def check_copy(place: Path) -> dict[str, str]:
    """What a copy says of itself, after comparing every file with its hash. Refuses with CopyNotFound, CopyDamaged."""
    try:
        listed = json.loads((place / LIST).read_text(encoding="utf-8"))
        files = dict(listed["files"])
    except FileNotFoundError:
        raise CopyNotFound(place=str(place)) from None
    except (ValueError, KeyError, TypeError):
        raise CopyDamaged(file=str(place / LIST)) from None
    for name, digest in files.items():
        file = place / name
        if not file.is_file() or _digest(file) != digest:
            raise CopyDamaged(file=str(file))
    _check_pages(place / DATABASE)
    return {"program": str(listed["program"]), "schema": str(listed["schema"]), "at": str(listed["at"])}


def restore(place: Path, *, settings: Settings, replace: bool = False) -> dict[str, str]:
    """Put a checked copy in the place of the configured database and documents; returns what the copy says of itself.

    A database that stands there is refused with WouldOverwrite unless `replace` is set, and even then is kept beside
    the new one under the ending `.before`. Documents are added, never removed: their names are their hashes.
    """
    target = file_of(settings.database_url)
    said = check_copy(place)
    if target.exists() and not replace:
        raise WouldOverwrite(place=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.half")
    shutil.copyfile(place / DATABASE, half)
    if target.exists():
        _set_aside(target)
    half.replace(target)
    if (place / DOCUMENTS).is_dir():
        shutil.copytree(place / DOCUMENTS, settings.documents_dir, dirs_exist_ok=True)
    return said


def _set_aside(target: Path) -> None:
    """Keep the old database whole under `.before`: first bring its write-ahead log home, alone with it."""
    with closing(sqlite3.connect(target, timeout=5)) as connection:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise DatabaseUnusable(f"{target} is in use: stop the server first")
    target.replace(target.with_name(f"{target.name}.before"))
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)


def _copy_database(source: Path, target: Path, told: Told) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=PAGES_AT_A_TIME, progress=lambda _, left, whole: told(whole - left, whole))
        new.execute("PRAGMA journal_mode=DELETE")
    _check_pages(target)


def _check_pages(file: Path) -> None:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            said = str(error)
    if said != "ok":
        raise CopyDamaged(file=str(file))


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
