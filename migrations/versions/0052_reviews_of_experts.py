"""reviews of experts

Revision ID: 0052
Revises: 0051
Create Date: 2026-11-23 02:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

WHYS = ("earned", "imported", "appointed", "mandate_end", "fraud")


def _whys(values):
    with op.batch_alter_table("rank_change") as batch:
        batch.drop_constraint(op.f("ck_rank_change_why_known"), type_="check")
        batch.create_check_constraint("why_known", sa.column("why").in_(values))


def upgrade():
    op.create_table(
        "rank_review",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_rank_review_member_id_member"),
        sa.PrimaryKeyConstraint("member_id", name="pk_rank_review"),
    )
    op.create_index("ix_rank_review_due_at", "rank_review", ["due_at"])
    _whys((*WHYS, "review"))


def downgrade():
    op.execute("UPDATE rank_change SET why = 'mandate_end' WHERE why = 'review'")
    _whys(WHYS)
    op.drop_table("rank_review")
