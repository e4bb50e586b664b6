"""Bank statements as they are imported and matched. The tables of before were never written by any program.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("statement_line")
    op.drop_table("bank_statement")
    op.create_table(
        "bank_statement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("opening", sa.BigInteger()),
        sa.Column("closing", sa.BigInteger()),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_bank_statement_document_id_document")),
        sa.UniqueConstraint("account", "document_id", name=op.f("uq_bank_statement_account_document_id")),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_bank_statement_days")),
    )
    op.create_table(
        "statement_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger()),
        sa.Column("bank_ref", sa.String(64), nullable=False),
        sa.Column("payer", sa.String(160), nullable=False),
        sa.Column("payer_account", sa.String(40), nullable=False),
        sa.Column("memo", sa.String(400), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("aside", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_statement_line_statement_id_bank_statement")
        ),
        sa.UniqueConstraint("account", "digest", "nth", name=op.f("uq_statement_line_account_digest_nth")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_statement_line_amount_not_nought")),
    )
    op.create_index(op.f("ix_statement_line_statement_id"), "statement_line", ["statement_id"], unique=False)
    op.create_index(op.f("ix_statement_line_bank_ref"), "statement_line", ["bank_ref"], unique=False)
    op.create_index("ix_statement_line_on", "statement_line", ["account", "on"], unique=False)
    op.create_table(
        "statement_match",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("matched_by", sa.BigInteger(), nullable=False),
        sa.Column("matched_at", sa.DateTime(), nullable=False),
        sa.Column("undone_by", sa.BigInteger()),
        sa.Column("undone_at", sa.DateTime()),
        sa.Column("undone_reason", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_match")),
        sa.CheckConstraint(
            "rule IN ('reference', 'number_in_memo', 'split_by_reference', 'split_by_numbers', 'taken_back',"
            " 'undone_in_books', 'taken_from_line', 'by_hand')",
            name=op.f("ck_statement_match_rule"),
        ),
    )
    op.create_table(
        "statement_match_part",
        sa.Column("id", KEY, nullable=False),
        sa.Column("match_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger()),
        sa.Column("event_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_match_part")),
        sa.ForeignKeyConstraint(
            ["match_id"], ["statement_match.id"], name=op.f("fk_statement_match_part_match_id_statement_match")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["statement_line.id"], name=op.f("fk_statement_match_part_line_id_statement_line")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["ledger_event.id"], name=op.f("fk_statement_match_part_event_id_ledger_event")
        ),
        sa.UniqueConstraint("line_id", name=op.f("uq_statement_match_part_line_id")),
        sa.UniqueConstraint("event_id", name=op.f("uq_statement_match_part_event_id")),
        sa.CheckConstraint(
            "(line_id IS NULL) <> (event_id IS NULL)", name=op.f("ck_statement_match_part_line_or_event")
        ),
    )
    op.create_index(op.f("ix_statement_match_part_match_id"), "statement_match_part", ["match_id"], unique=False)


def downgrade() -> None:
    op.drop_table("statement_match_part")
    op.drop_table("statement_match")
    op.drop_table("statement_line")
    op.drop_table("bank_statement")
    op.create_table(
        "bank_statement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
    )
    op.create_table(
        "statement_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("bank_ref", sa.String(64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payer", sa.String(160), nullable=False),
        sa.Column("memo", sa.String(200), nullable=False),
        sa.Column("receipt_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_statement_line_receipt_id_receipt")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_statement_line_statement_id_bank_statement")
        ),
        sa.UniqueConstraint(
            "account", "bank_ref", "on", "amount", name=op.f("uq_statement_line_account_bank_ref_on_amount")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_statement_line_amount_not_nought")),
    )
    op.create_index(op.f("ix_statement_line_statement_id"), "statement_line", ["statement_id"], unique=False)
