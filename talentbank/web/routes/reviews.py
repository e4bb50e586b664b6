"""The expert's desk: what he is asked to score, the project's papers, his own sheet. Nothing of anybody else's."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.firm import Firm
from models.policies.rules import ReviewRules
from models.queries.reviews import assignments_of
from models.queries.rules import rules_of_version
from models.review import Advice, Expert, TieKind
from models.roles import Role
from models.states.application import PanelStage, SeatStage
from models.talent import Talent
from talentbank.i18n import N_
from talentbank.web import access, confirming, views_case, views_parties, views_review, views_sheets
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, Text
from talentbank.web.navigation import BUSINESS, Item
from workflows import review
from workflows.review_sheets import SCORE_MOST

router = APIRouter()

NAVIGATION = (Item(BUSINESS, "/reviews", "clipboard-check", N_("我的评审"), frozenset({Role.EXPERT}), place=20),)
FIELD_LABELS = {
    "score_rd_strength": N_("研发实力"),
    "score_reliability": N_("项目可靠性"),
    "score_progress": N_("产品研发进度"),
    "score_market": N_("市场前景"),
    "comment_rd_strength": N_("研发实力的理由"),
    "comment_reliability": N_("项目可靠性的理由"),
    "comment_progress": N_("产品研发进度的理由"),
    "comment_market": N_("市场前景的理由"),
    "opinion": N_("评审意见"),
    "no_conflict": N_("无利益冲突声明"),
    "reason": N_("理由"),
}

ExpertDesk = Annotated[Desk, allow(Role.EXPERT)]
Points = Annotated[int, Field(ge=0, le=SCORE_MOST)]
Comment = Annotated[Note, Field(max_length=500)]


class SheetForm(BaseModel):
    """A sheet as it is typed: whole points for each dimension, and why where a score is extreme."""

    score_rd_strength: Points
    score_reliability: Points
    score_progress: Points
    score_market: Points
    comment_rd_strength: Comment = ""
    comment_reliability: Comment = ""
    comment_progress: Comment = ""
    comment_market: Comment = ""
    advice: Advice
    opinion: Text
    no_conflict: bool = False
    reason: Note = ""
    confirmed: bool = False

    def named(self, prefix: str) -> dict[str, object]:
        """The fields of one prefix by their dimension."""
        return {name.removeprefix(prefix): value for name, value in self if name.startswith(prefix)}


class StepAsideForm(BaseModel):
    """Why the expert does not score, and what ties him if something does."""

    reason: Text
    kind: TieKind | None = None


@router.get("/reviews")
def assignments(desk: ExpertDesk) -> Response:
    """What waits for this expert by its day, and what he has done."""
    lines, total = assignments_of(desk.session, desk.actor.expert_id or 0)
    return desk.show("reviews/assignments.html", lines=lines, total=total)


@router.get("/reviews/{seat_id}")
def sheet(seat_id: int, desk: ExpertDesk) -> Response:
    """The project in short and the score sheet; after the panel has closed, his own marks beside the result."""
    seat, panel, row = access.own_seat(desk, seat_id)
    desk.audit("review.read", f"seat:{seat_id}")
    rules = rules_of_version(desk.session, ReviewRules, panel.rules_version)
    mine = views_sheets.newest_sheet(desk.session, seat)
    documents = [one for one in views_case.documents(desk.session, row) if one.kind not in access.NOT_FOR_EXPERTS]
    return desk.show(
        "reviews/sheet.html",
        seat=seat,
        panel=panel,
        open=panel.stage is PanelStage.OPEN,
        scored=seat.stage is SeatStage.SCORED,
        brief=views_sheets.brief(desk.session, row),
        fields=views_sheets.fields(rules, mine),
        mine=mine,
        rules=rules,
        advices=list(Advice),
        anchors=views_sheets.ANCHORS,
        documents=documents,
        may_read=access.sits_on(desk.session, desk.actor, row.key),
        assets=views_parties.assets(desk.session, talent_id=row.talent_id, firm_id=row.firm_id, on=desk.on),
        result=views_review.panel_view(desk, panel).result if panel.stage is PanelStage.CLOSED else None,
        ties=list(TieKind),
    )


@router.post("/reviews/{seat_id}")
def record(seat_id: int, form: Annotated[SheetForm, Form()], desk: ExpertDesk) -> Response:
    """Send the sheet: once confirmed it is sealed, and only superseded with a reason (TB-06)."""
    seat, panel, row = access.own_seat(desk, seat_id)
    scores = {name: int(str(value)) for name, value in form.named("score_").items()}
    comments = {name: str(value) for name, value in form.named("comment_").items()}
    said: dict[str, Any] = {
        "seat": seat,
        "scores": scores,
        "comments": comments,
        "advice": form.advice,
        "opinion": form.opinion,
        "no_conflict": form.no_conflict,
        "by": desk.actor,
        "on": desk.on,
        "at": desk.now,
    }
    if seat.stage is SeatStage.SCORED:
        review.supersede_score(desk.session, reason=form.reason, **said)
    else:
        review.record_score(desk.session, **said)
    if not form.confirmed:
        rules = rules_of_version(desk.session, ReviewRules, panel.rules_version)
        total = sum(rules.weights[name].ppm * points for name, points in scores.items())
        return confirming.ask(
            desk,
            title=N_("确认提交评分"),
            facts=[(FIELD_LABELS[f"score_{name}"], points) for name, points in scores.items()]
            + [(N_("加权总分"), views_review.points((total + 5_000) // 10_000))],
            warning=N_("提交后打分表即密封，不能更改；评审组关闭前如有错误，只能写明理由重新提交。"),
            submit=N_("确认提交"),
        )
    desk.say(N_("申请 %(number)s 的评分已密封提交"), number=row.number)
    return desk.go("/reviews")


@router.post("/reviews/{seat_id}/recuse")
def recuse(seat_id: int, form: Annotated[StepAsideForm, Form()], desk: ExpertDesk) -> Response:
    """Step aside; the file is closed to him from then on (TB-06)."""
    seat, _, row = access.own_seat(desk, seat_id)
    if form.kind is not None:
        firm = desk.session.get(Firm, row.firm_id) if row.firm_id else None
        review.declare_tie(
            desk.session,
            expert=desk.session.get_one(Expert, seat.expert_id),
            talent=desk.session.get_one(Talent, row.talent_id),
            firm=firm,
            kind=form.kind,
            note=form.reason[:200],
            by=desk.actor,
            on=desk.on,
            at=desk.now,
        )
    review.recuse(desk.session, seat=seat, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("您已回避申请 %(number)s 的评审"), number=row.number)
    return desk.go("/reviews")
