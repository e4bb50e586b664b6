"""The movements of the bank's cash account: each event once, with the references and names under which a bank knows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models import ledger
from models.banking.matching import Booked
from models.books.chart import CHART
from models.bridge import Bridge
from models.firm import Firm
from models.loan import Loan, PayOut, Receipt
from models.statement import StatementMatchPart
from models.values.money import Money

CASH = "bank.cash"
_NUMBER = re.compile(r"TB[A-Z]-\d{4}-\d{4,}")
_RECEIPTS = ("receipt", "recovery")


@dataclass(frozen=True, slots=True)
class Movement:
    """One event on `bank.cash`: `amount` is above nought for money in. `match_id` if a line of a statement is it."""

    event_id: int
    key: str
    kind: str
    cause: str
    on: date
    amount: Money
    reverses: str = ""
    match_id: int | None = None
    ref: str = ""
    names: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()

    def booked(self, undoes: int | None) -> Booked:
        """The movement as the rules of matching take it."""
        return Booked(self.event_id, self.on, self.amount.fen, self.ref, self.names, self.numbers, undoes)


def movements(
    session: Session,
    *,
    since: date | None = None,
    until: date | None = None,
    events: Sequence[int] | None = None,
    unmatched: bool = False,
) -> list[Movement]:
    """Movements between two business days, or those of some events, the oldest first."""
    event, legs, entries = ledger.event, ledger.leg, ledger.entry
    part = StatementMatchPart
    query = (
        sa.select(
            event.c.id, event.c.key, event.c.cause, event.c.day, event.c.reverses, ledger.kind.c.name.label("kind"),
            col(part.match_id), sa.func.sum(legs.c.amount).label("fen"),
        )
        .select_from(legs)
        .join(entries, entries.c.id == legs.c.entry_id)
        .join(event, event.c.id == entries.c.event_id)
        .join(ledger.kind, ledger.kind.c.id == event.c.kind_id)
        .outerjoin(part, col(part.event_id) == event.c.id)
        .where(legs.c.account_id == CHART[CASH].id)
        .group_by(event.c.id, event.c.key, event.c.cause, event.c.day, event.c.reverses, ledger.kind.c.name,
                  col(part.match_id))
        .having(sa.func.sum(legs.c.amount) != 0)
        .order_by(event.c.day, event.c.id)
    )  # fmt: skip
    if since is not None:
        query = query.where(event.c.day >= ledger.day_number(since))
    if until is not None:
        query = query.where(event.c.day <= ledger.day_number(until))
    if events is not None:
        query = query.where(event.c.id.in_(list(events)))
    if unmatched:
        query = query.where(col(part.match_id).is_(None))
    found = [
        Movement(
            row.id, row.key, row.kind, row.cause, ledger.day_of(row.day), Money(int(row.fen)), row.reverses or "",
            row.match_id,
        )
        for row in session.connection().execute(query)
    ]  # fmt: skip
    return _known_as(session, found)


def event_ids(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """The events of some keys: key to id."""
    event = ledger.event
    query = sa.select(event.c.key, event.c.id).where(event.c.key.in_(list(keys)))
    return {key: number for key, number in session.connection().execute(query)}


def booked_of(session: Session, found: Sequence[Movement]) -> list[Booked]:
    """Movements as the rules take them, each tied to the one that it reverses."""
    ids = event_ids(session, [one.reverses for one in found if one.reverses])
    return [one.booked(ids.get(one.reverses)) for one in found]


def _known_as(session: Session, found: Sequence[Movement]) -> list[Movement]:
    """The same movements with their bank references, names and numbers."""
    heads = {one.event_id: _origin(one).split(":") for one in found}
    numbers = {part for parts in heads.values() for part in parts[1:2]}
    facts = _receipts(session, numbers) | _pay_outs(session, numbers)
    bridges = {row.number: row for row in _rows(session, Bridge, numbers)}
    told = []
    for one in found:
        kind, *rest = heads[one.event_id]
        ref = ""
        names: tuple[str, ...] = ()
        if kind in (*_RECEIPTS, "refund", "pay_out") and rest and rest[0] in facts:
            ref, names = facts[rest[0]]
            ref = "" if kind == "refund" else ref  # money paid back goes out under a reference of its own
        elif kind == "bridge" and rest and rest[0] in bridges:
            ref = bridges[rest[0]].paid_ref or ""
        elif kind == "bridge_returned" and rest and rest[0] in bridges:
            ref = bridges[rest[0]].returned_ref or ""
        elif kind == "recover" and len(rest) > 1:
            ref = rest[1]
        told.append(replace(one, ref=ref, names=names, numbers=frozenset(_NUMBER.findall(f"{one.key} {one.cause}"))))
    return told


def _origin(one: Movement) -> str:
    return one.reverses or one.key


def _rows(session: Session, noun: type[Bridge], numbers: Iterable[str]) -> Sequence[Bridge]:
    return session.exec(select(noun).where(col(noun.number).in_(list(numbers)))).all()


def _receipts(session: Session, numbers: Iterable[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    query = (
        select(Receipt.number, Receipt.bank_ref, Firm.name)
        .join(Loan, col(Loan.id) == col(Receipt.loan_id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(col(Receipt.number).in_(list(numbers)))
    )
    return {number: (ref, (name,)) for number, ref, name in session.exec(query)}


def _pay_outs(session: Session, numbers: Iterable[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    query = (
        select(PayOut.number, PayOut.bank_ref, PayOut.payee, Firm.name)
        .join(Loan, col(Loan.id) == col(PayOut.loan_id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(col(PayOut.number).in_(list(numbers)))
    )
    return {number: (ref or "", (payee, name)) for number, ref, payee, name in session.exec(query)}
