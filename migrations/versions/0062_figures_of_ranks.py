"""what ranks measure of posts is kept written

Revision ID: 0062
Revises: 0061
Create Date: 2026-11-23 05:55:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

COUNTED = ("posts", "answers", "votes", "accepted", "chosen", "compared", "topics")


def upgrade():
    op.create_table(
        "rank_figures",
        sa.Column("member_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTED),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_rank_figures_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_rank_figures")),
    )


def downgrade():
    op.drop_table("rank_figures")
