"""how far members have read a question

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 13:45:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "read_position",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_read_position_member_id_member")),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_read_position_question_id_post")),
        sa.PrimaryKeyConstraint("member_id", "question_id", name=op.f("pk_read_position")),
    )
    op.create_index(op.f("ix_read_position_read_at"), "read_position", ["read_at"])


def downgrade():
    op.drop_table("read_position")
