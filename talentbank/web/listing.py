"""What every list needs: which page is asked for, an Excel file of all pages, and the audit line of the export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import Query
from starlette.responses import Response

from reports.workbook import Column, workbook
from talentbank import figures, i18n
from talentbank.i18n import N_
from talentbank.web.desk import Desk

PAGE = 50
LAST_PAGE = 100_000
EXPORT_LIMIT = 100_000
"""So many rows at most: an Excel sheet holds a million, a reader far fewer."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

DATA_DATE, MADE_AT, MADE_BY, ROWS = N_("数据日期"), N_("导出时间"), N_("导出人"), N_("行数")

Word = TypeVar("Word", bound=StrEnum)
PageNumber = Annotated[int, Query(alias="page", ge=1, le=LAST_PAGE)]
"""The page that is asked for, from one."""


def one_of(words: type[Word], asked: str) -> Word | None:
    """The domain word that an address asks for; None for what is no such word, which filters nothing."""
    return words(asked) if asked in set(words) else None


def offset(page: int) -> int:
    """How many rows stand before a page."""
    return (page - 1) * PAGE


def export(
    desk: Desk,
    *,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    conditions: Sequence[tuple[str, Any]] = (),
) -> Response:
    """Answer with the list as an Excel file, and write down who took it.

    `name`, the columns' heads and the labels of `conditions` are messages, translated here; so are domain words.
    """
    with i18n.speaking(desk.lang):
        heads = [replace(column, label=i18n.gettext(column.label)) for column in columns]
        held = [[i18n.said(value) if isinstance(value, StrEnum) else value for value in row] for row in rows]
        told: list[tuple[str, Any]] = [
            (i18n.gettext(label), i18n.said(value) if value else figures.MISSING) for label, value in conditions
        ]
        told += [
            (i18n.gettext(DATA_DATE), desk.on),
            (i18n.gettext(MADE_AT), desk.now.astimezone(desk.settings.zone)),
            (i18n.gettext(MADE_BY), desk.actor.name),
            (i18n.gettext(ROWS), len(held)),
        ]
        title = i18n.gettext(name)
        content = workbook(heads, held, told, title, made_at=desk.now)
    desk.audit("export", title, "; ".join(f"{label}={value}" for label, value in told))
    return download(content, f"{title}_{desk.on.isoformat()}.xlsx", XLSX)


def download(content: bytes, name: str, media_type: str) -> Response:
    """Bytes as a file to be kept under a name, never shown as a page of this site."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
