"""Settings from the environment (`TALENTBANK_…`) or a file `.env`, with defaults that are safe to start with."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "TALENTBANK_"


class SettingsWrong(Exception):
    """A setting cannot be used; the text is one line that names it and says what is expected."""


class Settings(BaseSettings):
    """How this installation runs. Every field is a variable `TALENTBANK_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore")

    database_url: str = Field(default="sqlite:///var/talentbank.db", description="sqlite:///path or postgresql://…")
    documents_dir: Path = Field(default=Path("var/documents"), description="where uploaded files are kept")
    backup_dir: Path = Field(default=Path("var/backup"), description="where the nightly copies are kept")
    secret_key: str = Field(default="", min_length=0, repr=False, description="seals cookies; made at the first start")
    secret_file: Path = Field(default=Path("var/secret.key"), description="where a made key is kept (mode 0600)")
    cookie_secure: bool = Field(default=False, description="send cookies over HTTPS only: set it in production")
    timezone: str = Field(default="Asia/Shanghai", description="the zone of business dates and of shown times")
    demo: bool = Field(default=False, description="show the demonstration accounts on the sign-in page")
    max_upload_bytes: int = Field(default=20 * 1024 * 1024, ge=1024, le=1024**3, description="largest request body")
    session_hours: int = Field(default=10, ge=1, le=24, description="a session ends after so many hours")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="least level logged")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("not a time zone such as Asia/Shanghai") from None
        return name

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: str) -> str:
        if key and len(key) < 32:
            raise ValueError("needs 32 characters or more; leave it out to have one made")
        return key

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of business dates."""
        return ZoneInfo(self.timezone)

    def secret(self) -> bytes:
        """The key that seals cookies: the one given, or one made at the first start and kept in `secret_file`."""
        if self.secret_key:
            return self.secret_key.encode()
        return _kept_secret(self.secret_file)


def load() -> Settings:
    """The settings of this process; SettingsWrong with one line for each setting that cannot be used."""
    try:
        return Settings()
    except ValidationError as wrong:
        lines = [f"{PREFIX}{str(error['loc'][0]).upper()}: {error['msg']}" for error in wrong.errors()]
        raise SettingsWrong("; ".join(lines)) from None


@cache
def _kept_secret(file: Path) -> bytes:
    """Read the kept key, or make it: two processes that start together must end with the same one."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
                out.write(secrets.token_urlsafe(48))
            _put(fresh, file)
    except OSError as error:
        raise SettingsWrong(f"{PREFIX}SECRET_FILE: {file} cannot be made ({error.strerror})") from error
    return _read_secret(file)


def _put(fresh: Path, file: Path) -> None:
    """Give the finished file its name, unless another process was first: its key then counts."""
    try:
        os.link(fresh, file)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def _read_secret(file: Path) -> bytes:
    try:
        key = file.read_bytes().strip()
    except OSError as error:
        raise SettingsWrong(f"{PREFIX}SECRET_FILE: {file} cannot be read ({error.strerror})") from error
    if len(key) < 32:
        raise SettingsWrong(f"{PREFIX}SECRET_FILE: {file} is too short for a key: delete it to have a new one made")
    return key
