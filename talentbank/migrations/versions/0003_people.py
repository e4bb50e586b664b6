"""Talents, firms, intellectual property, documents, experts, users.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits; SQLite numbers rows by itself only for its own word INTEGER."""


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("sha256", name=op.f("uq_document_sha256")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_document_size")),
    )
    op.create_table(
        "expert",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("discipline", sa.String(32), nullable=False),
        sa.Column("specialities", sa.JSON(), nullable=False),
        sa.Column("employer", sa.String(160), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.CheckConstraint(
            "discipline IN ('technology', 'policy', 'credit', 'investment')", name=op.f("ck_expert_discipline")
        ),
    )
    op.create_index(op.f("ix_expert_discipline"), "expert", ["discipline"], unique=False)
    op.create_table(
        "party_group",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_group")),
        sa.UniqueConstraint("name", name=op.f("uq_party_group_name")),
    )
    op.create_table(
        "talent",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_sort", sa.String(240), nullable=False),
        sa.Column("id_kind", sa.String(32), nullable=False),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("id_masked", sa.String(40), nullable=False),
        sa.Column("id_issuer", sa.String(80), nullable=False),
        sa.Column("id_expires_on", sa.Date()),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("field", sa.String(120), nullable=False),
        sa.Column("degree", sa.String(60), nullable=False),
        sa.Column("industry_years", sa.Integer(), nullable=False),
        sa.Column("firms_founded", sa.Integer(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("prizes", sa.Integer(), nullable=False),
        sa.Column("consent_on", sa.Date()),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent")),
        sa.UniqueConstraint("id_kind", "id_fingerprint", name=op.f("uq_talent_id_kind_id_fingerprint")),
        sa.CheckConstraint(
            "id_kind IN ('resident_id', 'passport', 'permanent_residence', 'hong_kong_macao_permit', 'taiwan_permit')",
            name=op.f("ck_talent_documentkind"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_talent_named")),
    )
    op.create_index(op.f("ix_talent_name"), "talent", ["name"], unique=False)
    op.create_index(op.f("ix_talent_name_sort"), "talent", ["name_sort"], unique=False)
    op.create_table(
        "app_user",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("talent_id", sa.BigInteger()),
        sa.Column("expert_id", sa.BigInteger()),
        sa.Column("totp_secret", sa.String(64), nullable=False),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_app_user_expert_id_expert")),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_app_user_talent_id_talent")),
        sa.UniqueConstraint("account", name=op.f("uq_app_user_account")),
        sa.CheckConstraint("account = lower(account) AND account <> ''", name=op.f("ck_app_user_account_lower")),
    )
    op.create_index(op.f("ix_app_user_expert_id"), "app_user", ["expert_id"], unique=False)
    op.create_index(op.f("ix_app_user_talent_id"), "app_user", ["talent_id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("attached_by", sa.BigInteger(), nullable=False),
        sa.Column("attached_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_attachment_document_id_document")),
        sa.UniqueConstraint(
            "subject",
            "subject_id",
            "document_id",
            "kind",
            name=op.f("uq_attachment_subject_subject_id_document_id_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('application_form', 'identity', 'designation_proof', 'business_licence', 'business_plan', 'financials', 'ip_certificate', 'investigation', 'opinion', 'contract', 'guarantee', 'pledge', 'renewal_promise', 'appraisal', 'other')",
            name=op.f("ck_attachment_documenttype"),
        ),
    )
    op.create_index(op.f("ix_attachment_document_id"), "attachment", ["document_id"], unique=False)
    op.create_index(op.f("ix_attachment_subject"), "attachment", ["subject", "subject_id"], unique=False)
    op.create_table(
        "designation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("talent_id", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.String(80), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("batch", sa.String(40), nullable=False),
        sa.Column("selected_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("evidence", sa.String(200), nullable=False),
        sa.Column("evidence_document_id", sa.BigInteger()),
        sa.Column("verified_on", sa.Date()),
        sa.Column("verified_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designation")),
        sa.ForeignKeyConstraint(
            ["evidence_document_id"], ["document.id"], name=op.f("fk_designation_evidence_document_id_document")
        ),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_designation_talent_id_talent")),
        sa.UniqueConstraint("talent_id", "plan", "batch", name=op.f("uq_designation_talent_id_plan_batch")),
        sa.CheckConstraint(
            "level IN ('national', 'provincial', 'city', 'district')", name=op.f("ck_designation_level")
        ),
        sa.CheckConstraint("category IN ('startup', 'innovation', 'team')", name=op.f("ck_designation_plancategory")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= selected_on", name=op.f("ck_designation_validity")),
    )
    op.create_index(op.f("ix_designation_talent_id"), "designation", ["talent_id"], unique=False)
    op.create_table(
        "firm",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("name_sort", sa.String(320), nullable=False),
        sa.Column("credit_code", sa.String(18)),
        sa.Column("registered_on", sa.Date()),
        sa.Column("founder_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger()),
        sa.Column("district", sa.String(40), nullable=False),
        sa.Column("industry", sa.String(32), nullable=False),
        sa.Column("size", sa.String(32), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("registered_capital", sa.BigInteger(), nullable=False),
        sa.Column("bank_line", sa.String(12), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("account_masked", sa.String(40), nullable=False),
        sa.Column("integrity_listed", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm")),
        sa.ForeignKeyConstraint(["founder_id"], ["talent.id"], name=op.f("fk_firm_founder_id_talent")),
        sa.ForeignKeyConstraint(["group_id"], ["party_group.id"], name=op.f("fk_firm_group_id_party_group")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_firm_credit_code")),
        sa.CheckConstraint("size IN ('micro', 'small', 'medium', 'large')", name=op.f("ck_firm_firmsize")),
        sa.CheckConstraint(
            "industry IN ('new_materials', 'equipment', 'chips', 'biomedicine', 'new_energy', 'electronics', 'software', 'marine')",
            name=op.f("ck_firm_industry"),
        ),
        sa.CheckConstraint(
            "(credit_code IS NULL) = (registered_on IS NULL)", name=op.f("ck_firm_registered_with_code")
        ),
        sa.CheckConstraint("registered_capital >= 0 AND staff >= 0", name=op.f("ck_firm_sizes")),
    )
    op.create_index(op.f("ix_firm_district"), "firm", ["district"], unique=False)
    op.create_index(op.f("ix_firm_founder_id"), "firm", ["founder_id"], unique=False)
    op.create_index(op.f("ix_firm_group_id"), "firm", ["group_id"], unique=False)
    op.create_index(op.f("ix_firm_industry"), "firm", ["industry"], unique=False)
    op.create_index(op.f("ix_firm_name"), "firm", ["name"], unique=False)
    op.create_index(op.f("ix_firm_name_sort"), "firm", ["name_sort"], unique=False)
    op.create_table(
        "pool_project",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("district", sa.String(40), nullable=False),
        sa.Column("talent_id", sa.BigInteger()),
        sa.Column("tracking", sa.String(1), nullable=False),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("signed_on", sa.Date()),
        sa.Column("started_on", sa.Date()),
        sa.Column("in_production_on", sa.Date()),
        sa.Column("pledged", sa.BigInteger()),
        sa.Column("paid_in", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_project")),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_pool_project_talent_id_talent")),
        sa.CheckConstraint("tracking IN ('A', 'B', 'C')", name=op.f("ck_pool_project_tracking")),
    )
    op.create_table(
        "team_member",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("talent_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("duty", sa.String(60), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date()),
        sa.Column("commitment_ppm", sa.Integer(), nullable=False),
        sa.Column("key_person", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_team_member_talent_id_talent")),
        sa.CheckConstraint("commitment_ppm BETWEEN 0 AND 1000000", name=op.f("ck_team_member_commitment")),
        sa.CheckConstraint("left_on IS NULL OR left_on >= joined_on", name=op.f("ck_team_member_stay")),
    )
    op.create_index(op.f("ix_team_member_left_on"), "team_member", ["left_on"], unique=False)
    op.create_index(op.f("ix_team_member_talent_id"), "team_member", ["talent_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("duty", sa.String(60), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("email", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_contact_firm_id_firm")),
    )
    op.create_index(op.f("ix_contact_firm_id"), "contact", ["firm_id"], unique=False)
    op.create_table(
        "firm_year",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("profit", sa.BigInteger(), nullable=False),
        sa.Column("rd_spend", sa.BigInteger(), nullable=False),
        sa.Column("assets", sa.BigInteger(), nullable=False),
        sa.Column("debts", sa.BigInteger(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_year")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_year_firm_id_firm")),
        sa.UniqueConstraint("firm_id", "year", "known_on", name=op.f("uq_firm_year_firm_id_year_known_on")),
    )
    op.create_index(op.f("ix_firm_year_firm_id"), "firm_year", ["firm_id"], unique=False)
    op.create_table(
        "ip_asset",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("talent_id", sa.BigInteger(), nullable=False),
        sa.Column("firm_id", sa.BigInteger()),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(160), nullable=False),
        sa.Column("co_owners", sa.JSON(), nullable=False),
        sa.Column("co_owner_consent", sa.Boolean(), nullable=False),
        sa.Column("service_invention_cleared", sa.Boolean(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("family_size", sa.Integer(), nullable=False),
        sa.Column("citations", sa.Integer(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("granted_on", sa.Date()),
        sa.Column("expires_on", sa.Date()),
        sa.Column("fees_paid_through", sa.Date()),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("technical_score", sa.Integer(), nullable=False),
        sa.Column("economic_score", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ip_asset")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_ip_asset_firm_id_firm")),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_ip_asset_talent_id_talent")),
        sa.UniqueConstraint("number", name=op.f("uq_ip_asset_number")),
        sa.CheckConstraint("claims >= 0 AND family_size >= 0 AND citations >= 0", name=op.f("ck_ip_asset_counts")),
        sa.CheckConstraint(
            "kind IN ('invention', 'utility', 'design', 'trademark', 'software', 'ic_layout', 'plant_variety', 'know_how')",
            name=op.f("ck_ip_asset_ipkind"),
        ),
        sa.CheckConstraint(
            "status IN ('filed', 'granted', 'lapsed', 'invalidated', 'disputed')", name=op.f("ck_ip_asset_ipstatus")
        ),
        sa.CheckConstraint("expires_on IS NULL OR expires_on > filed_on", name=op.f("ck_ip_asset_term")),
    )
    op.create_index(op.f("ix_ip_asset_fees_paid_through"), "ip_asset", ["fees_paid_through"], unique=False)
    op.create_index(op.f("ix_ip_asset_firm_id"), "ip_asset", ["firm_id"], unique=False)
    op.create_index(op.f("ix_ip_asset_status"), "ip_asset", ["status"], unique=False)
    op.create_index(op.f("ix_ip_asset_talent_id"), "ip_asset", ["talent_id"], unique=False)
    op.create_table(
        "milestone",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reached_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_milestone_firm_id_firm")),
    )
    op.create_index(op.f("ix_milestone_firm_id"), "milestone", ["firm_id"], unique=False)
    op.create_table(
        "round",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("lead", sa.String(120), nullable=False),
        sa.Column("pre_money", sa.BigInteger(), nullable=False),
        sa.Column("raised", sa.BigInteger(), nullable=False),
        sa.Column("followed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_round_firm_id_firm")),
        sa.CheckConstraint("raised > 0 AND pre_money > 0 AND followed >= 0", name=op.f("ck_round_amounts")),
    )
    op.create_index(op.f("ix_round_firm_id"), "round", ["firm_id"], unique=False)
    op.create_table(
        "tie",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("talent_id", sa.BigInteger()),
        sa.Column("firm_id", sa.BigInteger()),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("note", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_tie_expert_id_expert")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_tie_firm_id_firm")),
        sa.ForeignKeyConstraint(["talent_id"], ["talent.id"], name=op.f("fk_tie_talent_id_talent")),
        sa.CheckConstraint(
            "kind IN ('employment', 'kinship', 'shareholding', 'co_ownership', 'supervision', 'declared')",
            name=op.f("ck_tie_kind"),
        ),
        sa.CheckConstraint("talent_id IS NOT NULL OR firm_id IS NOT NULL", name=op.f("ck_tie_to_somebody")),
    )
    op.create_index(op.f("ix_tie_expert_id"), "tie", ["expert_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_session_user_id_app_user")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "valuation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("base_date", sa.Date(), nullable=False),
        sa.Column("method", sa.String(60), nullable=False),
        sa.Column("appraiser", sa.String(120), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("middle", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation")),
        sa.ForeignKeyConstraint(["asset_id"], ["ip_asset.id"], name=op.f("fk_valuation_asset_id_ip_asset")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_valuation_document_id_document")),
        sa.CheckConstraint("low >= 0 AND low <= middle AND middle <= high", name=op.f("ck_valuation_range")),
    )
    op.create_index(op.f("ix_valuation_asset_id"), "valuation", ["asset_id"], unique=False)


def downgrade() -> None:
    op.drop_table("valuation")
    op.drop_table("user_session")
    op.drop_table("tie")
    op.drop_table("round")
    op.drop_table("milestone")
    op.drop_table("ip_asset")
    op.drop_table("firm_year")
    op.drop_table("contact")
    op.drop_table("team_member")
    op.drop_table("pool_project")
    op.drop_table("firm")
    op.drop_table("designation")
    op.drop_table("attachment")
    op.drop_table("app_user")
    op.drop_table("talent")
    op.drop_table("party_group")
    op.drop_table("expert")
    op.drop_table("document")
