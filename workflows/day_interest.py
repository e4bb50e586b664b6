"""A day's interest over one partition: two reads, arrays, a few writes, however many loans there are.

The rule itself stands in `models.lending.day`; here loans become columns and results become rows and entries: one block,
at most two entries a product (LOAN-10, LOAN-18, LOAN-20), class changes (CLS-15), and the end of accrual into income
(CLS-16). No loan is an object here: an object a loan would cost a hundred times the arithmetic. Loan rows are written
only where something changed; meters stand in the block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session

from models.lending import day
from models.lending.ageing import CLASSES, ClassReason, FiveClass
from models.lending.blocks import DayColumns, pack
from models.loan import AccrualBlock, Loan, LoanMeter, accrual_key
from models.policies.rules import ServicingRules
from models.roles import Actor
from models.values.money import Money
from workflows import day_aside
from workflows.booking import book
from workflows.classifying import Change, keep_changes
from workflows.day_portfolio import PRODUCTS, Part, Standing, load


@dataclass(frozen=True, slots=True)
class DayInterest:
    """What a day's accrual came to. Amounts in fen; `income_fen` went into income, `suspended_fen` off the balance sheet;
    `changes` counts the class changes it made, `late` are the ids of active loans with their days past due, `aside` counts
    the loans that were left out."""

    loans: int = 0
    income_fen: int = 0
    suspended_fen: int = 0
    outstanding_fen: int = 0
    non_performing_fen: int = 0
    changes: int = 0
    late: tuple[tuple[int, int], ...] = ()
    aside: int = 0


def accrue_part(
    session: Session, part: int, *, on: date, rules: ServicingRules, standing: Standing, by: Actor, at: datetime
) -> DayInterest:
    """Run the day over the loans of a partition. A loan that cannot be reckoned is set aside with its reason and tried
    again on the next day; it never stops the others."""
    session.flush()
    connection = session.connection()
    waiting = day_aside.waiting(session, part)
    loaded = load(connection, part, on, standing=standing, anew=waiting)
    loaded, result, aside = day_aside.reckon(session, loaded, waiting, on, rules, at=at)
    if not len(loaded):
        return DayInterest(aside=aside)
    loans = loaded.portfolio()
    touched = _touched(loaded, loans, result)
    _keep_loans(connection, loans, result, touched)
    changes = _changes(loans, result)
    keep_changes(session, changes, on=on, by=by, at=at)
    sha256, income, suspended = _book(session, loaded, loans, result, on=on, by=by, at=at)
    _suspend(session, loaded, loans, result, on=on, by=by, at=at)
    _forget(session, loans.loan_id[touched].tolist())
    late = np.flatnonzero((loaded.loans["active"] == 1) & (result.days_past_due > 0))
    done = DayInterest(
        loans=len(loans),
        income_fen=income,
        suspended_fen=suspended,
        outstanding_fen=int(loans.outstanding.sum()),
        non_performing_fen=int(loans.outstanding[result.rank >= FiveClass.SUBSTANDARD.rank].sum()),
        changes=len(changes),
        late=tuple(zip(loans.loan_id[late].tolist(), result.days_past_due[late].tolist(), strict=True)),
        aside=aside,
    )
    loaded.keep(result, on, sha256)
    standing.parts[part] = loaded
    return done


def _touched(part: Part, loans: day.Portfolio, result: day.DayResult) -> NDArray[np.int64]:
    """The places of the loans whose own row changes with this day."""
    moved = (result.oldest_unpaid != part.loans["oldest_unpaid"]) | (result.rank != loans.rank) | result.suspends
    return np.flatnonzero(moved)


def _keep_loans(
    connection: sa.Connection, loans: day.Portfolio, result: day.DayResult, touched: NDArray[np.int64]
) -> None:
    """Loan rows are written only where something changed; the class apart, for the exposure's sums hang on it."""
    if not touched.size:
        return
    stopped = loans.suspended | result.suspends
    rows = [
        {
            "id": int(loans.loan_id[place]),
            "oldest": date.fromordinal(int(result.oldest_unpaid[place])) if result.oldest_unpaid[place] else None,
            "stopped": bool(stopped[place]),
        }
        for place in touched.tolist()
    ]
    connection.execute(
        sa.text(
            "UPDATE loan SET oldest_unpaid = :oldest, non_accrual = :stopped, stamp = stamp + 1 WHERE id = :id"
        ).bindparams(sa.bindparam("oldest", type_=sa.Date), sa.bindparam("stopped", type_=sa.Boolean)),
        rows,
    )
    moved = np.flatnonzero(result.rank != loans.rank).tolist()
    if moved:
        connection.execute(
            sa.text("UPDATE loan SET five_class = :word WHERE id = :id"),
            [{"id": int(loans.loan_id[place]), "word": CLASSES[int(result.rank[place])].value} for place in moved],
        )


