"""One event on PostgreSQL: the whole of it in one call of the function that the ledger keeps in the database."""

from __future__ import annotations

import json

import sqlalchemy as sa

from models.books.entry import Entry
from models.ledger import day_number
from workflows.posting_wire import AnotherBody, OverLimit, flattened, room

CALL = (
    "SELECT event_id, replayed FROM ledger_post(%s, %s, %s, %s, %s, %s, %s, %s, %s::bigint[], %s::text[], %s::bigint[])"
)


def post(connection: sa.Connection, entry: Entry, booked_at: int, actor: int) -> tuple[int, bool]:
    """Write one event; returns its number and whether it stood there already. Raises AnotherBody and OverLimit."""
    controls, parts, fens = flattened(entry)
    values = (
        entry.key,
        entry.body_hash(),
        entry.kind,
        entry.cause,
        day_number(entry.on),
        booked_at,
        actor,
        entry.reverses or None,
        controls,
        parts,
        fens,
    )
    try:
        row = connection.exec_driver_sql(CALL, values).one()
    except sa.exc.DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == "TB001":
            raise AnotherBody(entry.key) from None
        if state == "TB002":
            raise _over_limit(error) from None
        raise
    return int(row[0]), bool(row[1])


def _over_limit(error: sa.exc.DBAPIError) -> OverLimit:
    detail = json.loads(error.orig.diag.message_detail)  # type: ignore[union-attr]
    available = room(detail["net"], detail["held"], detail["floor"], detail["ceiling"], detail["asked"])
    return OverLimit(detail["control"], detail["part"], available, detail["asked"])
