"""One search over names and numbers: firms, talents, applications, contracts, loans, guarantees, bridges, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from models.application import Application
from models.bridge import Bridge
from models.decision import Decision
from models.firm import Firm
from models.guarantee import Guarantee
from models.loan import Contract, Loan
from models.review import Opinion
from models.talent import Talent

OF_EACH = 12
"""So many of each kind: who finds more narrows the search."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found: what kind of thing, what it is called, what stands beside it, where its page is."""

    kind: str
    name: str
    beside: str
    url: str


NUMBERED: tuple[tuple[str, Any, str, str], ...] = (
    ("application", Application, "TBA", "/applications/"),
    ("opinion", Opinion, "TBO", "/opinions/"),
    ("decision", Decision, "TBS", "/decisions/"),
    ("contract", Contract, "TBC", "/contracts/"),
    ("loan", Loan, "TBL", "/loans/"),
    ("guarantee", Guarantee, "TBG", "/guarantees/"),
    ("bridge", Bridge, "TBB", "/bridges/"),
)
"""What has a number, the letters at its head, and where its page stands."""
OWN = ("application", "contract", "loan")
"""What an applicant may find of his own."""


def find(session: Session, text: str, *, talent_id: int | None = None, files: bool = True) -> list[Found]:
    """What is called like `text` (part of a name in characters or pinyin, the beginning of a credit code or number).

    `talent_id` narrows it to what belongs to that talent; without `files` only people and firms are looked for.
    """
    text = text.strip()
    found = [*_firms(session, text, talent_id), *_talents(session, text, talent_id)]
    return found + _numbers(session, text.upper(), talent_id) if files else found


def _called(kind: Any, text: str) -> sa.ColumnElement[bool]:
    name = col(kind.name).contains(text, autoescape=True)
    return sa.or_(name, col(kind.name_sort).contains(text.lower(), autoescape=True)) if text.isascii() else name


def _firms(session: Session, text: str, talent_id: int | None) -> list[Found]:
    code = col(Firm.credit_code).startswith(text.upper(), autoescape=True)
    columns: tuple[Any, ...] = (Firm.id, Firm.name, Firm.credit_code)
    query: sa.Select[Any] = sa.select(*columns)
    query = query.where(sa.or_(_called(Firm, text), code)).order_by(col(Firm.name_sort), col(Firm.id)).limit(OF_EACH)
    if talent_id is not None:
        query = query.where(col(Firm.founder_id) == talent_id)
    return [Found("firm", name, number or "", f"/firms/{key}") for key, name, number in session.execute(query)]


def _talents(session: Session, text: str, talent_id: int | None) -> list[Found]:
    columns: tuple[Any, ...] = (Talent.id, Talent.name, Talent.field)
    query: sa.Select[Any] = sa.select(*columns).where(_called(Talent, text))
    query = query.order_by(col(Talent.name_sort), col(Talent.id)).limit(OF_EACH)
    if talent_id is not None:
        query = query.where(col(Talent.id) == talent_id)
    return [Found("talent", name, field, f"/talents/{key}") for key, name, field in session.execute(query)]


def _numbers(session: Session, text: str, talent_id: int | None) -> list[Found]:
    found: list[Found] = []
    for kind, table, letters, url in NUMBERED:
        if talent_id is not None and kind not in OWN:
            continue
        # A number is looked for from its head; the digits alone are taken as those of any series.
        head = text if text.startswith("TB") else f"{letters}-{text}"
        if not head.startswith(letters[: len(head)]):
            continue
        number = col(table.number)
        query: sa.Select[Any] = sa.select(number, col(Talent.name), sa.func.coalesce(col(Firm.name), ""))
        query = _about(query, table).where(number.startswith(head, autoescape=True))
        if talent_id is not None:
            query = query.where(col(Application.talent_id) == talent_id)
        rows = session.execute(query.order_by(number.desc()).limit(OF_EACH))
        found += [Found(kind, name, firm or talent, f"{url}{name}") for name, talent, firm in rows]
    return found


def _about(query: sa.Select[Any], table: Any) -> sa.Select[Any]:
    query = query.select_from(table)
    if table is not Application:
        query = query.join(Application, col(Application.id) == col(table.application_id))
    query = query.join(Talent, col(Talent.id) == col(Application.talent_id))
    return query.outerjoin(Firm, col(Firm.id) == col(Application.firm_id))
