"""Circumstances that allow a loan no better class (CLS-02 to CLS-05, CLS-09): recorded with evidence, ended by another
person, and acted on at once (CLS-15).

A circumstance of a firm counts for all its loans. A loan's class is the worst of what its days past due allow, what stands
against it and its firm, the debtor's other bad claims here (CLS-06), and the analyst's view (CLS-08). A class that is
non-performing stays when a circumstance ends: only a reviewer lifts it (CLS-11). Changes made here are the program's own,
so they do not count as an analyst's view; who recorded what stands in the circumstance's row and in the journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from sqlmodel import Session, col, select

from models.classification import ClassTrigger, ClassTriggerEnd
from models.document import Document
from models.firm import Firm
from models.lending.ageing import ClassReason, FiveClass, Floor, days_past_due, floor_of, worst
from models.lending.circumstances import OF_THE_LOAN, WITH_SHARE, Fact, TriggerKind, circumstances
from models.loan import ClassChange, Loan
from models.policies.rules import ServicingRules
from models.queries.classes import OWED, last_changes, observation_of, standing_of_firm, touches
from models.queries.rules import rules_in_force
from models.refusals import BadInput, NotThere, Refusal
from models.roles import SYSTEM, Actor, Role
from models.values.rate import MILLION, Rate
from workflows import moves
from workflows.class_setting import set_class

MAY_RECORD = (Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.CREDIT_COMMITTEE, Role.SYSTEM)
MAY_END = (Role.CREDIT_REVIEWER,)


class TriggerEvidenceMissing(BadInput):
    """A circumstance that nobody can check is none: where it is known from has to be said."""


class TriggerMisplaced(BadInput):
    """A circumstance belongs either to one loan or to one firm, and this kind only to a loan."""


class TriggerShareWrong(BadInput):
    """This kind needs a share above nought and up to one, or it has none; an impairment may be without."""


class TriggerDayWrong(BadInput):
    """A circumstance cannot become known after today; a restructured loan needs the first repayment day after it."""


class TriggerStands(Refusal):
    """The same circumstance stands already: end it first, if it has changed."""


class TriggerEnded(Refusal):
    """This circumstance was ended before."""


class ObservationRuns(Refusal):
    """A restructured loan is still in observation: it has to pay in time for long enough first (CLS-09)."""


def record(
    session: Session,
    *,
    kind: TriggerKind,
    loan: Loan | None = None,
    firm: Firm | None = None,
    share: Rate = Rate(0),
    known_on: date,
    first_repayment_on: date | None = None,
    evidence: str,
    document: Document | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> ClassTrigger:
    """Record a circumstance of a loan or of a firm, and put every loan that it touches into its class at once.

    `share` is the expected loss of an impairment, or the share of the debtor's debts that are over 90 days late. A loan
    restructured again while it is in observation has two rows standing. Refuses with TriggerMisplaced,
    TriggerEvidenceMissing, TriggerShareWrong, TriggerDayWrong, TriggerStands.
    """
    moves.require(by, "class_trigger.record", *MAY_RECORD)
    kind = TriggerKind(kind)
    _refuse_unfit(kind, loan, firm, share, known_on, first_repayment_on, evidence, on)
    firm_id = loan.firm_id if loan is not None else firm.key if firm is not None else 0
    if kind is not TriggerKind.RESTRUCTURED:
        _refuse_standing(session, kind, loan, firm_id)
    trigger = ClassTrigger.model_validate(
        {
            "loan_id": loan.key if loan is not None else None,
            "firm_id": firm.key if firm is not None else None,
            "kind": kind,
            "share_ppm": share.ppm,
            "known_on": known_on,
            "first_repayment_on": first_repayment_on,
            "evidence": evidence.strip(),
            "document_id": document.key if document is not None else None,
            "recorded_on": on,
            "recorded_by": by.user_id,
            "at": at,
        }
    )
    session.add(trigger)
    session.flush()
    moves.note(session, trigger, "record", by=by, on=on, at=at, reason=evidence, case=_case(loan, firm_id))
    refresh(session, firm_id=firm_id, on=on, at=at)
    return trigger


def _refuse_unfit(
    kind: TriggerKind,
    loan: Loan | None,
    firm: Firm | None,
    share: Rate,
    known_on: date,
    first_repayment_on: date | None,
    evidence: str,
    on: date,
) -> None:
    if (loan is None) == (firm is None) or (loan is None and kind in OF_THE_LOAN):
        raise TriggerMisplaced(field="trigger_of", kind=kind)
    if not evidence.strip():
        raise TriggerEvidenceMissing(field="evidence")
    least = 1 if kind is TriggerKind.DEBTS_OVER_90 else 0
    if not least <= share.ppm <= (MILLION if kind in WITH_SHARE else 0):
        raise TriggerShareWrong(field="share", kind=kind, given=share)
    if known_on > on:
        raise TriggerDayWrong(field="known_on", given=known_on, on=on)
    if (first_repayment_on is not None) != (kind is TriggerKind.RESTRUCTURED):
        raise TriggerDayWrong(field="first_repayment_on", given=first_repayment_on or "", on=on)


def _refuse_standing(session: Session, kind: TriggerKind, loan: Loan | None, firm_id: int) -> None:
    for one in standing_of_firm(session, firm_id):
        same = one.loan_id == loan.key if loan is not None else one.firm_id is not None
        if one.kind is kind and same:
            raise TriggerStands(kind=kind, since=one.known_on, evidence=one.evidence)


def end(session: Session, *, trigger: ClassTrigger, reason: str, by: Actor, on: date, at: datetime) -> ClassTriggerEnd:
    """Say that a circumstance no longer stands, and reckon the classes anew; not by the hand that recorded it.

    Refuses with ReasonNeeded, SameHand, TriggerEnded; a restructured loan is let go only after its observation
    (ObservationRuns).
    """
    moves.require(by, "class_trigger.end", *MAY_END)
    if not reason.strip():
        raise moves.ReasonNeeded(field="reason", act="class_trigger.end")
    if by.user_id == trigger.recorded_by:
        raise moves.SameHand(act="class_trigger.end", earlier="class_trigger.record", person=by.name)
    if session.exec(select(ClassTriggerEnd.id).where(ClassTriggerEnd.trigger_id == trigger.key)).first() is not None:
        raise TriggerEnded(kind=trigger.kind)
    loan = session.get_one(Loan, trigger.loan_id) if trigger.loan_id is not None else None
    if trigger.kind is TriggerKind.RESTRUCTURED and loan is not None and loan.stage.owed:
        rules = rules_in_force(session, ServicingRules, on)
        seen = observation_of(session, loan, trigger, rules, on)
        if loan.oldest_unpaid is not None or not seen.over(on):
            raise ObservationRuns(
                loan=loan.number,
                since=seen.since,
                until=seen.ends or loan.matures_on,
                periods=rules.obs_periods,
                months=rules.obs_months,
            )
    ended = ClassTriggerEnd.model_validate(
        {"trigger_id": trigger.key, "ended_on": on, "reason": reason.strip(), "ended_by": by.user_id, "at": at}
    )
    session.add(ended)
    firm_id = loan.firm_id if loan is not None else trigger.firm_id or 0
    moves.note(session, trigger, "end", by=by, on=on, at=at, reason=reason, case=_case(loan, firm_id))
    session.flush()
    refresh(session, firm_id=firm_id, on=on, at=at)
    return ended


def trigger_by_id(session: Session, trigger_id: int) -> ClassTrigger:
    """The circumstance of an id. Refuses with NotThere."""
    row = session.get(ClassTrigger, trigger_id)
    if row is None:
        raise NotThere(what=str(trigger_id))
    return row


def _case(loan: Loan | None, firm_id: int) -> str:
    return f"application:{loan.application_id}" if loan is not None else f"firm:{firm_id}"


def refresh(session: Session, *, firm_id: int, on: date, at: datetime) -> list[ClassChange]:
    """Reckon the floors and classes of a firm's loans anew from what stands now; returns the changes of class."""
    session.flush()
    query = select(Loan).where(Loan.firm_id == firm_id, col(Loan.stage).in_(OWED)).order_by(col(Loan.id))
    loans = session.exec(query).all()
    if not loans:
        return []
    rules = rules_in_force(session, ServicingRules, on)
    standing = standing_of_firm(session, firm_id)
    views = _views(session, loans)
    first = {loan.key: _wanted(loan, _floor(loan, standing, rules, on), views) for loan in loans}
    share = share_non_performing(loans, first)
    changes = []
    for loan in loans:
        before = loan.class_floor
        loan.class_floor = floor_of(circumstances(_facts(loan, standing)), rules.ageing).five_class
        session.add(loan)
        floor = _floor(loan, standing, rules, on, Fraction(0) if first[loan.key].non_performing else share)
        target = _wanted(loan, floor, views)
        if target is loan.five_class:
            continue
        lifted = target.rank < loan.five_class.rank
        changes.append(
            set_class(
                session,
                loan=loan,
                target=target,
                reasons=_lifts(before, loan) if lifted else [ClassReason(one) for one in floor.reasons],
                days=days_past_due(loan.oldest_unpaid, on),
                rules=rules,
                by=SYSTEM,
                on=on,
                at=at,
            )
        )
    session.flush()
    return changes


