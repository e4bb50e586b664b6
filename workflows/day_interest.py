"""A day's interest over the whole portfolio: two reads, arrays, a few writes, however many loans there are.

The rule itself stands in `models.lending.day`; here loans become columns and results become rows and entries: meters,
one block and one entry a product (LOAN-10, LOAN-18, LOAN-20), class changes (CLS-15), and the end of accrual into
income (CLS-16). No loan is an object here: at this place an object a loan would cost a hundred times the arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session

from models.lending import day
from models.lending.ageing import CLASSES, ClassReason, FiveClass
from models.lending.blocks import DayColumns, pack
from models.loan import AccrualBlock, Loan, LoanMeter
from models.policies.rules import ServicingRules
from models.roles import Actor
from models.values.money import Money
from workflows.booking import book
from workflows.classifying import Change, keep_changes
from workflows.day_portfolio import PRODUCTS, Holdings, load, open_lines

_METER = (
    "interest_fen = {0}, penalty_fen = {1}, compound_fen = {2}, penalty_rest = {3}, compound_rest = {4},"
    " days_past_due = {5}, through = {6}"
)


@dataclass(frozen=True, slots=True)
class DayInterest:
    """What a day's accrual came to. Amounts in fen; `income_fen` went into income, `suspended_fen` off the balance sheet;
    `changes` are the class changes it made, `late` the ids of active loans with their days past due."""

    loans: int = 0
    income_fen: int = 0
    suspended_fen: int = 0
    outstanding_fen: int = 0
    non_performing_fen: int = 0
    changes: tuple[Change, ...] = ()
    late: tuple[tuple[int, int], ...] = ()


def accrue_day(session: Session, *, on: date, rules: ServicingRules, by: Actor, at: datetime) -> DayInterest:
    """Run the day over every loan that the bank holds. BrokenInvariant for a loan whose days were not run in order."""
    session.flush()
    connection = session.connection()
    portfolio = load(connection, on)
    if portfolio is None:
        return DayInterest()
    loans = portfolio.loans
    result = day.run(
        loans,
        open_lines(connection, portfolio, on),
        on,
        ageing=rules.ageing,
        compound_on_penalty=rules.compound_on_penalty,
    )
    _keep_meters(connection, loans, result, on)
    _keep_loans(connection, portfolio, result)
    changes = _changes(loans, result)
    keep_changes(session, changes, on=on, by=by, at=at)
    income, suspended = _book(session, portfolio, result, on=on, by=by, at=at)
    _suspend(session, portfolio, result, on=on, by=by, at=at)
    _forget(session, loans.loan_id.tolist(), loans.loan_id[_touched(portfolio, result)].tolist())
    late = np.flatnonzero((portfolio.active == 1) & (result.days_past_due > 0))
    return DayInterest(
        loans=len(loans),
        income_fen=income,
        suspended_fen=suspended,
        outstanding_fen=int(loans.outstanding.sum()),
        non_performing_fen=int(loans.outstanding[result.rank >= FiveClass.SUBSTANDARD.rank].sum()),
        changes=changes,
        late=tuple(zip(loans.loan_id[late].tolist(), result.days_past_due[late].tolist(), strict=True)),
    )


def _keep_meters(connection: sa.Connection, loans: day.Portfolio, result: day.DayResult, on: date) -> None:
    columns: list[list[Any]] = [
        (loans.interest + result.interest).tolist(),
        (loans.penalty + result.penalty).tolist(),
        (loans.compound + result.compound).tolist(),
        result.penalty_rest.tolist(),
        result.compound_rest.tolist(),
        result.days_past_due.tolist(),
    ]
    ids = loans.loan_id.tolist()
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        statement = "UPDATE loan_meter SET " + _METER.format(*"???????") + " WHERE loan_id = ?"  # nosec B608
        cursor.executemany(statement, list(zip(*columns, [on.isoformat()] * len(ids), ids, strict=True)))
    else:
        # One statement for all: PostgreSQL pays for each statement what SQLite pays for hundreds.
        given = ", ".join(f"n{place}" for place in range(len(columns)))
        values = _METER.format(*(f"v.n{place}" for place in range(len(columns))), "%s")
        arrays = ", ".join(["%s::bigint[]"] * (len(columns) + 1))
        cursor.execute(
            f"UPDATE loan_meter SET {values} FROM unnest({arrays}) AS v({given}, id) WHERE loan_id = v.id",  # nosec B608
            (on, *columns, ids),
        )
    cursor.close()


def _touched(portfolio: Holdings, result: day.DayResult) -> NDArray[np.bool_]:
    """The loans whose own row changes with this day."""
    moved = (result.oldest_unpaid != portfolio.oldest_unpaid) | (result.rank != portfolio.loans.rank)
    touched: NDArray[np.bool_] = moved | result.suspends
    return touched


def _keep_loans(connection: sa.Connection, portfolio: Holdings, result: day.DayResult) -> None:
    """Loan rows are written only where something changed; the class apart, for the exposure's sums hang on it."""
    touched = np.flatnonzero(_touched(portfolio, result)).tolist()
    if not touched:
        return
    loans = portfolio.loans
    rows = [
        {
            "id": int(loans.loan_id[place]),
            "oldest": date.fromordinal(int(result.oldest_unpaid[place])) if result.oldest_unpaid[place] else None,
            "stopped": bool(loans.suspended[place] or result.suspends[place]),
            "word": CLASSES[int(result.rank[place])].value,
        }
        for place in touched
    ]
    connection.execute(
        sa.text(
            "UPDATE loan SET oldest_unpaid = :oldest, non_accrual = :stopped, stamp = stamp + 1 WHERE id = :id"
        ).bindparams(sa.bindparam("oldest", type_=sa.Date), sa.bindparam("stopped", type_=sa.Boolean)),
        [{name: row[name] for name in ("id", "oldest", "stopped")} for row in rows],
    )
    moved = [row for place, row in zip(touched, rows, strict=True) if result.rank[place] != loans.rank[place]]
    if moved:
        connection.execute(
            sa.text("UPDATE loan SET five_class = :word WHERE id = :id"),
            [{name: row[name] for name in ("id", "word")} for row in moved],
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
    session: Session, portfolio: Holdings, result: day.DayResult, *, on: date, by: Actor, at: datetime
) -> tuple[int, int]:
    """A block and at most two entries for each product; returns what went into income and what did not, in fen."""
    loans = portfolio.loans
    blocks, income, suspended = [], 0, 0
    for place, product in enumerate(PRODUCTS):
        here = portfolio.product == place
        if not here.any():
            continue
        stopped = loans.suspended[here]
        interest, extra = result.interest[here], result.penalty[here] + result.compound[here]
        earned, charged = int(interest[~stopped].sum()), int(extra[~stopped].sum())
        noted = int((interest + extra)[stopped].sum())
        packed = pack(
            DayColumns(
                loan_id=loans.loan_id[here],
                interest=interest,
                penalty=result.penalty[here],
                compound=result.compound[here],
                penalty_rest=result.penalty_rest[here],
                compound_rest=result.compound_rest[here],
                days_past_due=result.days_past_due[here],
                rank=result.rank[here],
                suspended=stopped.astype(np.int64),
            )
        )
        blocks.append(
            {
                "on": on,
                "product": product,
                "loans": int(here.sum()),
                "interest_fen": earned,
                "penalty_fen": charged,
                "suspended_fen": noted,
                "codec": packed.codec,
                "data": packed.data,
                "sha256": packed.sha256,
            }
        )
        day_and_product = f"{on:%Y-%m-%d}:{product}"
        parts = {"product": product.value}
        book(
            session, "interest_accrued", key=f"accrue:{day_and_product}", cause=day_and_product, parts=parts,
            amounts={"amount": Money(earned + charged), "interest": Money(earned), "penalty": Money(charged)},
            by=by, on=on, at=at,
        )  # fmt: skip
        book(
            session, "suspended_interest_accrued", key=f"accrue_suspended:{day_and_product}", cause=day_and_product,
            amounts={"amount": Money(noted)}, parts=parts, by=by, on=on, at=at,
        )  # fmt: skip
        income, suspended = income + earned + charged, suspended + noted
    session.connection().execute(sa.insert(AccrualBlock), blocks)
    return income, suspended


