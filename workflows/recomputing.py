"""A fact of an earlier day is heard of today: the loan is walked through anew, and the difference is booked today.

What the days and the counter have done stays as it was booked: blocks and entries are never rewritten. Before anything
is corrected, the walk through the facts known so far has to end where the loan stands now, to the fen and to the
remainder; a loan on which more happened than these facts tell (a bridge, a guarantor's payment) is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.lending.ageing import CLASSES, ClassReason, FiveClass
from models.lending.allocation import DueKind
from models.lending.facts import Fact
from models.lending.history import Account, Line, NotReplayable, walk
from models.lending.terms import TermsNotValid
from models.loan import ClassChange, Instalment, Loan, Receipt, ReceiptPart
from models.loan_facts import LoanAdjustment
from models.policies.rules import ServicingRules
from models.queries.loan_course import REVERSED, agreement_of, facts_of, loan_rules
from models.queries.rules import calendar, rules_in_force
from models.refusals import BrokenInvariant, Refusal
from models.roles import SYSTEM, Actor
from models.values.money import Money
from models.values.rate import Rate
from workflows import loan_account
from workflows.booking import book
from workflows.classifying import Change, keep_changes
from workflows.replanning import ContractPlanner
from workflows.settling import settle_loan


class HistoryNotReplayable(Refusal):
    """More happened to the loan than its dated facts tell, so nothing of an earlier day can be put in between."""


class FactNotPossible(Refusal):
    """With this fact the others cannot have happened as they did; `why` is a word for what is the matter."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What was heard of late: its kind, its name for people, its own day, and the key of the correcting event."""

    kind: str
    name: str
    value_on: date
    key: str


def course(session: Session, loan: Loan, morning: date, facts: Iterable[Fact] | None = None) -> Account:
    """How the loan stands on a morning by the facts known now (or those handed in). Refuses with FactNotPossible."""
    days, rule = calendar(session), rules_in_force(session, ServicingRules, morning).roll
    planner = ContractPlanner(loan_account.contract_of(session, loan), lambda day: days.rolled(day, rule))
    known = facts_of(session, loan) if facts is None else facts
    try:
        return walk(agreement_of(session, loan), loan_rules(session), known, planner, morning=morning)
    except NotReplayable as broken:
        raise FactNotPossible(loan=loan.number, why=broken.reason, day=broken.on) from None
    except TermsNotValid as wrong:
        raise FactNotPossible(loan=loan.number, why=wrong.field, day=morning) from None


def standing(session: Session, loan: Loan, on: date) -> Account:
    """The walk through the facts known so far, after it was seen to end where the loan stands this morning.

    Refuses with HistoryNotReplayable, and as the account does when days are missing.
    """
    loan_account.check_day(session, loan, on)
    try:
        account = course(session, loan, on)
    except FactNotPossible:
        raise HistoryNotReplayable(loan=loan.number) from None
    if _stands(session, loan) != _walked(account):
        raise HistoryNotReplayable(loan=loan.number)
    return account


def adopt(
    session: Session,
    loan: Loan,
    before: Account,
    after: Account,
    cause: Cause,
    *,
    cash: Money,
    by: Actor,
    on: date,
    at: datetime,
) -> LoanAdjustment | None:
    """Let the loan stand where the walk with the new fact ends, and book the difference; none if there is none.

    `cash` is what the caller books into `bank.unapplied` for the fact itself, below nought for money that goes.
    """  # fmt: skip
    _keep_receipts(session, loan, after, _keep_lines(session, loan, after))
    _book(session, loan, before, after, cause, cash, by=by, on=on, at=at)
    meter = loan_account.meter_of(session, loan)
    meter.interest_fen, meter.penalty_fen, meter.compound_fen = after.interest, after.penalty, after.compound
    meter.penalty_rest, meter.compound_rest = after.penalty_rest, after.compound_rest
    meter.days_past_due = after.days_past_due
    session.add(meter)
    loan.outstanding, loan.rate = Money(after.outstanding), Rate(after.rates.contract)
    loan.non_accrual = after.suspended
    _keep_class(session, loan, after, by=by, on=on, at=at)
    loan_account.follow(session, loan, on=on, by=by, at=at)
    row = _adjustment(session, loan, before, after, cause, by=by, on=on, at=at)
    if after.ended_on is not None and loan.stage.owed:
        settle_loan(session, loan=loan, by=by, on=on, at=at)
    return row


