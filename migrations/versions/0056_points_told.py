"""points told in passing

Revision ID: 0056
Revises: 0055
Create Date: 2026-11-23 03:15:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("member", sa.Column("has_point_news", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "points_told",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("is_off", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_points_told_member_id_member"),
        sa.PrimaryKeyConstraint("member_id", name="pk_points_told"),
    )


def downgrade():
    op.drop_table("points_told")
    op.drop_column("member", "has_point_news")
