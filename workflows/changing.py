"""Changes of a running loan: shown beforehand, asked for by the officer, approved by somebody else, then in effect.

`what_if` reckons, `propose` asks, `approve` applies what `what_if` shows that day, in the same transaction. An early
repayment waits after its approval until the money comes (`take_prepayment`). One change at a time may wait on a loan.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from models.intellectual_property import Pledge
from models.lending.allocation import DueKind
from models.lending.changes import ChangeKind, ConsentOf, PrepayChoice, extension_left
from models.lending.circumstances import TriggerKind
from models.loan import Contract, Loan
from models.loan_change import ChangeConsent, LoanChange
from models.policies.rules import ServicingRules
from models.queries.loan_changes import change_by_number, changes_of, consents_of, extended_months, original_end
from models.queries.owed import contract_of, live_lines, meter_of
from models.queries.rules import calendar, lpr_quotes, rules_in_force
from models.refusals import BrokenInvariant, Refusal
from models.roles import Actor, Role
from models.states.aftercare import GuaranteeStage
from models.states.loan_change import LOAN_CHANGE
from models.states.machine import MoveNotOpen
from models.values.lpr import ONE_YEAR_QUOTE_UP_TO_MONTHS, lpr_in_force
from models.values.money import ZERO, Money, total
from models.values.rate import PPM_PER_BASIS_POINT, Rate
from models.values.terms import add_months, longest_extension_months, months_and_days
from workflows import class_triggers, guarantee, loan_account, moves, servicing
from workflows.booking import book
from workflows.change_effects import (
    KIND_OF,
    Account,
    Asked,
    ChangeNotPossible,
    Effect,
    Extension,
    NewRate,
    NothingToChange,
    Paid,
    Prepayment,
    Restructuring,
    extended,
    later_end,
    prepaid,
    repriced,
    restructured,
)
from workflows.classifying import LoanNotOwed, clear_suspended
from workflows.drawing_up import RateOffTheGrid
from workflows.funding import AmountNotAboveNought
from workflows.given import past, said
from workflows.numbering import Series, next_number
from workflows.replanning import rows_of

__all__ = [
    "CapitalisationNotAllowed",
    "ChangeNotPossible",
    "ChangeWaits",
    "ConsentsMissing",
    "EffectMoved",
    "ExtensionInArrears",
    "ExtensionTooLate",
    "ExtensionTooLong",
    "NothingPrepaid",
    "NothingToChange",
    "RateNotLower",
    "approve",
    "asked_of",
    "change_by_number",
    "changes_of",
    "consents_missing",
    "propose",
    "record_consent",
    "refuse",
    "take_prepayment",
    "what_if",
    "withdraw",
]


class ExtensionTooLong(Refusal):
    """All extensions of a loan together are longer than the law allows (LOAN-24)."""


class ExtensionTooLate(Refusal):
    """An extension is applied for before the loan matures; afterwards only a restructuring helps (LOAN-24)."""


class ExtensionInArrears(Refusal):
    """Late dues are paid before a loan is extended, or all of it is restructured."""


class ConsentsMissing(Refusal):
    """Guarantor or pledgor have not agreed in writing yet (LOAN-25)."""


class ChangeWaits(Refusal):
    """Another change of this loan is still waiting: one at a time."""


class CapitalisationNotAllowed(Refusal):
    """Overdue interest becomes principal only if the rules say so, and never while a loan does not accrue (CLS-16)."""


class RateNotLower(Refusal):
    """A restructuring lowers the rate or leaves it."""


class NothingPrepaid(Refusal):
    """The amount does not go beyond what is due: it is a repayment, no early one."""


class EffectMoved(Refusal):
    """What the change would do is not what the page showed: look again before you approve."""


def what_if(session: Session, *, loan: Loan, asked: Asked, on: date) -> Effect:
    """What the change would do on that day; nothing is written. Refuses as `propose` does, and for a day other than the
    one after the last that was run (DaysNotRun, DayOver)."""
    if not loan.stage.owed:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)
    account = account_of(session, loan, on)
    rules = rules_in_force(session, ServicingRules, on)
    match asked:
        case Prepayment():
            return prepaid(account, _paid(session, loan, asked.amount, on), asked.choice)
        case Extension():
            return extended(account, asked.months, _price_extended(session, loan, account, asked.months, rules))
        case NewRate():
            _refuse_off_the_grid(account.contract, asked.rate)
            return repriced(account, asked.rate)
        case Restructuring():
            _refuse_restructuring(loan, account, asked, rules)
            return restructured(account, asked, periods=rules.obs_periods, months=rules.obs_months)


def propose(
    session: Session, *, loan: Loan, asked: Asked, reason: str, by: Actor, on: date, at: datetime
) -> LoanChange:
    """Ask for a change, with why. Refuses with ChangeWaits, LoanNotOwed, and whatever keeps the change from being made
    today: ExtensionTooLong, ExtensionTooLate, ExtensionInArrears, CapitalisationNotAllowed, RateNotLower,
    ShorterTermNotOffered, NothingPrepaid, ChangeNotPossible, NothingToChange."""
    moves.require(by, "loan_change.propose", Role.LOAN_OFFICER)
    reason = said(reason, "reason")
    waiting = [one for one in changes_of(session, loan) if one.stage.waits]
    if waiting:
        raise ChangeWaits(loan=loan.number, number=waiting[0].number)
    effect = what_if(session, loan=loan, asked=asked, on=on)
    change = propose_row(session, loan, asked, effect, reason=reason, by=by, on=on)
    moves.note(session, change, "propose", by=by, on=on, at=at, reason=reason)
    session.flush()
    return change


def record_consent(
    session: Session,
    *,
    change: LoanChange,
    party: ConsentOf,
    evidence: str,
    given_on: date,
    by: Actor,
    on: date,
    at: datetime,
) -> ChangeConsent:
    """Record a written consent with where the paper is found; a newer one takes the place of an older (LOAN-25)."""
    moves.require(by, "loan_change.consent", Role.LOAN_OFFICER)
    if not change.stage.waits:
        raise moves_not_open(change, "consent")
    evidence, given_on = said(evidence, "evidence"), past(given_on, "given_on", on=on)
    row = session.exec(
        select(ChangeConsent).where(ChangeConsent.change_id == change.key, ChangeConsent.party == party)
    ).first()
    facts = {"evidence": evidence, "given_on": given_on, "recorded_by": by.user_id, "recorded_at": at}
    if row is None:
        row = ChangeConsent.model_validate({"change_id": change.key, "party": party} | facts)
    else:
        for name, value in facts.items():
            setattr(row, name, value)
    session.add(row)
    moves.note(session, change, "consent", by=by, on=on, at=at, reason=evidence)
    session.flush()
    return row


def approve(session: Session, *, change: LoanChange, seen: str, by: Actor, on: date, at: datetime) -> LoanChange:
    """Approve a change as it was shown (`seen` is the fingerprint of that effect); it takes effect at once, an early
    repayment when its money comes. Not by whoever asked for it.

    Refuses with EffectMoved, ConsentsMissing, SameHand, and as `propose` does for the state of today.
    """
    loan = session.get_one(Loan, change.loan_id)
    moves.move(session, LOAN_CHANGE, change, "approve", by=by, on=on, at=at)
    effect = what_if(session, loan=loan, asked=asked_of(change), on=on)
    if effect.fingerprint != seen:
        raise EffectMoved(number=change.number)
    missing = consents_missing(session, change)
    if missing:
        raise ConsentsMissing(number=change.number, parties=missing)
    change.effect = effect.facts()
    session.add(change)
    session.flush()
    if change.kind is not ChangeKind.PREPAYMENT:
        moves.move(session, LOAN_CHANGE, change, "take_effect", by=by, on=on, at=at)
        apply(session, loan, change, effect, by=by, on=on, at=at)
    return change


def refuse(session: Session, *, change: LoanChange, reason: str, by: Actor, on: date, at: datetime) -> LoanChange:
    """Decline a change, with why."""
    moves.move(session, LOAN_CHANGE, change, "refuse", by=by, on=on, at=at, reason=reason)
    return change


def withdraw(session: Session, *, change: LoanChange, reason: str, by: Actor, on: date, at: datetime) -> LoanChange:
    """Take a change back that is not in effect yet, with why."""
    moves.move(session, LOAN_CHANGE, change, "withdraw", by=by, on=on, at=at, reason=reason)
    return change


def take_prepayment(
    session: Session, *, change: LoanChange, bank_ref: str, by: Actor, on: date, at: datetime
) -> LoanChange:
    """The money of an approved early repayment has come: it is taken in and used, and the rest of the plan follows the
    choice. Refuses as `servicing.receive` does."""
    loan = session.get_one(Loan, change.loan_id)
    asked = asked_of(change)
    if not isinstance(asked, Prepayment):
        raise moves_not_open(change, "take_effect")
    effect = what_if(session, loan=loan, asked=asked, on=on)
    moves.move(session, LOAN_CHANGE, change, "take_effect", by=by, on=on, at=at)
    _keep_effect(session, loan, change, effect, on=on)
    _agree(session, loan, effect.terms)
    servicing.receive(
        session,
        loan=loan,
        amount=asked.amount,
        bank_ref=bank_ref,
        prepay=True,
        by=by,
        on=on,
        at=at,
    )
    _follow_end(session, loan)
    change.plan = _written(session, loan, effect)
    session.add(change)
    session.flush()
    return change


def apply(
    session: Session, loan: Loan, change: LoanChange, effect: Effect, *, by: Actor, on: date, at: datetime
) -> None:
    """Write what an effect says: agreement, plan, meter, books. For changes that bring no money."""
    loan_account.check_day(session, loan, on)
    lines, meter = live_lines(session, loan), meter_of(session, loan)
    _keep_effect(session, loan, change, effect, on=on)
    replaced = [line for line in lines if line.period_end > on or (line.unpaid and line.number in effect.folded)]
    if effect.kind is ChangeKind.RESTRUCTURING:
        _book_restructuring(session, loan, change, effect, by=by, on=on, at=at)
        meter.interest_fen = effect.carried.fen
        meter.penalty_fen = meter.compound_fen = meter.penalty_rest = meter.compound_rest = 0
        session.add(meter)
        # Principal made of interest was never drawn, yet it is owed as if it were.
        loan.amount += effect.capitalised
        loan.disbursed += effect.capitalised
        loan.outstanding += effect.capitalised
        _release(session, loan, change, by=by, on=on, at=at)
    _agree(session, loan, effect.terms)
    for line in replaced:
        line.live = False
        session.add(line)
    plan = max(line.plan for line in lines) + 1
    session.add_all(rows_of(effect.lines, loan_id=loan.key, plan=plan, balance=effect.balance, brought=effect.carried))
    session.flush()
    moves.note(session, loan, "change", by=by, on=on, at=at, reason=change.number)
    loan.oldest_unpaid = loan_account.oldest_unpaid(session, loan, on)
    session.add(loan)
    _follow_end(session, loan)
    cover = loan_account.guarantee_of(session, loan)
    if cover is not None and effect.capitalised:
        guarantee.reduce(session, guarantee=cover, principal_outstanding=loan.outstanding, by=by, on=on, at=at)
    change.plan = _written(session, loan, effect)
    session.add(change)
    session.flush()
    if effect.observed is not None:
        class_triggers.record(
            session,
            kind=TriggerKind.RESTRUCTURED,
            loan=loan,
            known_on=on,
            first_repayment_on=effect.observed[0],
            evidence=f"{change.number}: {change.reason}"[:400],
            by=by,
            on=on,
            at=at,
        )


def account_of(session: Session, loan: Loan, on: date) -> Account:
    """The loan's account that morning. Refuses with DaysNotRun and DayOver, without waiting for a turn."""
    meter = meter_of(session, loan)
    if meter.through is None:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)
    if meter.through < on - timedelta(days=1):
        raise loan_account.DaysNotRun(loan=loan.number, through=meter.through, on=on)
    if meter.through >= on:
        raise loan_account.DayOver(loan=loan.number, through=meter.through, on=on)
    days, rule = calendar(session), rules_in_force(session, ServicingRules, on).roll
    return Account(
        contract=contract_of(session, loan),
        outstanding=loan.outstanding,
        lines=tuple(live_lines(session, loan)),
        penalty=Money(meter.penalty_fen),
        compound=Money(meter.compound_fen),
        on=on,
        roll=lambda day: days.rolled(day, rule),
    )


