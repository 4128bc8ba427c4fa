"""files other than pictures, and the posts that carry them

Revision ID: 0049
Revises: 0048
Create Date: 2026-11-23 02:55:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(sa.column("kind").in_(("pdf", "txt", "log", "csv")), name="filekind_known"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_attachment_member_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("key", name="uq_attachment_key"),
    )
    op.create_index("ix_attachment_member_id", "attachment", ["member_id"])
    op.create_index("ix_attachment_created_at", "attachment", ["created_at"])
    op.create_table(
        "attachment_post",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name="fk_attachment_post_attachment_id_attachment"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_attachment_post_post_id_post"),
        sa.PrimaryKeyConstraint("attachment_id", "post_id", name="pk_attachment_post"),
    )
    op.create_index("ix_attachment_post_post_id", "attachment_post", ["post_id"])


def downgrade():
    op.drop_table("attachment_post")
    op.drop_table("attachment")
