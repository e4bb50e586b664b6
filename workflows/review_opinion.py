"""The end of a sitting: the credit-decision opinion (信贷决策意见书). It advises; the committee decides (TB-08, TB-09)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application
from models.document import Document
from models.policies.rules import ReviewRules
from models.queries.rules import rules_of_version
from models.refusals import BadInput, Refusal
from models.review import Advice, Dimension, Discipline, Expert, Opinion, Panel, Seat, Sheet
from models.roles import Actor, Role
from models.states.application import APPLICATION, PANEL
from models.values.money import ZERO, Money
from models.values.rate import MILLION, Rate
from scoring.panel import PanelResult, panel_result
from workflows.applying import wind_clock
from workflows.given import said, within
from workflows.moves import move, note, require
from workflows.numbering import Series, next_number
from workflows.review_panel import (
    ExpertTied,
    NotDivided,
    PanelNotOpen,
    as_chair,
    case_of_panel,
    convene_again,
    open_panel,
    subject_of,
)
from workflows.review_roster import bars
from workflows.review_sheets import sheets_of, who_is_missing

_FOR = (Advice.SUPPORT, Advice.CONDITIONAL)


class PanelNotQuorate(Refusal):
    """Fewer experts have scored than the rules in force ask for (TB-06)."""


class DisciplineNotHeard(Refusal):
    """Of some discipline nobody has scored (TB-06)."""


class ExpertsStillOut(Refusal):
    """Sheets are still to come before their day: scores stay sealed until all are in (TB-06)."""


class BelowTheMark(BadInput):
    """The panel stays below the pass mark, or somebody below the floor: support then needs written reasons (TB-08)."""


class AgainstMajority(BadInput):
    """Most experts say otherwise: the opinion then needs written reasons."""


class ReasonsForNo(BadInput):
    """An opinion that does not support says why (TB-08)."""


class ConditionsNeeded(BadInput):
    """Support with conditions names them."""


class OpinionAboveRequest(BadInput):
    """The opinion cannot recommend more, or longer, than was asked for."""


class OpinionFiled(Refusal):
    """The opinion has its document: what was issued is never made again."""


def result_of(session: Session, panel: Panel) -> PanelResult:
    """What the panel's sheets come to, under the rules the panel was seated by (TB-07). For closed panels and for the
    chair at closing; ValueError while there is no sheet.
    """
    rules = rules_of_version(session, ReviewRules, panel.rules_version)
    return _result([sheet for _, sheet in sheets_of(session, panel)], rules)


def _result(sheets: Sequence[Sheet], rules: ReviewRules) -> PanelResult:
    return panel_result(
        [sheet.scores for sheet in sheets],
        weights=rules.weights,
        trim_from=rules.trim_from,
        divided_from=rules.divided_from,
        floor_each=rules.floor_each,
    )


def issue_opinion(
    session: Session,
    *,
    application: Application,
    advice: Advice,
    amount: Money | None = None,
    term_months: int | None = None,
    rate: Rate | None = None,
    guarantee_share: Rate | None = None,
    conditions: Sequence[str] = (),
    reasons: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Opinion:
    """Close the joint review with the panel's opinion. It advises; the credit committee decides.

    Support recommends the amount and term given, or those asked for. Refuses with PanelNotOpen, PanelNotQuorate,
    DisciplineNotHeard, ExpertsStillOut, ExpertTied, BelowTheMark, AgainstMajority, ReasonsForNo, ConditionsNeeded,
    OpinionAboveRequest, SameHand.
    """
    APPLICATION.find("issue_opinion", application.stage)
    panel = open_panel(session, application)
    if panel is None:
        raise PanelNotOpen(stage=application.stage)
    rules = rules_of_version(session, ReviewRules, panel.rules_version)
    counted = sheets_of(session, panel)
    _heard(session, panel, counted, rules, on)
    _still_untied(session, application, counted, on)
    result = _result([sheet for _, sheet in counted], rules)
    terms = _terms(application, advice, amount, term_months, rate, guarantee_share)
    conditions = [said(one, "conditions") for one in conditions]
    if advice is Advice.CONDITIONAL and not conditions:
        raise ConditionsNeeded(field="conditions")
    if not reasons.strip():
        _no_reasons_needed(advice, result, [sheet.advice for _, sheet in counted], rules)
    case = case_of_panel(panel)
    move(session, APPLICATION, application, "issue_opinion", by=by, on=on, at=at)
    move(session, PANEL, panel, "close", by=by, on=on, at=at, case=case)
    panel.closed_at = at
    session.add(panel)
    opinion = Opinion.model_validate(
        {
            "number": next_number(session, Series.OPINION, on),
            "panel_id": panel.key,
            "application_id": application.key,
            "advice": advice,
            "total_hundredths": result.total_hundredths,
            "by_dimension": result.by_dimension,
            "agreement": _agreement(result, counted),
            "conditions": conditions,
            "dissent": [_dissent(seat, sheet) for seat, sheet in counted if _dissents(sheet.advice, advice)],
            "reasons": reasons.strip(),
            "issued_on": on,
            "issued_at": at,
            "issued_by": by.user_id,
            "rules_version": rules.version,
        }
        | terms
    )
    session.add(opinion)
    wind_clock(session, application, on)
    return opinion


def stop_of_opinion(session: Session, application: Application, on: date) -> Refusal | None:
    """What the panel's opinion still waits for on this day, or None once it may be written: for the page of its form."""
    panel = open_panel(session, application)
    if panel is None:
        return PanelNotOpen(stage=application.stage)
    counted = sheets_of(session, panel)
    try:
        _heard(session, panel, counted, rules_of_version(session, ReviewRules, panel.rules_version), on)
        _still_untied(session, application, counted, on)
    except Refusal as stop:
        return stop
    return None


