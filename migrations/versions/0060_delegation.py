"""moderators of a part, and teams of outside providers

Revision ID: 0060
Revises: 0059
Create Date: 2026-11-23 06:00:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

RIGHTS = ("decide", "bulk", "reviews", "appeals", "files")


def upgrade():
    with op.batch_alter_table("member") as batch:
        batch.add_column(sa.Column("is_limited", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name="fk_agency_created_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_agency"),
        sa.UniqueConstraint("name", name="uq_agency_name"),
    )
    op.create_table(
        "agency_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_agency_seat_agency_id_agency"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_agency_seat_member_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_agency_seat"),
    )
    op.create_index("ix_agency_seat_agency_id", "agency_seat", ["agency_id"])
    now = sa.text("ended_at is null")
    op.create_index(
        "uq_agency_seat_now", "agency_seat", ["member_id"], unique=True, sqlite_where=now, postgresql_where=now
    )
    op.create_table(
        "moderation_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("right", sa.String(24), nullable=False),
        sa.Column("granted_at", UTCDateTime(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(member_id is null) != (agency_id is null)", name="one_holder"),
        sa.CheckConstraint(sa.column("right").in_(RIGHTS), name="right_known"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_moderation_grant_member_id_member"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_moderation_grant_agency_id_agency"),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_moderation_grant_category_id_category"),
        sa.ForeignKeyConstraint(["granted_by_id"], ["member.id"], name="fk_moderation_grant_granted_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_moderation_grant"),
        sa.UniqueConstraint("member_id", "category_id", "right", name="uq_moderation_grant_member"),
        sa.UniqueConstraint("agency_id", "category_id", "right", name="uq_moderation_grant_agency"),
    )


def downgrade():
    op.drop_table("moderation_grant")
    op.drop_table("agency_seat")
    op.drop_table("agency")
    with op.batch_alter_table("member") as batch:
        batch.drop_column("is_limited")
