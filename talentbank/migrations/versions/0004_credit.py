"""Applications, review, decisions, contracts, loans.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits; SQLite numbers rows by itself only for its own word INTEGER."""


def upgrade() -> None:
    op.create_table(
        "accrual_block",
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("penalty_fen", sa.BigInteger(), nullable=False),
        sa.Column("suspended_fen", sa.BigInteger(), nullable=False),
        sa.Column("codec", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("part", "on", name=op.f("pk_accrual_block")),
    )
    op.create_table(
        "facility",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("lender", sa.String(120), nullable=False),
        sa.Column("commitment", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
        sa.UniqueConstraint("number", name=op.f("uq_facility_number")),
        sa.CheckConstraint("stage IN ('registered', 'open', 'closed')", name=op.f("ck_facility_facilitystage")),
        sa.CheckConstraint("commitment > 0 AND ends_on > starts_on", name=op.f("ck_facility_terms")),
    )
    op.create_table(
        "panel",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.Column("rules_version", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("subject", "subject_id", "round", name=op.f("uq_panel_subject_subject_id_round")),
        sa.CheckConstraint("stage IN ('open', 'closed', 'cancelled')", name=op.f("ck_panel_panelstage")),
    )
    op.create_index(op.f("ix_panel_stage"), "panel", ["stage", "due_on"], unique=False)
    op.create_table(
        "drawing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("repaid", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("interest_through", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawing")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_drawing_facility_id_facility")),
        sa.UniqueConstraint("number", name=op.f("uq_drawing_number")),
        sa.CheckConstraint("amount > 0 AND repaid >= 0 AND repaid <= amount", name=op.f("ck_drawing_amounts")),
        sa.CheckConstraint("due_on > drawn_on", name=op.f("ck_drawing_term")),
    )
    op.create_index(op.f("ix_drawing_facility_id"), "drawing", ["facility_id"], unique=False)
    op.create_table(
        "seat",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.BigInteger(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("discipline", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_seat_expert_id_expert")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_seat_panel_id_panel")),
        sa.UniqueConstraint("panel_id", "expert_id", name=op.f("uq_seat_panel_id_expert_id")),
        sa.CheckConstraint(
            "discipline IN ('technology', 'policy', 'credit', 'investment')", name=op.f("ck_seat_discipline")
        ),
        sa.CheckConstraint("stage IN ('invited', 'scored', 'recused', 'replaced')", name=op.f("ck_seat_seatstage")),
    )
    op.create_index(op.f("ix_seat_expert_id"), "seat", ["expert_id"], unique=False)
    op.create_index(op.f("ix_seat_panel_id"), "seat", ["panel_id"], unique=False)
    op.create_table(
        "application",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("talent_id", sa.BigInteger(), nullable=False),
        sa.Column("firm_id", sa.BigInteger()),
        sa.Column("product", sa.String(32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(400), nullable=False),
        sa.Column("project", sa.String(2000), nullable=False),
        sa.Column("need", sa.BigInteger(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("officer_id", sa.BigInteger()),
        sa.Column("due_on", sa.Date()),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_application_firm_id_firm")),
        sa.ForeignKeyConstraint(["officer_id"], ["app_user.id"], name=op.f("fk_application_officer_id_app_user")),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_application_talent_id_talent")),
        sa.UniqueConstraint("number", name=op.f("uq_application_number")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_application_amount_positive")),
        sa.CheckConstraint(
            "product IN ('startup', 'rd_centre', 'new_product', 'working_capital')", name=op.f("ck_application_product")
        ),
        sa.CheckConstraint(
            "method IN ('equal_instalments', 'equal_principal', 'interest_first', 'bullet', 'free_form')",
            name=op.f("ck_application_repaymentmethod"),
        ),
        sa.CheckConstraint(
            "stage IN ('draft', 'submitted', 'accepted', 'due_diligence', 'scored', 'in_review', 'opinion_issued', 'decided', 'contracted', 'closed', 'returned', 'withdrawn', 'rejected', 'deferred', 'lapsed')",
            name=op.f("ck_application_stage"),
        ),
        sa.CheckConstraint("term_months BETWEEN 1 AND 120", name=op.f("ck_application_term")),
    )
    op.create_index(op.f("ix_application_amount"), "application", ["amount"], unique=False)
    op.create_index(op.f("ix_application_applied_on"), "application", ["applied_on"], unique=False)
    op.create_index(op.f("ix_application_due_on"), "application", ["due_on"], unique=False)
    op.create_index(op.f("ix_application_firm_id"), "application", ["firm_id"], unique=False)
    op.create_index(op.f("ix_application_officer_id"), "application", ["officer_id"], unique=False)
    op.create_index(op.f("ix_application_stage"), "application", ["stage", "applied_on"], unique=False)
    op.create_index(op.f("ix_application_talent_id"), "application", ["talent_id"], unique=False)
    op.create_table(
        "sheet",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("advice", sa.String(32), nullable=False),
        sa.Column("opinion", sa.String(2000), nullable=False),
        sa.Column("no_conflict", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_sheet_seat_id_seat")),
        sa.UniqueConstraint("seat_id", "version", name=op.f("uq_sheet_seat_id_version")),
        sa.CheckConstraint("advice IN ('support', 'conditional', 'resubmit', 'reject')", name=op.f("ck_sheet_advice")),
    )
    op.create_index(op.f("ix_sheet_seat_id"), "sheet", ["seat_id"], unique=False)
    op.create_table(
        "investigation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("second_person", sa.String(120), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.String(4000), nullable=False),
        sa.Column("credit_record", sa.String(40), nullable=False),
        sa.Column("integrity_checked", sa.Boolean(), nullable=False),
        sa.Column("integrity_listed", sa.Boolean(), nullable=False),
        sa.Column("filed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_investigation_application_id_application")
        ),
    )
    op.create_index(op.f("ix_investigation_application_id"), "investigation", ["application_id"], unique=False)
    op.create_table(
        "opinion",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("panel_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("advice", sa.String(32), nullable=False),
        sa.Column("total_hundredths", sa.Integer(), nullable=False),
        sa.Column("by_dimension", sa.JSON(), nullable=False),
        sa.Column("agreement", sa.JSON(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("term_months", sa.Integer()),
        sa.Column("rate", sa.BigInteger()),
        sa.Column("guarantee_share", sa.BigInteger()),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("dissent", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.String(4000), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("issued_by", sa.BigInteger(), nullable=False),
        sa.Column("rules_version", sa.String(60), nullable=False),
        sa.Column("document_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_opinion_application_id_application")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_opinion_document_id_document")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_opinion_panel_id_panel")),
        sa.UniqueConstraint("number", name=op.f("uq_opinion_number")),
        sa.UniqueConstraint("panel_id", name=op.f("uq_opinion_panel_id")),
        sa.CheckConstraint(
            "advice IN ('support', 'conditional', 'resubmit', 'reject')", name=op.f("ck_opinion_advice")
        ),
    )
    op.create_index(op.f("ix_opinion_application_id"), "opinion", ["application_id"], unique=False)
    op.create_table(
        "score_sheet",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("ip_points", sa.Integer(), nullable=False),
        sa.Column("reputation_points", sa.Integer(), nullable=False),
        sa.Column("firm_points", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(4), nullable=False),
        sa.Column("default_rate", sa.BigInteger(), nullable=False),
        sa.Column("pledge_value", sa.BigInteger(), nullable=False),
        sa.Column("reputation_line", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("stops", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("rules_version", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_score_sheet_application_id_application")
        ),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_score_sheet_application_id_number")),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name=op.f("ck_score_sheet_points")),
    )
    op.create_index(op.f("ix_score_sheet_application_id"), "score_sheet", ["application_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("opinion_id", sa.BigInteger(), nullable=False),
        sa.Column("score_sheet_id", sa.BigInteger()),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("term_months", sa.Integer()),
        sa.Column("method", sa.String(32)),
        sa.Column("rate", sa.BigInteger()),
        sa.Column("guarantee_share_ppm", sa.Integer(), nullable=False),
        sa.Column("offer", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("rules_version", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("loan_number", sa.String(24)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_decision_application_id_application")
        ),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_decision_opinion_id_opinion")),
        sa.ForeignKeyConstraint(
            ["score_sheet_id"], ["score_sheet.id"], name=op.f("fk_decision_score_sheet_id_score_sheet")
        ),
        sa.UniqueConstraint("loan_number", name=op.f("uq_decision_loan_number")),
        sa.UniqueConstraint("number", name=op.f("uq_decision_number")),
        sa.CheckConstraint(
            "(outcome = 'approved') = (amount IS NOT NULL)", name=op.f("ck_decision_approved_with_amount")
        ),
        sa.CheckConstraint("outcome IN ('approved', 'rejected', 'deferred')", name=op.f("ck_decision_outcome")),
        sa.CheckConstraint(
            "method IN ('equal_instalments', 'equal_principal', 'interest_first', 'bullet', 'free_form')",
            name=op.f("ck_decision_repaymentmethod"),
        ),
        sa.CheckConstraint("guarantee_share_ppm BETWEEN 0 AND 1000000", name=op.f("ck_decision_share")),
    )
    op.create_index(op.f("ix_decision_application_id"), "decision", ["application_id"], unique=False)
    op.create_table(
        "condition",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("text", sa.String(400), nullable=False),
        sa.Column("met_on", sa.Date()),
        sa.Column("met_by", sa.BigInteger()),
        sa.Column("proof", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_condition_decision_id_decision")),
        sa.CheckConstraint("(met_on IS NULL) = (met_by IS NULL)", name=op.f("ck_condition_met_by_somebody")),
    )
    op.create_index(op.f("ix_condition_decision_id"), "condition", ["decision_id"], unique=False)
    op.create_table(
        "contract",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("renews_contract_id", sa.BigInteger()),
        sa.Column("lender_of_record", sa.String(120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("lpr", sa.BigInteger(), nullable=False),
        sa.Column("lpr_published", sa.Date(), nullable=False),
        sa.Column("penalty_uplift_ppm", sa.Integer(), nullable=False),
        sa.Column("misuse_uplift_ppm", sa.Integer(), nullable=False),
        sa.Column("day_basis", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("settle_freq", sa.String(10)),
        sa.Column("settle_day", sa.Integer()),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("signed_on", sa.Date()),
        sa.Column("rules_version", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_contract_application_id_application")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_contract_decision_id_decision")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_contract_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["renews_contract_id"], ["contract.id"], name=op.f("fk_contract_renews_contract_id_contract")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_contract_amount_positive")),
        sa.CheckConstraint(
            "stage IN ('drawn_up', 'signed', 'fulfilled', 'cancelled')", name=op.f("ck_contract_contractstage")
        ),
        sa.CheckConstraint(
            "method IN ('equal_instalments', 'equal_principal', 'interest_first', 'bullet', 'free_form')",
            name=op.f("ck_contract_repaymentmethod"),
        ),
        sa.CheckConstraint("end_on > start_on", name=op.f("ck_contract_term")),
    )
    op.create_index(op.f("ix_contract_application_id"), "contract", ["application_id"], unique=False)
    op.create_index(op.f("ix_contract_decision_id"), "contract", ["decision_id"], unique=False)
    op.create_index(op.f("ix_contract_firm_id"), "contract", ["firm_id"], unique=False)
    op.create_index(op.f("ix_contract_stage"), "contract", ["stage"], unique=False)
    op.create_table(
        "loan",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("talent_id", sa.BigInteger(), nullable=False),
        sa.Column("product", sa.String(32), nullable=False),
        sa.Column("district", sa.String(40), nullable=False),
        sa.Column("industry", sa.String(32), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("disbursed", sa.BigInteger(), nullable=False),
        sa.Column("outstanding", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("opened_on", sa.Date()),
        sa.Column("matures_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("five_class", sa.String(32), nullable=False),
        sa.Column("oldest_unpaid", sa.Date()),
        sa.Column("non_accrual", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_loan_application_id_application")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_loan_contract_id_contract")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_loan_firm_id_firm")),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_loan_talent_id_talent")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_loan_contract_id")),
        sa.UniqueConstraint("number", name=op.f("uq_loan_number")),
        sa.CheckConstraint("disbursed <= amount", name=op.f("ck_loan_disbursed_within")),
        sa.CheckConstraint(
            "five_class IN ('normal', 'special_mention', 'substandard', 'doubtful', 'loss')",
            name=op.f("ck_loan_fiveclass"),
        ),
        sa.CheckConstraint(
            "stage IN ('undrawn', 'active', 'defaulted', 'handed_over', 'settled', 'written_off', 'cancelled')",
            name=op.f("ck_loan_loanstage"),
        ),
        sa.CheckConstraint("outstanding >= 0 AND outstanding <= disbursed", name=op.f("ck_loan_outstanding_within")),
        sa.CheckConstraint(
            "product IN ('startup', 'rd_centre', 'new_product', 'working_capital')", name=op.f("ck_loan_product")
        ),
    )
    op.create_index(op.f("ix_loan_application_id"), "loan", ["application_id"], unique=False)
    op.create_index(op.f("ix_loan_firm_id"), "loan", ["firm_id"], unique=False)
    op.create_index(op.f("ix_loan_five_class"), "loan", ["five_class"], unique=False)
    op.create_index(op.f("ix_loan_matures_on"), "loan", ["matures_on"], unique=False)
    op.create_index(op.f("ix_loan_oldest_unpaid"), "loan", ["oldest_unpaid"], unique=False)
    op.create_index(op.f("ix_loan_outstanding"), "loan", ["outstanding"], unique=False)
    op.create_index(op.f("ix_loan_stage"), "loan", ["stage", "matures_on"], unique=False)
    op.create_index(op.f("ix_loan_talent_id"), "loan", ["talent_id"], unique=False)
    op.create_table(
        "pledge",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("secured", sa.BigInteger(), nullable=False),
        sa.Column("pledge_rate", sa.BigInteger(), nullable=False),
        sa.Column("registration_number", sa.String(20)),
        sa.Column("registered_on", sa.Date()),
        sa.Column("released_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.ForeignKeyConstraint(["asset_id"], ["ip_asset.id"], name=op.f("fk_pledge_asset_id_ip_asset")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_pledge_contract_id_contract")),
        sa.UniqueConstraint("registration_number", name=op.f("uq_pledge_registration_number")),
        sa.CheckConstraint(
            "(registration_number IS NULL) = (registered_on IS NULL)", name=op.f("ck_pledge_registered_with_number")
        ),
        sa.CheckConstraint(
            "released_on IS NULL OR registered_on IS NOT NULL", name=op.f("ck_pledge_released_after_registration")
        ),
        sa.CheckConstraint("secured > 0", name=op.f("ck_pledge_secured_positive")),
    )
    op.create_index(op.f("ix_pledge_asset_id"), "pledge", ["asset_id"], unique=False)
    op.create_index(op.f("ix_pledge_contract_id"), "pledge", ["contract_id"], unique=False)
    op.create_table(
        "class_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("target", sa.String(32), nullable=False),
        sa.Column("days_past_due", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_change")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_class_change_loan_id_loan")),
        sa.CheckConstraint(
            "source IN ('normal', 'special_mention', 'substandard', 'doubtful', 'loss')",
            name=op.f("ck_class_change_source"),
        ),
        sa.CheckConstraint(
            "target IN ('normal', 'special_mention', 'substandard', 'doubtful', 'loss')",
            name=op.f("ck_class_change_target"),
        ),
    )
    op.create_index(op.f("ix_class_change_loan_id"), "class_change", ["loan_id", "on"], unique=False)
    op.create_table(
        "instalment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("payable_on", sa.Date(), nullable=False),
        sa.Column("balance_before", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.Column("brought", sa.BigInteger(), nullable=False),
        sa.Column("principal_paid", sa.BigInteger(), nullable=False),
        sa.Column("interest_paid", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_instalment_loan_id_loan")),
        sa.CheckConstraint("brought BETWEEN 0 AND interest", name=op.f("ck_instalment_brought_within")),
        sa.CheckConstraint(
            "principal_paid BETWEEN 0 AND principal AND interest_paid BETWEEN 0 AND interest",
            name=op.f("ck_instalment_paid_within"),
        ),
    )
    op.create_index(op.f("ix_instalment_loan_id"), "instalment", ["loan_id", "number"], unique=False)
    op.create_index(
        op.f("ix_instalment_open"),
        "instalment",
        ["period_start"],
        unique=False,
        sqlite_where=sa.text("live AND settled_on IS NULL"),
        postgresql_where=sa.text("live AND settled_on IS NULL"),
    )
    op.create_index(op.f("ix_instalment_payable_on"), "instalment", ["payable_on"], unique=False)
    op.create_table(
        "loan_touch",
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_loan_touch")),
        sa.UniqueConstraint("seq", name=op.f("uq_loan_touch_seq")),
    )
    op.create_index("ix_loan_touch_part", "loan_touch", ["part", "seq"], unique=False)
    op.create_table(
        "loan_set_aside",
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("detail", sa.String(400), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_loan_set_aside")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_set_aside_loan_id_loan")),
    )
    op.create_index(op.f("ix_loan_set_aside_part"), "loan_set_aside", ["part"], unique=False)
    op.create_table(
        "loan_meter",
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("penalty_fen", sa.BigInteger(), nullable=False),
        sa.Column("compound_fen", sa.BigInteger(), nullable=False),
        sa.Column("penalty_rest", sa.BigInteger(), nullable=False),
        sa.Column("compound_rest", sa.BigInteger(), nullable=False),
        sa.Column("days_past_due", sa.Integer(), nullable=False),
        sa.Column("through", sa.Date()),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_loan_meter")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_meter_loan_id_loan")),
        sa.CheckConstraint(
            "interest_fen >= 0 AND penalty_fen >= 0 AND compound_fen >= 0", name=op.f("ck_loan_meter_not_negative")
        ),
    )
    op.create_table(
        "pay_out",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("milestone", sa.String(200), nullable=False),
        sa.Column("payee", sa.String(160), nullable=False),
        sa.Column("entrusted", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("paid_on", sa.Date()),
        sa.Column("bank_ref", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_out")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_pay_out_application_id_application")
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_pay_out_loan_id_loan")),
        sa.UniqueConstraint("bank_ref", name=op.f("uq_pay_out_bank_ref")),
        sa.UniqueConstraint("number", name=op.f("uq_pay_out_number")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pay_out_amount_positive")),
        sa.CheckConstraint("stage IN ('requested', 'paid', 'refused')", name=op.f("ck_pay_out_payoutstage")),
    )
    op.create_index(op.f("ix_pay_out_application_id"), "pay_out", ["application_id"], unique=False)
    op.create_index(op.f("ix_pay_out_loan_id"), "pay_out", ["loan_id"], unique=False)
    op.create_index(op.f("ix_pay_out_stage"), "pay_out", ["stage"], unique=False)
    op.create_index("ix_pay_out_paid_on", "pay_out", ["paid_on"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("surplus", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("bank_ref", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("taken_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_receipt_loan_id_loan")),
        sa.UniqueConstraint("bank_ref", name=op.f("uq_receipt_bank_ref")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_number")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipt_amount_positive")),
    )
    op.create_index(op.f("ix_receipt_loan_id"), "receipt", ["loan_id"], unique=False)
    op.create_index(
        op.f("ix_receipt_surplus"),
        "receipt",
        ["loan_id"],
        unique=False,
        sqlite_where=sa.text("surplus > 0"),
        postgresql_where=sa.text("surplus > 0"),
    )
    op.create_table(
        "funding",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("drawing_id", sa.BigInteger(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("pay_out_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding")),
        sa.ForeignKeyConstraint(["drawing_id"], ["drawing.id"], name=op.f("fk_funding_drawing_id_drawing")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_funding_loan_id_loan")),
        sa.ForeignKeyConstraint(["pay_out_id"], ["pay_out.id"], name=op.f("fk_funding_pay_out_id_pay_out")),
        sa.UniqueConstraint("pay_out_id", "drawing_id", name=op.f("uq_funding_pay_out_id_drawing_id")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_funding_amount_positive")),
    )
    op.create_index(op.f("ix_funding_drawing_id"), "funding", ["drawing_id"], unique=False)
    op.create_index(op.f("ix_funding_loan_id"), "funding", ["loan_id"], unique=False)
    op.create_table(
        "receipt_part",
        sa.Column("id", KEY, nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("instalment_id", sa.BigInteger()),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_part")),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["instalment.id"], name=op.f("fk_receipt_part_instalment_id_instalment")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_part_receipt_id_receipt")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipt_part_amount_positive")),
        sa.CheckConstraint(
            "kind IN ('costs', 'compound_interest', 'penalty_interest', 'interest', 'principal')",
            name=op.f("ck_receipt_part_duekind"),
        ),
    )
    op.create_index(op.f("ix_receipt_part_receipt_id"), "receipt_part", ["receipt_id"], unique=False)
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


def downgrade() -> None:
    op.drop_table("statement_line")
    op.drop_table("receipt_part")
    op.drop_table("funding")
    op.drop_table("receipt")
    op.drop_table("pay_out")
    op.drop_table("loan_meter")
    op.drop_table("loan_set_aside")
    op.drop_table("loan_touch")
    op.drop_table("instalment")
    op.drop_table("class_change")
    op.drop_table("pledge")
    op.drop_table("loan")
    op.drop_table("contract")
    op.drop_table("condition")
    op.drop_table("decision")
    op.drop_table("score_sheet")
    op.drop_table("opinion")
    op.drop_table("investigation")
    op.drop_table("sheet")
    op.drop_table("application")
    op.drop_table("seat")
    op.drop_table("drawing")
    op.drop_table("panel")
    op.drop_table("facility")
    op.drop_table("accrual_block")