def _stands(session: Session, loan: Loan) -> tuple[object, ...]:
    meter = loan_account.meter_of(session, loan)
    lines = loan_account.live_lines(session, loan)
    over = session.exec(select(Receipt).where(Receipt.loan_id == loan.key)).all()
    return (
        loan.outstanding.fen, loan.disbursed.fen, loan.rate.ppm, loan.five_class.rank, loan.non_accrual,
        meter.interest_fen, meter.penalty_fen, meter.compound_fen, meter.penalty_rest, meter.compound_rest,
        sum(one.surplus.fen for one in over),
        sorted(
            (one.period_start, one.period_end, one.payable_on, (one.principal - one.principal_paid).fen,
             (one.interest - one.interest_paid).fen)
            for one in lines if one.unpaid
        ),
    )  # fmt: skip


def _walked(account: Account) -> tuple[object, ...]:
    return (
        account.outstanding, account.disbursed, account.rates.contract, account.rank, account.suspended,
        account.interest, account.penalty, account.compound, account.penalty_rest, account.compound_rest,
        account.unapplied,
        sorted(
            (one.period_start, one.period_end, one.payable_on, one.principal_fen - one.principal_paid,
             one.interest_fen - one.interest_paid)
            for one in account.lines if one.live and one.unpaid
        ),
    )  # fmt: skip


# --- rows ---

_Shape = tuple[int, date, date, date, date, int, int, int, int]


def _shape(row: Instalment) -> _Shape:
    return (
        row.number, row.period_start, row.period_end, row.due_on, row.payable_on, row.balance_before.fen,
        row.principal.fen, row.interest.fen, row.brought.fen,
    )  # fmt: skip


def _shape_of(line: Line) -> _Shape:
    return (
        line.number, line.period_start, line.period_end, line.due_on, line.payable_on, line.balance_fen,
        line.principal_fen, line.interest_fen, line.brought_fen,
    )  # fmt: skip


def _keep_lines(session: Session, loan: Loan, after: Account) -> dict[Line, Instalment]:
    """Lines that are the same stay the rows they were; others are written as new plans, and what is in force no more
    stays to be read. Returns the row of each line."""
    kept: dict[Line, Instalment] = {}
    rows = session.exec(select(Instalment).where(Instalment.loan_id == loan.key).order_by(col(Instalment.id))).all()
    free: dict[_Shape, list[Instalment]] = {}
    for row in sorted(rows, key=lambda row: row.live):  # rows in force are taken first
        free.setdefault(_shape(row), []).append(row)
    last = max((row.plan for row in rows), default=0)
    for line in sorted(after.lines, key=lambda line: not line.live):
        same = free.get(_shape_of(line))
        row = same.pop() if same else _new_row(loan, line, last + line.plan)
        row.live = line.live
        row.principal_paid, row.interest_paid = Money(line.principal_paid), Money(line.interest_paid)
        row.settled_on = line.settled_on
        session.add(row)
        kept[line] = row
    for left in free.values():
        for row in left:
            if row.live:
                row.live = False
                session.add(row)
    session.flush()
    return kept


def _new_row(loan: Loan, line: Line, plan: int) -> Instalment:
    return Instalment.model_validate(
        {
            "loan_id": loan.key,
            "plan": plan,
            "number": line.number,
            "period_start": line.period_start,
            "period_end": line.period_end,
            "due_on": line.due_on,
            "payable_on": line.payable_on,
            "balance_before": Money(line.balance_fen),
            "principal": Money(line.principal_fen),
            "interest": Money(line.interest_fen),
            "brought": Money(line.brought_fen),
        }
    )


def _keep_receipts(session: Session, loan: Loan, after: Account, rows: Mapping[Line, Instalment]) -> None:
    """What each receipt settled and has over; the events of the counter still say what was thought at the time."""
    receipts = session.exec(select(Receipt).where(Receipt.loan_id == loan.key)).all()
    ids = [receipt.key for receipt in receipts]
    parts = session.exec(select(ReceiptPart).where(col(ReceiptPart.receipt_id).in_(ids))).all()
    stored: dict[int, list[tuple[int | None, DueKind, int]]] = {key: [] for key in ids}
    for part in parts:
        stored[part.receipt_id].append((part.instalment_id, part.kind, part.amount.fen))
    for receipt in receipts:
        if receipt.kind == REVERSED:
            continue
        found = [
            (rows[part.line].key if part.line is not None else None, part.kind, part.fen)
            for part in after.parts.get(receipt.bank_ref, [])
        ]
        receipt.surplus = Money(after.surplus.get(receipt.bank_ref, 0))
        session.add(receipt)
        if found == stored[receipt.key]:
            continue
        session.execute(delete(ReceiptPart).where(col(ReceiptPart.receipt_id) == receipt.key))
        for instalment_id, kind, fen in found:
            session.add(
                ReceiptPart.model_validate(
                    {"receipt_id": receipt.key, "instalment_id": instalment_id, "kind": kind, "amount": Money(fen)}
                )
            )
    session.flush()


