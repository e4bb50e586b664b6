"""Applications in lists: paged, filtered, sorted and counted in the database; the officer's work list reads here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.application import Application, Product
from models.firm import Firm
from models.refusals import NotThere
from models.states.application import Stage
from models.talent import Talent
from models.user import User
from models.values.money import Money

PAGE = 50


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application in a list. `firm` is empty before one is named, `officer` before anybody looks after it."""

    id: int
    number: str
    talent_id: int
    talent: str
    firm_id: int | None
    firm: str
    product: Product
    amount: Money
    term_months: int
    stage: Stage
    applied_on: date
    due_on: date | None
    officer_id: int | None
    officer: str
    synthetic: bool
    label: str

    def late(self, on: date) -> bool:
        """Whether it has stayed in its stage longer than the service days allow."""
        return self.due_on is not None and self.due_on < on


_COLUMNS: tuple[Any, ...] = (
    Application.id,
    Application.number,
    Application.talent_id,
    Talent.name,
    Application.firm_id,
    sa.func.coalesce(col(Firm.name), ""),
    Application.product,
    Application.amount,
    Application.term_months,
    Application.stage,
    Application.applied_on,
    Application.due_on,
    Application.officer_id,
    sa.func.coalesce(col(User.name), ""),
    Application.synthetic,
    Application.label,
)

SORTS: dict[str, Any] = {
    "applied_on": Application.applied_on,
    "number": Application.number,
    "amount": Application.amount,
    "due_on": Application.due_on,
    "talent": Talent.name_sort,
    "firm": Firm.name_sort,
}
"""What a list may be sorted by; a minus in front turns the order."""

MANY = 5_000
"""From so many lines on, names are walked in the order of their index instead of sorting every line."""


def application_rows(
    session: Session,
    *,
    stage: Stage | Sequence[Stage] | None = None,
    product: Product | None = None,
    officer_id: int | None = None,
    talent_id: int | None = None,
    firm_id: int | None = None,
    late_on: date | None = None,
    text: str = "",
    sort: str = "-applied_on",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[ApplicationLine], int]:
    """A page of applications and how many there are in all.

    `stage` is one stage or several; `late_on` leaves those whose service day is over on that day; `text` is the
    beginning of a number or any part of a talent's or firm's name, in characters or in pinyin. The order is stable;
    an unknown `sort` is read as `-applied_on`, and what has no firm or no service day comes last either way.
    """
    conditions = _conditions(session, stage, product, officer_id, talent_id, firm_id, late_on, text)
    ids, total = _page(session, conditions, sort, limit, offset, counted=bool(text.strip()))
    lines = {row[0]: ApplicationLine(*row) for row in session.execute(_lines().where(col(Application.id).in_(ids)))}
    return [lines[one] for one in ids], total


def stage_counts(
    session: Session,
    *,
    product: Product | None = None,
    officer_id: int | None = None,
    talent_id: int | None = None,
    text: str = "",
) -> dict[Stage, int]:
    """How many applications stand in each stage, those with none left out: the tabs above the list."""
    conditions = _conditions(session, None, product, officer_id, talent_id, None, None, text)
    stage: Any = col(Application.stage)
    if text.strip():
        # Grouped by an expression, the table is read once from end to end instead of stage by stage, row by row.
        stage = sa.func.coalesce(stage, sa.literal_column("''"))
    query: sa.Select[Any] = sa.select(stage, sa.func.count()).where(*conditions).group_by(stage)
    found: dict[Stage, int] = {row[0]: row[1] for row in session.execute(query)}
    return {one: found[one] for one in Stage if one in found}


def application_by_number(session: Session, number: str, *, talent_id: int | None = None) -> Application:
    """The application with this number. Refuses with NotThere, also where it is another talent's than `talent_id`."""
    application = session.exec(select(Application).where(Application.number == number)).one_or_none()
    if application is None or talent_id not in (None, application.talent_id):
        raise NotThere(what=number)
    return application


