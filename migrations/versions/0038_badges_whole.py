"""the whole catalogue of badges: campaigns of the team, honours, years of expertise, why one was taken back

Revision ID: 0038
Revises: 0037
Create Date: 2026-11-22 23:20:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BEFORE = (
    "first_accept", "helper", "appreciated", "good_answer", "fast", "first_responder", "topic_expert", "steady",
    "librarian",
)  # fmt: skip
BADGES = (
    "first_accept", "first_flag", "profile_products", "charter", "helper", "appreciated", "good_answer", "rescuer",
    "fast", "first_responder", "steady", "topic_expert", "multi_topic", "guide_author", "evergreen", "librarian",
    "guardian", "reviewer", "tester", "mentor", "welcome", "anniversary", "beta", "event", "founder", "honour",
)  # fmt: skip
NEW = tuple(key for key in BADGES if key not in BEFORE)
EVIDENCE = ("count", "post", "campaign", "citation")
CAUSES = ("evidence", "fraud", "breach", "two_of_the_team")
CITED = "badge_key != 'honour' OR length(citation) >= 40 OR revoked_at IS NOT NULL"
ADDED = (
    "evidence_type", "campaign_id", "citation", "given_by_id", "renewed_at", "lapsed_at", "revoke_cause",
    "revoke_asked_at", "revoke_asked_by_id",
)  # fmt: skip


def upgrade():
    op.create_table(
        "badge_campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("badge_key", sa.String(24), nullable=False),
        sa.Column("name_fr", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("about_fr", sa.String(300), nullable=False),
        sa.Column("about_en", sa.String(300), nullable=False),
        sa.Column("criterion", sa.String(24), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("form_key", sa.String(40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("activated_at", UTCDateTime(), nullable=True),
        sa.Column("activated_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(sa.column("badge_key").in_(BADGES), name="badgekey_known"),
        sa.CheckConstraint(
            sa.column("criterion").in_(("joined", "wrote", "solved", "named")), name="criterion_known"
        ),
        sa.CheckConstraint(sa.column("state").in_(("draft", "active", "ended")), name="campaignstate_known"),
        sa.CheckConstraint("ends_at > starts_at", name="lasts"),
        sa.CheckConstraint("wanted BETWEEN 1 AND 1000", name="wanted_range"),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name="fk_badge_campaign_created_by_id_member"),
        sa.ForeignKeyConstraint(
            ["activated_by_id"], ["member.id"], name="fk_badge_campaign_activated_by_id_member"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_badge_campaign"),
        sa.UniqueConstraint("form_key", name="uq_badge_campaign_form_key"),
    )
    op.create_index("ix_badge_campaign_state", "badge_campaign", ["state"])
    op.create_table(
        "house_guide_read",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_house_guide_read_member_id_member"),
        sa.PrimaryKeyConstraint("member_id", name="pk_house_guide_read"),
    )
    with op.batch_alter_table("badge_award") as batch:
        batch.add_column(sa.Column("evidence_type", sa.String(24), nullable=False, server_default="count"))
        batch.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("citation", sa.String(400), nullable=True))
        batch.add_column(sa.Column("given_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("renewed_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("lapsed_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("revoke_cause", sa.String(24), nullable=True))
        batch.add_column(sa.Column("revoke_asked_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("revoke_asked_by_id", sa.Integer(), nullable=True))
        batch.drop_constraint(op.f("ck_badge_award_badgekey_known"), type_="check")
        batch.create_check_constraint("badgekey_known", sa.column("badge_key").in_(BADGES))
        batch.create_check_constraint("evidence_known", sa.column("evidence_type").in_(EVIDENCE))
        batch.create_check_constraint("revokecause_known", sa.column("revoke_cause").in_(CAUSES))
        batch.create_check_constraint("honour_cited", CITED)
        for column, table in (
            ("campaign_id", "badge_campaign"), ("given_by_id", "member"), ("revoke_asked_by_id", "member"),
        ):  # fmt: skip
            batch.create_foreign_key(f"fk_badge_award_{column}_{table}", table, [column], ["id"])
    op.create_index("ix_badge_award_latest", "badge_award", ["badge_key", "awarded_at", "id"])
    op.execute("UPDATE badge_award SET evidence_type = 'post' WHERE evidence_id IS NOT NULL")
    op.execute("UPDATE badge_award SET revoke_cause = 'fraud' WHERE revoked_at IS NOT NULL")


def downgrade():
    op.drop_index("ix_badge_award_latest", "badge_award")
    op.execute(sa.delete(sa.table("badge_award", sa.column("badge_key"))).where(sa.column("badge_key").in_(NEW)))
    with op.batch_alter_table("badge_award") as batch:
        for name in ("badgekey_known", "evidence_known", "revokecause_known", "honour_cited"):
            batch.drop_constraint(op.f(f"ck_badge_award_{name}"), type_="check")
        batch.create_check_constraint("badgekey_known", sa.column("badge_key").in_(BEFORE))
        for column, table in (
            ("campaign_id", "badge_campaign"), ("given_by_id", "member"), ("revoke_asked_by_id", "member"),
        ):  # fmt: skip
            batch.drop_constraint(f"fk_badge_award_{column}_{table}", type_="foreignkey")
        for column in reversed(ADDED):
            batch.drop_column(column)
    op.drop_table("house_guide_read")
    op.drop_table("badge_campaign")
