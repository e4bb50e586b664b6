"""Where the money of a pay-out went: passed on to the supplier in time (LOAN-07), or proved by the borrower (LOAN-06).

An entrusted payment leaves the borrower's account within `entrusted_days` working days, at the latest after
`entrusted_days_max`; what the borrower pays itself is proved within `own_use_days`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.firm import Firm
from models.loan import Contract, Loan, PayOut
from models.policies.rules import CreditRules, PrudenceRules
from models.queries.rules import calendar, rules_in_force
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.states.loan import LoanStage, PayOutStage
from models.tranche import PaymentUse, UseKind
from models.values.money import ZERO, Money, total
from models.watch import AlarmLevel, Signal
from workflows import watch
from workflows.given import in_order, past, said
from workflows.moves import note, require


class NotPaidOut(Refusal):
    """Nothing has gone on before the pay-out was made."""


class MoreThanPaidOut(BadInput):
    """More would have gone on than was paid out."""


class NotTheSupplier(BadInput):
    """An entrusted payment goes to the supplier whom the pay-out names, to nobody else."""


@dataclass(frozen=True, slots=True)
class OpenUse:
    """A pay-out of which not everything is shown to have gone on: how much is left, by when, at the very latest when."""

    pay_out: PayOut
    loan: str
    firm: str
    firm_id: int
    left: Money
    due_on: date
    last_on: date

    @property
    def kind(self) -> UseKind:
        """Passed on by the bank, or paid by the borrower itself."""
        return UseKind.ENTRUSTED if self.pay_out.entrusted else UseKind.OWN

    def late(self, on: date) -> bool:
        """Whether its day has passed."""
        return self.due_on < on

    def too_late(self, on: date) -> bool:
        """Whether the last day has passed that reasons of the borrower can excuse."""
        return self.last_on < on


def file_use(
    session: Session,
    *,
    pay_out: PayOut,
    paid_to: str,
    amount: Money,
    paid_on: date,
    proof: str,
    by: Actor,
    on: date,
    at: datetime,
) -> PaymentUse:
    """Note that money of a pay-out went on to somebody, with the bank's reference or the paper that proves it.

    Refuses with NotPaidOut, NotTheSupplier, MoreThanPaidOut, DateAhead, DatesReversed, FieldEmpty.
    """
    require(by, "payment_use.file", Role.LOAN_OFFICER, Role.DISBURSER)
    if pay_out.stage is not PayOutStage.PAID or pay_out.paid_on is None:
        raise NotPaidOut(pay_out=pay_out.number)
    paid_to = said(paid_to, "paid_to")
    if pay_out.entrusted and paid_to != pay_out.payee:
        raise NotTheSupplier(field="paid_to", given=paid_to, payee=pay_out.payee)
    in_order(pay_out.paid_on, past(paid_on, "gone_on", on=on), "gone_on")
    left = pay_out.amount - total(one.amount for one in uses_of(session, pay_out))
    if not ZERO < amount <= left:
        raise MoreThanPaidOut(field="amount", given=amount, left=left)
    row = PaymentUse.model_validate(
        {
            "pay_out_id": pay_out.key,
            "application_id": pay_out.application_id,
            "kind": UseKind.ENTRUSTED if pay_out.entrusted else UseKind.OWN,
            "paid_to": paid_to,
            "amount": amount,
            "paid_on": paid_on,
            "proof": said(proof, "proof"),
            "filed_by": by.user_id,
            "filed_on": on,
        }
    )
    session.add(row)
    note(session, row, "file", by=by, on=on, at=at, reason=row.proof)
    return row


def uses_of(session: Session, pay_out: PayOut) -> list[PaymentUse]:
    """Where the money of a pay-out went, in order."""
    query = select(PaymentUse).where(PaymentUse.pay_out_id == pay_out.key)
    return list(session.exec(query.order_by(col(PaymentUse.id))))


def open_uses(session: Session, on: date, *, since: date | None = None) -> list[OpenUse]:
    """Pay-outs of loans the bank holds of which not everything is shown to have gone on, the most urgent first.

    A renewed loan pays nobody but the loan before it, so it is not among them. `since` leaves only later pay-outs.
    """
    used = (
        sa.select(sa.func.coalesce(sa.func.sum(sa.type_coerce(col(PaymentUse.amount), sa.BigInteger)), 0))
        .where(col(PaymentUse.pay_out_id) == col(PayOut.id))
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (PayOut, col(Loan.number), col(Firm.name), col(Firm.id), used)
    query = (
        sa.select(*columns)
        .select_from(PayOut)
        .join(Loan, col(Loan.id) == col(PayOut.loan_id))
        .join(Contract, col(Contract.id) == col(Loan.contract_id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(
            col(PayOut.stage) == PayOutStage.PAID,
            col(Loan.stage).in_([stage for stage in LoanStage if stage.owed]),
            col(Contract.renews_contract_id).is_(None),
            used < sa.type_coerce(col(PayOut.amount), sa.BigInteger),
        )
    )
    if since is not None:
        query = query.where(col(PayOut.paid_on) >= since)
    days, rules = calendar(session), rules_in_force(session, PrudenceRules, on)
    soon = rules_in_force(session, CreditRules, on).entrusted_days
    found = []
    for pay_out, loan, firm, firm_id, gone in session.execute(query):
        paid_on = pay_out.paid_on or on
        if pay_out.entrusted:
            due, last = (days.add_business_days(paid_on, n) for n in (soon, rules.entrusted_days_max))
        else:
            due = last = paid_on + timedelta(days=rules.own_use_days)
        found.append(OpenUse(pay_out, loan, firm, firm_id, pay_out.amount - Money(int(gone)), due, last))
    return sorted(found, key=lambda one: (one.due_on, one.pay_out.key))


_ANY_ENTRUSTED = sa.text(
    "SELECT 1 FROM pay_out WHERE paid_on >= :since AND entrusted AND stage = 'paid' LIMIT 1"
).bindparams(sa.bindparam("since", type_=sa.Date))


def warn_late(session: Session, *, by: Actor, on: date, at: datetime) -> int:
    """Put entrusted payments on the watch list that have not gone on in time: orange, red after the very last day.

    Those are looked at whose day passed yesterday, so that each is raised at most twice. Returns how many were.
    """
    yesterday = on - timedelta(days=1)
    since = on - timedelta(days=_LONGEST)
    if session.execute(_ANY_ENTRUSTED, {"since": since}).first() is None:
        return 0
    found = [
        one
        for one in open_uses(session, on, since=since)
        if one.pay_out.entrusted and yesterday in (one.due_on, one.last_on)
    ]
    for one in found:
        watch.raise_case(
            session,
            loan=session.get_one(Loan, one.pay_out.loan_id),
            signal=Signal.PAYMENT_LATE,
            level=AlarmLevel.RED if one.too_late(on) else AlarmLevel.ORANGE,
            evidence=f"{one.pay_out.number}: {one.left} / {one.due_on} / LOAN-07",
            by=by,
            on=on,
            at=at,
        )
    return len(found)


_LONGEST = 45
"""Ten working days never reach so far, whatever holidays lie between."""
