"""private profiles, thanks

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-22 14:39:57.899473

"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "thanks",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["post.id"], name=op.f("fk_thanks_answer_id_post")),
        sa.ForeignKeyConstraint(["comment_id"], ["post.id"], name=op.f("fk_thanks_comment_id_post")),
        sa.ForeignKeyConstraint(["helper_id"], ["member.id"], name=op.f("fk_thanks_helper_id_member")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_thanks")),
    )
    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thanks_answer_id"), ["answer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thanks_helper_id"), ["helper_id"], unique=False)

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_column("is_private")

    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thanks_helper_id"))
        batch_op.drop_index(batch_op.f("ix_thanks_answer_id"))

    op.drop_table("thanks")
