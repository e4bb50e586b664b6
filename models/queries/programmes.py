"""District programmes in lists: plans with what they give, the project pool, targets, interest subsidies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.firm import Firm
from models.loan import Loan
from models.programme import Benefit, PoolProject, Programme, Subsidy, Target
from models.queries.firm_names import called
from models.refusals import NotThere
from models.values.money import Money

PAGE = 50


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """A programme in a list, with how many benefits it has and how many subsidies were reckoned under them."""

    programme: Programme
    benefits: int
    subsidies: int
    subsidised: Money


def programme_rows(
    session: Session, *, text: str = "", limit: int = PAGE, offset: int = 0
) -> tuple[list[ProgrammeLine], int]:
    """A page of programmes, the newest first, and how many there are. `text` is part of the name or the district."""
    conditions = _text(text, Programme.name, Programme.district)
    programmes = session.exec(
        select(Programme)
        .where(*conditions)
        .order_by(col(Programme.starts_on).desc(), col(Programme.id).desc())
        .limit(limit)
        .offset(offset)
    ).all()
    total = session.execute(sa.select(sa.func.count()).select_from(Programme).where(*conditions)).scalar_one()
    ids = [one.key for one in programmes]
    benefits = dict(
        session.execute(
            sa.select(col(Benefit.programme_id), sa.func.count())
            .where(col(Benefit.programme_id).in_(ids))
            .group_by(col(Benefit.programme_id))
        ).all()
    )
    paid = session.execute(
        sa.select(col(Benefit.programme_id), sa.func.count(), sa.func.sum(_fen(Subsidy.amount)))
        .join_from(Subsidy, Benefit, col(Benefit.id) == col(Subsidy.benefit_id))
        .where(col(Benefit.programme_id).in_(ids))
        .group_by(col(Benefit.programme_id))
    )
    subsidies = {key: (int(number), Money(int(fen))) for key, number, fen in paid}
    return [
        ProgrammeLine(one, int(benefits.get(one.key, 0)), *subsidies.get(one.key, (0, Money(0)))) for one in programmes
    ], int(total)


def programme_by_id(session: Session, programme_id: int) -> Programme:
    """The programme of an id. Refuses with NotThere."""
    row = session.get(Programme, programme_id)
    if row is None:
        raise NotThere(what=str(programme_id))
    return row


def benefits_of(session: Session, programme: Programme) -> list[Benefit]:
    """What a programme gives, in the order it was entered."""
    query = select(Benefit).where(Benefit.programme_id == programme.key)
    return list(session.exec(query.order_by(col(Benefit.id))))


def benefits_of_kind(session: Session, kind: str) -> list[tuple[Benefit, Programme]]:
    """Every benefit of a kind with its programme, the newest programme first."""
    query = select(Benefit, Programme).join(Programme, col(Programme.id) == col(Benefit.programme_id))
    return list(
        session.exec(query.where(Benefit.kind == kind).order_by(col(Programme.starts_on).desc(), col(Benefit.id)))
    )


PROJECT_SORTS: dict[str, Any] = {
    "tracking": PoolProject.tracking,
    "title": PoolProject.title,
    "signed_on": PoolProject.signed_on,
    "pledged": PoolProject.pledged,
}
"""What the pool may be sorted by; a minus in front turns the order."""


def project_rows(
    session: Session,
    *,
    district: str = "",
    tracking: str = "",
    text: str = "",
    sort: str = "tracking",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[PoolProject], int]:
    """A page of the pool and how many projects there are; an unknown `sort` is read as `tracking`."""
    conditions = _text(text, PoolProject.title, PoolProject.owner)
    if district:
        conditions.append(col(PoolProject.district) == district)
    if tracking:
        conditions.append(col(PoolProject.tracking) == tracking)
    name = sort.removeprefix("-")
    chosen = col(PROJECT_SORTS.get(name, PoolProject.tracking))
    first = chosen.desc() if sort.startswith("-") and name in PROJECT_SORTS else chosen.asc()
    rows = session.exec(
        select(PoolProject).where(*conditions).order_by(first, col(PoolProject.id)).limit(limit).offset(offset)
    )
    total = session.execute(sa.select(sa.func.count()).select_from(PoolProject).where(*conditions)).scalar_one()
    return list(rows), int(total)


def pool_districts(session: Session) -> list[str]:
    """The districts that have projects in the pool, by name."""
    return list(session.exec(select(PoolProject.district).distinct().order_by(col(PoolProject.district))))


def project_by_id(session: Session, project_id: int) -> PoolProject:
    """The project of an id. Refuses with NotThere."""
    row = session.get(PoolProject, project_id)
    if row is None:
        raise NotThere(what=str(project_id))
    return row


def target_rows(session: Session, *, text: str = "", limit: int = PAGE, offset: int = 0) -> tuple[list[Target], int]:
    """A page of targets by place, indicator and day, and how many there are."""
    conditions = _text(text, Target.place, Target.indicator)
    order = (col(Target.place), col(Target.indicator), col(Target.due_on), col(Target.id))
    rows = session.exec(select(Target).where(*conditions).order_by(*order).limit(limit).offset(offset))
    total = session.execute(sa.select(sa.func.count()).select_from(Target).where(*conditions)).scalar_one()
    return list(rows), int(total)


def target_by_id(session: Session, target_id: int) -> Target:
    """The target of an id. Refuses with NotThere."""
    row = session.get(Target, target_id)
    if row is None:
        raise NotThere(what=str(target_id))
    return row


@dataclass(frozen=True, slots=True)
class SubsidyLine:
    """An interest subsidy in a list, with whose loan and which programme it is."""

    subsidy: Subsidy
    loan: str
    firm_id: int
    firm: str
    programme: str


def subsidy_rows(
    session: Session,
    *,
    paid: bool | None = None,
    programme_id: int | None = None,
    text: str = "",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[SubsidyLine], int, Money]:
    """A page of subsidies, the newest first, how many there are and what they come to together."""
    conditions: list[sa.ColumnElement[bool]] = []
    if paid is not None:
        conditions.append(col(Subsidy.paid_on).is_not(None) if paid else col(Subsidy.paid_on).is_(None))
    if programme_id is not None:
        conditions.append(col(Benefit.programme_id) == programme_id)
    if text.strip():
        conditions.append(called(text, Loan.number))

    def about(query: Any) -> Any:
        query = query.join(Loan, col(Loan.id) == col(Subsidy.loan_id)).join(Firm, col(Firm.id) == col(Loan.firm_id))
        query = query.join(Benefit, col(Benefit.id) == col(Subsidy.benefit_id))
        return query.join(Programme, col(Programme.id) == col(Benefit.programme_id)).where(*conditions)

    found = session.execute(
        about(sa.select(Subsidy, col(Loan.number), col(Firm.id), col(Firm.name), col(Programme.name)))
        .order_by(col(Subsidy.id).desc())
        .limit(limit)
        .offset(offset)
    )
    sums = about(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_fen(Subsidy.amount)), 0)).select_from(Subsidy)
    )
    number, fen = session.execute(sums).one()
    return [SubsidyLine(*row) for row in found], int(number), Money(int(fen))


def subsidy_by_id(session: Session, subsidy_id: int) -> Subsidy:
    """The subsidy of an id. Refuses with NotThere."""
    row = session.get(Subsidy, subsidy_id)
    if row is None:
        raise NotThere(what=str(subsidy_id))
    return row


def _text(text: str, *columns: Any) -> list[sa.ColumnElement[bool]]:
    text = text.strip()
    if not text:
        return []
    ways: Sequence[sa.ColumnElement[bool]] = [col(column).contains(text, autoescape=True) for column in columns]
    return [sa.or_(*ways)]


def _fen(column: Any) -> sa.ColumnElement[int]:
    return sa.type_coerce(col(column), sa.BigInteger)