def share_non_performing(loans: Sequence[Loan], classes: dict[int, FiveClass]) -> Fraction:
    """How much of the debtor's claims here is non-performing (CLS-06), exact."""
    whole = sum(loan.outstanding.fen for loan in loans)
    bad = sum(loan.outstanding.fen for loan in loans if classes[loan.key].non_performing)
    return Fraction(bad, whole) if whole else Fraction(0)


def floor_now(session: Session, loan: Loan, rules: ServicingRules, on: date) -> Floor:
    """The best class that a loan's days and everything that stands against it and its firm allow, with all reasons that
    reach it; the debtor's other bad claims here count as they stand."""
    query = select(Loan).where(Loan.firm_id == loan.firm_id, col(Loan.stage).in_(OWED))
    loans = session.exec(query).all()
    share = share_non_performing(
        loans, {one.key: FiveClass.NORMAL if one.key == loan.key else one.five_class for one in loans}
    )
    return _floor(loan, standing_of_firm(session, loan.firm_id), rules, on, share)


def _facts(loan: Loan, standing: Sequence[ClassTrigger]) -> list[Fact]:
    return [Fact(one.kind, one.share_ppm) for one in standing if touches(one, loan)]


def _floor(
    loan: Loan, standing: Sequence[ClassTrigger], rules: ServicingRules, on: date, share: Fraction = Fraction(0)
) -> Floor:
    days = days_past_due(loan.oldest_unpaid, on)
    return floor_of(circumstances(_facts(loan, standing), days=days, own_non_performing=share), rules.ageing)


def _views(session: Session, loans: Sequence[Loan]) -> dict[int, FiveClass]:
    """What an analyst last said of each loan, where that is the last that was said (CLS-08)."""
    changes = last_changes(session, [loan.key for loan in loans])
    return {key: change.target for key, change in changes.items() if ClassReason.ANALYST_VIEW in change.reasons}


def _wanted(loan: Loan, floor: Floor, views: dict[int, FiveClass]) -> FiveClass:
    stays = loan.five_class if loan.five_class.non_performing else FiveClass.NORMAL
    return worst(floor.five_class, stays, views.get(loan.key, FiveClass.NORMAL))


def _lifts(before: FiveClass, loan: Loan) -> list[ClassReason]:
    better = loan.class_floor.rank < before.rank
    return [ClassReason.CIRCUMSTANCE_ENDED if better else ClassReason.ARREARS_PAID]
