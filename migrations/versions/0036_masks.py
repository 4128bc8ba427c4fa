"""questions asked under a mask, and the categories that allow it

Revision ID: 0036
Revises: 0035
Create Date: 2026-11-22 20:20:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "mask",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_mask_member_id_member"),
        sa.ForeignKeyConstraint(["person_id"], ["member.id"], name="fk_mask_person_id_member"),
        sa.PrimaryKeyConstraint("member_id", name="pk_mask"),
    )
    op.create_index("ix_mask_person_id", "mask", ["person_id"])
    op.add_column("member", sa.Column("is_mask", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("member", sa.Column("has_masks", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("category", sa.Column("masks", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade():
    op.drop_column("category", "masks")
    op.drop_column("member", "has_masks")
    op.drop_column("member", "is_mask")
    op.drop_index("ix_mask_person_id", "mask")
    op.drop_table("mask")
