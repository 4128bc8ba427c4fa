"""what is entrusted to super-users and mentors

Revision ID: 0054
Revises: 0053
Create Date: 2026-11-23 02:55:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TABLES = ("rank_offer", "rank_mandate")


def upgrade():
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("category_id", sa.Integer(), nullable=True))
            batch.create_foreign_key(f"fk_{table}_category_id_category", "category", ["category_id"], ["id"])
    op.create_table(
        "official_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(300), nullable=False),
        sa.CheckConstraint(sa.column("state").in_(("waiting", "used", "declined")), name="draftstate_known"),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name="fk_official_draft_question_id_post"),
        sa.ForeignKeyConstraint(["answer_id"], ["post.id"], name="fk_official_draft_answer_id_post"),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name="fk_official_draft_author_id_member"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name="fk_official_draft_decided_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_official_draft"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_official_draft_waiting", "official_draft", ["question_id", "author_id"], unique=True,
        sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip


def downgrade():
    op.drop_table("official_draft")
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_category_id_category", type_="foreignkey")
            batch.drop_column("category_id")