def asked_of(change: LoanChange) -> Asked:
    """What a change asked for, from its row."""
    asked = change.asked
    match change.kind:
        case ChangeKind.PREPAYMENT:
            return Prepayment(amount=Money(asked["amount"]), choice=PrepayChoice(asked["choice"]))
        case ChangeKind.EXTENSION:
            return Extension(months=asked["months"])
        case ChangeKind.RATE:
            return NewRate(rate=Rate(asked["rate"]))
        case ChangeKind.RESTRUCTURING:
            rate = None if asked["rate"] is None else Rate(asked["rate"])
            return Restructuring(**(asked | {"rate": rate, "released": tuple(asked["released"])}))


def consents_needed(session: Session, loan: Loan, kind: ChangeKind) -> tuple[ConsentOf, ...]:
    """Who has to agree before the term or the whole agreement changes (LOAN-25)."""
    if kind not in (ChangeKind.EXTENSION, ChangeKind.RESTRUCTURING):
        return ()
    found = []
    cover = loan_account.guarantee_of(session, loan)
    if cover is not None and cover.stage is GuaranteeStage.IN_FORCE:
        found.append(ConsentOf.GUARANTOR)
    if standing_pledges(session, loan):
        found.append(ConsentOf.PLEDGOR)
    return tuple(found)


