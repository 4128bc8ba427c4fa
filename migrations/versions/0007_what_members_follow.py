"""what members follow besides questions

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-22 14:05:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    kinds = ("member", "product", "tag", "category")
    known = sa.Enum(*kinds, name="targetkind_known", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "following",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", known, nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_following_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_following")),
        sa.UniqueConstraint("kind", "target_id", "member_id", name=op.f("uq_following_kind_target_id_member_id")),
    )
    op.create_index("ix_following_member", "following", ["member_id", "kind", "id"])


def downgrade():
    op.drop_table("following")
