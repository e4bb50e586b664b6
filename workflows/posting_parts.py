"""The parts of an account: one loan, one drawing, one case; opened when they first move."""

from __future__ import annotations

import sqlalchemy as sa

from models.ledger import FIRST_PART


def part_id(connection: sa.Connection, control: int, part: str) -> int:
    """The number of an account's part, opened with the account's own limits if it has not moved yet."""
    account = sa.table("ledger_account", sa.column("id"), sa.column("control_id"), sa.column("part"))
    found = connection.execute(
        sa.select(account.c.id).where(account.c.control_id == control, account.c.part == part)
    ).scalar()
    if found is not None:
        return int(found)
    new = max(
        FIRST_PART, connection.exec_driver_sql("SELECT COALESCE(MAX(id), 0) + 1 FROM ledger_account").scalar_one()
    )
    connection.execute(
        sa.text(
            "INSERT INTO ledger_account(id, control_id, part, floor, ceiling)"
            " SELECT :new, id, :part, floor, ceiling FROM ledger_account WHERE id = :control"
        ),
        {"new": new, "part": part, "control": control},
    )
    return int(new)
