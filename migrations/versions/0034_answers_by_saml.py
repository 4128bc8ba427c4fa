"""answers of SAML providers, kept for a moment

Revision ID: 0034
Revises: 0033
Create Date: 2026-11-22 21:00:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "kept_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("request", sa.String(200), nullable=False),
        sa.Column("state", sa.String(80), nullable=False),
        sa.Column("assertion", sa.String(200), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_answer"),
        sa.UniqueConstraint("key_hash", name="uq_kept_answer_key_hash"),
    )
    op.create_index("ix_kept_answer_expires_at", "kept_answer", ["expires_at"])


def downgrade():
    op.drop_table("kept_answer")
