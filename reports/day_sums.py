"""What the day blocks and the meters say against the books: blocks sum to their entries, what has accrued and is unpaid
to the accounts that keep it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from models.application import Product
from models.lending.blocks import BlockDamaged, DayColumns, unpack
from models.loan import accrual_key
from models.queries.books import parts_of
from models.values.money import Money

PRODUCTS = tuple(Product)
"""A block keeps a product by its place here."""

MOST = 20
"""More differences of one kind are not read by anybody."""

_BLOCKS = sa.text(
    'SELECT part, "on", codec, data, sha256, loans, interest_fen, penalty_fen, suspended_fen FROM accrual_block'
    ' ORDER BY "on", part'
).columns(sa.column("part"), sa.column("on", sa.Date))
_BOOKED = (
    "SELECT e.key, SUM(g.amount) AS fen FROM ledger_event e JOIN ledger_entry n ON n.event_id = e.id"
    " JOIN ledger_leg g ON g.entry_id = n.id JOIN ledger_kind k ON k.id = e.kind_id WHERE g.amount > 0"
    " AND k.name IN ('interest_accrued', 'suspended_interest_accrued') GROUP BY e.key"
)
_METERS = sa.text(
    "SELECT m.loan_id, l.product, l.non_accrual, m.through, m.interest_fen + m.penalty_fen + m.compound_fen AS fen"
    " FROM loan_meter m JOIN loan l ON l.id = m.loan_id WHERE m.through IS NOT NULL ORDER BY m.loan_id"
).columns(
    sa.column("loan_id"), sa.column("product"), sa.column("non_accrual", sa.Boolean), sa.column("through", sa.Date)
)


def differences(session: Session) -> Iterator[tuple[str, str]]:
    """Pairs of (row, what differs): each day block has its hash and sums to the day's entries, and the newest blocks with
    the meters written since sum to interest receivable and to suspended interest, product by product.
    """
    newest: dict[int, tuple[int, DayColumns]] = {}
    # All days' entries are summed in one pass: a look for each block would read the journal as often as there are days.
    booked: dict[str, int] | None = None
    found = 0
    for row in session.connection().execute(_BLOCKS, execution_options={"yield_per": 100}):
        if booked is None:
            booked = {one.key: int(one.fen) for one in session.connection().execute(sa.text(_BOOKED))}
        try:
            columns = unpack(row.codec, bytes(row.data), bytes(row.sha256))
        except BlockDamaged as damage:
            yield f"{row.on} {row.part}", str(damage)
            found += 1
        else:
            newest[row.part] = (row.on.toordinal(), columns)
            for wrong in _against_entries(row, columns, booked):
                yield f"{row.on} {row.part}", wrong
                found += 1
        if found >= MOST:
            return
    yield from _against_accounts(session, newest)


def _against_entries(row: sa.Row[tuple[object, ...]], columns: DayColumns, booked: dict[str, int]) -> Iterator[str]:
    accrued = columns.interest + columns.penalty + columns.compound
    stopped = columns.suspended.astype(np.bool_)
    totals = (int(columns.interest[~stopped].sum()), int(accrued[~stopped].sum()), int(accrued[stopped].sum()))
    told = (row.interest_fen, row.interest_fen + row.penalty_fen, row.suspended_fen)
    if len(columns) != row.loans or totals != told:
        yield f"its columns come to {totals} fen for {len(columns)} loans, its totals are {told} for {row.loans}"
    for place, product in enumerate(PRODUCTS):
        here = columns.product == place
        key = accrual_key(row.on, row.part, product)
        own = (int(accrued[here & ~stopped].sum()), int(accrued[here & stopped].sum()))
        books = (booked.get(f"accrue:{key}", 0), booked.get(f"accrue_suspended:{key}", 0))
        if own != books:
            yield f"the books have {books[0]} and {books[1]} fen of {product}, the block {own[0]} and {own[1]}"


def _against_accounts(session: Session, newest: dict[int, tuple[int, DayColumns]]) -> Iterator[tuple[str, str]]:
    """What has accrued and is unpaid: by the newest block, or by the meter's row where that was written since."""
    unpaid: dict[int, tuple[int, int]] = {}
    for through, columns in newest.values():
        sums = columns.unpaid_interest + columns.unpaid_penalty + columns.unpaid_compound
        for loan_id, fen in zip(columns.loan_id.tolist(), sums.tolist(), strict=True):
            unpaid[loan_id] = (through, fen)
    own: dict[tuple[str, str], int] = {}
    for row in session.connection().execute(_METERS):
        day, fen = unpaid.get(row.loan_id, (0, 0))
        account = "bank.memo_suspended_interest" if row.non_accrual else "bank.interest_receivable"
        key = (account, row.product)
        own[key] = own.get(key, 0) + (fen if day > row.through.toordinal() else int(row.fen))
    for account in ("bank.interest_receivable", "bank.memo_suspended_interest"):
        books = {part: abs(balance.net.fen) for part, balance in parts_of(session, account)}
        for product in sorted(PRODUCTS):
            said, booked = own.get((account, product), 0), books.get(product, 0)
            if said != booked:
                yield f"{account}[{product}]", f"the rows say {Money(said)}, the account {Money(booked)}"
