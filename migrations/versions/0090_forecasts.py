"""what a change of the rules would have done

Revision ID: 0090
Revises: 0089
Create Date: 2026-11-23 12:48:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade():
    moment = UTCDateTime
    op.create_table(
        "forecast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("running", "done", name="state_known", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=40), nullable=False),
        sa.Column("since", moment(), nullable=False),
        sa.Column("until", moment(), nullable=False),
        sa.Column("played_to", moment(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", moment(), nullable=False),
        sa.Column("ended_at", moment(), nullable=True),
        sa.Column("applied_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", moment(), nullable=True),
        sa.CheckConstraint("days BETWEEN 1 AND 366", name=op.f("ck_forecast_some_days")),
        sa.ForeignKeyConstraint(["applied_by_id"], ["member.id"], name=op.f("fk_forecast_applied_by_id_member")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["member.id"], name=op.f("fk_forecast_begun_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast")),
    )
    with op.batch_alter_table("forecast") as batch:
        batch.create_index("ix_forecast_begun", ["begun_at", "id"], unique=False)


def downgrade():
    op.drop_table("forecast")
