"""The joint review in lists: what an expert has to score, which panels sit, which opinions wait for the committee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.application import Application, Product
from models.firm import Firm
from models.review import Advice, Discipline, Expert, Opinion, Panel, Seat, Tie
from models.states.application import PanelStage, SeatStage, Stage
from models.talent import Talent
from models.values.money import Money

PAGE = 50
_ASIDE = (SeatStage.RECUSED, SeatStage.REPLACED)
_FIRM: sa.ColumnElement[str] = sa.func.coalesce(col(Firm.name), "")


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """A seat that an expert has been given, and what it is about."""

    seat_id: int
    panel_id: int
    round: int
    number: str
    talent: str
    firm: str
    product: Product
    amount: Money
    seat_stage: SeatStage
    panel_stage: PanelStage
    opened_on: date
    due_on: date

    @property
    def waits(self) -> bool:
        """Whether the sheet is still to be sent."""
        return self.panel_stage is PanelStage.OPEN and self.seat_stage is SeatStage.INVITED


@dataclass(frozen=True, slots=True)
class PanelLine:
    """A panel that sits: how many of its seats have scored, by when all should have. No score is in it."""

    panel_id: int
    round: int
    number: str
    talent: str
    firm: str
    product: Product
    opened_on: date
    due_on: date
    seats: int
    scored: int

    @property
    def missing(self) -> int:
        """How many sheets are still to come."""
        return self.seats - self.scored


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """An opinion on which the committee has not decided yet. `total_hundredths` is the panel's total, times 100."""

    opinion_id: int
    opinion: str
    number: str
    talent: str
    firm: str
    product: Product
    asked: Money
    advice: Advice
    total_hundredths: int
    amount: Money | None
    issued_on: date
    due_on: date | None
    document_id: int | None


@dataclass(frozen=True, slots=True)
class ExpertLine:
    """An expert on the roster with what he has to do and has done."""

    id: int
    name: str
    discipline: Discipline
    employer: str
    specialities: list[str]
    active: bool
    waiting: int
    scored: int
    ties: int
    label: str


def assignments_of(
    session: Session, expert_id: int, *, waiting: bool | None = None, limit: int = PAGE, offset: int = 0
) -> tuple[list[AssignmentLine], int]:
    """A page of an expert's seats and how many there are: what waits first, by its day, then the newest.

    Seats from which he stepped aside or was replaced are not his any more; `waiting` leaves only what is still to be
    scored, or only the rest.
    """
    waits = sa.and_(col(Panel.stage) == PanelStage.OPEN, col(Seat.stage) == SeatStage.INVITED)
    columns: tuple[Any, ...] = (
        Seat.id,
        Panel.id,
        Panel.round,
        Application.number,
        Talent.name,
        _FIRM,
        Application.product,
        Application.amount,
        Seat.stage,
        Panel.stage,
        Panel.opened_on,
        Panel.due_on,
    )
    query: sa.Select[Any] = sa.select(*columns).select_from(Seat)
    query = _about(query.join(Panel, col(Panel.id) == col(Seat.panel_id)))
    query = query.where(col(Seat.expert_id) == expert_id, col(Seat.stage).not_in(_ASIDE))
    query = query.where(col(Panel.stage) != PanelStage.CANCELLED)
    if waiting is not None:
        query = query.where(waits if waiting else sa.not_(waits))
    first = sa.case((waits, 0), else_=1)
    order = (first, sa.case((waits, col(Panel.due_on))), col(Seat.id).desc())
    page = query.order_by(*order).limit(limit).offset(offset)
    return [AssignmentLine(*row) for row in session.execute(page)], _all(session, query)


def panels_open(
    session: Session, *, late_on: date | None = None, limit: int = PAGE, offset: int = 0
) -> tuple[list[PanelLine], int]:
    """A page of the panels that sit, the nearest due day first, and how many there are; `late_on`: only those late."""
    counted = (
        sa.select(
            col(Seat.panel_id).label("panel_id"),
            sa.func.count().label("seats"),
            sa.func.sum(sa.case((col(Seat.stage) == SeatStage.SCORED, 1), else_=0)).label("scored"),
        )
        .join(Panel, col(Panel.id) == col(Seat.panel_id))
        .where(col(Panel.stage) == PanelStage.OPEN, col(Seat.stage).not_in(_ASIDE))
        .group_by(col(Seat.panel_id))
        .subquery()
    )
    columns: tuple[Any, ...] = (
        Panel.id,
        Panel.round,
        Application.number,
        Talent.name,
        _FIRM,
        Application.product,
        Panel.opened_on,
        Panel.due_on,
        sa.func.coalesce(counted.c.seats, 0),
        sa.func.coalesce(counted.c.scored, 0),
    )
    query: sa.Select[Any] = sa.select(*columns).select_from(Panel)
    query = _about(query).outerjoin(counted, counted.c.panel_id == col(Panel.id))
    query = query.where(col(Panel.stage) == PanelStage.OPEN)
    if late_on is not None:
        query = query.where(col(Panel.due_on) < late_on)
    page = query.order_by(col(Panel.due_on), col(Panel.id)).limit(limit).offset(offset)
    return [PanelLine(*row) for row in session.execute(page)], _all(session, query)