def consents_missing(session: Session, change: LoanChange) -> tuple[ConsentOf, ...]:
    """Who has not agreed yet."""
    loan = session.get_one(Loan, change.loan_id)
    given = {one.party for one in consents_of(session, change)}
    return tuple(party for party in consents_needed(session, loan, change.kind) if party not in given)


def standing_pledges(session: Session, loan: Loan) -> list[Pledge]:
    """The registered pledges that secure a loan."""
    query = select(Pledge).where(
        Pledge.contract_id == loan.contract_id,
        col(Pledge.registered_on).is_not(None),
        col(Pledge.released_on).is_(None),
    )
    return list(session.exec(query.order_by(col(Pledge.id))))


def moves_not_open(change: LoanChange, verb: str) -> Refusal:
    """The refusal of an act for which the change's stage is the wrong one."""
    return MoveNotOpen(subject="loan_change", verb=verb, stage=str(change.stage), open_from="")


def propose_row(
    session: Session, loan: Loan, asked: Asked, effect: Effect, *, reason: str, by: Actor, on: date
) -> LoanChange:
    """The row of a change that is asked for; whoever writes it also writes the journal."""
    facts: dict[str, Any] = asdict(asked)
    for name, value in facts.items():
        if isinstance(value, dict):  # a Money or a Rate of one number
            facts[name] = next(iter(value.values()))
    change = LoanChange.model_validate(
        {
            "number": next_number(session, Series.CHANGE, on),
            "loan_id": loan.key,
            "kind": KIND_OF[type(asked)],
            "asked": facts,
            "effect": effect.facts(),
            "reason": reason,
            "proposed_on": on,
            "proposed_by": by.user_id,
            "rate_before": loan.rate,
            "end_before": loan.matures_on,
            "rules_version": rules_in_force(session, ServicingRules, on).version,
        }
    )
    session.add(change)
    session.flush()
    return change


