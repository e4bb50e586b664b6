"""How a command ends: its exit status, and the one line that says what was wrong and what to do."""

from __future__ import annotations

import sqlalchemy as sa

from models.refusals import BadInput, BrokenInvariant, Refusal
from talentbank import i18n
from talentbank.database import BUSY_SECONDS, DatabaseUnusable
from talentbank.settings import SettingsWrong

DONE = 0
DECLINED = 1
"""The bank declines, or the answer of a check is no."""
WRONG = 2
"""Something typed, or a setting, cannot be right."""
UNUSABLE = 3
"""The database or a file cannot be used as it is."""
FAULT = 70
"""The program is wrong; nothing was changed."""
INTERRUPTED = 130

_SIGNS = (
    (
        "database is locked",
        f"the database is in use by another program and stayed so for {BUSY_SECONDS} seconds: let it finish and try again",
    ),
    (
        "readonly database",
        "the database is read-only: check the permissions of its file and folder",
    ),
    ("unable to open database file", "the database file cannot be opened: check its path and permissions"),
    ("not a database", "the file is not a database: check TALENTBANK_DATABASE_URL"),
    ("malformed", "the database is damaged: keep the file and restore the last backup (`talentbank restore`)"),
    ("disk is full", "the disk is full, and nothing was changed: make room and try again"),
    ("disk I/O error", "the disk cannot be read or written: check it before anything else"),
    ("lock timeout", "the database is in use by another program: let it finish and try again"),
)
"""What drivers say, and what it means for whoever sits at the keyboard."""


def ending(error: BaseException) -> tuple[int, str] | None:
    """The exit status and the line for an error that a command may end with; None for one nobody expected."""
    match error:
        case BadInput():
            return WRONG, i18n.sentence(error, "en")
        case Refusal():
            return DECLINED, i18n.sentence(error, "en")
        case SettingsWrong():
            return WRONG, str(error)
        case DatabaseUnusable():
            return UNUSABLE, str(error)
        case BrokenInvariant():
            return FAULT, f"stopped, and nothing was changed, because the program would have been wrong: {error}"
        case sa.exc.DBAPIError():
            return UNUSABLE, database_said(str(error.orig))
        case KeyboardInterrupt():
            return INTERRUPTED, "interrupted; what was finished before stays, nothing was left half done"
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return UNUSABLE, f"{where}{error.strerror or error}"
    return None


def database_said(text: str) -> str:
    """A driver's error in one line that says what to do."""
    for sign, meaning in _SIGNS:
        if sign in text:
            return meaning
    first = text.strip().splitlines()[0] if text.strip() else "no reason given"
    return f"the database declines: {first}"