def _keep_class(session: Session, loan: Loan, after: Account, *, by: Actor, on: date, at: datetime) -> None:
    """The class that the walk gives, and whether the days may lift it: a special mention that a person or diverted use
    put there stays until a person lifts it, and the history says so by naming him."""
    source, target = loan.five_class, CLASSES[after.rank]
    last = session.exec(
        select(ClassChange).where(ClassChange.loan_id == loan.key).order_by(col(ClassChange.id).desc()).limit(1)
    ).first()
    held = last is not None and last.actor_id != SYSTEM.user_id and source is FiveClass.SPECIAL_MENTION
    if target is source and (target is not FiveClass.SPECIAL_MENTION or held == after.held):
        return
    change = Change(loan.key, source, target, after.days_past_due, _reasons(after, source, target))
    keep_changes(session, (change,), on=on, by=by if after.held else SYSTEM, at=at)
    loan.five_class = target


def _reasons(after: Account, source: FiveClass, target: FiveClass) -> tuple[ClassReason, ...]:
    if after.held:
        return (ClassReason.DIVERTED,) if after.diverted else (ClassReason.ANALYST_VIEW, ClassReason.ARREARS_PAID)
    if not after.rates.contract and target is FiveClass.LOSS:
        return (ClassReason.BANKRUPT,)
    return (ClassReason.ARREARS_PAID if target.rank < source.rank else ClassReason.DAYS_PAST_DUE,)


# --- books ---


def _book(
    session: Session,
    loan: Loan,
    before: Account,
    after: Account,
    cause: Cause,
    cash: Money,
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    """One balanced event: every account of the loan goes from where it was to where the walk leaves it."""
    moved = {
        "principal": after.outstanding - before.outstanding,
        "receivable": _receivable(after) - _receivable(before),
        "unapplied": after.unapplied - before.unapplied - cash.fen,
        "interest": after.interest_income - before.interest_income,
        "penalty": after.penalty_income - before.penalty_income,
        "fees": after.fee_income - before.fee_income,
        "noted": _noted(after) - _noted(before),
    }
    if moved["principal"] + moved["receivable"] != sum(
        moved[name] for name in ("unapplied", "interest", "penalty", "fees")
    ):
        raise BrokenInvariant("a walk that does not balance", loan=loan.number, moved=moved)
    amounts = {f"{name}_up": Money(max(fen, 0)) for name, fen in moved.items()}
    amounts |= {f"{name}_down": Money(max(-fen, 0)) for name, fen in moved.items()}
    parts = {"loan": loan.number, "product": loan.product.value}
    book(session, "loan_adjusted", key=cause.key, cause=f"{cause.name} {loan.number}", amounts=amounts, parts=parts,
         by=by, on=on, at=at)  # fmt: skip


def _receivable(account: Account) -> int:
    return 0 if account.suspended else account.interest + account.penalty + account.compound


def _noted(account: Account) -> int:
    return account.interest + account.penalty + account.compound if account.suspended else 0


def _adjustment(
    session: Session, loan: Loan, before: Account, after: Account, cause: Cause, *, by: Actor, on: date, at: datetime
) -> LoanAdjustment | None:
    interest, penalty, compound = (
        _charged(after, kind) - _charged(before, kind) for kind in (DueKind.INTEREST, DueKind.PENALTY, DueKind.COMPOUND)
    )
    principal = after.outstanding - before.outstanding
    if not (interest or penalty or compound or principal):
        return None
    row = LoanAdjustment.model_validate(
        {
            "loan_id": loan.key,
            "kind": cause.kind,
            "cause": cause.name,
            "value_on": cause.value_on,
            "booked_on": on,
            "interest_fen": interest,
            "penalty_fen": penalty,
            "compound_fen": compound,
            "principal_fen": principal,
            "event_key": cause.key,
            "actor_id": by.user_id,
            "at": at,
        }
    )
    session.add(row)
    session.flush()
    return row


def _charged(account: Account, kind: DueKind) -> int:
    """What was charged over the loan's life: what is unpaid, and what payments have settled of it."""
    unpaid = {
        DueKind.INTEREST: account.interest, DueKind.PENALTY: account.penalty, DueKind.COMPOUND: account.compound
    }[kind]  # fmt: skip
    return unpaid + sum(part.fen for parts in account.parts.values() for part in parts if part.kind is kind)
