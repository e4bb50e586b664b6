"""Loans in lists, one loan's whole story, its schedule, receipts and daily accruals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import ledger
from models.application import Product
from models.books.chart import ACCOUNTS
from models.firm import Firm
from models.journal import JournalLine
from models.lending.ageing import CLASSES, FiveClass, days_past_due
from models.lending.blocks import LoanDay
from models.loan import ClassChange, Instalment, Loan, Receipt, ReceiptPart
from models.loan_facts import LoanAdjustment
from models.queries.day_lines import lines_of
from models.queries.loan_course import adjustments_of
from models.refusals import NotThere
from models.states.loan import LoanStage
from models.talent import Talent
from models.values.money import Money
from models.values.rate import Rate

PAGE = 50
OWED = tuple(stage for stage in LoanStage if stage.owed)
NON_PERFORMING = tuple(five_class for five_class in CLASSES if five_class.non_performing)


@dataclass(frozen=True, slots=True)
class LoanLine:
    """A loan in a list. `oldest_unpaid` is the payable day of the oldest due that is late; `days_past_due` of `on`."""

    id: int
    number: str
    firm_id: int
    firm: str
    talent_id: int
    talent: str
    product: Product
    district: str
    industry: str
    level: str
    amount: Money
    outstanding: Money
    rate: Rate
    opened_on: date | None
    matures_on: date
    stage: LoanStage
    five_class: FiveClass
    oldest_unpaid: date | None
    synthetic: bool
    label: str

    def days_past_due(self, on: date) -> int:
        """Days since the oldest unpaid due day."""
        return days_past_due(self.oldest_unpaid, on)


_COLUMNS: tuple[Any, ...] = (
    Loan.id,
    Loan.number,
    Loan.firm_id,
    col(Firm.name).label("firm"),
    Loan.talent_id,
    col(Talent.name).label("talent"),
    Loan.product,
    Loan.district,
    Loan.industry,
    Loan.level,
    Loan.amount,
    Loan.outstanding,
    Loan.rate,
    Loan.opened_on,
    Loan.matures_on,
    Loan.stage,
    Loan.five_class,
    Loan.oldest_unpaid,
    Loan.synthetic,
    Loan.label,
)

SORTS: dict[str, Any] = {
    "number": Loan.number,
    "matures_on": Loan.matures_on,
    "outstanding": Loan.outstanding,
    "amount": Loan.amount,
    "rate": Loan.rate,
    "opened_on": Loan.opened_on,
    "oldest_unpaid": Loan.oldest_unpaid,
    "firm": Firm.name_sort,
    "talent": Talent.name_sort,
}
"""What a list may be sorted by; a minus in front turns the order."""


def loan_rows(
    session: Session,
    *,
    stage: LoanStage | None = None,
    owed: bool | None = None,
    five_class: FiveClass | None = None,
    non_performing: bool | None = None,
    overdue: bool | None = None,
    text: str = "",
    district: str | None = None,
    industry: str | None = None,
    level: str | None = None,
    product: Product | None = None,
    firm_id: int | None = None,
    talent_id: int | None = None,
    matures_from: date | None = None,
    matures_until: date | None = None,
    sort: str = "matures_on",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[LoanLine], int]:
    """A page of loans and how many there are in all, filtered, sorted and counted by the database.

    `text` looks for a number by its beginning and for a firm or talent by any part of the name; an unknown `sort` is
    read as `matures_on`. The order is stable: what sorts equal follows its id.
    """
    conditions: list[sa.ColumnElement[bool]] = []
    asked: tuple[tuple[Any, object], ...] = (
        (Loan.stage, stage),
        (Loan.five_class, five_class),
        (Loan.district, district),
        (Loan.industry, industry),
        (Loan.level, level),
        (Loan.product, product),
        (Loan.firm_id, firm_id),
        (Loan.talent_id, talent_id),
    )
    for column, value in asked:
        if value is not None:
            conditions.append(column == value)
    if owed is not None:
        conditions.append(col(Loan.stage).in_(OWED) if owed else col(Loan.stage).not_in(OWED))
    if non_performing is not None:
        bad = sa.and_(col(Loan.five_class).in_(NON_PERFORMING), col(Loan.stage).in_(OWED))
        conditions.append(bad if non_performing else sa.not_(bad))
    if overdue is not None:
        late = col(Loan.oldest_unpaid).is_not(None)
        conditions.append(late if overdue else sa.not_(late))
    if matures_from is not None:
        conditions.append(col(Loan.matures_on) >= matures_from)
    if matures_until is not None:
        conditions.append(col(Loan.matures_on) <= matures_until)
    if text.strip():
        conditions.append(_named(text.strip()))
    total = session.exec(select(sa.func.count()).select_from(Loan).where(*conditions)).one()
    query = _lines().where(*conditions).order_by(*_order(sort)).limit(limit).offset(offset)
    return [LoanLine(*row) for row in session.execute(query)], int(total)


def _lines() -> sa.Select[Any]:
    query: sa.Select[Any] = sa.select(*_COLUMNS)
    query = query.join(Firm, col(Firm.id) == col(Loan.firm_id))
    return query.join(Talent, col(Talent.id) == col(Loan.talent_id))


def _order(sort: str) -> tuple[Any, ...]:
    name, down = sort.lstrip("-"), sort.startswith("-")
    column = col(SORTS.get(name, Loan.matures_on))
    tie = col(Loan.id)
    # Loans without arrears, or not opened yet, come last either way; both engines are told so, for they differ.
    nulls = (column.is_(None),) if name in ("oldest_unpaid", "opened_on") else ()
    return (*nulls, column.desc() if down else column.asc(), tie.desc() if down else tie.asc())


def _named(text: str) -> sa.ColumnElement[bool]:
    firms = sa.select(col(Firm.id)).where(col(Firm.name).contains(text, autoescape=True))
    talents = sa.select(col(Talent.id)).where(col(Talent.name).contains(text, autoescape=True))
    return sa.or_(
        col(Loan.number).startswith(text.upper(), autoescape=True),
        col(Loan.firm_id).in_(firms),
        col(Loan.talent_id).in_(talents),
    )


def maturing(session: Session, until: date) -> list[LoanLine]:
    """The loans that the bank holds and that mature by a day, those already past it included, the nearest first."""
    query = _lines().where(col(Loan.stage).in_(OWED), col(Loan.matures_on) <= until)
    return [LoanLine(*row) for row in session.execute(query.order_by(col(Loan.matures_on), col(Loan.id)))]


def loan_by_number(session: Session, number: str) -> Loan:
    """The loan with this number; refuses with NotThere."""
    loan = session.exec(select(Loan).where(Loan.number == number)).one_or_none()
    if loan is None:
        raise NotThere(what=number)
    return loan


def instalments_of(session: Session, loan: Loan, *, live: bool = True) -> list[Instalment]:
    """The lines of a loan's schedule in force, in order; with `live=False` those of earlier plans as well."""
    query = select(Instalment).where(Instalment.loan_id == loan.key)
    if live:
        query = query.where(col(Instalment.live))
    return list(session.exec(query.order_by(col(Instalment.plan), col(Instalment.number))))