def _suspend(
    session: Session, portfolio: Holdings, result: day.DayResult, *, on: date, by: Actor, at: datetime
) -> None:
    """What had accrued on a loan that goes off accrual leaves income and stands off the balance sheet (CLS-16)."""
    places = np.flatnonzero(result.suspends).tolist()
    if not places:
        return
    loans = portfolio.loans
    numbers = _numbers(session, [int(loans.loan_id[place]) for place in places])
    for place in places:
        interest = Money(int(loans.interest[place] + result.interest[place]))
        extra = loans.penalty[place] + result.penalty[place] + loans.compound[place] + result.compound[place]
        penalty = Money(int(extra))
        number = numbers[int(loans.loan_id[place])]
        book(
            session, "interest_suspended", key=f"suspend:{number}:{on:%Y-%m-%d}", cause=number,
            amounts={"amount": interest + penalty, "interest": interest, "penalty": penalty},
            parts={"product": PRODUCTS[int(portfolio.product[place])].value}, by=by, on=on, at=at,
        )  # fmt: skip


def _numbers(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        sa.text("SELECT id, number FROM loan WHERE id IN :ids").bindparams(sa.bindparam("ids", ids, expanding=True))
    )
    return {row.id: row.number for row in rows}


def _forget(session: Session, owed: Sequence[int], touched: Sequence[int]) -> None:
    """Objects that the caller's session still holds would show what stood there before this day."""
    for kind, ids in ((LoanMeter, owed), (Loan, touched)):
        for key in ids:
            row = session.identity_map.get(identity_key(kind, key))
            if row is not None:
                session.expire(row)
