"""Why loans stand in their classes (circumstances, reviews), the standing floor of a loan, and provision runs.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
CLASSES = "('normal', 'special_mention', 'substandard', 'doubtful', 'loss')"
PRODUCTS = "('startup', 'rd_centre', 'new_product', 'working_capital')"
STAGES = "('first', 'second', 'third')"
GROUNDS = ("class_trigger", "class_trigger_end", "class_review")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE loan ADD COLUMN class_floor VARCHAR(32) DEFAULT 'normal' NOT NULL"
        f" CONSTRAINT ck_loan_class_floor CHECK (class_floor IN {CLASSES})"
    )
    op.create_table(
        "class_trigger",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=True),
        sa.Column("firm_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("share_ppm", sa.Integer(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("first_repayment_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(400), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_trigger")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_class_trigger_document_id_document")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_class_trigger_firm_id_firm")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_class_trigger_loan_id_loan")),
        sa.CheckConstraint("(loan_id IS NULL) <> (firm_id IS NULL)", name=op.f("ck_class_trigger_of_loan_or_firm")),
        sa.CheckConstraint("share_ppm BETWEEN 0 AND 1000000", name=op.f("ck_class_trigger_share")),
        sa.CheckConstraint(
            "(kind = 'restructured') = (first_repayment_on IS NOT NULL)",
            name=op.f("ck_class_trigger_restructured_with_day"),
        ),
        sa.CheckConstraint(
            "kind IN ('diverted', 'repaid_by_new_borrowing', 'bad_debt_elsewhere', 'restructured', 'credit_impaired',"
            " 'debts_over_90', 'evades_debts', 'bankrupt')",
            name=op.f("ck_class_trigger_triggerkind"),
        ),
    )
    op.create_index(op.f("ix_class_trigger_firm_id"), "class_trigger", ["firm_id"], unique=False)
    op.create_index(op.f("ix_class_trigger_loan_id"), "class_trigger", ["loan_id"], unique=False)
    op.create_table(
        "class_trigger_end",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("trigger_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_trigger_end")),
        sa.ForeignKeyConstraint(
            ["trigger_id"], ["class_trigger.id"], name=op.f("fk_class_trigger_end_trigger_id_class_trigger")
        ),
        sa.UniqueConstraint("trigger_id", name=op.f("uq_class_trigger_end_trigger_id")),
    )
    op.create_table(
        "class_review",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("five_class", sa.String(32), nullable=False),
        sa.Column("floor", sa.String(32), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("days_past_due", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("batch", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_review")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_class_review_loan_id_loan")),
        sa.CheckConstraint(f"five_class IN {CLASSES}", name=op.f("ck_class_review_five_class")),
        sa.CheckConstraint(f"floor IN {CLASSES}", name=op.f("ck_class_review_floor")),
    )
    op.create_index(op.f("ix_class_review_loan_id"), "class_review", ["loan_id", "on"], unique=False)
    op.create_table(
        "provision_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("view", sa.String(32), nullable=False),
        sa.Column("rules_version", sa.String(200), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("scenarios", sa.JSON(), nullable=False),
        sa.Column("codec", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_run")),
        sa.UniqueConstraint("on", name=op.f("uq_provision_run_on")),
        sa.CheckConstraint("\"view\" IN ('preset_a', 'preset_b', 'ecl')", name=op.f("ck_provision_run_provisionview")),
    )
    op.create_table(
        "provision_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("product", sa.String(32), nullable=False),
        sa.Column("five_class", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("outstanding", "preset_a", "preset_b", "ecl")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_line")),
        sa.ForeignKeyConstraint(["run_id"], ["provision_run.id"], name=op.f("fk_provision_line_run_id_provision_run")),
        sa.UniqueConstraint(
            "run_id", "product", "five_class", "stage", name=op.f("uq_provision_line_run_id_product_five_class_stage")
        ),
        sa.CheckConstraint(f"product IN {PRODUCTS}", name=op.f("ck_provision_line_product")),
        sa.CheckConstraint(f"five_class IN {CLASSES}", name=op.f("ck_provision_line_fiveclass")),
        sa.CheckConstraint(f"stage IN {STAGES}", name=op.f("ck_provision_line_lossstage")),
    )
    op.create_index(op.f("ix_provision_line_run_id"), "provision_line", ["run_id"], unique=False)
    op.create_table(
        "provision_move",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("product", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("opening", "transferred", "added", "repaid", "remeasured", "used", "closing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_move")),
        sa.ForeignKeyConstraint(["run_id"], ["provision_run.id"], name=op.f("fk_provision_move_run_id_provision_run")),
        sa.UniqueConstraint("run_id", "product", "stage", name=op.f("uq_provision_move_run_id_product_stage")),
        sa.CheckConstraint(
            "opening + transferred + added + repaid + remeasured + used = closing",
            name=op.f("ck_provision_move_closes_to_the_fen"),
        ),
        sa.CheckConstraint(f"product IN {PRODUCTS}", name=op.f("ck_provision_move_product")),
        sa.CheckConstraint(f"stage IN {STAGES}", name=op.f("ck_provision_move_lossstage")),
    )
    op.create_index(op.f("ix_provision_move_run_id"), "provision_move", ["run_id"], unique=False)


def downgrade() -> None:
    for table in ("provision_move", "provision_line", "provision_run"):
        op.drop_table(table)
    for table in reversed(GROUNDS):
        op.drop_table(table)
    op.execute("ALTER TABLE loan DROP COLUMN class_floor")