def _changes(loans: day.Portfolio, result: day.DayResult) -> tuple[Change, ...]:
    found = []
    for place in np.flatnonzero(result.rank != loans.rank).tolist():
        source, target = CLASSES[int(loans.rank[place])], CLASSES[int(result.rank[place])]
        reason = ClassReason.OWN_NON_PERFORMING if result.crossed[place] else ClassReason.DAYS_PAST_DUE
        if target.rank < source.rank:
            reason = ClassReason.ARREARS_PAID
        days = int(result.days_past_due[place])
        found.append(Change(int(loans.loan_id[place]), source, target, days, (reason,)))
    return tuple(found)


def _book(
    session: Session,
    part: Part,
    loans: day.Portfolio,
    result: day.DayResult,
    *,
    on: date,
    by: Actor,
    at: datetime,
) -> tuple[bytes, int, int]:
    """The block, and at most two entries for each product; returns the block's hash, what went into income and what did
    not, in fen."""
    product = part.loans["product"].astype(np.int64)
    packed = pack(
        DayColumns(
            loan_id=loans.loan_id,
            product=product,
            interest=result.interest,
            penalty=result.penalty,
            compound=result.compound,
            unpaid_interest=loans.interest + result.interest,
            unpaid_penalty=loans.penalty + result.penalty,
            unpaid_compound=loans.compound + result.compound,
            penalty_rest=result.penalty_rest,
            compound_rest=result.compound_rest,
            days_past_due=result.days_past_due,
            rank=result.rank,
            suspended=loans.suspended.astype(np.int64),
        )
    )
    extra = result.penalty + result.compound
    income, charges, suspended = 0, 0, 0
    for place, name in enumerate(PRODUCTS):
        here = product == place
        accruing, stopped = here & ~loans.suspended, here & loans.suspended
        earned, charged = int(result.interest[accruing].sum()), int(extra[accruing].sum())
        noted = int((result.interest + extra)[stopped].sum())
        key = accrual_key(on, part.part, name)
        parts = {"product": name.value}
        book(
            session, "interest_accrued", key=f"accrue:{key}", cause=key, parts=parts,
            amounts={"amount": Money(earned + charged), "interest": Money(earned), "penalty": Money(charged)},
            by=by, on=on, at=at,
        )  # fmt: skip
        book(
            session, "suspended_interest_accrued", key=f"accrue_suspended:{key}", cause=key,
            amounts={"amount": Money(noted)}, parts=parts, by=by, on=on, at=at,
        )  # fmt: skip
        income, charges, suspended = income + earned, charges + charged, suspended + noted
    session.connection().execute(
        sa.insert(AccrualBlock),
        {
            "part": part.part,
            "on": on,
            "loans": len(loans),
            "interest_fen": income,
            "penalty_fen": charges,
            "suspended_fen": suspended,
            "codec": packed.codec,
            "data": packed.data,
            "sha256": packed.sha256,
        },
    )
    return packed.sha256, income + charges, suspended


def _suspend(
    session: Session,
    part: Part,
    loans: day.Portfolio,
    result: day.DayResult,
    *,
    on: date,
    by: Actor,
    at: datetime,
) -> None:
    """What had accrued on loans that go off accrual leaves income and stands off the balance sheet (CLS-16)."""
    if not result.suspends.any():
        return
    interest = loans.interest + result.interest
    extra = loans.penalty + result.penalty + loans.compound + result.compound
    for place, product in enumerate(PRODUCTS):
        here = result.suspends & (part.loans["product"] == place)
        if not here.any():
            continue
        earned, charged = Money(int(interest[here].sum())), Money(int(extra[here].sum()))
        key = accrual_key(on, part.part, product)
        book(
            session, "interest_suspended", key=f"suspend:{key}", cause=key,
            amounts={"amount": earned + charged, "interest": earned, "penalty": charged},
            parts={"product": product.value}, by=by, on=on, at=at,
        )  # fmt: skip


def _forget(session: Session, touched: Sequence[int]) -> None:
    """Objects that the caller's session still holds would show what stood there before this day."""
    for key in touched:
        row = session.identity_map.get(identity_key(Loan, key))
        if row is not None:
            session.expire(row)
    # A meter that is held may be older than the new block: reading it again brings it up to this day.
    for meter in [held for held in session.identity_map.values() if isinstance(held, LoanMeter)]:
        session.expire(meter)
