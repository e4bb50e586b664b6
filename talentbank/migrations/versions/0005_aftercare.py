"""Guarantees, bridges, disposal, equity, awards, the watch list, standing sums.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits; SQLite numbers rows by itself only for its own word INTEGER."""


def upgrade() -> None:
    op.create_table(
        "borrower_exposure",
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("outstanding_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_borrower_exposure")),
    )
    op.create_index(op.f("ix_borrower_exposure_outstanding"), "borrower_exposure", ["outstanding_fen"], unique=False)
    op.create_table(
        "exposure_cell",
        sa.Column("dimension", sa.String(32), nullable=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("five_class", sa.String(32), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("outstanding_fen", sa.BigInteger(), nullable=False),
        sa.Column("squares", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("dimension", "word", "five_class", name=op.f("pk_exposure_cell")),
        sa.CheckConstraint(
            "dimension IN ('all', 'district', 'industry', 'level', 'product')", name=op.f("ck_exposure_cell_dimension")
        ),
        sa.CheckConstraint(
            "five_class IN ('normal', 'special_mention', 'substandard', 'doubtful', 'loss')",
            name=op.f("ck_exposure_cell_fiveclass"),
        ),
    )
    op.create_table(
        "guarantee_cell",
        sa.Column("weight_ppm", sa.Integer(), nullable=False),
        sa.Column("guarantees", sa.Integer(), nullable=False),
        sa.Column("reserved_fen", sa.BigInteger(), nullable=False),
        sa.Column("in_force_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("weight_ppm", name=op.f("pk_guarantee_cell")),
    )
    op.create_table(
        "guarantee_client",
        sa.Column("talent_id", sa.BigInteger(), nullable=False),
        sa.Column("guarantees", sa.Integer(), nullable=False),
        sa.Column("liability", sa.Numeric(30, 0).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("talent_id", name=op.f("pk_guarantee_client")),
    )
    op.create_index(op.f("ix_guarantee_client_liability"), "guarantee_client", ["liability"], unique=False)
    op.create_table(
        "award",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger()),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("capitalised", sa.BigInteger(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("approved_on", sa.Date()),
        sa.Column("done_on", sa.Date()),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_award_firm_id_firm")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_award_programme_id_programme")),
        sa.UniqueConstraint("number", name=op.f("uq_award_number")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_award_amount_positive")),
        sa.CheckConstraint(
            "stage IN ('proposed', 'approved', 'paid', 'capitalised', 'refused')", name=op.f("ck_award_awardstage")
        ),
        sa.CheckConstraint("capitalised >= 0 AND capitalised <= amount", name=op.f("ck_award_capitalised_within")),
    )
    op.create_index(op.f("ix_award_firm_id"), "award", ["firm_id"], unique=False)
    op.create_table(
        "bridge",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("renewal_contract_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("own_funds", sa.BigInteger(), nullable=False),
        sa.Column("promise", sa.String(200), nullable=False),
        sa.Column("promise_document_id", sa.BigInteger()),
        sa.Column("why_not_renewed_directly", sa.String(400), nullable=False),
        sa.Column("binding", sa.String(32), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date()),
        sa.Column("due_on", sa.Date()),
        sa.Column("returned_on", sa.Date()),
        sa.Column("paid_ref", sa.String(64)),
        sa.Column("returned_ref", sa.String(64)),
        sa.Column("renewed", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer()),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bridge")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_bridge_application_id_application")
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_bridge_loan_id_loan")),
        sa.ForeignKeyConstraint(
            ["promise_document_id"], ["document.id"], name=op.f("fk_bridge_promise_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["renewal_contract_id"], ["contract.id"], name=op.f("fk_bridge_renewal_contract_id_contract")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_bridge_number")),
        sa.UniqueConstraint("paid_ref", name=op.f("uq_bridge_paid_ref")),
        sa.UniqueConstraint("renewal_contract_id", name=op.f("uq_bridge_renewal_contract_id")),
        sa.UniqueConstraint("returned_ref", name=op.f("uq_bridge_returned_ref")),
        sa.CheckConstraint("amount > 0 AND fee >= 0", name=op.f("ck_bridge_amounts")),
        sa.CheckConstraint("binding IN ('ratio', 'cap', 'need', 'fund')", name=op.f("ck_bridge_bridgebound")),
        sa.CheckConstraint(
            "stage IN ('applied', 'reserved', 'paid', 'returned', 'refused', 'expired')",
            name=op.f("ck_bridge_bridgestage"),
        ),
    )
    op.create_index(op.f("ix_bridge_application_id"), "bridge", ["application_id"], unique=False)
    op.create_index(op.f("ix_bridge_loan_id"), "bridge", ["loan_id"], unique=False)
    op.create_index(op.f("ix_bridge_stage"), "bridge", ["stage", "due_on"], unique=False)
    op.create_table(
        "disposal_case",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("bank_claim", sa.BigInteger(), nullable=False),
        sa.Column("guarantor_claim", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("guarantor_price", sa.BigInteger(), nullable=False),
        sa.Column("strategy", sa.String(32), nullable=False),
        sa.Column("comparison", sa.JSON(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("handed_over_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_case")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_disposal_case_application_id_application")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_disposal_case_firm_id_firm")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_disposal_case_loan_id_loan")),
        sa.UniqueConstraint("number", name=op.f("uq_disposal_case_number")),
        sa.CheckConstraint(
            "stage IN ('proposed', 'approved', 'held', 'converted', 'closed', 'refused')",
            name=op.f("ck_disposal_case_disposalstage"),
        ),
        sa.CheckConstraint(
            "bank_claim >= 0 AND guarantor_claim >= 0 AND cost >= 0", name=op.f("ck_disposal_case_not_negative")
        ),
        sa.CheckConstraint("price >= 0 AND guarantor_price >= 0", name=op.f("ck_disposal_case_prices")),
        sa.CheckConstraint(
            "strategy IN ('collect', 'restructure', 'sell_ip', 'litigate', 'convert')",
            name=op.f("ck_disposal_case_strategy"),
        ),
    )
    op.create_index(op.f("ix_disposal_case_application_id"), "disposal_case", ["application_id"], unique=False)
    op.create_index(op.f("ix_disposal_case_firm_id"), "disposal_case", ["firm_id"], unique=False)
    op.create_index(op.f("ix_disposal_case_loan_id"), "disposal_case", ["loan_id"], unique=False)
    op.create_table(
        "guarantee",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("loan_id", sa.BigInteger()),
        sa.Column("loan_number", sa.String(24), nullable=False),
        sa.Column("replaces_id", sa.BigInteger()),
        sa.Column("firm_id", sa.BigInteger()),
        sa.Column("talent_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("in_force", sa.BigInteger(), nullable=False),
        sa.Column("share_ppm", sa.Integer(), nullable=False),
        sa.Column("weight_ppm", sa.Integer(), nullable=False),
        sa.Column("fee_rate", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("fee_earned", sa.BigInteger(), nullable=False),
        sa.Column("fee_through", sa.Date()),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("guarantee_type", sa.String(10), nullable=False),
        sa.Column("period_months", sa.Integer(), nullable=False),
        sa.Column("covers_interest", sa.Boolean(), nullable=False),
        sa.Column("reserved_to", sa.Date(), nullable=False),
        sa.Column("in_force_on", sa.Date()),
        sa.Column("ends_on", sa.Date()),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantee")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_guarantee_application_id_application")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_guarantee_decision_id_decision")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_guarantee_firm_id_firm")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_guarantee_loan_id_loan")),
        sa.ForeignKeyConstraint(["replaces_id"], ["guarantee.id"], name=op.f("fk_guarantee_replaces_id_guarantee")),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_guarantee_talent_id_talent")),
        sa.UniqueConstraint("loan_id", name=op.f("uq_guarantee_loan_id")),
        sa.UniqueConstraint("number", name=op.f("uq_guarantee_number")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_guarantee_amount_positive")),
        sa.CheckConstraint("fee_earned BETWEEN 0 AND fee", name=op.f("ck_guarantee_fee_earned_within")),
        sa.CheckConstraint(
            "stage IN ('reserved', 'proposed', 'in_force', 'called', 'honoured', 'released', 'lapsed')",
            name=op.f("ck_guarantee_guaranteestage"),
        ),
        sa.CheckConstraint("in_force >= 0 AND in_force <= amount", name=op.f("ck_guarantee_in_force_within")),
        sa.CheckConstraint("share_ppm BETWEEN 1 AND 1000000", name=op.f("ck_guarantee_share")),
    )
    op.create_index(op.f("ix_guarantee_application_id"), "guarantee", ["application_id"], unique=False)
    op.create_index(op.f("ix_guarantee_decision_id"), "guarantee", ["decision_id"], unique=False)
    op.create_index(op.f("ix_guarantee_firm_id"), "guarantee", ["firm_id"], unique=False)
    op.create_index(op.f("ix_guarantee_loan_number"), "guarantee", ["loan_number"], unique=False)
    op.create_index(op.f("ix_guarantee_replaces_id"), "guarantee", ["replaces_id"], unique=False)
    op.create_index(op.f("ix_guarantee_stage"), "guarantee", ["stage", "reserved_to"], unique=False)
    op.create_index(op.f("ix_guarantee_talent_id"), "guarantee", ["talent_id"], unique=False)
    op.create_table(
        "subsidy",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("benefit_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date()),
        sa.Column("bank_ref", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy")),
        sa.ForeignKeyConstraint(["benefit_id"], ["benefit.id"], name=op.f("fk_subsidy_benefit_id_benefit")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_subsidy_loan_id_loan")),
        sa.UniqueConstraint("bank_ref", name=op.f("uq_subsidy_bank_ref")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_subsidy_amount_positive")),
        sa.CheckConstraint("(paid_on IS NULL) = (bank_ref IS NULL)", name=op.f("ck_subsidy_paid_with_reference")),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_subsidy_stretch")),
    )
    op.create_index(op.f("ix_subsidy_benefit_id"), "subsidy", ["benefit_id"], unique=False)
    op.create_index(op.f("ix_subsidy_loan_id"), "subsidy", ["loan_id"], unique=False)
    op.create_table(
        "watch_case",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("signal", sa.String(40), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("evidence", sa.String(400), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.BigInteger()),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_case")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_watch_case_loan_id_loan")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_watch_case_owner_id_app_user")),
        sa.CheckConstraint("level IN ('red', 'orange', 'yellow')", name=op.f("ck_watch_case_alarmlevel")),
        sa.CheckConstraint("stage IN ('open', 'assigned', 'cleared')", name=op.f("ck_watch_case_watchstage")),
    )
    op.create_index(op.f("ix_watch_case_loan_id"), "watch_case", ["loan_id"], unique=False)
    op.create_index(op.f("ix_watch_case_stage"), "watch_case", ["stage", "due_on"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("guarantee_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("pay_by", sa.Date(), nullable=False),
        sa.Column("days_past_due", sa.Integer(), nullable=False),
        sa.Column("loss_principal", sa.BigInteger(), nullable=False),
        sa.Column("loss_interest", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.Column("payout", sa.BigInteger(), nullable=False),
        sa.Column("recovered", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date()),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_claim_application_id_application")
        ),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_claim_guarantee_id_guarantee")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_claim_loan_id_loan")),
        sa.UniqueConstraint("number", name=op.f("uq_claim_number")),
        sa.CheckConstraint("stage IN ('filed', 'accepted', 'paid', 'refused')", name=op.f("ck_claim_claimstage")),
        sa.CheckConstraint("principal >= 0 AND interest >= 0", name=op.f("ck_claim_not_negative")),
        sa.CheckConstraint("payout = principal + interest", name=op.f("ck_claim_payout_sums")),
    )
    op.create_index(op.f("ix_claim_application_id"), "claim", ["application_id"], unique=False)
    op.create_index(op.f("ix_claim_guarantee_id"), "claim", ["guarantee_id"], unique=False)
    op.create_index(op.f("ix_claim_loan_id"), "claim", ["loan_id"], unique=False)
    op.create_table(
        "conversion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("claim", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("pre_money", sa.BigInteger(), nullable=False),
        sa.Column("registered_before", sa.BigInteger(), nullable=False),
        sa.Column("new_registered", sa.BigInteger(), nullable=False),
        sa.Column("reserve", sa.BigInteger(), nullable=False),
        sa.Column("share_ppm", sa.Integer(), nullable=False),
        sa.Column("appraiser", sa.String(120), nullable=False),
        sa.Column("appraised_on", sa.Date(), nullable=False),
        sa.Column("appraisal_method", sa.String(60), nullable=False),
        sa.Column("resolution", sa.String(200), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date()),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_conversion_application_id_application")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["disposal_case.id"], name=op.f("fk_conversion_case_id_disposal_case")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_conversion_firm_id_firm")),
        sa.UniqueConstraint("number", name=op.f("uq_conversion_number")),
        sa.CheckConstraint("claim > 0 AND value > 0 AND pre_money > 0", name=op.f("ck_conversion_amounts")),
        sa.CheckConstraint(
            "stage IN ('proposed', 'approved', 'done', 'refused')", name=op.f("ck_conversion_conversionstage")
        ),
        sa.CheckConstraint(
            "origin IN ('conversion', 'pro_rata', 'award', 'follow_on')", name=op.f("ck_conversion_origin")
        ),
        sa.CheckConstraint("reserve >= 0 AND pre_money >= registered_before", name=op.f("ck_conversion_not_below_par")),
        sa.CheckConstraint("share_ppm BETWEEN 1 AND 1000000", name=op.f("ck_conversion_share")),
        sa.CheckConstraint("new_registered + reserve = value", name=op.f("ck_conversion_value_sums")),
        sa.CheckConstraint("cost >= 0 AND value <= claim", name=op.f("ck_conversion_value_within_claim")),
    )
    op.create_index(op.f("ix_conversion_application_id"), "conversion", ["application_id"], unique=False)
    op.create_index(op.f("ix_conversion_case_id"), "conversion", ["case_id"], unique=False)
    op.create_index(op.f("ix_conversion_firm_id"), "conversion", ["firm_id"], unique=False)
    op.create_table(
        "recovery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("costs", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("bank_ref", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        sa.ForeignKeyConstraint(["case_id"], ["disposal_case.id"], name=op.f("fk_recovery_case_id_disposal_case")),
        sa.UniqueConstraint("bank_ref", name=op.f("uq_recovery_bank_ref")),
        sa.CheckConstraint("amount > 0 AND costs >= 0", name=op.f("ck_recovery_amounts")),
    )
    op.create_index(op.f("ix_recovery_case_id"), "recovery", ["case_id"], unique=False)
    op.create_table(
        "holding",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("conversion_id", sa.BigInteger()),
        sa.Column("award_id", sa.BigInteger()),
        sa.Column("fiscal", sa.Boolean(), nullable=False),
        sa.Column("acquired_on", sa.Date(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("carrying", sa.BigInteger(), nullable=False),
        sa.Column("capital", sa.BigInteger(), nullable=False),
        sa.Column("proceeds", sa.BigInteger(), nullable=False),
        sa.Column("dividends", sa.BigInteger(), nullable=False),
        sa.Column("offered", sa.BigInteger(), nullable=False),
        sa.Column("exited_on", sa.Date()),
        sa.Column("exit_kind", sa.String(20), nullable=False),
        sa.Column("buyer", sa.String(160), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_holding_award_id_award")),
        sa.ForeignKeyConstraint(["conversion_id"], ["conversion.id"], name=op.f("fk_holding_conversion_id_conversion")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_holding_firm_id_firm")),
        sa.UniqueConstraint("number", name=op.f("uq_holding_number")),
        sa.CheckConstraint("stage IN ('held', 'exited')", name=op.f("ck_holding_holdingstage")),
        sa.CheckConstraint("cost >= 0 AND carrying >= 0 AND capital >= 0", name=op.f("ck_holding_not_negative")),
        sa.CheckConstraint(
            "origin IN ('conversion', 'pro_rata', 'award', 'follow_on')", name=op.f("ck_holding_origin")
        ),
    )
    op.create_index(op.f("ix_holding_firm_id"), "holding", ["firm_id"], unique=False)
    op.create_table(
        "holding_value",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(60), nullable=False),
        sa.Column("by_name", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_value")),
        sa.ForeignKeyConstraint(["holding_id"], ["holding.id"], name=op.f("fk_holding_value_holding_id_holding")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_holding_value_value")),
    )
    op.create_index(op.f("ix_holding_value_holding_id"), "holding_value", ["holding_id"], unique=False)
    op.create_table(
        "shareholding",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(160), nullable=False),
        sa.Column("holder_kind", sa.String(20), nullable=False),
        sa.Column("holding_id", sa.BigInteger()),
        sa.Column("capital", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shareholding")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_shareholding_firm_id_firm")),
        sa.ForeignKeyConstraint(["holding_id"], ["holding.id"], name=op.f("fk_shareholding_holding_id_holding")),
        sa.CheckConstraint("capital > 0", name=op.f("ck_shareholding_capital_positive")),
        sa.CheckConstraint("until IS NULL OR until > since", name=op.f("ck_shareholding_since_until")),
    )
    op.create_index(op.f("ix_shareholding_firm_id"), "shareholding", ["firm_id", "since"], unique=False)


def downgrade() -> None:
    op.drop_table("shareholding")
    op.drop_table("holding_value")
    op.drop_table("holding")
    op.drop_table("recovery")
    op.drop_table("conversion")
    op.drop_table("claim")
    op.drop_table("watch_case")
    op.drop_table("subsidy")
    op.drop_table("guarantee")
    op.drop_table("disposal_case")
    op.drop_table("bridge")
    op.drop_table("award")
    op.drop_table("guarantee_client")
    op.drop_table("guarantee_cell")
    op.drop_table("exposure_cell")
    op.drop_table("borrower_exposure")
