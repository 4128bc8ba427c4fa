"""merges of topics can be undone

Revision ID: 0027
Revises: 0026
Create Date: 2026-11-22 17:20:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "tag_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name="fk_tag_merge_actor_id_member"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_tag_merge_tag_id_tag"),
        sa.ForeignKeyConstraint(["target_id"], ["tag.id"], name="fk_tag_merge_target_id_tag"),
        sa.PrimaryKeyConstraint("id", name="pk_tag_merge"),
    )
    op.create_index("ix_tag_merge_target_id", "tag_merge", ["target_id"])


def downgrade():
    op.drop_table("tag_merge")
