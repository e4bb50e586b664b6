"""Facts of a loan that are heard of late: value days, new rates, diverted use, bankruptcy, unidentified money, corrections.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits; SQLite numbers rows by itself only for its own word INTEGER."""


def upgrade() -> None:
    op.add_column("receipt", sa.Column("booked_on", sa.Date()))
    op.add_column("receipt", sa.Column("costs", sa.BigInteger()))
    op.create_table(
        "loan_adjustment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(120), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("penalty_fen", sa.BigInteger(), nullable=False),
        sa.Column("compound_fen", sa.BigInteger(), nullable=False),
        sa.Column("principal_fen", sa.BigInteger(), nullable=False),
        sa.Column("event_key", sa.String(120), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_adjustment")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_adjustment_loan_id_loan")),
    )
    op.create_index(op.f("ix_loan_adjustment_loan_id"), "loan_adjustment", ["loan_id"], unique=False)
    op.create_table(
        "loan_rate_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_rate_change")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_rate_change_loan_id_loan")),
        sa.UniqueConstraint("loan_id", "from_on", name=op.f("uq_loan_rate_change_loan_id_from_on")),
    )
    op.create_table(
        "loan_diversion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("evidence", sa.String(1000), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_diversion")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_diversion_loan_id_loan")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_loan_diversion_amount_positive")),
        sa.CheckConstraint("until_on IS NULL OR until_on > from_on", name=op.f("ck_loan_diversion_dates_in_order")),
        sa.CheckConstraint(
            "stage IN ('declared', 'confirmed', 'rejected', 'ended')", name=op.f("ck_loan_diversion_diversionstage")
        ),
    )
    op.create_index(op.f("ix_loan_diversion_loan_id"), "loan_diversion", ["loan_id"], unique=False)
    op.create_table(
        "interest_stop",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("court", sa.String(120), nullable=False),
        sa.Column("case_number", sa.String(80), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_stop")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_interest_stop_loan_id_loan")),
        sa.UniqueConstraint("loan_id", name=op.f("uq_interest_stop_loan_id")),
    )
    op.create_table(
        "loose_receipt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("rest", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("bank_ref", sa.String(64), nullable=False),
        sa.Column("payer", sa.String(160), nullable=False),
        sa.Column("memo", sa.String(200), nullable=False),
        sa.Column("taken_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loose_receipt")),
        sa.UniqueConstraint("bank_ref", name=op.f("uq_loose_receipt_bank_ref")),
        sa.UniqueConstraint("number", name=op.f("uq_loose_receipt_number")),
        sa.CheckConstraint("amount > 0 AND rest BETWEEN 0 AND amount", name=op.f("ck_loose_receipt_rest_within")),
    )
    op.create_index(
        op.f("ix_loose_receipt_rest"),
        "loose_receipt",
        ["received_on"],
        unique=False,
        sqlite_where=sa.text("rest > 0"),
        postgresql_where=sa.text("rest > 0"),
    )


def downgrade() -> None:
    for table in ("loose_receipt", "interest_stop", "loan_diversion", "loan_rate_change", "loan_adjustment"):
        op.drop_table(table)
    for column in ("costs", "booked_on"):
        op.drop_column("receipt", column)
