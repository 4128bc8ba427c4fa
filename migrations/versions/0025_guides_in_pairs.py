"""guides in two languages know each other, and who keeps one is told once when a check is due

Revision ID: 0025
Revises: 0024
Create Date: 2026-11-22 17:10:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("guide") as batch_op:
        batch_op.add_column(sa.Column("due_told_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("pair_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_guide_pair_id_language"), ["pair_id", "language"])
        batch_op.create_index("ix_guide_due", ["state", "check_due_at"])


def downgrade():
    with op.batch_alter_table("guide") as batch_op:
        batch_op.drop_index("ix_guide_due")
        batch_op.drop_constraint(op.f("uq_guide_pair_id_language"), type_="unique")
        batch_op.drop_column("pair_id")
        batch_op.drop_column("due_told_at")
