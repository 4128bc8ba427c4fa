"""what became of questions, counted every night

Revision ID: 0093
Revises: 0092

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

SOLVERS = ("expert", "member", "team", "asker")
RUNGS = ("E1", "E2", "E3", "E4")


def upgrade():
    op.create_table(
        "question_outcome",
        sa.Column("question_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("asked_epoch", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("held_seconds", sa.Integer(), nullable=True),
        sa.Column("first_seconds", sa.Integer(), nullable=True),
        sa.Column("first_work_seconds", sa.Integer(), nullable=True),
        sa.Column("first_by_team", sa.Boolean(), nullable=False),
        sa.Column("members_seconds", sa.Integer(), nullable=True),
        sa.Column("team_seconds", sa.Integer(), nullable=True),
        sa.Column("solved_seconds", sa.Integer(), nullable=True),
        sa.Column("solved_by", sa.String(24), nullable=True),
        sa.Column("presumed", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("rung", sa.String(24), nullable=True),
        sa.CheckConstraint(sa.column("solved_by").in_(SOLVERS), name="solver_known"),
        sa.CheckConstraint(sa.column("rung").in_(RUNGS), name="rung_known"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name="fk_question_outcome_category_id_category"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name="fk_question_outcome_question_id_post"),
        sa.PrimaryKeyConstraint("question_id", name="pk_question_outcome"),
    )
    op.create_index("ix_question_outcome_day", "question_outcome", ["day"])
    op.create_index("ix_question_outcome_asked", "question_outcome", ["asked_at", "question_id"])
    op.create_table(
        "outcome_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counted_at", UTCDateTime(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outcome_count"),
    )


def downgrade():
    op.drop_table("outcome_count")
    op.drop_table("question_outcome")