def _paid(session: Session, loan: Loan, amount: Money, on: date) -> Paid:
    if amount <= ZERO:
        raise AmountNotAboveNought(field="amount", amount=amount)
    used = servicing.use_of(session, loan, amount, on=on)
    if not used.early:
        raise NothingPrepaid(loan=loan.number, amount=amount, due=total(paid for _, paid in used.parts))
    principal = used.paid(DueKind.PRINCIPAL)
    return Paid(
        principal_due=principal,
        interest=total(paid for _, paid in used.parts) - principal,
        early=used.early,
        fee=used.costs,
        surplus=used.surplus,
    )


def _price_extended(session: Session, loan: Loan, account: Account, months: int, rules: ServicingRules) -> Rate:
    """The contract's rate, or that of the longer quotation where the whole term outgrows the shorter one (LOAN-25)."""
    contract, on = account.contract, account.on
    if months < 1:
        raise ChangeNotPossible(field="months", end_on=contract.end_on)
    if on >= loan.matures_on:
        raise ExtensionTooLate(loan=loan.number, matures_on=loan.matures_on, on=on)
    if loan.oldest_unpaid is not None:
        raise ExtensionInArrears(loan=loan.number, since=loan.oldest_unpaid)
    signed_until = original_end(session, loan)
    term, odd = months_and_days(contract.start_on, signed_until)
    original = max(term + bool(odd), 1)
    longest = longest_extension_months(
        original,
        short=rules.extension_short,
        medium=rules.extension_medium,
        long_months=rules.extension_long_months,
    )
    so_far = extended_months(session, loan)
    left = extension_left(so_far, longest=longest)
    if months > left:
        raise ExtensionTooLong(loan=loan.number, asked=months, left=left, so_far=so_far, longest=longest)
    before = months_and_days(contract.start_on, contract.end_on)[0]
    after = months_and_days(contract.start_on, later_end(contract, months))[0]
    if before <= ONE_YEAR_QUOTE_UP_TO_MONTHS < after:
        return lpr_in_force(lpr_quotes(session, on), on).for_term(after).plus_basis_points(contract.spread_bp)
    return contract.rate


