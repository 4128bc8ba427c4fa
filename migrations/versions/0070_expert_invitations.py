"""members are asked to help, in waves, as they wish

Revision ID: 0070
Revises: 0069
Create Date: 2026-11-23 06:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

WHY = ("solved", "answered", "alike", "here")
STATES = ("open", "answered", "declined", "ignored", "spared")


def _link(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def upgrade():
    op.create_table(
        "expert_wish",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("at_night", sa.Boolean(), nullable=False),
        sa.Column("away_until", UTCDateTime(), nullable=True),
        sa.Column("paused_until", UTCDateTime(), nullable=True),
        sa.Column("ignored_count", sa.Integer(), nullable=False),
        sa.Column("invited_count", sa.Integer(), nullable=False),
        sa.Column("answered_count", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        _link("expert_wish", "member_id", "member"),
        sa.PrimaryKeyConstraint("member_id", name="pk_expert_wish"),
    )
    op.create_index("ix_expert_wish_wanted", "expert_wish", ["wanted", "member_id"])
    op.create_table(
        "expert_mute",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        _link("expert_mute", "member_id", "member"),
        _link("expert_mute", "category_id", "category"),
        sa.PrimaryKeyConstraint("member_id", "category_id", name="pk_expert_mute"),
    )
    op.create_table(
        "expert_wave",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("invited", sa.Integer(), nullable=False),
        _link("expert_wave", "question_id", "post"),
        sa.PrimaryKeyConstraint("question_id", "cycle", "wave", name="pk_expert_wave"),
    )
    op.create_index("ix_expert_wave_due_at", "expert_wave", ["due_at"])
    op.create_table(
        "expert_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("explored", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("invited_at", UTCDateTime(), nullable=False),
        sa.Column("lapses_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        _link("expert_invitation", "question_id", "post"),
        _link("expert_invitation", "member_id", "member"),
        _link("expert_invitation", "category_id", "category"),
        sa.PrimaryKeyConstraint("id", name="pk_expert_invitation"),
        sa.UniqueConstraint("question_id", "member_id", name="uq_expert_invitation_question_id_member_id"),
        sa.CheckConstraint(sa.column("why").in_(WHY), name="why_known"),
        sa.CheckConstraint(sa.column("state").in_(STATES), name="invitationstate_known"),
    )
    op.create_index("ix_expert_invitation_member", "expert_invitation", ["member_id", "invited_at"])
    op.create_index("ix_expert_invitation_lapse", "expert_invitation", ["state", "lapses_at"])
    op.create_index("ix_expert_invitation_at", "expert_invitation", ["invited_at"])


def downgrade():
    for table in ("expert_invitation", "expert_wave", "expert_mute", "expert_wish"):
        op.drop_table(table)
