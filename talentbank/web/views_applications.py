"""The head of every page of an application: where it stands, its tabs, and the buttons open to whoever looks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from models.application import Application
from models.firm import Firm
from models.loan import Contract
from models.roles import Role
from models.states.application import APPLICATION, Stage
from models.states.loan import ContractStage
from models.talent import Talent
from models.user import User
from talentbank.i18n import N_, act, gettext, sentence, word
from talentbank.web.access import only_own
from talentbank.web.desk import Desk
from talentbank.web.views_parties import invented
from workflows import contracting
from workflows.moves import open_moves

STEPS = (
    Stage.DRAFT,
    Stage.SUBMITTED,
    Stage.ACCEPTED,
    Stage.DUE_DILIGENCE,
    Stage.SCORED,
    Stage.IN_REVIEW,
    Stage.OPINION_ISSUED,
    Stage.DECIDED,
    Stage.CONTRACTED,
)
"""The straight way of an application; returned, deferred and the like stand beside it."""

DIRECT = ("submit", "accept", "score")
"""Moves that are one click."""
BACK = ("return", "decline", "withdraw", "resume", "lapse")
"""Moves that need a reason; they share one form."""
PAGES = {
    "investigate": "/applications/{number}/investigation",
    "seat_panel": "/applications/{number}/panel",
    "issue_opinion": "/applications/{number}/opinion",
    "approve": "/applications/{number}/decision",
}
"""Moves that are made on a page of their own."""

TABS = (
    ("", N_("项目")),
    ("firm", N_("企业")),
    ("talent", N_("人才")),
    ("ip", N_("知识产权")),
    ("finance", N_("财务")),
    ("checks", N_("审查要点")),
    ("score", N_("评分")),
    ("review", N_("评审")),
    ("guarantee", N_("担保")),
    ("documents", N_("文件")),
    ("history", N_("轨迹")),
)
AGAIN = N_("重新评分")
ANSWERED = (Stage.DECIDED, Stage.CONTRACTED, Stage.CLOSED, Stage.REJECTED, Stage.DEFERRED, Stage.LAPSED)
"""Stages in which the applicant has his answer."""


def closed_to_applicants(row: Application) -> tuple[str, ...]:
    """The tabs that an applicant does not read: never who judged him; the score and its reasons once he is answered."""
    return ("checks", "review") if row.stage in ANSWERED else ("checks", "score", "review")


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that this person can do with the application now."""

    verb: str
    label: str
    url: str
    posts: bool


@dataclass(frozen=True, slots=True)
class FileHead:
    """What stands at the top of every page of an application."""

    number: str
    id: int
    stamp: int
    title: str
    firm_id: int | None
    talent_id: int
    talent: str
    application: Application
    planned: bool
    officer: str
    late: bool
    invented: str
    steps: list[tuple[str, str]]
    buttons: list[Button]
    backs: list[tuple[str, str]]
    tabs: list[tuple[str, str, int | None]]
    tab: str
    own: bool
    stop: str
    """Why the contract cannot be drawn up yet, for the officer who would; empty if nothing stops it."""


def head(desk: Desk, row: Application, tab: str = "") -> FileHead:
    """The head of an application's page for whoever looks at it, in his language, with the buttons open to him."""
    session = desk.session
    talent = session.get_one(Talent, row.talent_id)
    firm = session.get(Firm, row.firm_id) if row.firm_id else None
    officer = session.get(User, row.officer_id) if row.officer_id else None
    open_now = open_moves(session, APPLICATION, row, by=desk.actor)
    own = only_own(desk.actor)
    base = f"/applications/{row.number}"
    with desk.speaking():
        buttons = [_button(row, move.verb) for move in open_now if move.verb in (*DIRECT, *PAGES)]
        after, stop = _contracting(desk, row)
        buttons += after
        backs = [(move.verb, act("application", move.verb)) for move in open_now if move.verb in BACK]
        tabs: list[tuple[str, str, int | None]] = [
            (f"{base}/{name}" if name else base, gettext(label), None)
            for name, label in TABS
            if not (own and name in closed_to_applicants(row))
        ]
        steps = _steps(row.stage)
    return FileHead(
        number=row.number,
        id=row.key,
        stamp=row.stamp,
        title=firm.name if firm else talent.name,
        firm_id=row.firm_id,
        talent_id=row.talent_id,
        talent=talent.name,
        application=row,
        planned=firm is None or not firm.exists,
        officer=officer.name if officer else "",
        late=row.due_on is not None and row.due_on < desk.on and not row.stage.over,
        invented=invented(row),
        steps=steps,
        buttons=list(reversed(buttons)),
        backs=[] if row.stage is Stage.DECIDED and own else backs,
        tabs=tabs,
        tab=f"{base}/{tab}" if tab else base,
        own=own,
        stop=stop,
    )


def _button(row: Application, verb: str) -> Button:
    label = gettext(AGAIN) if verb == "score" and row.stage is Stage.SCORED else act("application", verb)
    if verb in PAGES:
        return Button(verb, label, PAGES[verb].format(number=row.number), False)
    return Button(verb, label, f"/applications/{row.number}/{verb}", True)


def _contracting(desk: Desk, row: Application) -> tuple[list[Button], str]:
    """What comes after an approval: the contract is drawn up by the officer, once, and looked at by who signs it; or
    the words for what still keeps it from being drawn up."""
    if row.stage is not Stage.DECIDED:
        return [], ""
    query = select(Contract).where(Contract.application_id == row.key, Contract.stage != ContractStage.CANCELLED)
    drawn_up = desk.session.exec(query).first()
    if drawn_up is not None:
        return [Button("sign", f"{word('contract')} {drawn_up.number}", f"/contracts/{drawn_up.number}", False)], ""
    if not desk.actor.holds(Role.LOAN_OFFICER):
        return [], ""
    if (stop := contracting.stop_of(desk.session, row, desk.on)) is not None:
        return [], sentence(stop)
    return [Button("draw_up", act("contract", "draw_up"), f"/contracts/new?application={row.number}", False)], ""


def _steps(now: Stage) -> list[tuple[str, str]]:
    """The straight way with how far the application has come; a stage beside the way stands at its end."""
    if now in STEPS:
        place = STEPS.index(now)
        states = ["done" if i < place else "now" if i == place else "open" for i in range(len(STEPS))]
        return list(zip(map(word, STEPS), states, strict=True))
    if now is Stage.CLOSED:
        return [(word(step), "done") for step in (*STEPS, now)]
    return [(word(Stage.DRAFT), "done"), (word(now), "now")]
