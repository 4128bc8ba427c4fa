"""guides that members propose

Revision ID: 0055
Revises: 0054
Create Date: 2026-11-23 03:05:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "guide_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("summary", sa.String(400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("models", sa.JSON(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("guide_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.CheckConstraint(sa.column("state").in_(("waiting", "accepted", "declined")), name="proposalstate_known"),
        sa.CheckConstraint("(state = 'accepted') = (guide_id IS NOT NULL)", name="accepted_is_a_guide"),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name="fk_guide_proposal_author_id_member"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name="fk_guide_proposal_decided_by_id_member"),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_guide_proposal_category_id_category"),
        sa.ForeignKeyConstraint(["guide_id"], ["guide.id"], name="fk_guide_proposal_guide_id_guide"),
        sa.PrimaryKeyConstraint("id", name="pk_guide_proposal"),
    )
    op.create_index("ix_guide_proposal_author", "guide_proposal", ["author_id", "id"])
    op.create_index("ix_guide_proposal_state", "guide_proposal", ["state", "id"])


def downgrade():
    op.drop_table("guide_proposal")
