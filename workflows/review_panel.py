"""Panels and their seats: who is asked, who steps aside, who takes the seat, a second round (TB-06)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.application import Application
from models.journal import Message
from models.policies.rules import ReviewRules
from models.queries.rules import calendar, rules_in_force
from models.refusals import BadInput, NotAllowed, Refusal
from models.review import Discipline, Expert, Panel, Seat
from models.roles import Actor, Role
from models.states.application import APPLICATION, PANEL, SEAT, PanelStage, SeatStage, Stage
from models.user import User
from workflows.applying import wind_clock
from workflows.given import in_order, said
from workflows.moves import SameHand, hands, move, note, require
from workflows.review_roster import bars
from workflows.scoring_desk import latest_sheet, refuse_stopped


class PanelTooSmall(Refusal):
    """Fewer experts are asked than the rules' quorum (TB-06)."""


class DisciplineMissing(Refusal):
    """A discipline would not be heard: technology, policy, credit and investment all have to be (TB-06)."""


class ExpertTied(Refusal):
    """An expert has a tie to the talent or the firm and must not review them (回避, TB-06)."""


class ExpertTwice(BadInput):
    """An expert sits on a panel once."""


class ExpertNotActive(Refusal):
    """The expert has left the roster."""


class DisciplineDiffers(BadInput):
    """Whoever takes a seat is of the discipline that the seat was given for."""


class PanelNotOpen(Refusal):
    """The panel is closed or cancelled: nothing in it changes any more."""


class PanelSits(Refusal):
    """A panel sits over the application already."""


class SeatOfAnother(NotAllowed):
    """An expert acts on his own seat only."""


class NotDivided(Refusal):
    """The experts are not so far apart that the rules ask for a second round, or not all sheets are in."""


