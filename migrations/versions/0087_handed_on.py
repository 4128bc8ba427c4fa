"""decisions that put in order, hand on and go on in private

Revision ID: 0087
Revises: 0086
Create Date: 2026-11-23 09:45:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import append_only_ddl

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

DECISIONS = (
    "approve", "approve_and_mask", "reject", "remove", "hide_pending_author_edit", "restore", "no_action", "uphold",
    "overturn", "amend",
)  # fmt: skip
NEW = ("edit_tags", "merge", "duplicate", "escalate", "convert_private")
NAME = "ck_review_decision_decision_known"
TABLE = "review_decision"


def upgrade():
    _known((*DECISIONS, *NEW))
    _audits((*DECISIONS, *NEW))


def downgrade():
    op.execute(
        "UPDATE review_audit SET decision = CASE WHEN decision IN ('edit_tags', 'merge', 'duplicate') THEN 'approve'"
        " ELSE 'no_action' END WHERE decision IN ('edit_tags', 'merge', 'duplicate', 'escalate', 'convert_private')"
    )
    _audits(DECISIONS)
    _unprotected(
        f"UPDATE {TABLE} SET decision = CASE WHEN decision IN ('edit_tags', 'merge', 'duplicate') THEN 'approve'"
        " WHEN reason IS NOT NULL THEN 'hide_pending_author_edit' ELSE 'no_action' END"
        " WHERE decision IN ('edit_tags', 'merge', 'duplicate', 'escalate', 'convert_private')"
    )
    _known(DECISIONS)


def _audits(values):
    """What was decided about items whose answer is known."""
    with op.batch_alter_table("review_audit") as batch:
        batch.drop_constraint(op.f("ck_review_audit_decision_known"), type_="check")
        batch.create_check_constraint(op.f("ck_review_audit_decision_known"), sa.column("decision").in_(values))


def _unprotected(change):
    """The only change made to decisions that are written: the older version knows no other name."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
    else:
        op.execute(f"DROP TRIGGER {TABLE}_no_update")
    op.execute(change)
    if postgresql:
        op.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
    else:
        op.execute(append_only_ddl(TABLE, "sqlite", True)[0])


def _known(values):
    """Other decisions are allowed; on SQLite that is a new table, which must be protected like the one before."""
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), sa.column("decision").in_(values))
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}")
        for statement in append_only_ddl(TABLE, "sqlite", True):
            op.execute(statement)