def _refuse_restructuring(loan: Loan, account: Account, asked: Restructuring, rules: ServicingRules) -> None:
    if asked.months < 0 or asked.grace_months < 0:
        raise ChangeNotPossible(field="months", end_on=account.contract.end_on)
    if asked.capitalise and (loan.non_accrual or not rules.capitalise_interest):
        raise CapitalisationNotAllowed(loan=loan.number, rules=rules.version)
    if asked.rate is not None:
        _refuse_off_the_grid(account.contract, asked.rate)
        if asked.rate.ppm > account.contract.rate.ppm:
            raise RateNotLower(loan=loan.number, rate=account.contract.rate, asked=asked.rate)


def _refuse_off_the_grid(contract: Contract, rate: Rate) -> None:
    if rate.ppm < 0 or (rate.ppm - contract.lpr.ppm) % PPM_PER_BASIS_POINT:
        raise RateOffTheGrid(field="rate", rate=rate, lpr=contract.lpr)


def _keep_effect(session: Session, loan: Loan, change: LoanChange, effect: Effect, *, on: date) -> None:
    change.effect = effect.facts()
    change.effective_on = on
    change.rate_before, change.end_before = loan.rate, loan.matures_on
    change.rate_after, change.end_after = effect.terms.rate, effect.terms.end_on
    change.capitalised, change.waived = effect.capitalised, effect.waived
    if effect.observed is not None:
        change.observed_from, change.observed_until = effect.observed
    session.add(change)


def _agree(session: Session, loan: Loan, terms: Contract) -> None:
    """The contract, and the loan beside it, speak of the new terms."""
    contract = contract_of(session, loan)
    for name in ("rate", "lpr", "lpr_published", "method", "settle_freq", "settle_day", "plan", "end_on"):
        if getattr(contract, name) != getattr(terms, name):
            setattr(contract, name, getattr(terms, name))
    loan.rate, loan.matures_on = terms.rate, terms.end_on
    session.add_all([contract, loan])
    session.flush()


def _follow_end(session: Session, loan: Loan) -> None:
    """The guarantee's period is counted from the loan's last day, which its guarantor has agreed to (GUA-19)."""
    cover = loan_account.guarantee_of(session, loan)
    if cover is not None and cover.stage is GuaranteeStage.IN_FORCE:
        cover.ends_on = add_months(loan.matures_on, cover.period_months)
        session.add(cover)
        session.flush()


def _book_restructuring(
    session: Session, loan: Loan, change: LoanChange, effect: Effect, *, by: Actor, on: date, at: datetime
) -> None:
    if loan.non_accrual:
        key = f"cleared:{change.number}"
        clear_suspended(session, loan, effect.waived, key=key, by=by, on=on, at=at)
        return
    book(
        session,
        "debt_restructured",
        key=f"restructured:{change.number}",
        cause=f"{change.number} {loan.number}",
        amounts={
            "amount": effect.capitalised + effect.waived,
            "capitalised": effect.capitalised,
            "waived": effect.waived,
        },
        parts={"loan": loan.number, "product": loan.product.value},
        by=by,
        on=on,
        at=at,
    )


def _release(session: Session, loan: Loan, change: LoanChange, *, by: Actor, on: date, at: datetime) -> None:
    """Give back the pledges that the restructuring names by their registration numbers."""
    named = set(change.asked.get("released", ()))
    for pledge in standing_pledges(session, loan):
        if pledge.registration_number in named:
            pledge.released_on = on
            session.add(pledge)
            moves.note(session, pledge, "release", by=by, on=on, at=at, reason=change.number, case=moves.case_of(loan))


def _written(session: Session, loan: Loan, effect: Effect) -> int | None:
    """The number of the plan that was written. BrokenInvariant if it is not the one that was shown."""
    lines = [line for line in live_lines(session, loan) if line.period_end > effect.on]
    wanted = [
        (line.number, line.due_on, line.payable_on, line.principal_fen, line.interest_fen) for line in effect.lines
    ]
    written = [(line.number, line.due_on, line.payable_on, line.principal.fen, line.interest.fen) for line in lines]
    if loan.stage.owed and written != wanted:
        raise BrokenInvariant("a change did something else than it showed", loan=loan.number)
    return lines[0].plan if lines else None
