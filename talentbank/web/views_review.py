"""What the pages of the joint review show: panels with their seats, who is still out, and the result once it may be seen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.application import Application
from models.policies.rules import ReviewRules
from models.queries.rules import rules_of_version
from models.review import Advice, Dimension, Discipline, Expert, Panel, Seat, Sheet
from models.roles import Role
from models.states.application import PanelStage, SeatStage
from models.values.rate import Rate
from talentbank.web.desk import Desk
from workflows import review

HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat as others may see it: who sits there and whether his sheet is in, never what it says."""

    id: int
    stamp: int
    expert: str
    employer: str
    discipline: Discipline
    stage: SeatStage


@dataclass(frozen=True, slots=True)
class DimensionView:
    """One dimension of a result: mean in points, the scores behind it, how far they lie apart."""

    dimension: Dimension | str
    weight: Rate
    mean: str
    width: float
    scores: list[int]
    spread: int
    divided: bool
    low: bool


@dataclass(frozen=True, slots=True)
class SheetView:
    """One expert's sheet in a closed panel."""

    expert: str
    discipline: Discipline
    advice: Advice
    opinion: str
    total: str
    deviation: str
    comments: list[tuple[Dimension | str, str]]


@dataclass(frozen=True, slots=True)
class ResultView:
    """What a panel found, by dimension and by expert. `sheets` is empty for those who may only see the result."""

    total: str
    passed: bool
    pass_mark: int
    kendall_w: float | None
    dimensions: list[DimensionView]
    sheets: list[SheetView]


@dataclass(frozen=True, slots=True)
class PanelView:
    """A panel with its seats; the result only once this actor may see it."""

    panel: Panel
    stage: PanelStage
    round: int
    seats: list[SeatView]
    scored: int
    asked: int
    missing: list[str]
    late: bool
    result: ResultView | None


def of_application(desk: Desk, row: Application) -> list[PanelView]:
    """The panels over an application, newest first, as this actor may see them."""
    query = select(Panel).where(Panel.subject == "application", Panel.subject_id == row.key)
    return [panel_view(desk, panel) for panel in desk.session.exec(query.order_by(col(Panel.round).desc()))]


def panel_view(desk: Desk, panel: Panel) -> PanelView:
    """One panel as this actor may see it: nobody sees scores while it sits, except the chair the result at its end."""
    session = desk.session
    seats = seats_of(session, panel)
    missing = [expert.name for _, expert in review.who_is_missing(session, panel)]
    live = [seat for seat in seats if seat.stage in (SeatStage.INVITED, SeatStage.SCORED)]
    scored = sum(seat.stage is SeatStage.SCORED for seat in seats)
    at_the_end = panel.stage is PanelStage.OPEN and scored and not missing and desk.actor.holds(Role.PANEL_CHAIR)
    shown = review.sheets_visible_to(session, panel, desk.actor) if panel.stage is PanelStage.CLOSED else []
    return PanelView(
        panel=panel,
        stage=panel.stage,
        round=panel.round,
        seats=seats,
        scored=scored,
        asked=len(live),
        missing=missing,
        late=panel.stage is PanelStage.OPEN and panel.due_on < desk.on,
        result=_result(session, panel, shown) if at_the_end or (shown and scored) else None,
    )


def seats_of(session: Session, panel: Panel) -> list[SeatView]:
    """Every seat of a panel, in the order of the disciplines."""
    query = select(Seat, Expert).join(Expert, col(Expert.id) == col(Seat.expert_id)).where(Seat.panel_id == panel.key)
    order = list(Discipline)
    found = sorted(session.exec(query.order_by(col(Seat.id))), key=lambda pair: order.index(pair[0].discipline))
    return [
        SeatView(seat.key, seat.stamp, expert.name, expert.employer, seat.discipline, seat.stage)
        for seat, expert in found
    ]


def _result(session: Session, panel: Panel, shown: list[tuple[Seat, Sheet]]) -> ResultView:
    rules = rules_of_version(session, ReviewRules, panel.rules_version)
    found = review.result_of(session, panel)
    names = {
        row.key: row.name
        for row in session.exec(select(Expert).where(col(Expert.id).in_([s.expert_id for s, _ in shown])))
    }
    whole = len(shown) == len(found.by_expert)
    sheets = (
        [
            SheetView(
                names[seat.expert_id],
                seat.discipline,
                sheet.advice,
                sheet.opinion,
                points(total),
                points(off, signed=True),
                [(known(name), text) for name, text in sheet.comments.items()],
            )
            for (seat, sheet), total, off in zip(shown, found.by_expert, found.deviation, strict=True)
        ]
        if whole
        else []
    )
    return ResultView(
        total=points(found.total_hundredths),
        passed=found.total_hundredths >= rules.pass_mark * HUNDREDTHS,
        pass_mark=rules.pass_mark,
        kendall_w=found.kendall_w,
        dimensions=[
            DimensionView(
                known(name),
                weight,
                points(found.by_dimension[name]),
                found.by_dimension[name] / HUNDREDTHS,
                [sheet.scores[name] for _, sheet in shown] if whole else [],
                found.spread[name],
                name in found.divided,
                name in found.below_floor,
            )
            for name, weight in rules.weights.items()
        ],
        sheets=sheets,
    )


def points(hundredths: int, *, signed: bool = False) -> str:
    """Hundredths of a point as people read them: 83.60, and with a sign where it is a difference."""
    sign = "−" if hundredths < 0 else "+" if signed else ""
    return f"{sign}{abs(hundredths) // HUNDREDTHS}.{abs(hundredths) % HUNDREDTHS:02d}"


def known(name: str) -> Dimension | str:
    """A dimension of the rules as its word, or as it stands if the glossary does not know it."""
    return Dimension(name) if name in set(Dimension) else name
