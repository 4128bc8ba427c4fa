"""legal notices, trusted flaggers, reported profiles, reports without reason, busy times

Revision ID: 0065
Revises: 0064
Create Date: 2026-11-23 05:50:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

GROUNDS = (
    "child_abuse", "threat", "terrorism", "hate", "defamation", "privacy", "counterfeit", "copyright", "fraud",
    "dangerous_product", "other",
)  # fmt: skip


def upgrade():
    op.create_table(
        "trusted_flagger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("active_key", sa.String(254), nullable=True),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["member.id"], name="fk_trusted_flagger_added_by_id_member"),
        sa.ForeignKeyConstraint(["removed_by_id"], ["member.id"], name="fk_trusted_flagger_removed_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_trusted_flagger"),
        sa.UniqueConstraint("active_key", name="uq_trusted_flagger_active_key"),
    )
    op.create_table(
        "legal_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("post_version", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("ground", sa.String(24), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("trusted_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(24), nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("same_key", sa.String(64), nullable=False),
        sa.Column("proof_key", sa.String(64), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(24), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("flipped_at", UTCDateTime(), nullable=True),
        sa.Column("contested_at", UTCDateTime(), nullable=True),
        sa.Column("contest", sa.Text(), nullable=False),
        sa.Column("identity_erased_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(sa.column("ground").in_(GROUNDS), name="legalground_known"),
        sa.CheckConstraint(sa.column("way").in_(("member", "proof", "mail", "waived")), name="way_known"),
        sa.CheckConstraint(sa.column("state").in_(("waiting", "received", "decided")), name="noticestate_known"),
        sa.CheckConstraint(sa.column("outcome").in_(("restricted", "kept", "gone")), name="noticeoutcome_known"),
        sa.CheckConstraint("(state = 'decided') = (outcome is not null)", name="outcome_when_decided"),
        sa.CheckConstraint("state = 'waiting' or received_at is not null", name="received_dated"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_legal_notices_post_id_post"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_legal_notices_member_id_member"),
        sa.ForeignKeyConstraint(["trusted_id"], ["trusted_flagger.id"], name="fk_legal_notices_trusted_id_trusted_flagger"),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name="fk_legal_notices_item_id_review_item"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_notices"),
        sa.UniqueConstraint("same_key", name="uq_legal_notices_same_key"),
        sa.UniqueConstraint("proof_key", name="uq_legal_notices_proof_key"),
    )
    op.create_index("ix_legal_notices_post", "legal_notices", ["post_id", "state"])
    op.create_index("ix_legal_notices_state", "legal_notices", ["state", "id"])
    op.create_index("ix_legal_notices_received_at", "legal_notices", ["received_at"])
    op.create_index("ix_legal_notices_item_id", "legal_notices", ["item_id"])
    op.add_column("flag", sa.Column("referrer", sa.String(32), nullable=False, server_default=""))
    op.add_column("flag", sa.Column("picture", sa.String(48), nullable=False, server_default=""))
    op.create_index("ix_flag_flagger_time", "flag", ["flagger_id", "created_at"])
    op.create_table(
        "flag_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("reviewed", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(sa.column("kind").in_(("warned", "muted")), name="measurekind_known"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_flag_measure_member_id_member"),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["member.id"], name="fk_flag_measure_lifted_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_flag_measure"),
    )
    op.create_index("ix_flag_measure_member", "flag_measure", ["member_id", "until"])
    op.create_table(
        "profile_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("active_key", sa.String(40), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(24), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            sa.column("reason").in_(("insult", "advertising", "personal_data", "impersonation", "other")),
            name="profilereason_known",
        ),
        sa.CheckConstraint(sa.column("outcome").in_(("taken", "kept", "gone")), name="profileoutcome_known"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_profile_report_member_id_member"),
        sa.ForeignKeyConstraint(["reporter_id"], ["member.id"], name="fk_profile_report_reporter_id_member"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name="fk_profile_report_decided_by_id_member"),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name="fk_profile_report_statement_id_statement"),
        sa.PrimaryKeyConstraint("id", name="pk_profile_report"),
        sa.UniqueConstraint("active_key", name="uq_profile_report_active_key"),
    )
    op.create_index("ix_profile_report_reporter_id", "profile_report", ["reporter_id"])
    op.create_index("ix_profile_report_statement_id", "profile_report", ["statement_id"])
    op.create_index("ix_profile_report_member", "profile_report", ["member_id", "active_key"])
    op.create_table(
        "category_storm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("active_key", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_at > begun_at", name="lasts"),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_category_storm_category_id_category"),
        sa.ForeignKeyConstraint(["begun_by_id"], ["member.id"], name="fk_category_storm_begun_by_id_member"),
        sa.ForeignKeyConstraint(["ended_by_id"], ["member.id"], name="fk_category_storm_ended_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_category_storm"),
        sa.UniqueConstraint("active_key", name="uq_category_storm_active_key"),
    )
    op.create_index("ix_category_storm_category_id", "category_storm", ["category_id"])


def downgrade():
    op.drop_table("category_storm")
    op.drop_table("profile_report")
    op.drop_table("flag_measure")
    op.drop_index("ix_flag_flagger_time", "flag")
    op.drop_column("flag", "picture")
    op.drop_column("flag", "referrer")
    op.drop_table("legal_notices")
    op.drop_table("trusted_flagger")
