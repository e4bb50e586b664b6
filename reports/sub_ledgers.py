"""What the nouns' own rows say against what the accounts say: every sub-ledger must sum to its account.

Each line of `_SUB_LEDGERS` names an account that is kept by parts and the rows that say the same by themselves: the
loans their principal, the meters the interest, guarantees, bridges, cases, holdings and drawings what they stand for.
The database compares them part by part; only differences come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from models.books.chart import CHART
from models.values.money import Money
from reports import day_sums

MOST = 20
"""More differences of one kind are not read by anybody."""


@dataclass(frozen=True, slots=True)
class SubLedger:
    """An account kept by parts, and the query for `part, fen` that has to agree with it; the sign is that in which the
    account is shown (assets by debit, liabilities by credit)."""

    account: str
    rows: str


_LIVING = "('undrawn', 'active', 'defaulted')"
_SUB_LEDGERS = (
    SubLedger("bank.principal", "SELECT number AS part, outstanding AS fen FROM loan"),
    SubLedger(
        "bank.unapplied", "SELECT l.number AS part, r.surplus AS fen FROM receipt r JOIN loan l ON l.id = r.loan_id"
    ),
    SubLedger("bank.suspense", "SELECT number AS part, rest AS fen FROM loose_receipt"),
    SubLedger(
        "bank.memo_undrawn",
        f"SELECT number AS part, amount - disbursed AS fen FROM loan WHERE stage IN {_LIVING}"  # nosec B608  our own words
        " UNION ALL SELECT d.loan_number, d.amount FROM decision d JOIN application a ON a.id = d.application_id"
        " WHERE d.outcome = 'approved' AND a.stage = 'decided'"
        " AND NOT EXISTS (SELECT 1 FROM loan l WHERE l.number = d.loan_number)",
    ),
    SubLedger(
        "guarantor.memo_in_force",
        "SELECT loan_number AS part, in_force AS fen FROM guarantee WHERE stage IN ('in_force', 'called')",
    ),
    SubLedger(
        "guarantor.memo_reserved",
        "SELECT number AS part, amount AS fen FROM guarantee WHERE stage IN ('reserved', 'proposed')",
    ),
    SubLedger("guarantor.unearned_reserve", "SELECT loan_number AS part, fee - fee_earned AS fen FROM guarantee"),
    SubLedger("relender.bridge", "SELECT number AS part, amount AS fen FROM bridge WHERE stage = 'paid'"),
    SubLedger("relender.memo_reserved", "SELECT number AS part, amount AS fen FROM bridge WHERE stage = 'reserved'"),
    SubLedger("amc.bad_asset", "SELECT number AS part, cost AS fen FROM disposal_case"),
    SubLedger("venture.holding", "SELECT number AS part, carrying AS fen FROM holding WHERE stage = 'held'"),
    SubLedger(
        "vehicle.facility_payable",
        "SELECT f.number AS part, d.amount - d.repaid AS fen FROM drawing d JOIN facility f ON f.id = d.facility_id",
    ),
)

_WITHOUT_METER = (
    "SELECT l.number FROM loan l LEFT JOIN loan_meter m ON m.loan_id = l.id"
    " WHERE l.stage IN ('active', 'defaulted') AND m.loan_id IS NULL ORDER BY l.id"
)
_LINES = (
    "SELECT l.number, l.outstanding, COALESCE(SUM(i.principal - i.principal_paid), 0) AS planned FROM loan l"
    " LEFT JOIN instalment i ON i.loan_id = l.id AND i.live WHERE l.stage IN ('active', 'defaulted')"
    " GROUP BY l.id, l.number, l.outstanding"
    " HAVING l.outstanding <> COALESCE(SUM(i.principal - i.principal_paid), 0) ORDER BY l.id"
)
_RECEIPTS = (
    "SELECT r.number, r.amount, r.surplus + COALESCE(SUM(p.amount), 0) AS used FROM receipt r"
    " LEFT JOIN receipt_part p ON p.receipt_id = r.id WHERE r.kind <> 'reversed'"
    " GROUP BY r.id, r.number, r.amount, r.surplus HAVING r.amount < r.surplus + COALESCE(SUM(p.amount), 0) ORDER BY r.id"
)


def differences(session: Session) -> Iterator[tuple[str, str]]:
    """Pairs of (row, what differs); nothing when every sub-ledger sums to its account.

    Beside the accounts: schedules in force repay what is outstanding, every loan that is owed has a meter, no receipt
    settles more than came in, and each day block has its hash and sums to the day's entries.
    """
    session.flush()
    for one in _SUB_LEDGERS:
        yield from _against_books(session, one)
    connection = session.connection()
    for row in connection.execute(sa.text(f"{_WITHOUT_METER} LIMIT {MOST}")):
        yield row.number, "a loan that is owed has no meter"
    for row in connection.execute(sa.text(f"{_LINES} LIMIT {MOST}")):
        yield row.number, f"its schedule repays {Money(int(row.planned))}, outstanding are {Money(row.outstanding)}"
    for row in connection.execute(sa.text(f"{_RECEIPTS} LIMIT {MOST}")):
        yield row.number, f"its parts come to {Money(int(row.used))} of {Money(row.amount)}"
    yield from day_sums.differences(session)


def _against_books(session: Session, one: SubLedger) -> Iterator[tuple[str, str]]:
    account = CHART[one.account]
    booked = "debit - credit" if account.grows_by_debit else "credit - debit"
    query = (
        "SELECT part, SUM(own) AS own, SUM(booked) AS booked FROM ("  # nosec B608  nothing comes from outside
        f" SELECT part, fen AS own, 0 AS booked FROM ({one.rows}) own_rows UNION ALL"
        f" SELECT part, 0, {booked} FROM ledger_account WHERE control_id = {account.id} AND part <> '') sums"
        f" GROUP BY part HAVING SUM(own) <> SUM(booked) ORDER BY part LIMIT {MOST}"
    )
    for row in session.connection().execute(sa.text(query)):
        own, books = Money(int(row.own)), Money(int(row.booked))
        yield f"{one.account}[{row.part}]", f"the rows say {own}, the account {books}"
