"""synonyms of the search, and sums of what is searched by day

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-22 14:06:11.626859

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "search_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_count")),
        sa.UniqueConstraint("day", "language", "kind", name=op.f("uq_search_count_day_language_kind")),
    )
    op.create_table(
        "search_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("query", sa.String(length=120), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("position_sum", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_day")),
        sa.UniqueConstraint("day", "language", "query", name=op.f("uq_search_day_day_language_query")),
    )
    with op.batch_alter_table("search_day", schema=None) as batch_op:
        batch_op.create_index("ix_search_day_language", ["language", "day"], unique=False)

    op.create_table(
        "synonym_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_synonym_group_synonym_language_known")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["member.id"], name=op.f("fk_synonym_group_changed_by_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym_group")),
    )
    with op.batch_alter_table("synonym_group", schema=None) as batch_op:
        batch_op.create_index("ix_synonym_group_language", ["language", "changed_at", "id"], unique=False)

    op.create_table(
        "synonym_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["synonym_group.id"], name=op.f("fk_synonym_entry_group_id_synonym_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym_entry")),
        sa.UniqueConstraint("language", "key", name=op.f("uq_synonym_entry_language_key")),
    )
    with op.batch_alter_table("synonym_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_synonym_entry_group_id"), ["group_id"], unique=False)


def downgrade():
    with op.batch_alter_table("synonym_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_synonym_entry_group_id"))

    op.drop_table("synonym_entry")
    with op.batch_alter_table("synonym_group", schema=None) as batch_op:
        batch_op.drop_index("ix_synonym_group_language")

    op.drop_table("synonym_group")
    with op.batch_alter_table("search_day", schema=None) as batch_op:
        batch_op.drop_index("ix_search_day_language")

    op.drop_table("search_day")
    op.drop_table("search_count")
