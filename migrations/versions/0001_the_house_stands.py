"""the house stands

Revision ID: 0001
Revises:
Create Date: 2026-11-22 09:47:22.962640

"""

from alembic import op
import sqlalchemy as sa
from common.db import UTCDateTime
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = [
    "audit_entry",
    "coupon_reveal",
    "ladder_stage",
    "ledger_entry",
    "review_decision",
    "review_undo",
    "sla_event",
    "sla_policy",
    "statement",
    "statement_end",
    "support_case_event",
]
"""Tables that refuse UPDATE and DELETE by themselves."""


def _protect():
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$ "
                f"BEGIN RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql"
            )
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
            )
        else:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def _unprotect():
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION {table}_append_only() CASCADE")


def upgrade():
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_role", sa.String(length=24), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("target_type", sa.String(length=40), nullable=False),
        sa.Column("target_id", sa.String(length=80), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_audit_entry_previous_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_act"), ["act"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name_fr", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("icon", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("key", name=op.f("uq_category_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_category_slug")),
    )
    op.create_table(
        "content_version",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_content_version")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("folder", sa.String(length=200), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_run_site"), ["site"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("unique_key", sa.String(length=200), nullable=True),
        sa.Column("run_at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("parked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_job_unique_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_due", ["done_at", "parked_at", "run_at"], unique=False)

    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("email_verified_at", UTCDateTime(), nullable=True),
        sa.Column("display_name", sa.String(length=40), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "member",
                "moderator",
                "agent",
                "manager",
                "admin",
                name="role_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("bio", sa.String(length=600), nullable=False),
        sa.Column("city", sa.String(length=60), nullable=False),
        sa.Column("joined_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("points_available", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("silenced_until", UTCDateTime(), nullable=True),
        sa.Column("suspended_until", UTCDateTime(), nullable=True),
        sa.Column("session_generation", sa.Integer(), nullable=False),
        sa.Column("imported_key", sa.Text(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("avatar_image_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("language in ('fr', 'en')", name=op.f("ck_member_language_known")),
        sa.CheckConstraint("rank between 0 and 6", name=op.f("ck_member_rank_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("email_key", name=op.f("uq_member_email_key")),
        sa.UniqueConstraint("imported_key", name=op.f("uq_member_imported_key")),
        sa.UniqueConstraint("name_key", name=op.f("uq_member_name_key")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_display_name"), ["display_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_joined_at"), ["joined_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_rank"), ["rank"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_role"), ["role"], unique=False)

    op.create_table(
        "promotion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "percent",
                "amount",
                "free_shipping",
                name="promotionkind_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("title_fr", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=80), nullable=False),
        sa.Column("terms_fr", sa.String(length=300), nullable=False),
        sa.Column("terms_en", sa.String(length=300), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("max_discount_minor", sa.Integer(), nullable=True),
        sa.Column("min_basket_minor", sa.Integer(), nullable=True),
        sa.Column("budget_minor", sa.Integer(), nullable=True),
        sa.Column("liability_minor", sa.Integer(), nullable=False),
        sa.Column("cost_points", sa.Integer(), nullable=False),
        sa.Column("min_rank", sa.Integer(), nullable=False),
        sa.Column("per_member_limit", sa.Integer(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column(
            "code_source",
            sa.Enum(
                "pool",
                "generated",
                name="codesource_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "active",
                "paused",
                "ended",
                name="promotionstatus_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("paused_reason", sa.String(length=60), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "budget_minor IS NULL OR liability_minor <= budget_minor", name=op.f("ck_promotion_within_budget")
        ),
        sa.CheckConstraint("cost_points >= 0", name=op.f("ck_promotion_cost_positive")),
        sa.CheckConstraint("liability_minor >= 0", name=op.f("ck_promotion_liability_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("key", name=op.f("uq_promotion_key")),
    )
    op.create_table(
        "site_setting",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_site_setting")),
    )
    op.create_table(
        "sla_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policy")),
        sa.UniqueConstraint("digest", name=op.f("uq_sla_policy_digest")),
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("key", name=op.f("uq_tag_key")),
    )
    op.create_table(
        "agent_desk",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("last_assigned_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_agent_desk_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_agent_desk")),
    )
    op.create_table(
        "balance",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reputation", sa.Integer(), nullable=False),
        sa.Column("spendable", sa.Integer(), nullable=False),
        sa.Column("matured", sa.Integer(), nullable=False),
        sa.Column("matured_until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_balance_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_balance")),
    )
    op.create_table(
        "coupon",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("code_norm_hash", sa.String(length=64), nullable=False),
        sa.Column("code_cipher", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "available",
                "allocated",
                "redeemed",
                "expired",
                "revoked",
                "void",
                "refunded",
                name="couponstate_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("grant_cause", sa.String(length=120), nullable=True),
        sa.Column("liability_minor", sa.Integer(), nullable=False),
        sa.Column("allocated_at", UTCDateTime(), nullable=True),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("revealed_at", UTCDateTime(), nullable=True),
        sa.Column("redeemed_at", UTCDateTime(), nullable=True),
        sa.Column("order_ref", sa.String(length=80), nullable=True),
        sa.Column("amount_minor", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "state != 'available' OR member_id IS NULL", name=op.f("ck_coupon_available_unowned")
        ),
        sa.CheckConstraint(
            "state NOT IN ('allocated', 'redeemed') OR member_id IS NOT NULL",
            name=op.f("ck_coupon_owner_known"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_coupon_member_id_member")),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_coupon_promotion_id_promotion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("code_norm_hash", name=op.f("uq_coupon_code_norm_hash")),
        sa.UniqueConstraint("promotion_id", "grant_cause", name=op.f("uq_coupon_promotion_id_grant_cause")),
    )
    with op.batch_alter_table("coupon", schema=None) as batch_op:
        batch_op.create_index("ix_coupon_expiry", ["state", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_coupon_member_id"), ["member_id"], unique=False)
        batch_op.create_index("ix_coupon_stock", ["promotion_id", "state", "id"], unique=False)

    op.create_table(
        "credential",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_credential_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "display_choice",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "theme",
            sa.Enum(
                "auto",
                "light",
                "dark",
                name="theme_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "text_size",
            sa.Enum(
                "normal",
                "large",
                "larger",
                name="textsize_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_display_choice_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_display_choice")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_draft_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("member_id", "place", name=op.f("uq_draft_member_id_place")),
    )
    op.create_table(
        "image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=48), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_image_size_positive")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_image_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("member_id", "file_key", name=op.f("uq_image_member_id_file_key")),
    )
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_image_file_key"), ["file_key"], unique=False)
        batch_op.create_index("ix_image_member", ["member_id", "created_at"], unique=False)

    op.create_table(
        "letter_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "confirm",
                "sign_in",
                "reset",
                "change_email",
                name="purpose_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_letter_wish_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wish")),
    )
    with op.batch_alter_table("letter_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_wish_created_at"), ["created_at"], unique=False)

    op.create_table(
        "member_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_member_session_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_member_session_token_hash")),
    )
    with op.batch_alter_table("member_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_session_member_id"), ["member_id"], unique=False)

    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("mail_due_at", UTCDateTime(), nullable=True),
        sa.Column("mail_is_digest", sa.Boolean(), nullable=False),
        sa.Column("mail_batch", sa.String(length=80), nullable=True),
        sa.Column("mailed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_notification_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("member_id", "kind", "cause", name=op.f("uq_notification_member_id_kind_cause")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("ix_notification_mail", ["member_id", "mail_due_at"], unique=False)
        batch_op.create_index("ix_notification_page", ["member_id", "on_site", "id"], unique=False)
        batch_op.create_index("ix_notification_post", ["post_id"], unique=False)
        batch_op.create_index("ix_notification_unread", ["member_id", "read_at"], unique=False)

    op.create_table(
        "notification_preference",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column(
            "mail",
            sa.Enum(
                "now",
                "hourly",
                "digest",
                "weekly",
                "off",
                name="mail_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_notification_preference_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", "event", name=op.f("pk_notification_preference")),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "question",
                "answer",
                "comment",
                name="postkind_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("render_version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "published",
                "hidden",
                "rejected",
                "removed",
                "withdrawn",
                name="poststate_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("held_reasons", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kudos_count", sa.Integer(), nullable=False),
        sa.Column("downvote_count", sa.Integer(), nullable=False),
        sa.Column("imported_kudos_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("edited_at", UTCDateTime(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("endorsed_at", UTCDateTime(), nullable=True),
        sa.Column("endorsed_by_id", sa.Integer(), nullable=True),
        sa.Column("is_official", sa.Boolean(), nullable=False),
        sa.Column("imported_key", sa.String(length=120), nullable=True),
        sa.CheckConstraint("kind = 'question' OR question_id IS NOT NULL", name=op.f("ck_post_thread_known")),
        sa.CheckConstraint(
            "state != 'published' OR published_at IS NOT NULL", name=op.f("ck_post_published_dated")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_post_author_id_member")),
        sa.ForeignKeyConstraint(
            ["endorsed_by_id"], ["member.id"], name=op.f("fk_post_endorsed_by_id_member")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["post.id"], name=op.f("fk_post_parent_id_post")),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_post_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("imported_key", name=op.f("uq_post_imported_key")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index("ix_post_author", ["author_id", "kind", "published_at"], unique=False)
        batch_op.create_index("ix_post_parent", ["parent_id"], unique=False)
        batch_op.create_index("ix_post_state", ["state", "kind", "published_at"], unique=False)
        batch_op.create_index(
            "ix_post_thread", ["question_id", "kind", "state", "published_at"], unique=False
        )

    op.create_table(
        "promotion_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_promotion_use_member_id_member")),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_use_promotion_id_promotion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_use")),
        sa.UniqueConstraint(
            "promotion_id", "member_id", name=op.f("uq_promotion_use_promotion_id_member_id")
        ),
    )
    op.create_table(
        "rank_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("old", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "earned",
                "imported",
                "appointed",
                "mandate_end",
                name="why_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("old != new", name=op.f("ck_rank_change_moved")),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_rank_change_actor_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_rank_change_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rank_change")),
    )
    with op.batch_alter_table("rank_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rank_change_member_id"), ["member_id"], unique=False)

    op.create_table(
        "rank_mandate",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("charter_signed_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("rank in (5, 6)", name=op.f("ck_rank_mandate_rank_high")),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["member.id"], name=op.f("fk_rank_mandate_given_by_id_member")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_rank_mandate_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_rank_mandate")),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("display_name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("claim_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_registration_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("claim_hash", name=op.f("uq_registration_claim_hash")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_email_key"), ["email_key"], unique=False)

    op.create_table(
        "watched_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pattern", sa.String(length=120), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "hold",
                "urgent",
                "flag",
                "mask",
                name="wordaction_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("whole_word", sa.Boolean(), nullable=False),
        sa.Column("must_match", sa.JSON(), nullable=False),
        sa.Column("must_not_match", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["member.id"], name=op.f("fk_watched_word_created_by_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched_word")),
        sa.UniqueConstraint("pattern", "action", name=op.f("uq_watched_word_pattern_action")),
    )
    op.create_table(
        "badge_award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "badge_key",
            sa.Enum(
                "first_accept",
                "helper",
                "appreciated",
                "good_answer",
                "fast",
                "first_responder",
                "topic_expert",
                "steady",
                name="badgekey_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "tier",
            sa.Enum(
                "bronze",
                "silver",
                "gold",
                name="tier_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("instance_key", sa.String(length=40), nullable=False),
        sa.Column("awarded_at", UTCDateTime(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["evidence_id"], ["post.id"], name=op.f("fk_badge_award_evidence_id_post")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_badge_award_member_id_member")),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["member.id"], name=op.f("fk_badge_award_revoked_by_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_award")),
        sa.UniqueConstraint(
            "member_id",
            "badge_key",
            "tier",
            "instance_key",
            name=op.f("uq_badge_award_member_id_badge_key_tier_instance_key"),
        ),
    )
    with op.batch_alter_table("badge_award", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_award_badge_key"), ["badge_key"], unique=False)

    op.create_table(
        "coupon_reveal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("revealed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name=op.f("fk_coupon_reveal_coupon_id_coupon")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_coupon_reveal_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_reveal")),
    )
    with op.batch_alter_table("coupon_reveal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coupon_reveal_coupon_id"), ["coupon_id"], unique=False)

    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_follow_member_id_member")),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_follow_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("member_id", "question_id", name=op.f("uq_follow_member_id_question_id")),
    )
    with op.batch_alter_table("follow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_question_id"), ["question_id"], unique=False)

    op.create_table(
        "kudos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_kudos_member_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_kudos_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kudos")),
        sa.UniqueConstraint("post_id", "member_id", name=op.f("uq_kudos_post_id_member_id")),
    )
    with op.batch_alter_table("kudos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kudos_member_id"), ["member_id"], unique=False)

    op.create_table(
        "ladder",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Double(), nullable=False),
        sa.Column("with_staff", sa.Boolean(), nullable=False),
        sa.Column(
            "priority",
            sa.Enum(
                "urgent",
                "high",
                "normal",
                "low",
                name="priority_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("priority_set_by_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("score_parts", sa.JSON(), nullable=False),
        sa.Column("is_danger", sa.Boolean(), nullable=False),
        sa.Column("is_legal", sa.Boolean(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("retargeted_at", UTCDateTime(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
                "E2",
                "E3",
                "E4",
                "E5",
                "warning",
                "E6",
                "E6+",
                name="stage_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("stopped_at", UTCDateTime(), nullable=True),
        sa.Column("stop_cause", sa.String(length=24), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("rescored_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("failure_count", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["sla_policy.id"], name=op.f("fk_ladder_policy_id_sla_policy")
        ),
        sa.ForeignKeyConstraint(
            ["priority_set_by_id"], ["member.id"], name=op.f("fk_ladder_priority_set_by_id_member")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_ladder_question_id_post")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_ladder")),
    )
    with op.batch_alter_table("ladder", schema=None) as batch_op:
        batch_op.create_index("ix_ladder_due", ["due_at"], unique=False)
        batch_op.create_index("ix_ladder_open", ["stopped_at", "rescored_at"], unique=False)

    op.create_table(
        "ladder_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "E2",
                "E3",
                "E4",
                "E5",
                "warning",
                "E6",
                "E6+",
                name="stage_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_ladder_stage_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_stage")),
        sa.UniqueConstraint(
            "question_id", "cycle", "stage", name=op.f("uq_ladder_stage_question_id_cycle_stage")
        ),
    )
    with op.batch_alter_table("ladder_stage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ladder_stage_recorded_at"), ["recorded_at"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "account",
            sa.Enum(
                "reputation",
                "spendable",
                name="account_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("requested", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "earn",
                "reverse",
                "spend",
                "refund",
                "expire",
                "adjust",
                "migrate",
                name="entrykind_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("rule_key", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column(
            "cause_type",
            sa.Enum(
                "answer-accepted",
                "answer-endorsed",
                "answer-fast",
                "asker-accepted",
                "kudos",
                "question-kudos",
                "me-too",
                "imported-upvote",
                "first-question",
                "first-answer",
                "first-accept",
                "coupon",
                "lot",
                "adjustment",
                name="causetype_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("cause_id", sa.String(length=80), nullable=False),
        sa.Column("cause_seq", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("restores_id", sa.Integer(), nullable=True),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("effective_day", sa.Date(), nullable=False),
        sa.Column("available_at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reverse') = (kind = 'reverse' AND reverses_id IS NOT NULL)",
            name=op.f("ck_ledger_entry_reverse_names"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('earn', 'refund') OR granted >= 0", name=op.f("ck_ledger_entry_incoming_positive")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('spend', 'expire') OR granted <= 0", name=op.f("ck_ledger_entry_outgoing_negative")
        ),
        sa.CheckConstraint("abs(granted) <= abs(requested)", name=op.f("ck_ledger_entry_granted_within")),
        sa.CheckConstraint("granted * requested >= 0", name=op.f("ck_ledger_entry_same_sign")),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_ledger_entry_actor_id_member")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_ledger_entry_category_id_category")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_ledger_entry_member_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_ledger_entry_post_id_post")),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_ledger_entry_question_id_post")),
        sa.ForeignKeyConstraint(
            ["restores_id"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_restores_id_ledger_entry")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_reverses_id_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint(
            "member_id", "account", "cause_type", "cause_id", "cause_seq", "kind", name="uq_ledger_cause"
        ),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_entry_reverses_id")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_available", ["available_at"], unique=False)
        batch_op.create_index("ix_ledger_cause", ["cause_type", "cause_id"], unique=False)
        batch_op.create_index(
            "ix_ledger_member_available", ["member_id", "account", "available_at"], unique=False
        )
        batch_op.create_index("ix_ledger_member_day", ["member_id", "account", "effective_day"], unique=False)
        batch_op.create_index("ix_ledger_member_time", ["member_id", "occurred_at", "id"], unique=False)
        batch_op.create_index("ix_ledger_post", ["post_id"], unique=False)
        batch_op.create_index("ix_ledger_question", ["question_id"], unique=False)

    op.create_table(
        "mail_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "confirm",
                "sign_in",
                "reset",
                "change_email",
                name="purpose_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_mail_token_member_id_member")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_mail_token_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_token_token_hash")),
    )
    with op.batch_alter_table("mail_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_token_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index("ix_mail_token_owner", ["purpose", "member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_token_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "me_too",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_me_too_member_id_member")),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_me_too_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_me_too")),
        sa.UniqueConstraint("question_id", "member_id", name=op.f("uq_me_too_question_id_member_id")),
    )
    with op.batch_alter_table("me_too", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_me_too_member_id"), ["member_id"], unique=False)

    op.create_table(
        "pending_edit",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("held_reasons", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["member.id"], name=op.f("fk_pending_edit_editor_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_pending_edit_post_id_post")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_pending_edit")),
    )
    op.create_table(
        "post_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("linked_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["linked_id"], ["post.id"], name=op.f("fk_post_link_linked_id_post")),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_post_link_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_link")),
        sa.UniqueConstraint(
            "question_id", "linked_id", "kind", name=op.f("uq_post_link_question_id_linked_id_kind")
        ),
    )
    with op.batch_alter_table("post_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_link_linked_id"), ["linked_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column(
            "help_state",
            sa.Enum(
                "open",
                "answered",
                "solved",
                "closed",
                name="helpstate_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("accepted_answer_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", UTCDateTime(), nullable=True),
        sa.Column("official_answer_id", sa.Integer(), nullable=True),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("me_too_count", sa.Integer(), nullable=False),
        sa.Column("imported_me_too_count", sa.Integer(), nullable=False),
        sa.Column("follower_count", sa.Integer(), nullable=False),
        sa.Column("view_count", sa.Integer(), nullable=False),
        sa.Column("active_at", UTCDateTime(), nullable=False),
        sa.Column("first_answer_at", UTCDateTime(), nullable=True),
        sa.Column("resolved_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_reason", sa.String(length=200), nullable=True),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_answer_id"], ["post.id"], name=op.f("fk_question_accepted_answer_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_question_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["post.id"], name=op.f("fk_question_duplicate_of_id_post")
        ),
        sa.ForeignKeyConstraint(["id"], ["post.id"], name=op.f("fk_question_id_post")),
        sa.ForeignKeyConstraint(
            ["official_answer_id"], ["post.id"], name=op.f("fk_question_official_answer_id_post")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index("ix_question_active", ["active_at", "id"], unique=False)
        batch_op.create_index("ix_question_category_active", ["category_id", "active_at", "id"], unique=False)
        batch_op.create_index(
            "ix_question_category_help", ["category_id", "help_state", "active_at", "id"], unique=False
        )
        batch_op.create_index("ix_question_help_active", ["help_state", "active_at", "id"], unique=False)

    op.create_table(
        "question_tag",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_question_tag_question_id_post")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_question_tag_tag_id_tag")),
        sa.PrimaryKeyConstraint("question_id", "tag_id", name=op.f("pk_question_tag")),
    )
    with op.batch_alter_table("question_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_tag_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "review_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "post",
                "edit",
                "flag_case",
                "sample",
                "appeal",
                name="itemtype_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("target_version", sa.Integer(), nullable=False),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("class", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "leased",
                "decided",
                "cancelled",
                name="itemstate_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("aged_at", UTCDateTime(), nullable=False),
        sa.Column("lease_owner_id", sa.Integer(), nullable=True),
        sa.Column("lease_token", sa.String(length=43), nullable=True),
        sa.Column("lease_begun_at", UTCDateTime(), nullable=True),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("skip_count", sa.Integer(), nullable=False),
        sa.Column("needs_senior", sa.Boolean(), nullable=False),
        sa.Column("alarmed_at", UTCDateTime(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("excluded_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state in ('open', 'leased')) = (open_key is not null)",
            name=op.f("ck_review_item_open_key_while_open"),
        ),
        sa.CheckConstraint(
            "state != 'leased' or lease_token is not null", name=op.f("ck_review_item_lease_has_token")
        ),
        sa.CheckConstraint("class between 0 and 5", name=op.f("ck_review_item_class_range")),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_review_item_author_id_member")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_review_item_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["excluded_id"], ["member.id"], name=op.f("fk_review_item_excluded_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["lease_owner_id"], ["member.id"], name=op.f("fk_review_item_lease_owner_id_member")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_review_item_post_id_post")),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["review_item.id"], name=op.f("fk_review_item_previous_id_review_item")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_review_item_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_item")),
        sa.UniqueConstraint("open_key", name=op.f("uq_review_item_open_key")),
    )
    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_item_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_item_post_id"), ["post_id"], unique=False)
        batch_op.create_index("ix_review_item_queue", ["state", "class", "due_at"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("imported_key", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["editor_id"], ["member.id"], name=op.f("fk_revision_editor_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_revision_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("imported_key", name=op.f("uq_revision_imported_key")),
        sa.UniqueConstraint("post_id", "version", name=op.f("uq_revision_post_id_version")),
    )
    op.create_table(
        "search_document",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.Column("author_ids", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["post.id"], name=op.f("fk_search_document_question_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_search_document")),
    )
    with op.batch_alter_table("search_document", schema=None) as batch_op:
        batch_op.create_index("ix_search_document_terms", ["terms"], unique=False, postgresql_using="gin")

    op.create_table(
        "search_word",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["post.id"], name=op.f("fk_search_word_question_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", "word", name=op.f("pk_search_word")),
    )
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.create_index("ix_search_word_word", ["word"], unique=False)

    op.create_table(
        "sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sending_member_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_sending_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
        sa.UniqueConstraint("member_id", "fingerprint", name=op.f("uq_sending_member_id_fingerprint")),
    )
    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sending_sent_at"), ["sent_at"], unique=False)

    op.create_table(
        "sla_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column(
            "metric",
            sa.Enum(
                "first_reply_any",
                "first_reply_staff",
                name="metric_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "type",
            sa.Enum(
                "activate",
                "pause",
                "resume",
                "retarget",
                "fulfil",
                "restore",
                "cancel",
                "warn",
                "breach",
                name="slatype_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column(
            "priority",
            sa.Enum(
                "urgent",
                "high",
                "normal",
                "low",
                name="priority_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("retargeted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_sla_event_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_event")),
        sa.UniqueConstraint(
            "question_id",
            "cycle",
            "metric",
            "type",
            "source",
            name=op.f("uq_sla_event_question_id_cycle_metric_type_source"),
        ),
    )
    with op.batch_alter_table("sla_event", schema=None) as batch_op:
        batch_op.create_index("ix_sla_event_at", ["metric", "at"], unique=False)

    op.create_table(
        "support_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "queued",
                "assigned",
                "waiting_asker",
                "waiting_internal",
                "answered",
                "resolved",
                "closed",
                "handed_back",
                "cancelled",
                name="casestate_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "priority",
            sa.Enum(
                "urgent",
                "high",
                "normal",
                "low",
                name="priority_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("promised_at", UTCDateTime(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", UTCDateTime(), nullable=True),
        sa.Column("waiting_since", UTCDateTime(), nullable=True),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'waiting_asker', 'waiting_internal') OR assignee_id IS NOT NULL",
            name=op.f("ck_support_case_worked_on_by"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('new', 'queued') OR assignee_id IS NULL",
            name=op.f("ck_support_case_queued_is_free"),
        ),
        sa.ForeignKeyConstraint(["answer_id"], ["post.id"], name=op.f("fk_support_case_answer_id_post")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["member.id"], name=op.f("fk_support_case_assignee_id_member")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_support_case_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_case")),
        sa.UniqueConstraint("question_id", "cycle", name=op.f("uq_support_case_question_id_cycle")),
    )
    with op.batch_alter_table("support_case", schema=None) as batch_op:
        batch_op.create_index("ix_support_case_assignee", ["assignee_id", "state"], unique=False)
        batch_op.create_index("ix_support_case_board", ["state", "due_at"], unique=False)

    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("flagger_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "insult",
                "advertising",
                "personal_data",
                "dangerous",
                "illegal",
                "undisclosed_interest",
                "off_topic",
                "wrong_category",
                "other",
                name="flagreason_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("is_stranger", sa.Boolean(), nullable=False),
        sa.Column("active_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "agreed",
                "disagreed",
                "ignored",
                name="outcome_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["flagger_id"], ["member.id"], name=op.f("fk_flag_flagger_id_member")),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name=op.f("fk_flag_item_id_review_item")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_flag_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("active_key", name=op.f("uq_flag_active_key")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index("ix_flag_flagger", ["flagger_id", "outcome"], unique=False)
        batch_op.create_index("ix_flag_post", ["post_id", "active_key"], unique=False)

    op.create_table(
        "review_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "approve",
                "approve_and_mask",
                "reject",
                "remove",
                "restore",
                "no_action",
                "uphold",
                "overturn",
                name="decision_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "advertising",
                "insult",
                "hate",
                "defamation",
                "personal_data",
                "off_topic",
                "duplicate",
                "unreadable",
                "wrong_place",
                "not_an_experience",
                "about_delivery",
                "undisclosed_interest",
                "illegal_product",
                "dangerous_advice",
                "impersonation",
                "minors",
                "intellectual_property",
                "junk",
                "other",
                name="reason_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("stamp", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state_before", sa.String(length=12), nullable=False),
        sa.Column("state_after", sa.String(length=12), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_review_decision_actor_id_member")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_item.id"], name=op.f("fk_review_decision_item_id_review_item")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_review_decision_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_decision")),
        sa.UniqueConstraint("item_id", name=op.f("uq_review_decision_item_id")),
    )
    with op.batch_alter_table("review_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_decision_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_decision_decided_at"), ["decided_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_decision_post_id"), ["post_id"], unique=False)

    op.create_table(
        "review_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=1000), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_review_note_author_id_member")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_item.id"], name=op.f("fk_review_note_item_id_review_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
    )
    with op.batch_alter_table("review_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_note_item_id"), ["item_id"], unique=False)

    op.create_table(
        "review_skip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_item.id"], name=op.f("fk_review_skip_item_id_review_item")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["member.id"], name=op.f("fk_review_skip_moderator_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_skip")),
        sa.UniqueConstraint("item_id", "moderator_id", name=op.f("uq_review_skip_item_id_moderator_id")),
    )
    op.create_table(
        "support_case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["member.id"], name=op.f("fk_support_case_event_actor_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_support_case_event_case_id_support_case")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["member.id"], name=op.f("fk_support_case_event_subject_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_case_event")),
    )
    with op.batch_alter_table("support_case_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_support_case_event_case_id"), ["case_id"], unique=False)

    op.create_table(
        "support_case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_support_case_note_author_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_support_case_note_case_id_support_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_case_note")),
    )
    with op.batch_alter_table("support_case_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_support_case_note_case_id"), ["case_id"], unique=False)

    op.create_table(
        "review_undo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("new_item_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_review_undo_actor_id_member")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["review_decision.id"], name=op.f("fk_review_undo_decision_id_review_decision")
        ),
        sa.ForeignKeyConstraint(
            ["new_item_id"], ["review_item.id"], name=op.f("fk_review_undo_new_item_id_review_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_undo")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_review_undo_decision_id")),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column(
            "measure",
            sa.Enum(
                "rejected",
                "edit_rejected",
                "hidden",
                "removed",
                "silenced",
                "suspended",
                name="measure_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("post_version", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "advertising",
                "insult",
                "hate",
                "defamation",
                "personal_data",
                "off_topic",
                "duplicate",
                "unreadable",
                "wrong_place",
                "not_an_experience",
                "about_delivery",
                "undisclosed_interest",
                "illegal_product",
                "dangerous_advice",
                "impersonation",
                "minors",
                "intellectual_property",
                "junk",
                "other",
                name="reason_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("clause", sa.String(length=12), nullable=False),
        sa.Column("rests_on_law", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("from_notice", sa.Boolean(), nullable=False),
        sa.Column("automated_detection", sa.Boolean(), nullable=False),
        sa.Column("automated_decision", sa.Boolean(), nullable=False),
        sa.Column("lasts_until", UTCDateTime(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column(
            "exemption",
            sa.Enum(
                "no_contact",
                "deceptive_commercial",
                "authority_order",
                name="exemption_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("appeal_until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_statement_actor_id_member")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["review_decision.id"], name=op.f("fk_statement_decision_id_review_decision")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_statement_member_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_statement_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("cause", name=op.f("uq_statement_cause")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_statement_decision_id")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_post_id"), ["post_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "upheld",
                "overturned",
                name="appealstate_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["member.id"], name=op.f("fk_appeal_decided_by_id_member")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name=op.f("fk_appeal_item_id_review_item")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_appeal_member_id_member")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_appeal_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_appeal_statement_id")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_member_id"), ["member_id"], unique=False)

    op.create_table(
        "sanction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "silence",
                "suspension",
                name="sanctionkind_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "advertising",
                "insult",
                "hate",
                "defamation",
                "personal_data",
                "off_topic",
                "duplicate",
                "unreadable",
                "wrong_place",
                "not_an_experience",
                "about_delivery",
                "undisclosed_interest",
                "illegal_product",
                "dangerous_advice",
                "impersonation",
                "minors",
                "intellectual_property",
                "junk",
                "other",
                name="reason_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "lifted",
                "overturned",
                name="sanctionstate_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("begins_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_sanction_lasts")),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_sanction_actor_id_member")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["member.id"], name=op.f("fk_sanction_ended_by_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sanction_member_id_member")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_sanction_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
    )
    with op.batch_alter_table("sanction", schema=None) as batch_op:
        batch_op.create_index("ix_sanction_member", ["member_id", "kind", "state"], unique=False)

    op.create_table(
        "statement_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column(
            "how",
            sa.Enum(
                "undone",
                "restored",
                "lifted",
                "overturned",
                name="end_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_statement_end_actor_id_member")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_end_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_end")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_statement_end_statement_id")),
    )
    _protect()


def downgrade():
    _unprotect()
    op.drop_table("statement_end")
    with op.batch_alter_table("sanction", schema=None) as batch_op:
        batch_op.drop_index("ix_sanction_member")

    op.drop_table("sanction")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_member_id"))

    op.drop_table("appeal")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_post_id"))
        batch_op.drop_index(batch_op.f("ix_statement_member_id"))
        batch_op.drop_index(batch_op.f("ix_statement_created_at"))

    op.drop_table("statement")
    op.drop_table("review_undo")
    with op.batch_alter_table("support_case_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_support_case_note_case_id"))

    op.drop_table("support_case_note")
    with op.batch_alter_table("support_case_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_support_case_event_case_id"))

    op.drop_table("support_case_event")
    op.drop_table("review_skip")
    with op.batch_alter_table("review_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_note_item_id"))

    op.drop_table("review_note")
    with op.batch_alter_table("review_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_decision_post_id"))
        batch_op.drop_index(batch_op.f("ix_review_decision_decided_at"))
        batch_op.drop_index(batch_op.f("ix_review_decision_actor_id"))

    op.drop_table("review_decision")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index("ix_flag_post")
        batch_op.drop_index("ix_flag_flagger")

    op.drop_table("flag")
    with op.batch_alter_table("support_case", schema=None) as batch_op:
        batch_op.drop_index("ix_support_case_board")
        batch_op.drop_index("ix_support_case_assignee")

    op.drop_table("support_case")
    with op.batch_alter_table("sla_event", schema=None) as batch_op:
        batch_op.drop_index("ix_sla_event_at")

    op.drop_table("sla_event")
    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sending_sent_at"))

    op.drop_table("sending")
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.drop_index("ix_search_word_word")

    op.drop_table("search_word")
    with op.batch_alter_table("search_document", schema=None) as batch_op:
        batch_op.drop_index("ix_search_document_terms", postgresql_using="gin")

    op.drop_table("search_document")
    op.drop_table("revision")
    with op.batch_alter_table("review_item", schema=None) as batch_op:
        batch_op.drop_index("ix_review_item_queue")
        batch_op.drop_index(batch_op.f("ix_review_item_post_id"))
        batch_op.drop_index(batch_op.f("ix_review_item_author_id"))

    op.drop_table("review_item")
    with op.batch_alter_table("question_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_tag_tag_id"))

    op.drop_table("question_tag")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index("ix_question_help_active")
        batch_op.drop_index("ix_question_category_help")
        batch_op.drop_index("ix_question_category_active")
        batch_op.drop_index("ix_question_active")

    op.drop_table("question")
    with op.batch_alter_table("post_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_link_linked_id"))

    op.drop_table("post_link")
    op.drop_table("pending_edit")
    with op.batch_alter_table("me_too", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_me_too_member_id"))

    op.drop_table("me_too")
    with op.batch_alter_table("mail_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_token_registration_id"))
        batch_op.drop_index("ix_mail_token_owner")
        batch_op.drop_index(batch_op.f("ix_mail_token_expires_at"))

    op.drop_table("mail_token")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_question")
        batch_op.drop_index("ix_ledger_post")
        batch_op.drop_index("ix_ledger_member_time")
        batch_op.drop_index("ix_ledger_member_day")
        batch_op.drop_index("ix_ledger_member_available")
        batch_op.drop_index("ix_ledger_cause")
        batch_op.drop_index("ix_ledger_available")

    op.drop_table("ledger_entry")
    with op.batch_alter_table("ladder_stage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ladder_stage_recorded_at"))

    op.drop_table("ladder_stage")
    with op.batch_alter_table("ladder", schema=None) as batch_op:
        batch_op.drop_index("ix_ladder_open")
        batch_op.drop_index("ix_ladder_due")

    op.drop_table("ladder")
    with op.batch_alter_table("kudos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kudos_member_id"))

    op.drop_table("kudos")
    with op.batch_alter_table("follow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_question_id"))

    op.drop_table("follow")
    with op.batch_alter_table("coupon_reveal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coupon_reveal_coupon_id"))

    op.drop_table("coupon_reveal")
    with op.batch_alter_table("badge_award", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badge_award_badge_key"))

    op.drop_table("badge_award")
    op.drop_table("watched_word")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_email_key"))

    op.drop_table("registration")
    op.drop_table("rank_mandate")
    with op.batch_alter_table("rank_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rank_change_member_id"))

    op.drop_table("rank_change")
    op.drop_table("promotion_use")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index("ix_post_thread")
        batch_op.drop_index("ix_post_state")
        batch_op.drop_index("ix_post_parent")
        batch_op.drop_index("ix_post_author")

    op.drop_table("post")
    op.drop_table("notification_preference")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index("ix_notification_unread")
        batch_op.drop_index("ix_notification_post")
        batch_op.drop_index("ix_notification_page")
        batch_op.drop_index("ix_notification_mail")

    op.drop_table("notification")
    with op.batch_alter_table("member_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_session_member_id"))
        batch_op.drop_index(batch_op.f("ix_member_session_expires_at"))

    op.drop_table("member_session")
    with op.batch_alter_table("letter_wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_wish_created_at"))

    op.drop_table("letter_wish")
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.drop_index("ix_image_member")
        batch_op.drop_index(batch_op.f("ix_image_file_key"))

    op.drop_table("image")
    op.drop_table("draft")
    op.drop_table("display_choice")
    op.drop_table("credential")
    with op.batch_alter_table("coupon", schema=None) as batch_op:
        batch_op.drop_index("ix_coupon_stock")
        batch_op.drop_index(batch_op.f("ix_coupon_member_id"))
        batch_op.drop_index("ix_coupon_expiry")

    op.drop_table("coupon")
    op.drop_table("balance")
    op.drop_table("agent_desk")
    op.drop_table("tag")
    op.drop_table("sla_policy")
    op.drop_table("site_setting")
    op.drop_table("promotion")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_role"))
        batch_op.drop_index(batch_op.f("ix_member_rank"))
        batch_op.drop_index(batch_op.f("ix_member_joined_at"))
        batch_op.drop_index(batch_op.f("ix_member_display_name"))

    op.drop_table("member")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_due")

    op.drop_table("job")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_run_site"))

    op.drop_table("import_run")
    op.drop_table("content_version")
    op.drop_table("category")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_act"))

    op.drop_table("audit_entry")
