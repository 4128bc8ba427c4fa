"""what is still to be done for members who left

Revision ID: 0064
Revises: 0063
Create Date: 2026-11-23 06:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "erasure",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=True),
        sa.Column("texts_done_at", UTCDateTime(), nullable=True),
        sa.Column("votes_done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("member_id", name="pk_erasure"),
    )
    op.create_index("ix_erasure_begun_at", "erasure", ["begun_at"])


def downgrade():
    op.drop_table("erasure")