def _conditions(
    session: Session,
    stage: Stage | Sequence[Stage] | None,
    product: Product | None,
    officer_id: int | None,
    talent_id: int | None,
    firm_id: int | None,
    late_on: date | None,
    text: str,
) -> list[sa.ColumnElement[bool]]:
    asked: tuple[tuple[Any, object], ...] = (
        (Application.product, product),
        (Application.officer_id, officer_id),
        (Application.talent_id, talent_id),
        (Application.firm_id, firm_id),
    )
    conditions: list[sa.ColumnElement[bool]] = [column == value for column, value in asked if value is not None]
    if isinstance(stage, Stage):
        conditions.append(col(Application.stage) == stage)
    elif stage is not None:
        conditions.append(col(Application.stage).in_(stage))
    if late_on is not None:
        conditions.append(col(Application.due_on) < late_on)
    if text.strip():
        conditions.append(named(session, text.strip()))
    return conditions


def named(session: Session, text: str) -> sa.ColumnElement[bool]:
    """The condition that an application's number begins with a text, or that its talent or firm is called so."""
    firms = sa.select(col(Firm.id)).where(_called(session, Firm, text))
    talents = sa.select(col(Talent.id)).where(_called(session, Talent, text))
    return sa.or_(
        col(Application.number).startswith(text.upper(), autoescape=True),
        col(Application.firm_id).in_(firms),
        col(Application.talent_id).in_(talents),
    )


def _called(session: Session, kind: type[Firm] | type[Talent], text: str) -> sa.ColumnElement[bool]:
    """Pinyin and Latin names stand in `name_sort` in small letters. Looking for a part of a text is quicker by the
    engines' own functions than by LIKE.
    """
    part_of = sa.func.strpos if session.get_bind().dialect.name == "postgresql" else sa.func.instr
    return part_of(col(kind.name_sort), text.lower()) > 0 if text.isascii() else part_of(col(kind.name), text) > 0


def _lines() -> sa.Select[Any]:
    query: sa.Select[Any] = sa.select(*_COLUMNS)
    query = query.join(Talent, col(Talent.id) == col(Application.talent_id))
    query = query.outerjoin(Firm, col(Firm.id) == col(Application.firm_id))
    return query.outerjoin(User, col(User.id) == col(Application.officer_id))


def _page(
    session: Session, conditions: list[sa.ColumnElement[bool]], sort: str, limit: int, offset: int, *, counted: bool
) -> tuple[list[int], int]:
    """The numbers of a page's rows and how many rows there are. Only numbers are sorted and skipped; what the lines
    show is looked up for the page alone. `counted`: count along the way, because the conditions are dear.
    """
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name not in SORTS:
        name, down = "applied_on", True
    if counted:
        query = _ordered(name, down, sa.func.count().over()).where(*conditions)
        rows = session.execute(query.limit(limit).offset(offset)).all()
        if rows or not offset:
            return [row[0] for row in rows], rows[0][1] if rows else 0
    total = int(session.exec(select(sa.func.count()).select_from(Application).where(*conditions)).one())
    if name in ("talent", "firm") and total >= MANY and not counted:
        walked = _walked(name, down).where(*conditions)
        ids = list(session.execute(walked.limit(limit).offset(offset)).scalars())
        if len(ids) == limit or name == "talent":
            return ids, total
    return list(session.execute(_ordered(name, down).where(*conditions).limit(limit).offset(offset)).scalars()), total


def _ordered(name: str, down: bool, *more: Any) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (Application.id, *more)
    query: sa.Select[Any] = sa.select(*columns).select_from(Application)
    if name == "talent":
        query = query.join(Talent, col(Talent.id) == col(Application.talent_id))
    elif name == "firm":
        query = query.outerjoin(Firm, col(Firm.id) == col(Application.firm_id))
    return query.order_by(*_keys(name, down))


def _walked(name: str, down: bool) -> sa.Select[Any]:
    """Adding nought keeps the engine from looking names up by their number, so that it walks them in their order.
    Applications without a firm are not met here: they come last, and the caller asks anew where a page reaches them.
    """
    kind, key = (Talent, Application.talent_id) if name == "talent" else (Firm, Application.firm_id)
    columns: tuple[Any, ...] = (Application.id,)
    query: sa.Select[Any] = sa.select(*columns).select_from(Application)
    return query.join(kind, col(kind.id) + 0 == col(key)).order_by(*_keys(name, down))


def _keys(name: str, down: bool) -> tuple[Any, ...]:
    column, tie = col(SORTS[name]), col(Application.id)
    first = column.desc() if down else column.asc()
    # The engines differ in where they put what is missing; both are told to put it last.
    first = first.nulls_last() if name in ("due_on", "firm") else first
    return first, tie.desc() if down else tie.asc()