def receipts_of(session: Session, loan: Loan) -> list[tuple[Receipt, list[ReceiptPart]]]:
    """What came in for a loan and what each receipt settled, the oldest first."""
    receipts = list(session.exec(select(Receipt).where(Receipt.loan_id == loan.key).order_by(col(Receipt.id))))
    parts: dict[int, list[ReceiptPart]] = {receipt.key: [] for receipt in receipts}
    for part in session.exec(
        select(ReceiptPart).where(col(ReceiptPart.receipt_id).in_(parts)).order_by(col(ReceiptPart.id))
    ):
        parts[part.receipt_id].append(part)
    return [(receipt, parts[receipt.key]) for receipt in receipts]


def class_changes_of(session: Session, loan: Loan) -> list[ClassChange]:
    """How a loan's class changed, the oldest first (CLS-15)."""
    return list(session.exec(select(ClassChange).where(ClassChange.loan_id == loan.key).order_by(col(ClassChange.id))))


def accruals_of(
    session: Session, loan: Loan, *, since: date | None = None, until: date | None = None
) -> list[tuple[date, LoanDay]]:
    """What accrued on a loan day by day, read from its partition's blocks; only days on which the bank held it."""
    return list(lines_of(session, loan, since=since, until=until))


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of a loan's story.

    `kind` is `move` (of the journal), `receipt`, `class`, `correction` or `posting`; `what` the verb, the receipt's
    number, the new class, the kind of fact heard of late or the event's name in the postings table; `subject` the life it belongs to, or the event's key. `facts` carry
    what else the reader wants to see: reason, stages, parts of a receipt.
    """

    on: date
    at: datetime
    kind: str
    what: str
    subject: str
    actor_id: int
    actor: str = ""
    amount: Money | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def loan_story(session: Session, loan: Loan) -> list[StoryLine]:
    """Everything that happened around a loan from the application on, in the order in which it was done."""
    lines = [*_moves(session, loan), *_classes(session, loan)]
    booked = _postings(session, loan)
    taken = {line.subject: line for line in booked}
    for receipt, parts in receipts_of(session, loan):
        event = taken.get(f"receipt:{receipt.number}")
        if event is None:
            continue
        settled = [(part.kind, part.amount) for part in parts]
        facts = {"bank_ref": receipt.bank_ref, "kind": receipt.kind, "surplus": receipt.surplus, "parts": settled}
        lines.append(
            StoryLine(
                receipt.received_on, event.at, "receipt", receipt.number, event.subject, receipt.taken_by, "",
                receipt.amount, facts,
            )
        )  # fmt: skip
    corrected = adjustments_of(session, loan)
    told = {row.event_key for row in corrected}
    lines += [_correction(row) for row in corrected]
    taken_in = ("receipt_taken", "receipt_allocated", "loose_receipt_assigned")
    lines += [line for line in booked if line.what not in taken_in and line.subject not in told]
    return sorted(lines, key=lambda line: line.at)


def _correction(row: LoanAdjustment) -> StoryLine:
    facts = {
        "cause": row.cause,
        "value_on": row.value_on,
        "deltas": (row.interest_fen, row.penalty_fen, row.compound_fen, row.principal_fen),
    }
    return StoryLine(row.booked_on, row.at, "correction", row.kind, row.event_key, row.actor_id, "", None, facts)


def _moves(session: Session, loan: Loan) -> list[StoryLine]:
    query = select(JournalLine).where(JournalLine.case == f"application:{loan.application_id}")
    return [
        StoryLine(
            line.on, line.at, "move", line.verb, line.subject, line.actor_id, line.actor_name, None,
            {"source": line.source, "target": line.target, "role": line.role, "reason": line.reason,
             "subject_id": line.subject_id},
        )
        for line in session.exec(query.order_by(col(JournalLine.id)))
    ]  # fmt: skip


def _classes(session: Session, loan: Loan) -> list[StoryLine]:
    return [
        StoryLine(
            change.on, change.at, "class", change.target, "loan", change.actor_id, "", None,
            {"source": change.source, "days_past_due": change.days_past_due, "reasons": change.reasons},
        )
        for change in class_changes_of(session, loan)
    ]  # fmt: skip


_EVENT_COLUMNS = ("id", "key", "cause", "day", "booked_at", "actor", "reverses")
_BY_LOAN = [account.id for account in ACCOUNTS if account.by == "loan"]


def _postings(session: Session, loan: Loan) -> list[StoryLine]:
    """The events with a leg under the loan's number, each with its largest amount there."""
    legs, entries, events, accounts = ledger.leg, ledger.entry, ledger.event, ledger.account
    query = (
        sa.select(
            events.c.key,
            ledger.kind.c.name.label("kind"),
            events.c.cause,
            events.c.day,
            events.c.booked_at,
            events.c.actor,
            events.c.reverses,
            sa.func.max(sa.func.abs(legs.c.amount)).label("amount"),
        )
        .select_from(accounts)
        .join(legs, legs.c.account_id == accounts.c.id)
        .join(entries, entries.c.id == legs.c.entry_id)
        .join(events, events.c.id == entries.c.event_id)
        .join(ledger.kind, ledger.kind.c.id == events.c.kind_id)
        .where(accounts.c.control_id.in_(_BY_LOAN), accounts.c.part == loan.number)
        .group_by(ledger.kind.c.name, *(events.c[name] for name in _EVENT_COLUMNS))
        .order_by(events.c.id)
    )
    return [
        StoryLine(
            ledger.day_of(row.day), ledger.moment_of(row.booked_at), "posting", row.kind, row.key, row.actor, "",
            Money(int(row.amount)), {"cause": row.cause, "reverses": row.reverses or ""},
        )
        for row in session.connection().execute(query)
    ]  # fmt: skip