def _heard(session: Session, panel: Panel, counted: Sequence[tuple[Seat, Sheet]], rules: ReviewRules, on: date) -> None:
    if len(counted) < rules.quorum:
        raise PanelNotQuorate(have=len(counted), need=rules.quorum)
    have = [seat.discipline for seat, _ in counted]
    if missing := tuple(one for one in Discipline if have.count(one) < rules.per_discipline):
        raise DisciplineNotHeard(missing=missing)
    if on <= panel.due_on and (out := who_is_missing(session, panel)):
        raise ExpertsStillOut(missing=tuple(expert.name for _, expert in out), due_on=panel.due_on)


def _still_untied(session: Session, application: Application, counted: Sequence[tuple[Seat, Sheet]], on: date) -> None:
    # A tie may have been declared, or become visible in the files, after the sheet was sent.
    barred = bars(session, application, on)
    for seat, _ in counted:
        if (bar := barred.get(seat.expert_id)) is not None:
            name = session.get_one(Expert, seat.expert_id).name
            raise ExpertTied(expert=name, kind=bar.kind, whom=bar.whom)


def _terms(
    application: Application,
    advice: Advice,
    amount: Money | None,
    term_months: int | None,
    rate: Rate | None,
    guarantee_share: Rate | None,
) -> dict[str, Any]:
    if advice not in _FOR:
        return {}
    amount, term_months = amount or application.amount, term_months or application.term_months
    if not ZERO < amount <= application.amount:
        raise OpinionAboveRequest(field="amount", given=amount, asked=application.amount)
    if not 1 <= term_months <= application.term_months:
        raise OpinionAboveRequest(field="term_months", given=term_months, asked=application.term_months)
    for field, share in (("rate", rate), ("guarantee_share", guarantee_share)):
        if share is not None:
            within(share.ppm, field, least=0, most=MILLION)
    return {"amount": amount, "term_months": term_months, "rate": rate, "guarantee_share": guarantee_share}


def _no_reasons_needed(advice: Advice, result: PanelResult, advices: Sequence[Advice], rules: ReviewRules) -> None:
    if advice not in _FOR:
        raise ReasonsForNo(field="reasons", advice=advice)
    if result.total_hundredths < rules.pass_mark * 100 or result.below_floor:
        raise BelowTheMark(
            field="reasons",
            total=_points(result.total_hundredths),
            mark=rules.pass_mark,
            floor=rules.floor_each,
            below=tuple(map(Dimension, result.below_floor)) or "—",
        )
    against = sum(one not in _FOR for one in advices)
    if 2 * against > len(advices):
        raise AgainstMajority(field="reasons", against=against, have=len(advices))


def _points(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _agreement(result: PanelResult, counted: Sequence[tuple[Seat, Sheet]]) -> dict[str, Any]:
    return {
        "sheets": len(counted),
        "kendall_w": result.kendall_w,
        "spread": result.spread,
        "divided": list(result.divided),
        "below_floor": list(result.below_floor),
        "by_expert": [
            {"expert_id": seat.expert_id, "discipline": str(seat.discipline), "total": total, "deviation": off}
            for (seat, _), total, off in zip(counted, result.by_expert, result.deviation, strict=True)
        ],
    }


def _dissents(own: Advice, advice: Advice) -> bool:
    """Whoever would have gone another way; plain support is content with support under conditions."""
    return own is not advice and (own, advice) != (Advice.SUPPORT, Advice.CONDITIONAL)


def _dissent(seat: Seat, sheet: Sheet) -> dict[str, Any]:
    return {
        "expert_id": seat.expert_id,
        "discipline": str(seat.discipline),
        "advice": str(sheet.advice),
        "opinion": sheet.opinion,
    }


def ask_again(
    session: Session, *, panel: Panel, reason: str, due_on: date | None = None, by: Actor, on: date, at: datetime
) -> Panel:
    """A divided panel scores a second time: the first round is closed and open to its experts, who score anew, again
    blind to each other. Answers with the new panel. Refuses with NotDivided, PanelNotQuorate, ExpertsStillOut.
    """
    as_chair(session, subject_of(session, panel), "panel.ask_again", by)
    PANEL.find("close", panel.stage)
    rules = rules_of_version(session, ReviewRules, panel.rules_version)
    counted = sheets_of(session, panel)
    _heard(session, panel, counted, rules, on)
    if not _result([sheet for _, sheet in counted], rules).divided:
        raise NotDivided(number=subject_of(session, panel).number, divided_from=rules.divided_from)
    experts = [session.get_one(Expert, seat.expert_id) for seat, _ in counted]
    return convene_again(session, panel, experts, due_on=due_on, reason=reason, by=by, on=on, at=at)


def attach_opinion(
    session: Session, *, opinion: Opinion, document: Document, by: Actor, on: date, at: datetime
) -> Opinion:
    """File the document of an opinion, once: what was issued is never made again. Refuses with OpinionFiled."""
    require(by, "opinion.attach", Role.PANEL_CHAIR, Role.SYSTEM)
    if opinion.document_id is not None:
        raise OpinionFiled(number=opinion.number)
    opinion.document_id = document.key
    session.add(opinion)
    note(session, opinion, "attach", by=by, on=on, at=at)
    session.flush()
    return opinion


def latest_opinion(session: Session, application: Application) -> Opinion | None:
    """The newest opinion on an application, or None."""
    return session.exec(
        select(Opinion).where(Opinion.application_id == application.key).order_by(col(Opinion.id).desc()).limit(1)
    ).first()
