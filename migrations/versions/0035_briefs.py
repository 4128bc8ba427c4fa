"""whether answers in brief answered

Revision ID: 0035
Revises: 0034
Create Date: 2026-11-22 20:30:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "brief_query",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("words", sa.String(120), nullable=False),
        sa.Column("up", sa.Integer(), nullable=False),
        sa.Column("down", sa.Integer(), nullable=False),
        sa.Column("voted_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_brief_query"),
    )
    op.create_index("ix_brief_query_voted", "brief_query", ["voted_at"])
    op.create_table(
        "brief_source",
        sa.Column("query_key", sa.String(32), nullable=False),
        sa.Column("source", sa.String(30), nullable=False),
        sa.Column("up", sa.Integer(), nullable=False),
        sa.Column("down", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("query_key", "source", name="pk_brief_source"),
    )
    op.create_table(
        "brief_ballot",
        sa.Column("query_key", sa.String(32), nullable=False),
        sa.Column("ballot", sa.String(32), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("query_key", "ballot", name="pk_brief_ballot"),
    )


def downgrade():
    op.drop_table("brief_ballot")
    op.drop_table("brief_source")
    op.drop_table("brief_query")
