"""duplicates that members point out, what they earn, and their badge

Revision ID: 0028
Revises: 0027
Create Date: 2026-11-22 17:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

CAUSES = (
    "answer-accepted", "answer-endorsed", "answer-fast", "asker-accepted", "kudos", "question-kudos", "me-too",
    "imported-upvote", "first-question", "first-answer", "first-accept", "coupon", "lot", "adjustment",
)  # fmt: skip
BADGES = (
    "first_accept", "helper", "appreciated", "good_answer", "fast", "first_responder", "topic_expert", "steady",
)  # fmt: skip
STATES = ("open", "confirmed", "declined", "withdrawn", "overtaken")


def upgrade():
    op.create_table(
        "duplicate_hint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(sa.column("state").in_(STATES), name="hintstate_known"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_duplicate_hint_{name}_{table}")
            for name, table in (
                ("question_id", "post"), ("original_id", "post"), ("member_id", "member"), ("decided_by_id", "member"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_duplicate_hint"),
    )  # fmt: skip
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_duplicate_hint_open", "duplicate_hint", ["question_id"], unique=True, sqlite_where=is_open,
        postgresql_where=is_open,
    )  # fmt: skip
    op.create_index("ix_duplicate_hint_question_id", "duplicate_hint", ["question_id"])
    op.create_index("ix_duplicate_hint_state", "duplicate_hint", ["state", "id"])
    op.create_index("ix_duplicate_hint_member", "duplicate_hint", ["member_id", "made_at"])
    _known("ledger_entry", "causetype_known", "cause_type", (*CAUSES, "duplicate-linked"))
    _known("badge_award", "badgekey_known", "badge_key", (*BADGES, "librarian"))


def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER ledger_entry_no_update")
    op.execute(
        "UPDATE ledger_entry SET cause_type = 'adjustment', cause_id = 'duplicate-' || cause_id "
        "WHERE cause_type = 'duplicate-linked'"
    )
    if postgresql:
        op.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    op.execute("DELETE FROM badge_award WHERE badge_key = 'librarian'")
    _known("badge_award", "badgekey_known", "badge_key", BADGES)
    _known("ledger_entry", "causetype_known", "cause_type", CAUSES)
    op.drop_table("duplicate_hint")


def _known(table, name, column, values):
    """Other values are allowed; on SQLite that is a new table, which must be protected like the one before."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        batch.create_check_constraint(name, sa.column(column).in_(values))
    if table == "ledger_entry" and op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        for statement in append_only_ddl(table, "sqlite"):
            op.execute(statement)
