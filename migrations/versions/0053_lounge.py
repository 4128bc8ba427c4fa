"""the super-users' lounge

Revision ID: 0053
Revises: 0052
Create Date: 2026-11-23 02:45:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "lounge_topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("is_news", sa.Boolean(), nullable=False),
        sa.Column("nonce", sa.String(40), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name="fk_lounge_topic_author_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_lounge_topic"),
        sa.UniqueConstraint("author_id", "nonce", name="uq_lounge_topic_author_id_nonce"),
    )
    op.create_index("ix_lounge_topic_last", "lounge_topic", ["last_at", "id"])
    op.create_table(
        "lounge_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(40), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["topic_id"], ["lounge_topic.id"], name="fk_lounge_message_topic_id_lounge_topic"),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name="fk_lounge_message_author_id_member"),
        sa.ForeignKeyConstraint(["removed_by_id"], ["member.id"], name="fk_lounge_message_removed_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_lounge_message"),
        sa.UniqueConstraint("author_id", "nonce", name="uq_lounge_message_author_id_nonce"),
    )
    op.create_index("ix_lounge_message_topic", "lounge_message", ["topic_id", "id"])


def downgrade():
    op.drop_table("lounge_message")
    op.drop_table("lounge_topic")
