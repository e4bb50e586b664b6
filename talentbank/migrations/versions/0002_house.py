"""Rules, quotations, calendar, numbers, journal, messages, days.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits; SQLite numbers rows by itself only for its own word INTEGER."""


def upgrade() -> None:
    op.create_table(
        "audit_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(48), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("detail", sa.String(2000), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_line")),
    )
    op.create_index(op.f("ix_audit_line_at"), "audit_line", ["at"], unique=False)
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
        "calendar_day",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("business", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "day_run",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_day_run")),
    )
    op.create_table(
        "journal_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.String(32), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("target", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_line")),
    )
    op.create_index(op.f("ix_journal_line_case"), "journal_line", ["case", "verb"], unique=False)
    op.create_index(op.f("ix_journal_line_subject"), "journal_line", ["subject", "subject_id"], unique=False)
    op.create_table(
        "lpr",
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("one_year", sa.BigInteger(), nullable=False),
        sa.Column("five_year", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("published", name=op.f("pk_lpr")),
    )
    op.create_table(
        "message",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.String(4000), nullable=False),
        sa.Column("link", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_user_id"), "message", ["user_id"], unique=False)
    op.create_table(
        "once",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_once")),
    )
    op.create_table(
        "programme",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("district", sa.String(40), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("source", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("name", "starts_on", name=op.f("uq_programme_name_starts_on")),
        sa.CheckConstraint("level IN ('national', 'provincial', 'city', 'district')", name=op.f("ck_programme_level")),
    )
    op.create_table(
        "rule_set",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("version", sa.String(60), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger()),
        sa.Column("approved_at", sa.DateTime()),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_rule_set_kind_version")),
        sa.CheckConstraint("stage IN ('proposed', 'approved', 'refused')", name=op.f("ck_rule_set_rulestage")),
    )
    op.create_index(op.f("ix_rule_set_kind"), "rule_set", ["kind", "stage", "effective_from"], unique=False)
    op.create_table(
        "running_number",
        sa.Column("series", sa.String(8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_running_number")),
    )
    op.create_table(
        "target",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("indicator", sa.String(60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("actual", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("place", "indicator", "due_on", name=op.f("uq_target_place_indicator_due_on")),
    )
    op.create_table(
        "benefit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("cap", sa.BigInteger()),
        sa.Column("cap_basis", sa.String(32), nullable=False),
        sa.Column("years", sa.Integer()),
        sa.Column("instalment_weights", sa.JSON(), nullable=False),
        sa.Column("condition", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_benefit_programme_id_programme")),
        sa.CheckConstraint("cap_basis IN ('loan_principal', 'subsidy_amount')", name=op.f("ck_benefit_capbasis")),
        sa.CheckConstraint("years IS NULL OR years > 0", name=op.f("ck_benefit_years")),
    )
    op.create_index(op.f("ix_benefit_programme_id"), "benefit", ["programme_id"], unique=False)


def downgrade() -> None:
    op.drop_table("benefit")
    op.drop_table("target")
    op.drop_table("running_number")
    op.drop_table("rule_set")
    op.drop_table("programme")
    op.drop_table("once")
    op.drop_table("message")
    op.drop_table("lpr")
    op.drop_table("journal_line")
    op.drop_table("day_run")
    op.drop_table("calendar_day")
    op.drop_table("bank_statement")
    op.drop_table("audit_line")
