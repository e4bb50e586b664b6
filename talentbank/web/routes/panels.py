"""The chair's desk: seating a panel, who is still out, replacing an expert, a second round, the opinion."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.application import Application
from models.policies.rules import ReviewRules
from models.refusals import NotThere
from models.review import Advice, Expert, Panel, Seat
from models.roles import Role
from talentbank import opinion_papers
from talentbank.i18n import N_, sentence, word
from talentbank.web import access, confirming, views_applications, views_case, views_review, views_sheets
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Note, PerCent, Text, Wan
from workflows import review

router = APIRouter()

FIELD_LABELS = {
    "experts": N_("专家"),
    "due_on": N_("打分截止日"),
    "expert": N_("接替专家"),
    "advice": N_("评审建议"),
    "amount": N_("金额"),
    "term_months": N_("期限"),
    "rate": N_("年利率"),
    "guarantee_share": N_("担保比例"),
    "conditions": N_("放款前提条件"),
    "reasons": N_("理由"),
}

Chair = Annotated[Desk, allow(Role.PANEL_CHAIR)]
Reader = Annotated[Desk, allow(*access.REVIEW_READERS)]


class SeatingForm(BaseModel):
    """Who is asked to score."""

    stamp: int
    experts: list[int] = []
    due_on: Day | None = None


class SeatForm(BaseModel):
    """Why somebody steps aside, and who takes the seat."""

    stamp: int
    reason: Text
    expert: int | None = None


class AgainForm(BaseModel):
    """Why a divided panel scores again."""

    stamp: int
    reason: Text
    due_on: Day | None = None


class OpinionForm(BaseModel):
    """What the panel advises. Amount in 万元; conditions one a line."""

    stamp: int
    advice: Advice
    amount: Wan | None = None
    term_months: Annotated[int | None, Field(ge=1, le=120)] = None
    rate: PerCent | None = None
    guarantee_share: PerCent | None = None
    conditions: Note = ""
    reasons: Annotated[Note, Field(max_length=4000)] = ""
    confirmed: bool = False


@router.get("/applications/{number}/panel")
def seating(number: str, desk: Chair) -> Response:
    """Who could be asked, who may not and why."""
    row = access.application(desk, number)
    rules = desk.rules(ReviewRules)
    return desk.show(
        "reviews/seating.html",
        head=views_applications.head(desk, row),
        candidates=views_sheets.candidates(desk.session, row, rules, desk.on),
        barred=views_sheets.barred(desk.session, row, desk.on),
        rules=rules,
    )


@router.post("/applications/{number}/panel")
def seat(number: str, form: Annotated[SeatingForm, Form()], desk: Chair) -> Response:
    """Seat the panel; the experts are told (TB-06)."""
    row = access.application(desk, number)
    desk.fresh(row, form.stamp)
    experts = [desk.session.get(Expert, one) for one in form.experts]
    panel = review.seat_panel(
        desk.session,
        application=row,
        experts=[one for one in experts if one is not None],
        due_on=form.due_on,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("评审组已组建，截止 %(due)s"), due=panel.due_on)
    return desk.go(f"/panels/{panel.key}")


@router.get("/panels/{panel_id}")
def panel(panel_id: int, desk: Reader) -> Response:
    """A panel: who has scored, who is out; the result once it may be seen."""
    row = _panel(desk, panel_id)
    file = _subject(desk, row)
    chair = desk.actor.holds(Role.PANEL_CHAIR)
    return desk.show(
        "reviews/panel.html",
        head=views_applications.head(desk, file, "review"),
        view=views_review.panel_view(desk, row),
        opinions=[one for one in views_case.opinions(desk.session, file) if one.panel_id == panel_id],
        candidates=views_sheets.candidates(desk.session, file, desk.rules(ReviewRules), desk.on) if chair else {},
        chair=chair,
        stop=_stop(desk, file) if chair else "",
    )


def _stop(desk: Desk, file: Application) -> str:
    """What the opinion still waits for, in the language of the page; empty once it may be written."""
    stop = review.stop_of_opinion(desk.session, file, desk.on)
    return "" if stop is None else sentence(stop, desk.lang)


def _panel(desk: Desk, panel_id: int) -> Panel:
    row = desk.session.get(Panel, panel_id)
    if row is None or row.subject != "application":
        raise NotThere(what=str(panel_id))
    return row


def _subject(desk: Desk, panel: Panel) -> Application:
    """The application under a panel."""
    return desk.session.get_one(Application, panel.subject_id)


@router.post("/seats/{seat_id}/recuse")
def recuse(seat_id: int, form: Annotated[SeatForm, Form()], desk: Chair) -> Response:
    """Set an expert aside, and seat another in his place if one is named."""
    row = _seat(desk, seat_id, form.stamp)
    review.recuse(desk.session, seat=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    return _replaced(desk, row, form)


@router.post("/seats/{seat_id}/replace")
def replace(seat_id: int, form: Annotated[SeatForm, Form()], desk: Chair) -> Response:
    """Give the seat to another expert of the same discipline."""
    return _replaced(desk, _seat(desk, seat_id, form.stamp), form)


def _seat(desk: Desk, seat_id: int, stamp: int) -> Seat:
    row = desk.session.get(Seat, seat_id)
    if row is None:
        raise NotThere(what=str(seat_id))
    desk.fresh(row, stamp)
    return row


def _replaced(desk: Desk, row: Seat, form: SeatForm) -> Response:
    expert = desk.session.get(Expert, form.expert) if form.expert else None
    if expert is not None:
        review.replace_expert(
            desk.session, seat=row, expert=expert, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now
        )
        desk.say(N_("%(name)s 已接替该席位"), name=expert.name)
    else:
        desk.say(N_("该席位的专家已回避"))
    return desk.go(f"/panels/{row.panel_id}")


@router.post("/panels/{panel_id}/again")
def ask_again(panel_id: int, form: Annotated[AgainForm, Form()], desk: Chair) -> Response:
    """A divided panel scores a second time."""
    row = _panel(desk, panel_id)
    desk.fresh(row, form.stamp)
    again = review.ask_again(
        desk.session, panel=row, reason=form.reason, due_on=form.due_on, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("第 %(round)s 轮打分已开始"), round=again.round)
    return desk.go(f"/panels/{again.key}")


@router.get("/applications/{number}/opinion")
def opinion_form(number: str, desk: Chair) -> Response:
    """The form for the opinion that closes the panel; until that can be, what is missing and who is awaited."""
    file = access.application(desk, number)
    sitting = review.open_panel(desk.session, file)
    if sitting is None:
        raise NotThere(what=number)
    return desk.show(
        "reviews/opinion_form.html",
        head=views_applications.head(desk, file, "review"),
        view=views_review.panel_view(desk, sitting),
        advices=list(Advice),
        stop=_stop(desk, file),
    )


@router.post("/applications/{number}/opinion")
def issue_opinion(number: str, form: Annotated[OpinionForm, Form()], desk: Chair) -> Response:
    """Close the joint review with its opinion; its document is made and kept with it (TB-08)."""
    file = access.application(desk, number)
    desk.fresh(file, form.stamp)
    given = {name: value for name, value in form if name not in ("stamp", "conditions", "confirmed")}
    opinion = review.issue_opinion(
        desk.session,
        application=file,
        conditions=[line.strip() for line in form.conditions.splitlines() if line.strip()],
        **given,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    if not form.confirmed:
        with desk.speaking():
            facts = [
                (N_("评审建议"), word(opinion.advice)),
                (N_("综合得分"), views_review.points(opinion.total_hundredths)),
            ]
        return confirming.ask(
            desk,
            title=N_("确认出具意见书"),
            facts=facts,
            amount=opinion.amount,
            warning=N_("出具后评审组关闭，各专家的打分表公开给委员会，意见书不能更改。"),
            submit=N_("确认出具"),
        )
    opinion_papers.file_opinion(
        desk.session, opinion, language=desk.lang, store=desk.vault, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("意见书 %(number)s 已出具"), number=opinion.number)
    return desk.go(f"/opinions/{opinion.number}")
