"""the agents' workbench: presence, templates, official answers read again, what customers thought

Revision ID: 0084
Revises: 0083
Create Date: 2026-11-23 10:10:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def _link(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def upgrade():
    with op.batch_alter_table("support_team") as batch:
        batch.add_column(sa.Column("calendar_id", sa.Integer()))
        batch.create_foreign_key("fk_support_team_calendar_id_work_calendar", "work_calendar", ["calendar_id"], ["id"])
    op.create_table(
        "case_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "doing",
            sa.Enum("viewing", "writing", native_enum=False, create_constraint=True, length=24, name="doing_known"),
            nullable=False,
        ),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_presence"),
        sa.UniqueConstraint("case_id", "member_id", name="uq_case_presence_case_id_member_id"),
        _link("case_presence", "case_id", "support_case"),
        _link("case_presence", "member_id", "member"),
    )
    op.create_index("ix_case_presence_until", "case_presence", ["until"])
    op.create_table(
        "macro",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("category_id", sa.Integer()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("owner_id", sa.Integer()),
        sa.Column("used_count", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_macro"),
        _link("macro", "category_id", "category"),
        _link("macro", "owner_id", "member"),
    )
    op.create_index("ix_macro_language", "macro", ["language", "retired_at"])
    op.create_table(
        "macro_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("macro_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_macro_use"),
        sa.UniqueConstraint("macro_id", "post_id", name="uq_macro_use_macro_id_post_id"),
        _link("macro_use", "macro_id", "macro"),
        _link("macro_use", "case_id", "support_case"),
        _link("macro_use", "member_id", "member"),
        _link("macro_use", "post_id", "post"),
    )
    op.create_index("ix_macro_use_case_id", "macro_use", ["case_id"])
    op.create_table(
        "official_check",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime()),
        sa.Column("told_at", UTCDateTime()),
        sa.Column("checked_at", UTCDateTime()),
        sa.Column("checked_by_id", sa.Integer()),
        sa.PrimaryKeyConstraint("answer_id", name="pk_official_check"),
        _link("official_check", "answer_id", "post"),
        _link("official_check", "question_id", "post"),
        _link("official_check", "checked_by_id", "member"),
    )
    op.create_index("ix_official_check_due_at", "official_check", ["due_at"])
    op.execute(
        "INSERT INTO official_check (answer_id, question_id, due_at) "
        "SELECT post.id, post.question_id, "
        + (
            "datetime(post.published_at, '+365 days')"
            if op.get_bind().dialect.name == "sqlite"
            else "post.published_at + interval '365 days'"
        )
        + " FROM question JOIN post ON post.id = question.official_answer_id WHERE post.published_at IS NOT NULL"
    )
    op.create_table(
        "satisfaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer()),
        sa.Column("asker_id", sa.Integer()),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("asked_at", UTCDateTime()),
        sa.Column("dropped_at", UTCDateTime()),
        sa.Column("score", sa.Integer()),
        sa.Column("comment", sa.String(1000), nullable=False),
        sa.Column("by_community", sa.Boolean()),
        sa.Column("answered_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_satisfaction"),
        sa.UniqueConstraint("question_id", "cycle", name="uq_satisfaction_question_id_cycle"),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 1 AND 5", name=op.f("ck_satisfaction_score_range")),
        sa.CheckConstraint(
            "(score IS NULL) = (answered_at IS NULL)", name=op.f("ck_satisfaction_answered_with_a_score")
        ),
        _link("satisfaction", "question_id", "post"),
        _link("satisfaction", "case_id", "support_case"),
        _link("satisfaction", "asker_id", "member"),
    )
    op.create_index("ix_satisfaction_case_id", "satisfaction", ["case_id"])
    op.create_index("ix_satisfaction_asker_id", "satisfaction", ["asker_id"])
    op.create_index("ix_satisfaction_answered_at", "satisfaction", ["answered_at"])
    op.create_index("ix_satisfaction_due", "satisfaction", ["asked_at", "due_at"])


def downgrade():
    for table in ("satisfaction", "official_check", "macro_use", "macro", "case_presence"):
        op.drop_table(table)
    with op.batch_alter_table("support_team") as batch:
        batch.drop_constraint("fk_support_team_calendar_id_work_calendar", type_="foreignkey")
        batch.drop_column("calendar_id")
