"""somebody whom a guide helped is a cause of the ledger

Revision ID: 0061
Revises: 0060
Create Date: 2026-11-23 05:45:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import append_only_ddl

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

CAUSES = (
    "answer-accepted", "answer-endorsed", "mission", "answer-fast", "asker-accepted", "kudos", "question-kudos",
    "me-too", "imported-upvote", "first-question", "first-answer", "first-accept", "duplicate-linked",
    "answer-rescue", "report-upheld", "trial-report", "gift", "coupon", "lot", "adjustment", "guide-published",
)  # fmt: skip


def upgrade():
    _known((*CAUSES, "guide-helped"))


def downgrade():
    _rename("cause_type = 'adjustment', cause_id = 'helped-' || cause_id", "cause_type = 'guide-helped'")
    _known(CAUSES)

def _rename(values, where):
    """Another name for what a line was for; its points stay. The only change ever made to lines that are written."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER ledger_entry_no_update")
    op.execute(f"UPDATE ledger_entry SET {values} WHERE {where}")
    if postgresql:
        op.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    else:
        op.execute(append_only_ddl("ledger_entry", "sqlite")[0])


def _known(values):
    """Other causes are allowed; on SQLite that is a new table, which must be protected like the one before."""
    with op.batch_alter_table("ledger_entry") as batch:
        batch.drop_constraint(op.f("ck_ledger_entry_causetype_known"), type_="check")
        batch.create_check_constraint(op.f("ck_ledger_entry_causetype_known"), sa.column("cause_type").in_(values))
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS ledger_entry_no_{verb}")
        for statement in append_only_ddl("ledger_entry", "sqlite"):
            op.execute(statement)
