"""What waits for a person: steps of lives that his posts can make next, counted in one query.

A task is a verb of a life and the page where it is done; who may do it and from which stage it leads on stands in the
table of moves, so a new post or stage needs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from models.review import Panel, Seat
from models.roles import Actor, Role
from models.states.application import PanelStage, SeatStage, Stage
from models.states.lives import LIVES
from models.states.loan import ContractStage
from models.talent import Designation

TASKS: tuple[tuple[str, str, str], ...] = (
    ("application", "accept", "/applications?stage=submitted"),
    ("application", "investigate", "/applications?stage=accepted"),
    ("application", "score", "/applications?stage=due_diligence"),
    ("application", "seat_panel", "/applications?stage=scored"),
    ("application", "issue_opinion", "/applications?stage=in_review"),
    ("application", "approve", "/decisions"),
    ("contract", "sign", "/contracts"),
    ("pay_out", "pay", "/contracts"),
    ("loan_change", "approve", "/loan-changes"),
    ("guarantee", "propose", "/guarantees?stage=reserved"),
    ("guarantee", "put_in_force", "/guarantees?stage=proposed"),
    ("claim", "accept", "/claims"),
    ("claim", "pay", "/claims"),
    ("bridge", "approve", "/bridges?stage=applied"),
    ("bridge", "pay", "/bridges?stage=reserved"),
    ("watch_case", "assign", "/watch"),
    ("disposal_case", "approve", "/disposals?stage=proposed"),
    ("conversion", "approve", "/conversions?stage=proposed"),
    ("award", "approve", "/awards?stage=proposed"),
    ("award", "pay", "/awards?stage=approved"),
    ("rule_set", "approve", "/rules"),
    ("facility", "open", "/facilities"),
)
"""Subject, verb, and where the work lies. Steps that nobody is waited for (withdrawing, closing) are not tasks."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits: what to do (`subject.verb`), how many, where; `late` of them are over their day."""

    act: str
    number: int
    url: str
    late: int = 0

    @property
    def page(self) -> str:
        """The page of the list, without its filter."""
        return self.url.partition("?")[0]


def tasks(session: Session, actor: Actor, on: date | None) -> list[Task]:
    """What waits for this actor today, in the order of the business; nothing that nobody waits for.

    Without a day nothing is called late, and the counts come from the indexes alone: for every page's navigation.
    """
    asked = [*_of_posts(actor, on), *_own(actor, on)]
    if not asked:
        return []
    found = session.execute(sa.union_all(*(query for _, _, query in asked)))
    counts = {str(act): (int(number), int(late or 0)) for act, number, late in found}
    return [Task(act, counts[act][0], url, counts[act][1]) for act, url, _ in asked if counts[act][0]]


def by_page(session: Session, actor: Actor) -> dict[str, int]:
    """How many things wait for this actor on each page: the counts of the navigation."""
    pages: dict[str, int] = {}
    for task in tasks(session, actor, None):
        pages[task.page] = pages.get(task.page, 0) + task.number
    return pages


Asked = tuple[str, str, sa.Select[Any]]


def _of_posts(actor: Actor, on: date | None) -> Iterator[Asked]:
    for subject, verb, url in TASKS:
        stages = {
            move.source
            for move in LIVES[subject].moves
            if move.verb == verb and move.source != move.target and actor.holds(*move.roles)
        }
        if stages:
            yield f"{subject}.{verb}", url, _counted(f"{subject}.{verb}", subject, stages, on)


def _counted(act: str, subject: str, stages: set[StrEnum], on: date | None) -> sa.Select[Any]:
    table = SQLModel.metadata.tables[subject]
    late = sa.func.sum(sa.case((table.c.due_on < on, 1), else_=0)) if on and "due_on" in table.c else sa.literal(0)
    return sa.select(sa.literal(act), sa.func.count(), late).select_from(table).where(table.c.stage.in_(stages))


def _own(actor: Actor, on: date | None) -> Iterator[Asked]:
    """What no stage of a life tells: an expert's own sheets, an applicant's own files, contracts and designations."""
    if actor.expert_id is not None and actor.holds(Role.EXPERT):
        late = sa.func.sum(sa.case((col(Panel.due_on) < on, 1), else_=0)) if on else sa.literal(0)
        columns: tuple[Any, ...] = (sa.literal("seat.score"), sa.func.count(), late)
        query: sa.Select[Any] = sa.select(*columns).select_from(Seat)
        query = query.join(Panel, col(Panel.id) == col(Seat.panel_id))
        query = query.where(col(Seat.expert_id) == actor.expert_id, col(Seat.stage) == SeatStage.INVITED)
        yield "seat.score", "/reviews", query.where(col(Panel.stage) == PanelStage.OPEN)
    if actor.talent_id is not None and actor.holds(Role.APPLICANT):
        files = SQLModel.metadata.tables["application"]
        own = _counted("application.submit", "application", {Stage.DRAFT, Stage.RETURNED}, on)
        yield "application.submit", "/applications", own.where(files.c.talent_id == actor.talent_id)
    if on and actor.holds(Role.LOAN_OFFICER):  # no index answers this one: it is for the first page alone
        yield "contract.draw_up", "/applications?stage=decided", _without_contract(on)
    if actor.holds(Role.TALENT_OFFICE):
        counted: tuple[Any, ...] = (sa.literal("designation.verify"), sa.func.count(), sa.literal(0))
        verify: sa.Select[Any] = sa.select(*counted).select_from(Designation)
        yield "designation.verify", "/talents?unverified=true", verify.where(col(Designation.verified_on).is_(None))


def _without_contract(on: date | None) -> sa.Select[Any]:
    """Approvals for which nobody has drawn a contract up yet."""
    contracts = SQLModel.metadata.tables["contract"]
    files = SQLModel.metadata.tables["application"]
    drawn_up = sa.exists().where(contracts.c.application_id == files.c.id, contracts.c.stage != ContractStage.CANCELLED)
    return _counted("contract.draw_up", "application", {Stage.DECIDED}, on).where(~drawn_up)
