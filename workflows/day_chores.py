"""What an end of day does beside interest: what expires, what is due soon, who is late, and what a month's end asks for.

Each chore is one query that usually finds nothing. Only what it finds becomes an object and goes through the verb that a
person would use, with the clock's own actor.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from models.application import Application
from models.journal import Message
from models.lending.ageing import ClassReason
from models.loan import FIRMS_A_PART, Loan
from models.policies.rules import ServicingRules
from models.refusals import BrokenInvariant, Refusal
from models.roles import Actor
from models.states.loan import LoanStage
from models.values.calendar import month_end
from models.values.money import Money
from workflows import bridging, classifying, day_aside, decision, funding, guarantee, posting, servicing

DUE_SOON = "servicing.due_soon"
"""The word of the notice that an instalment is payable soon; its facts are number, payable_on and fen."""

_OWED = ", ".join(f"'{stage}'" for stage in LoanStage if stage.owed)
# Statements stand ready: on most days they find nothing, and building them anew would cost more than asking.
_WITH_SURPLUS = sa.text(
    "SELECT DISTINCT l.id FROM receipt r CROSS JOIN loan l"  # SQLite keeps this order: few receipts left anything over
    f" WHERE r.surplus > 0 AND l.id = r.loan_id AND l.stage IN ({_OWED})"  # nosec B608  words of our own vocabulary
    f" AND l.firm_id >= :part * {FIRMS_A_PART} AND l.firm_id < (:part + 1) * {FIRMS_A_PART} ORDER BY l.id"
)
_RUN_OUT = sa.text(
    "SELECT a.id FROM application a JOIN decision d ON d.application_id = a.id WHERE a.stage = 'decided'"
    " AND d.outcome = 'approved' AND d.valid_to < :on ORDER BY a.id"
).bindparams(sa.bindparam("on", type_=sa.Date))
_PAYABLE = sa.text(
    "SELECT l.number, a.officer_id, i.principal - i.principal_paid + i.interest - i.interest_paid AS fen FROM instalment i"
    " JOIN loan l ON l.id = i.loan_id JOIN application a ON a.id = l.application_id"
    " WHERE i.payable_on = :payable AND i.live AND i.settled_on IS NULL"
    f" AND l.stage IN ({_OWED}) ORDER BY i.id"  # nosec B608
).bindparams(sa.bindparam("payable", type_=sa.Date))


def use_surpluses(session: Session, part: int, *, by: Actor, on: date, at: datetime) -> int:
    """Use what earlier receipts left over for what is due today, before anything bears penalty; how many loans of the
    partition it met. A loan for which that cannot be done keeps its money and is tried again on the next day."""
    met = 0
    for (loan_id,) in session.execute(_WITH_SURPLUS, {"part": part}).all():
        if day_aside.of_loan(session, loan_id) is not None:
            continue
        try:
            with session.begin_nested():
                loan = session.get_one(Loan, loan_id)
                met += bool(servicing.apply_surplus(session, loan=loan, by=by, on=on, at=at))
        except (Refusal, BrokenInvariant):
            continue
    return met


def declare_defaults(
    session: Session, late: Iterable[tuple[int, int]], rules: ServicingRules, *, by: Actor, on: date, at: datetime
) -> int:
    """Declare active loans in default that are as late as the rules say; `late` are ids with days past due."""
    ids = [loan_id for loan_id, days in late if days >= rules.default_days]
    if not ids:
        return 0
    for loan_id in ids:
        loan = session.get_one(Loan, loan_id)
        classifying.mark_default(session, loan=loan, reason=ClassReason.DAYS_PAST_DUE, by=by, on=on, at=at)
    return len(ids)


def expire(session: Session, *, by: Actor, on: date, at: datetime) -> dict[str, int]:
    """Let go what was only promised until a day before this one: bridges, other reservations, approvals of credit."""
    bridges = len(bridging.expire_due(session, by=by, on=on, at=at))
    holds = len(posting.expire_holds(session, by=by, on=on, at=at))
    lapsed = [session.get_one(Application, row_id) for (row_id,) in session.execute(_RUN_OUT, {"on": on}).all()]
    for application in lapsed:
        decision.lapse(session, application=application, reason="approval_expired", by=by, on=on, at=at)
    return {"bridges": bridges, "holds": holds, "approvals": len(lapsed)}


def give_notice(session: Session, rules: ServicingRules, *, on: date, at: datetime) -> int:
    """Tell the officer in charge which instalments are payable in so many days (`notice_days`)."""
    payable = on + timedelta(days=rules.notice_days)
    rows = session.execute(_PAYABLE, {"payable": payable}).all()
    notices = [
        {
            "user_id": row.officer_id,
            "channel": "desk",
            "subject": DUE_SOON,
            "body": json.dumps({"number": row.number, "payable_on": payable.isoformat(), "fen": row.fen}),
            "link": f"/loans/{row.number}",
            "at": at,
        }
        for row in rows
    ]
    if notices:
        session.execute(sa.insert(Message), notices)
    return len(notices)


def month_ends(on: date) -> bool:
    """Whether the day is the last of its month."""
    return on == month_end(on)


def close_month(session: Session, *, by: Actor, on: date, at: datetime) -> dict[str, int]:
    """A month's end: facility interest and guarantee fees up to the day, the allowance brought to its target, and at the
    year's end the guarantor's reserve. Amounts in fen."""
    cost = funding.accrue_interest(session, on=on, by=by, at=at)
    fees = guarantee.earn_fees(session, by=by, on=on, at=at)
    targets = classifying.set_allowance(session, by=by, on=on, at=at)
    reserve = guarantee.provide_reserves(session, by=by, on=on, at=at)
    allowance = Money(sum(target.fen for target in targets.values()))
    return {
        "funding_cost_fen": cost.fen,
        "guarantee_fees_fen": fees.fen,
        "allowance_fen": allowance.fen,
        "reserve_fen": reserve.fen,
    }
