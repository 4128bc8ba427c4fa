"""archives of a member's own data, retention with legal holds

Revision ID: 0059
Revises: 0058
Create Date: 2026-11-23 06:00:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

KEPT_FOR_A_TIME = ("audit_entry", "review_decision", "review_undo", "statement", "statement_end", "support_case_event")


def upgrade():
    op.create_table(
        "data_archive",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("ready_at", UTCDateTime(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("file_key", sa.String(40), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_data_archive_member_id_member"),
        sa.PrimaryKeyConstraint("member_id", name="pk_data_archive"),
    )
    op.create_index("ix_data_archive_ends_at", "data_archive", ["ends_at"])


    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("open_key", sa.String(40), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("placed_at", UTCDateTime(), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=True),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(500), nullable=False),
        sa.CheckConstraint(sa.column("kind").in_(("member", "post", "case")), name="holdkind_known"),
        sa.ForeignKeyConstraint(["placed_by_id"], ["member.id"], name="fk_legal_hold_placed_by_id_member"),
        sa.ForeignKeyConstraint(["ended_by_id"], ["member.id"], name="fk_legal_hold_ended_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_hold"),
        sa.UniqueConstraint("open_key", name="uq_legal_hold_open_key"),
    )
    op.create_index("ix_legal_hold_target", "legal_hold", ["kind", "target_id"])
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("gone_count", sa.Integer(), nullable=False),
        sa.Column("held_count", sa.Integer(), nullable=False),
        sa.Column("left_count", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retention_run"),
    )
    op.create_index("ix_retention_run_at", "retention_run", ["at", "id"])
    op.create_index("ix_retention_run_rule", "retention_run", ["rule", "at"])
    op.create_table(
        "retention_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retention_pass"),
        sa.UniqueConstraint("table_name", name="uq_retention_pass_table_name"),
    )
    guard(True)


def downgrade():
    guard(False)
    for table in ("retention_pass", "retention_run", "legal_hold", "data_archive"):
        op.drop_table(table)


def guard(but_for_retention):
    """Tables that refuse every change let rows go whose time is over, or (back) do not."""
    dialect = op.get_bind().dialect.name
    for table in KEPT_FOR_A_TIME:
        if dialect == "postgresql":
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        else:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
        for statement in append_only_ddl(table, dialect, but_for_retention):
            op.execute(statement)
