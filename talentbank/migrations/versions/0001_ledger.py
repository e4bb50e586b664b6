"""Seven books: accounts, events, entries, legs, holds.

Revision: 0001, the first
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits; SQLite numbers rows by itself only for its own word INTEGER."""


def upgrade() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("control_id", KEY, nullable=False),
        sa.Column("part", sa.Text(), nullable=False, server_default=""),
        sa.Column("debit", KEY, nullable=False, server_default="0"),
        sa.Column("credit", KEY, nullable=False, server_default="0"),
        sa.Column("held", KEY, nullable=False, server_default="0"),
        sa.Column("floor", KEY),
        sa.Column("ceiling", KEY),
        sa.Column("last_day", KEY, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("control_id", "part", name=op.f("uq_ledger_account_control_id_part")),
        sa.CheckConstraint("ceiling IS NULL OR debit - credit <= ceiling", name=op.f("ck_ledger_account_ceiling")),
        sa.CheckConstraint("floor IS NULL OR debit - credit - held >= floor", name=op.f("ck_ledger_account_floor")),
        sa.CheckConstraint(
            "debit >= 0 AND credit >= 0 AND held >= 0", name=op.f("ck_ledger_account_turnover_not_negative")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_kind",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_kind")),
        sa.UniqueConstraint("name", name=op.f("uq_ledger_kind_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind_id", KEY, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("day", KEY, nullable=False),
        sa.Column("booked_at", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("reverses", sa.Text()),
        sa.ForeignKeyConstraint(["kind_id"], ["ledger_kind.id"], name=op.f("fk_ledger_event_kind_id_ledger_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_event")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_event_key")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("uq_ledger_event_reverses"),
        "ledger_event",
        ["reverses"],
        unique=True,
        sqlite_where=sa.text("reverses IS NOT NULL"),
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_table(
        "ledger_head",
        sa.Column("book", KEY, autoincrement=False, nullable=False),
        sa.Column("seq", KEY, nullable=False, server_default="0"),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("closed_through", KEY, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("book", name=op.f("pk_ledger_head")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_close",
        sa.Column("id", KEY, nullable=False),
        sa.Column("book", KEY, nullable=False),
        sa.Column("through", KEY, nullable=False),
        sa.Column("seq", KEY, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("booked_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_close")),
        sa.ForeignKeyConstraint(["book"], ["ledger_head.book"], name=op.f("fk_ledger_close_book_ledger_head")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_day",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("day", KEY, autoincrement=False, nullable=False),
        sa.Column("debit", KEY, nullable=False),
        sa.Column("credit", KEY, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_ledger_day")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_day_account_id_ledger_account")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("day", KEY, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.ForeignKeyConstraint(["event_id"], ["ledger_event.id"], name=op.f("fk_ledger_entry_event_id_ledger_event")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_hold",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("remaining", KEY, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("expires", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_hold")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_hold_account_id_ledger_account")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_hold_key")),
        sa.CheckConstraint(
            "amount > 0 AND remaining >= 0 AND remaining <= amount", name=op.f("ck_ledger_hold_remaining_within")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_ledger_hold_expires"), "ledger_hold", ["expires"], unique=False)
    op.create_table(
        "ledger_hold_move",
        sa.Column("id", KEY, nullable=False),
        sa.Column("hold_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("day", KEY, nullable=False),
        sa.Column("booked_at", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_hold_move")),
        sa.ForeignKeyConstraint(["hold_id"], ["ledger_hold.id"], name=op.f("fk_ledger_hold_move_hold_id_ledger_hold")),
        sa.CheckConstraint(
            "kind IN ('taken', 'used', 'released', 'expired')", name=op.f("ck_ledger_hold_move_kind_known")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_ledger_hold_move_hold_id"), "ledger_hold_move", ["hold_id"], unique=False)
    op.create_table(
        "ledger_leg",
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("n", KEY, autoincrement=False, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("day", KEY, nullable=False),
        sa.Column("amount", KEY, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "n", name=op.f("pk_ledger_leg")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_leg_account_id_ledger_account")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_ledger_leg_entry_id_ledger_entry"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_leg_amount_not_nought")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_ledger_leg_account"), "ledger_leg", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("ledger_leg")
    op.drop_table("ledger_hold_move")
    op.drop_table("ledger_hold")
    op.drop_table("ledger_entry")
    op.drop_table("ledger_day")
    op.drop_table("ledger_close")
    op.drop_table("ledger_head")
    op.drop_table("ledger_event")
    op.drop_table("ledger_kind")
    op.drop_table("ledger_account")
