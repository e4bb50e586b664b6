"""The loans that the bank holds, read as columns: two queries a day, however many loans there are.

What differs between the engines is only how they reckon a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from models.application import Product
from models.lending import day
from models.lending.ageing import CLASSES, FiveClass
from models.lending.columns import Column
from models.lending.earned import earned_columns
from models.lending.terms import BY_MONTHS
from models.refusals import BrokenInvariant
from models.states.loan import LoanStage
from models.values.rate import MILLION

PRODUCTS = tuple(Product)
_OWED = ", ".join(f"'{stage}'" for stage in LoanStage if stage.owed)
_RANK = "CASE l.five_class " + " ".join(f"WHEN '{word}' THEN {word.rank}" for word in CLASSES) + " END"
_PRODUCT = "CASE l.product " + " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(PRODUCTS)) + " END"
_MONTHS = "CASE WHEN c.method IN (" + ", ".join(f"'{word}'" for word in sorted(BY_MONTHS)) + ") THEN 1 ELSE 0 END"
_LOANS = (
    "SELECT l.id, l.firm_id, l.outstanding, l.rate, c.penalty_uplift_ppm, c.day_basis, {matures_on}, " + _RANK + ","
    " CASE WHEN l.non_accrual THEN 1 ELSE 0 END, COALESCE({oldest_unpaid}, 0), " + _PRODUCT + ", " + _MONTHS + ","
    " CASE WHEN l.stage = 'active' THEN 1 ELSE 0 END,"
    " m.interest_fen, m.penalty_fen, m.compound_fen, m.penalty_rest, m.compound_rest, {through}"
    " FROM loan l JOIN contract c ON c.id = l.contract_id JOIN loan_meter m ON m.loan_id = l.id"
    f" WHERE l.stage IN ({_OWED}) AND m.through < :on ORDER BY l.id"  # nosec B608  words of our own vocabularies
)
_LINES = (
    "SELECT i.loan_id, {period_start}, {period_end}, {payable_on}, i.balance_before, i.principal - i.principal_paid,"
    " i.interest - i.interest_paid, i.interest - i.brought FROM instalment i"
    " WHERE i.live AND i.settled_on IS NULL AND i.period_start <= :on"
)
_HELD = (
    "SELECT x.loan_id FROM class_change x WHERE x.actor_id <> 0 AND x.id IN (SELECT MAX(y.id) FROM class_change y JOIN loan l"
    f" ON l.id = y.loan_id WHERE l.five_class = 'special_mention' AND l.stage IN ({_OWED}) GROUP BY y.loan_id)"  # nosec B608
)


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """The portfolio with what only the rows know: product, method, whether active, and the arrears as they stand."""

    loans: day.Portfolio
    product: Column
    by_months: Column
    active: Column
    oldest_unpaid: Column


def load(connection: sa.Connection, on: date) -> Holdings | None:
    """The loans that the bank holds as columns, by rising id; None if it holds none. What was paid out on a later day than
    this one (a pay-out while days were missing) is not there yet."""
    found = _columns(connection, _LOANS, "l.matures_on", "l.oldest_unpaid", "m.through", on=on)
    if found is None:
        return None
    ids, firm, outstanding, rate, uplift, basis, matures, rank, suspended, oldest, product, months, active = found[:13]
    interest, penalty, compound, penalty_rest, compound_rest, through = found[13:]
    behind = np.flatnonzero(through != on.toordinal() - 1)
    if behind.size:
        raise BrokenInvariant("a loan whose days were not run in order", loan_id=int(ids[behind[0]]), on=on)
    held = np.zeros(len(ids), np.bool_)
    if (rank == FiveClass.SPECIAL_MENTION.rank).any():
        views = [row[0] for row in connection.execute(sa.text(_HELD))]
        held = np.isin(ids, np.array(views, np.int64))
    loans = day.Portfolio(
        loan_id=ids,
        firm_id=firm,
        outstanding=outstanding,
        rate_ppm=rate,
        penalty_rate_ppm=(2 * rate * (MILLION + uplift) + MILLION) // (2 * MILLION),
        day_basis=basis,
        matures_on=matures,
        rank=rank,
        held=held,
        suspended=suspended.astype(np.bool_),
        interest=interest,
        penalty=penalty,
        compound=compound,
        penalty_rest=penalty_rest,
        compound_rest=compound_rest,
    )
    return Holdings(loans, product, months, active, oldest)


def open_lines(connection: sa.Connection, portfolio: Holdings, on: date) -> day.OpenLines:
    """The instalments of these loans that have begun and are not settled, with what each earns today."""
    found = _columns(connection, _LINES, "i.period_start", "i.period_end", "i.payable_on", on=on)
    loans = portfolio.loans
    if found is None:
        found = np.zeros((8, 0), np.int64)
    found = found[:, np.isin(found[0], loans.loan_id)]  # the bank holds no claim on the others
    loan_id, start, end, payable, balance, principal, interest, own = found
    place = np.searchsorted(loans.loan_id, loan_id)
    earned = np.zeros_like(own)
    running = end > on.toordinal()
    for basis in np.unique(loans.day_basis[place[running]]).tolist():
        here = running & (loans.day_basis[place] == basis)
        its_loan = place[here]
        by_now, by_morning = (
            earned_columns(
                by_months=portfolio.by_months[its_loan],
                interest_fen=own[here],
                balance_fen=balance[here],
                rate_ppm=loans.rate_ppm[its_loan],
                period_start=start[here],
                period_end=end[here],
                on=moment,
                day_basis=basis,
            )
            for moment in (on + timedelta(days=1), on)
        )
        earned[here] = by_now - by_morning
    return day.OpenLines(loan=place, payable_on=payable, principal=principal, interest=interest, earned=earned)


def _columns(connection: sa.Connection, query: str, *days: str, on: date) -> NDArray[np.int64] | None:
    """The rows of a query as columns of whole numbers, days as ordinals; None if there are no rows."""
    names = {name.rpartition(".")[2]: _ordinal(connection, name) for name in days}
    statement = sa.text(query.format(**names)).bindparams(sa.bindparam("on", on, sa.Date))
    rows = connection.execute(statement).all()
    return np.array([tuple(row) for row in rows], np.int64).T.copy() if rows else None


def _ordinal(connection: sa.Connection, name: str) -> str:
    """A date column as `date.toordinal` counts, which the two engines reckon in their own ways."""
    if connection.dialect.name == "sqlite":
        return f"CAST(julianday({name}) - 1721424.5 AS INTEGER)"
    return f"({name} - DATE '0001-01-01' + 1)"
