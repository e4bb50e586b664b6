"""Is the installation in order? Each look says what it found, and what to do if it is not as it should be."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from models.document import Document
from models.queries.days import next_business_date
from models.user import User
from talentbank import schema
from talentbank.database import Database, DatabaseUnusable
from talentbank.keeping import is_file
from talentbank.settings import Settings, SettingsWrong
from talentbank.vault import Vault

LEAST_FREE = 1024**3
"""A gigabyte: less than that, and a backup or a busy week may fill the disk."""

MOST_DAYS_BEHIND = 1
DOCUMENTS_LOOKED_AT = 2_000


class State(StrEnum):
    """What a look found."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Result:
    """One look: at what, how it is, and in a few words what was found and what to do."""

    what: str
    state: State
    said: str


def examine(settings: Settings, *, at: datetime) -> Iterator[Result]:
    """Every look, in the order in which one would repair things. Changes nothing."""
    yield _ok("python", sys.version.split()[0])
    yield _secret(settings)
    yield _folder("documents", settings.documents_dir)
    yield _disk(settings)
    yield _fonts()
    try:
        database = Database(settings.database_url)
    except DatabaseUnusable as reason:
        yield Result("database", State.BROKEN, str(reason))
        return
    try:
        yield from _database(database, settings, at)
    finally:
        database.dispose()


def _ok(what: str, said: str) -> Result:
    return Result(what, State.OK, said)


def _secret(settings: Settings) -> Result:
    try:
        settings.secret()
    except SettingsWrong as wrong:
        return Result("secret", State.BROKEN, str(wrong))
    if settings.secret_key:
        return _ok("secret", "given by TALENTBANK_SECRET_KEY")
    mode = settings.secret_file.stat().st_mode & 0o777
    if mode & 0o077:
        return Result("secret", State.BROKEN, f"{settings.secret_file} may be read by others: chmod 600 it")
    return _ok("secret", f"kept in {settings.secret_file}; back it up apart from the database")


def _folder(what: str, folder: Path) -> Result:
    if not folder.exists():
        return _ok(what, f"{folder} will be made with the first document")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Result(what, State.BROKEN, f"{folder} cannot be written: check its permissions")
    return _ok(what, str(folder))


def _disk(settings: Settings) -> Result:
    place = settings.documents_dir.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    said = f"{free / 1024**3:,.1f} GB free"
    return _ok("disk", said) if free >= LEAST_FREE else Result("disk", State.NOTE, f"{said}: make room")


def _fonts() -> Result:
    try:
        import manimgx_fonts_cjk  # noqa: F401
        import typst  # noqa: F401
    except ImportError as error:
        return Result("printing", State.BROKEN, f"{error.name} is missing: install the program anew")
    return _ok("printing", "typesetter and Chinese fonts are there")


def _database(database: Database, settings: Settings, at: datetime) -> Iterator[Result]:
    try:
        schema.refuse_other_version(database)
    except DatabaseUnusable as reason:
        yield Result("database", State.BROKEN, str(reason))
        return
    yield _ok("database", f"{database.engine.dialect.name}, version {schema.newest()}")
    looks: tuple[Callable[[Database, Settings, datetime], Result], ...] = (_drift, _pages, _people, _days, _files)
    for look in looks:
        try:
            yield look(database, settings, at)
        except sa.exc.DBAPIError as error:
            yield Result(look.__name__.strip("_"), State.BROKEN, str(error.orig).splitlines()[0])


def _drift(database: Database, settings: Settings, at: datetime) -> Result:
    differences = schema.drift(database)
    if differences:
        said = f"{len(differences)} difference(s) from the program, the first: {differences[0]}"
        return Result("tables", State.BROKEN, said)
    return _ok("tables", "as the program has them")


def _pages(database: Database, settings: Settings, at: datetime) -> Result:
    if not is_file(database.url):
        return _ok("pages", "kept by the database server")
    with database.reading.connect() as connection:
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if said != "ok":
        return Result("pages", State.BROKEN, f"{said}: keep the file and restore the last backup")
    return _ok("pages", "undamaged")


def _people(database: Database, settings: Settings, at: datetime) -> Result:
    with database.read() as session:
        count = session.exec(select(sa.func.count()).select_from(User).where(col(User.active))).one()
    if not count:
        return Result("accounts", State.NOTE, "nobody can sign in: `talentbank user add ACCOUNT --role administrator`")
    return _ok("accounts", f"{count:,} open")


def _days(database: Database, settings: Settings, at: datetime) -> Result:
    with database.read() as session:
        following = next_business_date(session)
    if following is None:
        return Result("end of day", State.NOTE, "no day is closed yet: `talentbank eod`")
    behind = (at.astimezone(settings.zone).date() - following).days
    if behind > MOST_DAYS_BEHIND:
        return Result("end of day", State.NOTE, f"{behind} days behind: `talentbank eod`, or `serve --clock`")
    return _ok("end of day", f"next is {following}")


def _files(database: Database, settings: Settings, at: datetime) -> Result:
    vault = Vault.of(settings)
    with database.read() as session:
        newest = select(Document.sha256).order_by(col(Document.id).desc()).limit(DOCUMENTS_LOOKED_AT)
        hashes = list(session.exec(newest))
    lost = []
    for digest in hashes:
        try:
            vault.get(digest)
        except LookupError as error:
            lost.append(str(error))
    if lost:
        return Result("files", State.BROKEN, f"{len(lost)} of {len(hashes)} not whole, the first: {lost[0]}")
    return _ok("files", f"{len(hashes):,} looked at, all whole")
