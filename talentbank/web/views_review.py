"""What the pages of the joint review show: panels and who is still out, results, the expert's own sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application
from models.firm import Firm
from models.policies.rules import ReviewRules
from models.queries.rules import rules_of_version
from models.review import Advice, Dimension, Discipline, Expert, Opinion, Panel, Seat, Sheet, TieKind
from models.roles import Role
from models.states.application import PanelStage, SeatStage
from models.talent import Talent
from models.values.rate import Rate
from talentbank.i18n import N_
from talentbank.web.desk import Desk
from talentbank.web.views_applications import people
from workflows import review

HUNDREDTHS = 100

DESCRIPTIONS = {
    Dimension.RD_STRENGTH: N_("核心技术与专利、团队履历、研发投入强度"),
    Dimension.RELIABILITY: N_("技术路线、里程碑兑现、供应链与合规"),
    Dimension.PROGRESS: N_("样机、中试、量产与第三方检测、客户验证"),
    Dimension.MARKET: N_("市场容量、竞争格局、订单与意向"),
}
ANCHORS = (
    (90, N_("90–100 国内领先，证据充分")),
    (75, N_("75–89 良好，少量不确定")),
    (60, N_("60–74 可行，主要风险可控")),
    (0, N_("60 以下 存在重大疑问")),
)
"""What the bands of points mean, the same for every dimension (by design)."""


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


@dataclass(frozen=True, slots=True)
class FieldView:
    """One dimension of the score form, with what was typed or sent before."""

    name: str
    dimension: Dimension | str
    description: str
    weight: Rate
    score: str
    comment: str


def fields(rules: ReviewRules, sheet: Sheet | None) -> list[FieldView]:
    """The dimensions to score by the rules, filled from the expert's last sheet if there is one."""
    return [
        FieldView(
            name,
            known(name),
            DESCRIPTIONS[Dimension(name)] if name in set(Dimension) else "",
            weight,
            str(sheet.scores.get(name, "")) if sheet else "",
            sheet.comments.get(name, "") if sheet else "",
        )
        for name, weight in rules.weights.items()
    ]


@dataclass(frozen=True, slots=True)
class Brief:
    """A project in a few lines, for experts: no identity, no private facts."""

    number: str
    title: str
    founder: str
    firm: Firm | None
    application: Application


def brief(session: Session, row: Application) -> Brief:
    """The project that a panel scores."""
    firm = session.get(Firm, row.firm_id) if row.firm_id else None
    founder = session.get_one(Talent, row.talent_id)
    return Brief(row.number, firm.name if firm else founder.name, founder.name, firm, row)


@dataclass(frozen=True, slots=True)
class OpinionView:
    """An issued opinion with its words ready."""

    opinion: Opinion
    number: str
    application: str
    title: str
    total: str
    by_dimension: list[tuple[Dimension | str, str]]
    dissent: list[dict[str, Any]]
    issued_by: str


def opinion_view(desk: Desk, opinion: Opinion) -> OpinionView:
    """An opinion for its page."""
    row = desk.session.get_one(Application, opinion.application_id)
    experts = {one["expert_id"] for one in opinion.dissent}
    found = desk.session.exec(select(Expert).where(col(Expert.id).in_(experts)))
    names = {expert.key: expert.name for expert in found}
    return OpinionView(
        opinion=opinion,
        number=opinion.number,
        application=row.number,
        title=brief(desk.session, row).title,
        total=points(opinion.total_hundredths),
        by_dimension=[(known(name), points(value)) for name, value in opinion.by_dimension.items()],
        dissent=[
            one
            | {
                "expert": names.get(one["expert_id"], ""),
                "advice": Advice(one["advice"]),
                "discipline": Discipline(one["discipline"]),
            }
            for one in opinion.dissent
        ],
        issued_by=people(desk.session, {opinion.issued_by}).get(opinion.issued_by, ""),
    )


def newest_sheet(session: Session, seat: Seat) -> Sheet | None:
    """The last sheet that the expert of a seat sent; only for that expert's own page."""
    return session.exec(
        select(Sheet).where(Sheet.seat_id == seat.key).order_by(col(Sheet.version).desc()).limit(1)
    ).first()


@dataclass(frozen=True, slots=True)
class CandidateView:
    """An expert who may be asked: his load, whether he is proposed already."""

    expert: Expert
    load: int
    proposed: bool


@dataclass(frozen=True, slots=True)
class BarredView:
    """An expert who may not be asked, and why."""

    name: str
    discipline: Discipline
    kind: TieKind
    whom: str
    detected: bool


def candidates(
    session: Session, row: Application, rules: ReviewRules, on: date
) -> dict[Discipline, list[CandidateView]]:
    """Who may sit, by discipline with the least burdened first; as many as the quorum asks for are proposed."""
    load = review.open_seats(session)
    free = review.eligible_experts(session, row, on)
    by_discipline = {one: [expert for expert in free if expert.discipline is one] for one in Discipline}
    proposed = {expert.key for group in by_discipline.values() for expert in group[: rules.per_discipline]}
    for expert in sorted(free, key=lambda one: (load.get(one.key, 0), one.key)):
        if len(proposed) >= rules.quorum:
            break
        proposed.add(expert.key)
    return {
        discipline: [CandidateView(one, load.get(one.key, 0), one.key in proposed) for one in group]
        for discipline, group in by_discipline.items()
    }


def barred(session: Session, row: Application, on: date) -> list[BarredView]:
    """Who may not sit and why: ties declared, and those that the files themselves show (TB-06)."""
    found = review.bars(session, row, on)
    rows = session.exec(
        select(Expert).where(col(Expert.id).in_(list(found)), col(Expert.active)).order_by(col(Expert.id))
    )
    return [
        BarredView(one.name, one.discipline, found[one.key].kind, found[one.key].whom, found[one.key].detected)
        for one in rows
    ]