def seat_panel(
    session: Session,
    *,
    application: Application,
    experts: Sequence[Expert],
    due_on: date | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Panel:
    """Seat the experts who will score an application, each blind to the others, and tell them.

    Refuses with PanelTooSmall, DisciplineMissing, ExpertTied, ExpertTwice, ExpertNotActive, HardStop, SameHand (whoever
    investigated or scored may not choose the judges, TB-09). After a cancelled panel another may be seated.
    """
    rules = rules_in_force(session, ReviewRules, on)
    _fit(experts, rules)
    if open_panel(session, application) is not None:
        raise PanelSits(number=application.number)
    if (sheet := latest_sheet(session, application)) is not None:
        refuse_stopped(sheet)
    _untied(session, application, experts, on)
    if application.stage is Stage.IN_REVIEW:
        as_chair(session, application, "application.seat_panel", by)
    else:
        move(session, APPLICATION, application, "seat_panel", by=by, on=on, at=at)
        wind_clock(session, application, on)
    return _convene(session, application, experts, due_on, rules, on=on, at=at)


def _fit(experts: Sequence[Expert], rules: ReviewRules) -> None:
    if len({expert.key for expert in experts}) < len(experts):
        raise ExpertTwice(field="experts")
    for expert in experts:
        if not expert.active:
            raise ExpertNotActive(expert=expert.name)
    if len(experts) < rules.quorum:
        raise PanelTooSmall(have=len(experts), need=rules.quorum)
    have = [expert.discipline for expert in experts]
    if missing := tuple(one for one in Discipline if have.count(one) < rules.per_discipline):
        raise DisciplineMissing(missing=missing, need=rules.per_discipline)


def _untied(session: Session, application: Application, experts: Sequence[Expert], on: date) -> None:
    barred = bars(session, application, on)
    for expert in experts:
        if (bar := barred.get(expert.key)) is not None:
            raise ExpertTied(expert=expert.name, kind=bar.kind, whom=bar.whom)


def _convene(
    session: Session,
    application: Application,
    experts: Sequence[Expert],
    due_on: date | None,
    rules: ReviewRules,
    *,
    on: date,
    at: datetime,
) -> Panel:
    in_order(on, due_on, "due_on")
    rounds = sa.select(sa.func.coalesce(sa.func.max(Panel.round), 0)).where(
        col(Panel.subject) == Application.__tablename__, col(Panel.subject_id) == application.key
    )
    panel = Panel.model_validate(
        {
            "subject": Application.__tablename__,
            "subject_id": application.key,
            "round": session.execute(rounds).scalar_one() + 1,
            "opened_on": on,
            "due_on": due_on or calendar(session).add_business_days(on, rules.days),
            "rules_version": rules.version,
        }
    )
    session.add(panel)
    session.flush()
    for expert in experts:
        _seat(session, panel, expert, application, at)
    return panel


def _seat(session: Session, panel: Panel, expert: Expert, application: Application, at: datetime) -> Seat:
    seat = Seat.model_validate({"panel_id": panel.key, "expert_id": expert.key, "discipline": expert.discipline})
    session.add(seat)
    session.flush()
    tell(session, expert, "review.invited", panel, application, at)
    return seat


def tell(session: Session, expert: Expert, what: str, panel: Panel, application: Application, at: datetime) -> None:
    """Leave a notice for the expert's account: its word and its facts; the shell says it in the reader's language."""
    facts = {"number": application.number, "due_on": panel.due_on.isoformat(), "round": panel.round}
    for user_id in session.exec(select(User.id).where(User.expert_id == expert.key, col(User.active))):
        session.add(
            Message(user_id=user_id, subject=what, body=json.dumps(facts, ensure_ascii=False), link="/reviews", at=at)
        )


def open_panel(session: Session, application: Application) -> Panel | None:
    """The panel that now sits over an application, or None."""
    return session.exec(
        select(Panel).where(
            Panel.subject == Application.__tablename__,
            Panel.subject_id == application.key,
            Panel.stage == PanelStage.OPEN,
        )
    ).first()


def subject_of(session: Session, panel: Panel) -> Application:
    """The application that a panel sits over."""
    return session.get_one(Application, panel.subject_id)


def as_chair(session: Session, application: Application, act: str, by: Actor) -> None:
    """Pass a chair who has neither investigated nor scored this application: the rule of `seat_panel`, for acts that
    are no move of their own. Refuses with NotAllowed, SameHand (TB-09).
    """
    require(by, act, Role.PANEL_CHAIR)
    apart = APPLICATION.find("seat_panel", Stage.SCORED).apart_from
    if by.user_id in hands(session, f"application:{application.key}", apart):
        raise SameHand(act=act, earlier=", ".join(apart), person=by.name)


def case_of_panel(panel: Panel) -> str:
    """The case under which the journal keeps what happens in a panel: that of its subject."""
    return f"{panel.subject}:{panel.subject_id}"


def still_open(session: Session, seat: Seat) -> Panel:
    """The panel of a seat. Refuses with PanelNotOpen once it is closed or cancelled."""
    panel = session.get_one(Panel, seat.panel_id)
    if panel.stage is not PanelStage.OPEN:
        raise PanelNotOpen(stage=panel.stage)
    return panel


def recuse(session: Session, *, seat: Seat, reason: str, by: Actor, on: date, at: datetime) -> Seat:
    """The expert steps aside, or the chair sets him aside; a sheet he sent no longer counts (TB-06)."""
    panel = still_open(session, seat)
    if not by.holds(Role.PANEL_CHAIR) and by.expert_id != seat.expert_id:
        raise SeatOfAnother(act="seat.recuse", role=str(Role.EXPERT))
    move(session, SEAT, seat, "recuse", by=by, on=on, at=at, reason=reason, case=case_of_panel(panel))
    return seat


def replace_expert(
    session: Session, *, seat: Seat, expert: Expert, reason: str, by: Actor, on: date, at: datetime
) -> Seat:
    """Another expert of the same discipline takes a seat that has not scored, or whose expert stepped aside.

    Answers with the new seat. Refuses with DisciplineDiffers, ExpertTied, ExpertTwice, ExpertNotActive, PanelNotOpen.
    """
    panel = still_open(session, seat)
    application = subject_of(session, panel)
    if expert.discipline is not seat.discipline:
        raise DisciplineDiffers(field="expert", have=expert.discipline, need=seat.discipline)
    if not expert.active:
        raise ExpertNotActive(expert=expert.name)
    if expert.key in set(session.exec(select(Seat.expert_id).where(Seat.panel_id == panel.key))):
        raise ExpertTwice(field="expert")
    _untied(session, application, (expert,), on)
    case = case_of_panel(panel)
    if seat.stage is SeatStage.RECUSED:
        as_chair(session, application, "seat.replace", by)
        note(session, seat, "replace", by=by, on=on, at=at, reason=said(reason, "reason"), case=case)
    else:
        move(session, SEAT, seat, "replace", by=by, on=on, at=at, reason=reason, case=case)
    return _seat(session, panel, expert, application, at)


def cancel_panel(session: Session, *, panel: Panel, reason: str, by: Actor, on: date, at: datetime) -> Panel:
    """Call a sitting off: its sheets stay sealed for good, and another panel may be seated."""
    move(session, PANEL, panel, "cancel", by=by, on=on, at=at, reason=reason, case=case_of_panel(panel))
    return panel


def convene_again(
    session: Session,
    panel: Panel,
    experts: Sequence[Expert],
    *,
    due_on: date | None,
    reason: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Panel:
    """Close a sitting and seat the same experts for another round over the same subject."""
    case = case_of_panel(panel)
    move(session, PANEL, panel, "close", by=by, on=on, at=at, reason=reason, case=case)
    panel.closed_at = at
    session.add(panel)
    rules = rules_in_force(session, ReviewRules, on)
    again = _convene(session, subject_of(session, panel), experts, due_on, rules, on=on, at=at)
    note(session, again, "ask_again", by=by, on=on, at=at, reason=said(reason, "reason"), case=case)
    return again
