"""The roster of experts, what ties them to those they would review, and who may sit on a panel (TB-06)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.application import Application
from models.firm import Firm, Shareholding
from models.intellectual_property import IPAsset
from models.policies.rules import ReviewRules
from models.queries.rules import rules_in_force
from models.refusals import BadInput, NotAllowed
from models.review import Discipline, Expert, Panel, Seat, Tie, TieKind
from models.roles import Actor, Role
from models.states.application import PanelStage, SeatStage
from models.talent import Talent, TeamMember
from models.user import User
from models.values.terms import add_years
from workflows.given import in_order, said
from workflows.moves import note, require

_ROSTER = (Role.TALENT_OFFICE, Role.PANEL_CHAIR, Role.ADMINISTRATOR)


class TieToNobody(BadInput):
    """A tie leads to a talent or to a firm."""


class NotYourTie(NotAllowed):
    """An expert declares his own ties, not those of others."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Why an expert may not sit: the kind of tie, and with whom. `detected` if nobody declared it."""

    kind: TieKind
    whom: str
    detected: bool = False


def add_expert(
    session: Session,
    *,
    name: str,
    discipline: Discipline,
    specialities: Sequence[str] = (),
    employer: str = "",
    label: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Expert:
    """Enter a person on the roster for one of the four disciplines (TB-05)."""
    require(by, "expert.add", *_ROSTER)
    expert = Expert.model_validate(
        {
            "name": said(name, "name"),
            "discipline": discipline,
            "specialities": [one.strip() for one in specialities if one.strip()],
            "employer": employer.strip(),
            "label": label,
        }
    )
    session.add(expert)
    note(session, expert, "add", by=by, on=on, at=at)
    return expert


def retire_expert(session: Session, *, expert: Expert, reason: str, by: Actor, on: date, at: datetime) -> Expert:
    """Take a person off the roster; seats already given stay his."""
    require(by, "expert.retire", *_ROSTER)
    expert.active = False
    session.add(expert)
    note(session, expert, "retire", by=by, on=on, at=at, reason=said(reason, "reason"))
    session.flush()
    return expert


def declare_tie(
    session: Session,
    *,
    expert: Expert,
    talent: Talent | None = None,
    firm: Firm | None = None,
    kind: TieKind | str,
    ended_on: date | None = None,
    note: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Tie:
    """Enter what connects an expert to a talent or a firm: it bars him while it lasts and for years after (TB-06).

    Experts declare their own. Refuses with TieToNobody, NotYourTie.
    """
    require(by, "tie.declare", Role.EXPERT, Role.LOAN_OFFICER, *_ROSTER)
    if not by.holds(Role.LOAN_OFFICER, *_ROSTER) and by.expert_id != expert.key:
        raise NotYourTie(act="tie.declare", role=str(Role.EXPERT))
    if talent is None and firm is None:
        raise TieToNobody(field="talent")
    tie = Tie.model_validate(
        {
            "expert_id": expert.key,
            "talent_id": talent.key if talent else None,
            "firm_id": firm.key if firm else None,
            "kind": TieKind(kind).value,
            "ended_on": ended_on,
            "note": note.strip(),
        }
    )
    session.add(tie)
    _journal(session, tie, "declare", by=by, on=on, at=at)
    return tie


def end_tie(session: Session, *, tie: Tie, ended_on: date, by: Actor, on: date, at: datetime) -> Tie:
    """The tie is over since a day; it goes on barring for the years of the review rules."""
    require(by, "tie.end", *_ROSTER)
    in_order(ended_on, on, "ended_on")
    tie.ended_on = ended_on
    session.add(tie)
    _journal(session, tie, "end", by=by, on=on, at=at)
    session.flush()
    return tie


_journal = note  # `declare_tie` has an argument of that name


def bars(session: Session, application: Application, on: date) -> dict[int, Bar]:
    """Every expert who may not sit over an application, by number: declared ties that have not faded, and what the
    files themselves show - his employer, shares, patents, team, an earlier recusal, or that he is the applicant.
    """
    firms = list(session.exec(select(Firm).where(Firm.founder_id == application.talent_id)))
    talent = session.get_one(Talent, application.talent_id)
    found: dict[int, Bar] = {}
    for query in (_recused(application), _himself(application)):
        for expert_id in session.execute(query).scalars():
            found[expert_id] = Bar(TieKind.DECLARED, talent.name, detected=True)
    found |= _detected(session, talent, firms, on)
    since = add_years(on, -rules_in_force(session, ReviewRules, on).recusal_years)
    declared = select(Tie).where(
        sa.or_(col(Tie.talent_id) == application.talent_id, col(Tie.firm_id).in_([firm.key for firm in firms])),
        sa.or_(col(Tie.ended_on).is_(None), col(Tie.ended_on) > since),
    )
    names = {firm.key: firm.name for firm in firms}
    for tie in session.exec(declared):
        whom = names.get(tie.firm_id, talent.name) if tie.firm_id is not None else talent.name
        found[tie.expert_id] = Bar(TieKind(tie.kind), whom)
    return found


def _recused(application: Application) -> sa.Select[Any]:
    return (
        sa.select(col(Seat.expert_id))
        .join(Panel, col(Panel.id) == col(Seat.panel_id))
        .where(
            col(Panel.subject) == Application.__tablename__,
            col(Panel.subject_id) == application.key,
            col(Seat.stage) == SeatStage.RECUSED,
        )
    )


def _himself(application: Application) -> sa.Select[Any]:
    return sa.select(col(User.expert_id)).where(
        col(User.talent_id) == application.talent_id, col(User.expert_id).is_not(None)
    )


def _detected(session: Session, talent: Talent, firms: Sequence[Firm], on: date) -> dict[int, Bar]:
    keys = [firm.key for firm in firms]
    holders = session.exec(
        select(Shareholding.holder).where(
            col(Shareholding.firm_id).in_(keys), sa.or_(col(Shareholding.until).is_(None), col(Shareholding.until) > on)
        )
    ).all()
    team = session.exec(select(TeamMember.name).where(TeamMember.talent_id == talent.key)).all()
    assets = session.exec(select(IPAsset).where(IPAsset.talent_id == talent.key)).all()
    owners = {name for asset in assets for name in (asset.owner, *asset.co_owners)}
    found: dict[int, Bar] = {}
    for kind, names, column in (
        (TieKind.CO_OWNERSHIP, owners - {talent.name}, Expert.employer),
        (TieKind.CO_OWNERSHIP, owners, Expert.name),
        (TieKind.SHAREHOLDING, holders, Expert.name),
        (TieKind.EMPLOYMENT, team, Expert.name),
        (TieKind.EMPLOYMENT, [firm.name for firm in firms], Expert.employer),
    ):
        for expert_id, name in _experts_called(session, column, names):
            found[expert_id] = Bar(kind, name, detected=True)
    return found


def _experts_called(session: Session, column: str, names: Iterable[str]) -> Iterable[tuple[int, str]]:
    wanted = [name for name in names if name]
    query = sa.select(col(Expert.id), col(column)).where(col(column).in_(wanted))
    return [(int(expert_id or 0), name) for expert_id, name in session.execute(query)] if wanted else ()


def open_seats(session: Session) -> dict[int, int]:
    """How many sheets each expert still owes on panels that are open: his load."""
    query = (
        sa.select(col(Seat.expert_id), sa.func.count())
        .join(Panel, col(Panel.id) == col(Seat.panel_id))
        .where(col(Panel.stage) == PanelStage.OPEN, col(Seat.stage) == SeatStage.INVITED)
        .group_by(col(Seat.expert_id))
    )
    return {expert_id: count for expert_id, count in session.execute(query)}


def eligible_experts(session: Session, application: Application, on: date) -> list[Expert]:
    """Who may be seated for an application: active, tied to nobody in it; by discipline, those with least to do first."""
    barred, load = bars(session, application, on), open_seats(session)
    order = list(Discipline)
    free = [expert for expert in session.exec(select(Expert).where(col(Expert.active))) if expert.key not in barred]
    return sorted(free, key=lambda expert: (order.index(expert.discipline), load.get(expert.key, 0), expert.key))
