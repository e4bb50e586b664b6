"""Changes of running loans with their consents, and when a contract's rate follows the LPR.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits; SQLite numbers rows by itself only for its own word INTEGER."""


def upgrade() -> None:
    op.add_column("contract", sa.Column("repricing", sa.String(12), server_default="fixed", nullable=False))
    op.create_index(
        "ix_contract_floating",
        "contract",
        ["repricing"],
        unique=False,
        sqlite_where=sa.text("repricing <> 'fixed'"),
        postgresql_where=sa.text("repricing <> 'fixed'"),
    )
    op.create_table(
        "loan_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date()),
        sa.Column("plan", sa.Integer()),
        sa.Column("rate_before", sa.BigInteger(), nullable=False),
        sa.Column("rate_after", sa.BigInteger()),
        sa.Column("end_before", sa.Date(), nullable=False),
        sa.Column("end_after", sa.Date()),
        sa.Column("capitalised", sa.BigInteger(), nullable=False),
        sa.Column("waived", sa.BigInteger(), nullable=False),
        sa.Column("observed_from", sa.Date()),
        sa.Column("observed_until", sa.Date()),
        sa.Column("rules_version", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_change")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_change_loan_id_loan")),
        sa.UniqueConstraint("number", name=op.f("uq_loan_change_number")),
        sa.CheckConstraint("capitalised >= 0 AND waived >= 0", name=op.f("ck_loan_change_not_negative")),
        sa.CheckConstraint(
            "kind IN ('prepayment', 'extension', 'rate', 'restructuring')", name=op.f("ck_loan_change_changekind")
        ),
        sa.CheckConstraint(
            "stage IN ('proposed', 'approved', 'effective', 'refused', 'withdrawn')",
            name=op.f("ck_loan_change_changestage"),
        ),
    )
    op.create_index("ix_loan_change_loan_id", "loan_change", ["loan_id", "id"], unique=False)
    op.create_index("ix_loan_change_stage", "loan_change", ["stage"], unique=False)
    op.create_table(
        "change_consent",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.String(32), nullable=False),
        sa.Column("evidence", sa.String(200), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_consent")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["loan_change.id"], name=op.f("fk_change_consent_change_id_loan_change")
        ),
        sa.UniqueConstraint("change_id", "party", name=op.f("uq_change_consent_change_id_party")),
        sa.CheckConstraint("party IN ('guarantor', 'pledgor')", name=op.f("ck_change_consent_consentof")),
    )


def downgrade() -> None:
    op.drop_table("change_consent")
    op.drop_table("loan_change")
    op.drop_index("ix_contract_floating", "contract")
    op.drop_column("contract", "repricing")
