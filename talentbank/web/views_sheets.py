"""What an expert and the chair fill in: the score form with its anchors, who may sit, and the opinion that was issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application
from models.firm import Firm
from models.policies.rules import ReviewRules
from models.review import Advice, Dimension, Discipline, Expert, Opinion, Seat, Sheet, TieKind
from models.talent import Talent
from models.values.rate import Rate
from talentbank.i18n import N_
from talentbank.web.desk import Desk
from talentbank.web.views_case import people
from talentbank.web.views_review import known, points
from workflows import review

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