def opinions_waiting(session: Session, *, limit: int = PAGE, offset: int = 0) -> tuple[list[OpinionLine], int]:
    """A page of the opinions on which the committee is to decide, the oldest first, and how many there are."""
    newest = (
        sa.select(sa.func.max(col(Opinion.id)))
        .join(Application, col(Application.id) == col(Opinion.application_id))
        .where(col(Application.stage) == Stage.OPINION_ISSUED)
        .group_by(col(Opinion.application_id))
    )
    columns: tuple[Any, ...] = (
        Opinion.id,
        Opinion.number,
        Application.number,
        Talent.name,
        _FIRM,
        Application.product,
        Application.amount,
        Opinion.advice,
        Opinion.total_hundredths,
        Opinion.amount,
        Opinion.issued_on,
        Application.due_on,
        Opinion.document_id,
    )
    query: sa.Select[Any] = sa.select(*columns).select_from(Opinion)
    query = query.join(Application, col(Application.id) == col(Opinion.application_id))
    query = _named(query).where(col(Opinion.id).in_(newest))
    page = query.order_by(col(Opinion.issued_on), col(Opinion.id)).limit(limit).offset(offset)
    return [OpinionLine(*row) for row in session.execute(page)], _all(session, query)


def expert_rows(
    session: Session,
    *,
    discipline: Discipline | None = None,
    active: bool | None = None,
    text: str = "",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[ExpertLine], int]:
    """A page of the roster by discipline and name, and how many experts there are; `text` is part of name or employer."""
    waits = sa.and_(col(Seat.stage) == SeatStage.INVITED, col(Panel.stage) == PanelStage.OPEN)
    work = (
        sa.select(
            col(Seat.expert_id).label("expert_id"),
            sa.func.sum(sa.case((waits, 1), else_=0)).label("waiting"),
            sa.func.sum(sa.case((col(Seat.stage) == SeatStage.SCORED, 1), else_=0)).label("scored"),
        )
        .join(Panel, col(Panel.id) == col(Seat.panel_id))
        .group_by(col(Seat.expert_id))
        .subquery()
    )
    ties = (
        sa.select(col(Tie.expert_id).label("expert_id"), sa.func.count().label("ties"))
        .group_by(col(Tie.expert_id))
        .subquery()
    )
    columns: tuple[Any, ...] = (
        Expert.id,
        Expert.name,
        Expert.discipline,
        Expert.employer,
        Expert.specialities,
        Expert.active,
        sa.func.coalesce(work.c.waiting, 0),
        sa.func.coalesce(work.c.scored, 0),
        sa.func.coalesce(ties.c.ties, 0),
        Expert.label,
    )
    query: sa.Select[Any] = sa.select(*columns).select_from(Expert)
    query = query.outerjoin(work, work.c.expert_id == col(Expert.id))
    query = query.outerjoin(ties, ties.c.expert_id == col(Expert.id))
    if discipline is not None:
        query = query.where(col(Expert.discipline) == discipline)
    if active is not None:
        query = query.where(col(Expert.active).is_(active))
    if text.strip():
        part = text.strip()
        named = (col(Expert.name).contains(part, autoescape=True), col(Expert.employer).contains(part, autoescape=True))
        query = query.where(sa.or_(*named))
    group = sa.case(*((col(Expert.discipline) == one, place) for place, one in enumerate(Discipline)))
    page = query.order_by(group, col(Expert.name), col(Expert.id)).limit(limit).offset(offset)
    return [ExpertLine(*row) for row in session.execute(page)], _all(session, query)


def panels_of(session: Session, application: Application) -> list[Panel]:
    """Every panel that sat over an application, the first round first."""
    query = select(Panel).where(Panel.subject == "application", Panel.subject_id == application.key)
    return list(session.exec(query.order_by(col(Panel.round))))


def seats_with_experts(session: Session, panel: Panel) -> list[tuple[Seat, Expert]]:
    """The seats of a panel with the experts in them, in the order they were given."""
    query = select(Seat, Expert).join(Expert, col(Expert.id) == col(Seat.expert_id)).where(Seat.panel_id == panel.key)
    return list(session.exec(query.order_by(col(Seat.id))))


def _about(query: sa.Select[Any]) -> sa.Select[Any]:
    on = sa.and_(col(Panel.subject) == "application", col(Panel.subject_id) == col(Application.id))
    return _named(query.join(Application, on))


def _named(query: sa.Select[Any]) -> sa.Select[Any]:
    query = query.join(Talent, col(Talent.id) == col(Application.talent_id))
    return query.outerjoin(Firm, col(Firm.id) == col(Application.firm_id))


def _all(session: Session, query: sa.Select[Any]) -> int:
    counted = query.with_only_columns(sa.literal(1)).subquery()
    return int(session.execute(sa.select(sa.func.count()).select_from(counted)).scalar_one())
