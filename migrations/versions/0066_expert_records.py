"""what members did, by topic

Revision ID: 0066
Revises: 0065
Create Date: 2026-11-23 06:20:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "expert_record",
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("warmth", sa.Double(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_expert_record_member_id_member"),
        sa.PrimaryKeyConstraint("topic", "member_id", name="pk_expert_record"),
    )
    op.create_index("ix_expert_record_warmth", "expert_record", ["topic", "warmth"])
    op.create_index("ix_expert_record_member", "expert_record", ["member_id"])


def downgrade():
    op.drop_table("expert_record")
