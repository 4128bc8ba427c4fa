"""what the dashboard counts by night: private talks and views with a question, and what campaigns brought

Revision ID: 0101
Revises: 0100

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "question_outcome", sa.Column("talked", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("question_outcome", sa.Column("views", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_sla_event_type", "sla_event", ["type", "at", "metric"])
    op.create_table(
        "campaign_count",
        sa.Column("is_mission", sa.Boolean(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name_fr", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("counted_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("is_mission", "campaign_id", name="pk_campaign_count"),
    )
    op.create_index("ix_campaign_count_ends_at", "campaign_count", ["ends_at"])


def downgrade():
    op.drop_table("campaign_count")
    op.drop_index("ix_sla_event_type", "sla_event")
    op.drop_column("question_outcome", "views")
    op.drop_column("question_outcome", "talked")
