"""invitations to answer, and members who want none

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-22 14:40:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "answer_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("inviter_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["inviter_id"], ["member.id"], name=op.f("fk_answer_invitation_inviter_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_answer_invitation_member_id_member")),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_answer_invitation_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_invitation")),
        sa.UniqueConstraint("question_id", "member_id", name=op.f("uq_answer_invitation_question_id_member_id")),
    )
    op.create_index("ix_answer_invitation_member", "answer_invitation", ["member_id", "created_at"])
    op.create_index("ix_answer_invitation_inviter", "answer_invitation", ["inviter_id", "created_at"])
    op.create_table(
        "invitations_refused",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_invitations_refused_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_invitations_refused")),
    )


def downgrade():
    op.drop_table("invitations_refused")
    op.drop_table("answer_invitation")
