"""digests: what was chosen for whom, and how far each hour's building has come

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-22 14:20:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("mail_batch", sa.String(length=80), nullable=True),
        sa.Column("mailed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_digest_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("member_id", "due_at", name=op.f("uq_digest_member_id_due_at")),
    )
    op.create_index("ix_digest_created", "digest", ["created_at"])
    op.create_table(
        "digest_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_at", UTCDateTime(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("looked_count", sa.Integer(), nullable=False),
        sa.Column("written_count", sa.Integer(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_run")),
        sa.UniqueConstraint("slot_at", name=op.f("uq_digest_run_slot_at")),
    )


def downgrade():
    op.drop_table("digest_run")
    op.drop_table("digest")
