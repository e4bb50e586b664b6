"""Inspections after the pay-out (贷后检查, LOAN-27): a calendar from the rules, and what was found on each day of it.

The use of each pay-out is looked at within `postloan_first_days`; the loan itself every `inspect_months`, every
`inspect_watch_months` while a warning about it is open. The calendar follows the watch list at each end of day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, select

from models.inspection import Inspection, InspectionKind, RightsFinding, UseFinding
from models.journal import Message
from models.loan import Loan, PayOut
from models.policies.rules import PrudenceRules, ServicingRules
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.states.loan import LoanStage
from models.states.using import INSPECTION, InspectionStage
from models.values.calendar import add_months, month_end
from models.values.money import ZERO, Money
from workflows import diverting, paying_on
from workflows.given import past, said
from workflows.moves import move, require

DUE_SOON, OVERDUE = "inspection.due_soon", "inspection.overdue"
"""Words of the notices; their facts are number (of the loan), due_on and kind."""

_HELD = ", ".join(f"'{stage}'" for stage in LoanStage if stage.owed)
_WATCHED_NOW = sa.text(
    "SELECT DISTINCT i.id FROM watch_case w JOIN inspection i ON i.loan_id = w.loan_id"
    " WHERE w.stage <> 'cleared' AND i.stage = 'due' AND i.kind = 'regular' AND NOT i.watched ORDER BY i.id"
)
_WATCHED_NO_MORE = sa.text(
    "SELECT i.id FROM inspection i WHERE i.stage = 'due' AND i.watched AND NOT EXISTS"
    " (SELECT 1 FROM watch_case w WHERE w.loan_id = i.loan_id AND w.stage <> 'cleared') ORDER BY i.id"
)
_OVER = sa.text(
    "SELECT i.id FROM inspection i JOIN loan l ON l.id = i.loan_id WHERE i.stage = 'due' AND i.due_on <= :until"
    f" AND l.stage NOT IN ({_HELD}) ORDER BY i.id"  # nosec B608  words of our own vocabulary
).bindparams(sa.bindparam("until", type_=sa.Date))
_WITHOUT = sa.text(
    f"SELECT l.id FROM loan l WHERE l.stage IN ({_HELD}) AND l.opened_on IS NOT NULL"  # nosec B608
    " AND NOT EXISTS (SELECT 1 FROM inspection i WHERE i.loan_id = l.id AND i.kind = 'regular' AND i.stage = 'due')"
    " ORDER BY l.id"
)
_TO_TELL = (
    sa.text(
        "SELECT i.id, i.kind, i.due_on, l.number, a.officer_id FROM inspection i JOIN loan l ON l.id = i.loan_id"
        " JOIN application a ON a.id = l.application_id WHERE i.stage = 'due' AND (i.due_on = :soon OR i.due_on = :yesterday)"
        f" AND l.stage IN ({_HELD}) ORDER BY i.id"  # nosec B608
    )
    .bindparams(sa.bindparam("soon", type_=sa.Date), sa.bindparam("yesterday", type_=sa.Date))
    .columns(due_on=sa.Date)
)


class NothingToInspect(Refusal):
    """The bank does not hold the loan any more."""


class DivertedAmountWrong(BadInput):
    """A finding of diverted money says how much, at most what was paid out; any other finding says none."""


def after_pay_out(session: Session, *, pay_out: PayOut, on: date) -> Inspection:
    """Put the first look at the use of a pay-out into the calendar, and the regular ones if there are none yet."""
    loan = session.get_one(Loan, pay_out.loan_id)
    days = rules_in_force(session, ServicingRules, on).postloan_first_days
    first = _planned(loan, InspectionKind.FIRST_USE, since=on, due_on=on + timedelta(days=days), pay_out_id=pay_out.key)
    session.add(first)
    session.flush()
    if _open_regular(session, loan) is None:
        plan_regular(session, loan=loan, since=on, on=on)
    return first


def plan_regular(session: Session, *, loan: Loan, since: date, on: date) -> Inspection:
    """Put the next regular inspection into the calendar, counted from a day, in the rhythm that holds now."""
    watched = _is_watched(session, loan)
    due_on = add_months(since, _months(rules_in_force(session, PrudenceRules, on), watched))
    row = _planned(loan, InspectionKind.REGULAR, since=since, due_on=due_on, watched=watched)
    session.add(row)
    session.flush()
    return row


def record(
    session: Session,
    *,
    inspection: Inspection,
    held_on: date,
    finding: UseFinding,
    looked_at: Money,
    diverted: Money = ZERO,
    proof: str,
    rights: RightsFinding,
    remarks: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Inspection:
    """Record an inspection: how the money was used, how much of it was looked at, what proves it, how the rights stand.

    The next regular one is planned from its day; diverted money is handed over (`workflows/diverting.py`). Refuses with
    NothingToInspect, DivertedAmountWrong, DateAhead, FieldEmpty, and as moves do.
    """
    require(by, "inspection.record", Role.LOAN_OFFICER)
    INSPECTION.find("record", inspection.stage)
    loan = session.get_one(Loan, inspection.loan_id)
    if not loan.stage.owed:
        raise NothingToInspect(loan=loan.number, subject="loan", stage=loan.stage)
    finding = UseFinding(finding)
    if (finding is UseFinding.DIVERTED) != (diverted > ZERO) or diverted > loan.disbursed or looked_at < ZERO:
        raise DivertedAmountWrong(field="diverted", given=diverted, most=loan.disbursed)
    proof, remarks = said(proof, "proof"), said(remarks, "remarks")
    inspection.held_on = past(held_on, "held_on", on=on)
    inspection.held_by, inspection.finding, inspection.rights = by.user_id, finding, RightsFinding(rights)
    inspection.looked_at, inspection.diverted = looked_at, diverted
    inspection.proof, inspection.remarks = proof, remarks
    move(session, INSPECTION, inspection, "record", by=by, on=on, at=at, reason=remarks)
    if finding is UseFinding.DIVERTED:
        diverting.hand_over(session, inspection=inspection, loan=loan, by=by, on=on, at=at)
    if inspection.kind is InspectionKind.REGULAR:
        plan_regular(session, loan=loan, since=held_on, on=on)
    else:
        follow_watch_list(session, on=on)
    return inspection


def follow_watch_list(session: Session, *, on: date) -> int:
    """Bring regular inspections into the rhythm of the watch list: sooner when a warning is open, later when none is.

    The day is counted anew from where the term began, and never lies before `on` because of it. Returns how many moved.
    """
    session.flush()
    changes = [(_WATCHED_NOW, True), (_WATCHED_NO_MORE, False)]
    rules, moved = rules_in_force(session, PrudenceRules, on), 0
    for statement, watched in changes:
        for row in _rows(session, session.execute(statement).scalars().all()):
            late = row.due_on < on
            row.watched = watched
            if not late:
                row.due_on = max(add_months(row.since, _months(rules, watched)), on)
            session.add(row)
            moved += 1
    session.flush()
    return moved


def plan_missing(session: Session, *, on: date) -> int:
    """Give every loan that the bank holds a regular inspection if it has none to come; returns how many were planned.

    Loans of before the calendar, and renewed ones, for which nothing was paid out; counted from the day itself.
    """
    session.flush()
    ids = session.execute(_WITHOUT).scalars().all()
    for loan_id in ids:
        plan_regular(session, loan=session.get_one(Loan, loan_id), since=on, on=on)
    return len(ids)


def remind(session: Session, *, by: Actor, on: date, at: datetime) -> int:
    """What an end of day does here: keep the calendar, tell officers what is due soon or was due yesterday, warn of
    entrusted payments that are late (LOAN-07). Returns how many notices and warnings there were.

    For a day at a time: run for each day once, as the end of day is.
    """
    session.flush()
    rules = rules_in_force(session, PrudenceRules, on)
    soon = on + timedelta(days=rules.inspect_notice_days)
    for row in _rows(session, session.execute(_OVER, {"until": soon}).scalars().all()):
        move(session, INSPECTION, row, "cancel", by=by, on=on, at=at, reason="loan_over")
    if on == month_end(on):
        plan_missing(session, on=on)
    follow_watch_list(session, on=on)
    rows = session.execute(_TO_TELL, {"soon": soon, "yesterday": on - timedelta(days=1)}).all()
    notices = [
        {
            "user_id": row.officer_id,
            "channel": "desk",
            "subject": DUE_SOON if row.due_on > on else OVERDUE,
            "body": json.dumps({"number": row.number, "due_on": row.due_on.isoformat(), "kind": row.kind}),
            "link": f"/inspections/{row.id}",
            "at": at,
        }
        for row in rows
    ]
    if notices:
        session.execute(sa.insert(Message), notices)
    return len(notices) + paying_on.warn_late(session, by=by, on=on, at=at)


def _planned(
    loan: Loan,
    kind: InspectionKind,
    *,
    since: date,
    due_on: date,
    pay_out_id: int | None = None,
    watched: bool = False,
) -> Inspection:
    return Inspection.model_validate(
        {
            "loan_id": loan.key,
            "application_id": loan.application_id,
            "pay_out_id": pay_out_id,
            "kind": kind,
            "since": since,
            "due_on": due_on,
            "watched": watched,
        }
    )


def _open_regular(session: Session, loan: Loan) -> int | None:
    query = select(Inspection.id).where(
        Inspection.loan_id == loan.key,
        Inspection.kind == InspectionKind.REGULAR,
        Inspection.stage == InspectionStage.DUE,
    )
    return session.exec(query.limit(1)).first()


def _is_watched(session: Session, loan: Loan) -> bool:
    query = sa.text("SELECT 1 FROM watch_case WHERE loan_id = :loan AND stage <> 'cleared' LIMIT 1")
    return session.execute(query, {"loan": loan.key}).first() is not None


def _months(rules: PrudenceRules, watched: bool) -> int:
    return rules.inspect_watch_months if watched else rules.inspect_months


def _rows(session: Session, ids: Iterable[int]) -> list[Inspection]:
    return [session.get_one(Inspection, one) for one in ids]
