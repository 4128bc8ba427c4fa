"""a moderator may send a text back to be changed

Revision ID: 0073
Revises: 0072
Create Date: 2026-11-23 06:55:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import append_only_ddl

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

DECISIONS = (
    "approve",
    "approve_and_mask",
    "reject",
    "remove",
    "restore",
    "no_action",
    "uphold",
    "overturn",
    "amend",
)
NAME = "ck_review_decision_decision_known"


def upgrade():
    _known((*DECISIONS, "hide_pending_author_edit"))


def downgrade():
    _unprotected("UPDATE review_decision SET decision = 'reject' WHERE decision = 'hide_pending_author_edit'")
    _known(DECISIONS)


def _unprotected(change):
    """The only change ever made to decisions that are written: the older version knows no other name."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE review_decision DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER review_decision_no_update")
    op.execute(change)
    if postgresql:
        op.execute("ALTER TABLE review_decision ENABLE TRIGGER USER")
    else:
        op.execute(append_only_ddl("review_decision", "sqlite")[0])


def _known(values):
    """Other decisions are allowed; on SQLite that is a new table, which must be protected like the one before."""
    with op.batch_alter_table("review_decision") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), sa.column("decision").in_(values))
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS review_decision_no_{verb}")
        for statement in append_only_ddl("review_decision", "sqlite"):
            op.execute(statement)
