"""Before and after the pay-out: statements and the need, checks, planned pay-outs, use of the money, inspections.

Revision: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "financial_statement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("profit", sa.BigInteger(), nullable=False),
        sa.Column("cash", sa.BigInteger(), nullable=False),
        sa.Column("receivables", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("prepaid", sa.BigInteger(), nullable=False),
        sa.Column("other_current", sa.BigInteger(), nullable=False),
        sa.Column("fixed", sa.BigInteger(), nullable=False),
        sa.Column("short_loans", sa.BigInteger(), nullable=False),
        sa.Column("payables", sa.BigInteger(), nullable=False),
        sa.Column("advances", sa.BigInteger(), nullable=False),
        sa.Column("other_debts", sa.BigInteger(), nullable=False),
        sa.Column("long_loans", sa.BigInteger(), nullable=False),
        sa.Column("equity", sa.BigInteger(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_financial_statement")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_financial_statement_firm_id_firm")),
        sa.UniqueConstraint("firm_id", "year", "known_on", name=op.f("uq_financial_statement_firm_id_year_known_on")),
        sa.CheckConstraint(
            "cash + receivables + stock + prepaid + other_current + fixed = short_loans + payables + advances + other_debts + long_loans + equity",
            name=op.f("ck_financial_statement_balanced"),
        ),
        sa.CheckConstraint("revenue >= 0 AND cost >= 0", name=op.f("ck_financial_statement_not_negative")),
    )
    op.create_index(op.f("ix_financial_statement_firm_id"), "financial_statement", ["firm_id"], unique=False)
    op.create_table(
        "need_estimate",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("before_id", sa.BigInteger(), nullable=False),
        sa.Column("growth", sa.BigInteger(), nullable=False),
        sa.Column("own_funds", sa.BigInteger(), nullable=False),
        sa.Column("existing_loans", sa.BigInteger(), nullable=False),
        sa.Column("other_sources", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("need", sa.BigInteger(), nullable=False),
        sa.Column("room", sa.BigInteger(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        sa.Column("rules_version", sa.String(60), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("beyond", sa.BigInteger()),
        sa.Column("beyond_reason", sa.String(2000), nullable=False),
        sa.Column("beyond_by", sa.BigInteger()),
        sa.Column("beyond_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_estimate")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_need_estimate_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["before_id"], ["financial_statement.id"], name=op.f("fk_need_estimate_before_id_financial_statement")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["financial_statement.id"], name=op.f("fk_need_estimate_statement_id_financial_statement")
        ),
        sa.CheckConstraint("ceiling >= 0", name=op.f("ck_need_estimate_ceiling_not_negative")),
        sa.CheckConstraint("(beyond IS NULL) = (beyond_by IS NULL)", name=op.f("ck_need_estimate_beyond_by_somebody")),
    )
    op.create_index(op.f("ix_need_estimate_application_id"), "need_estimate", ["application_id"], unique=False)
    op.create_table(
        "size_record",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("sector", sa.String(32), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.String(32), nullable=False),
        sa.Column("rules_version", sa.String(60), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_size_record")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_size_record_firm_id_firm")),
        sa.CheckConstraint("size IN ('micro', 'small', 'medium', 'large')", name=op.f("ck_size_record_firmsize")),
    )
    op.create_index(op.f("ix_size_record_firm_id"), "size_record", ["firm_id", "on"], unique=False)
    op.create_table(
        "credit_enquiry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("consent_paper", sa.String(200), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_enquiry")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_credit_enquiry_application_id_application")
        ),
        sa.CheckConstraint(
            "purpose IN ('before_loan', 'after_loan', 'guarantor')", name=op.f("ck_credit_enquiry_enquirypurpose")
        ),
        sa.CheckConstraint("consent_on <= made_on", name=op.f("ck_credit_enquiry_consent_before")),
    )
    op.create_index(op.f("ix_credit_enquiry_application_id"), "credit_enquiry", ["application_id"], unique=False)
    op.create_table(
        "investigation_item",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("seen", sa.String(1000), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation_item")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_investigation_item_application_id_application")
        ),
        sa.CheckConstraint(
            "part IN ('firm', 'owner', 'use', 'cash_flow', 'security', 'rights')",
            name=op.f("ck_investigation_item_investigationpart"),
        ),
    )
    op.create_index(
        op.f("ix_investigation_item_application_id"), "investigation_item", ["application_id"], unique=False
    )
    op.create_table(
        "tranche",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("milestone", sa.String(200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("earliest_on", sa.Date(), nullable=False),
        sa.Column("payee", sa.String(160), nullable=False),
        sa.Column("payee_account", sa.String(40), nullable=False),
        sa.Column("wanted", sa.String(400), nullable=False),
        sa.Column("proof", sa.String(400), nullable=False),
        sa.Column("pay_out_id", sa.BigInteger()),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tranche")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_tranche_application_id_application")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_tranche_contract_id_contract")),
        sa.ForeignKeyConstraint(["pay_out_id"], ["pay_out.id"], name=op.f("fk_tranche_pay_out_id_pay_out")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_tranche_contract_id_number")),
        sa.UniqueConstraint("pay_out_id", name=op.f("uq_tranche_pay_out_id")),
        sa.CheckConstraint(
            "stage IN ('planned', 'proved', 'cleared', 'drawn', 'cancelled')", name=op.f("ck_tranche_tranchestage")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_tranche_amount_positive")),
    )
    op.create_index(op.f("ix_tranche_application_id"), "tranche", ["application_id"], unique=False)
    op.create_table(
        "payment_use",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("pay_out_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("paid_to", sa.String(160), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("proof", sa.String(200), nullable=False),
        sa.Column("filed_by", sa.BigInteger(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_use")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_payment_use_application_id_application")
        ),
        sa.ForeignKeyConstraint(["pay_out_id"], ["pay_out.id"], name=op.f("fk_payment_use_pay_out_id_pay_out")),
        sa.CheckConstraint("kind IN ('entrusted', 'own')", name=op.f("ck_payment_use_usekind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_use_amount_positive")),
    )
    op.create_index(op.f("ix_payment_use_application_id"), "payment_use", ["application_id"], unique=False)
    op.create_index(op.f("ix_payment_use_pay_out_id"), "payment_use", ["pay_out_id"], unique=False)
    op.create_table(
        "inspection",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("pay_out_id", sa.BigInteger()),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("held_on", sa.Date()),
        sa.Column("held_by", sa.BigInteger()),
        sa.Column("finding", sa.String(32)),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("diverted", sa.BigInteger(), nullable=False),
        sa.Column("proof", sa.String(400), nullable=False),
        sa.Column("rights", sa.String(32)),
        sa.Column("remarks", sa.String(2000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_inspection_application_id_application")
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_inspection_loan_id_loan")),
        sa.ForeignKeyConstraint(["pay_out_id"], ["pay_out.id"], name=op.f("fk_inspection_pay_out_id_pay_out")),
        sa.UniqueConstraint("pay_out_id", name=op.f("uq_inspection_pay_out_id")),
        sa.CheckConstraint("stage IN ('due', 'recorded', 'cancelled')", name=op.f("ck_inspection_inspectionstage")),
        sa.CheckConstraint("finding IN ('as_agreed', 'not_yet', 'diverted')", name=op.f("ck_inspection_usefinding")),
        sa.CheckConstraint(
            "(stage = 'recorded') = (held_on IS NOT NULL)", name=op.f("ck_inspection_recorded_with_day")
        ),
        sa.CheckConstraint("kind IN ('first_use', 'regular')", name=op.f("ck_inspection_inspectionkind")),
        sa.CheckConstraint("looked_at >= 0 AND diverted >= 0", name=op.f("ck_inspection_not_negative")),
        sa.CheckConstraint(
            "(kind = 'first_use') = (pay_out_id IS NOT NULL)", name=op.f("ck_inspection_first_use_of_pay_out")
        ),
        sa.CheckConstraint(
            "rights IN ('in_force', 'at_risk', 'lost', 'none')", name=op.f("ck_inspection_rightsfinding")
        ),
    )
    op.create_index(op.f("ix_inspection_loan_id"), "inspection", ["loan_id", "due_on"], unique=False)
    op.create_index(op.f("ix_inspection_stage"), "inspection", ["stage", "due_on"], unique=False)


def downgrade() -> None:
    op.drop_table("inspection")
    op.drop_table("payment_use")
    op.drop_table("tranche")
    op.drop_table("investigation_item")
    op.drop_table("credit_enquiry")
    op.drop_table("size_record")
    op.drop_table("need_estimate")
    op.drop_table("financial_statement")
