"""sums of each day of the ledger; gifts and reports of trials are causes; two checks of the models

Revision ID: 0051
Revises: 0050
Create Date: 2026-11-23 02:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import append_only_ddl

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

CAUSES = (
    "answer-accepted", "answer-endorsed", "mission", "answer-fast", "asker-accepted", "kudos", "question-kudos",
    "me-too", "imported-upvote", "first-question", "first-answer", "first-accept", "duplicate-linked",
    "answer-rescue", "report-upheld", "trial-report", "coupon", "lot", "adjustment",
)  # fmt: skip


def upgrade():
    op.create_table(
        "ledger_day",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reputation", sa.Integer(), nullable=False),
        sa.Column("earned", sa.Integer(), nullable=False),
        sa.Column("lots", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_ledger_day_member_id_member"),
        sa.PrimaryKeyConstraint("member_id", "day", name="pk_ledger_day"),
    )
    op.execute(
        """INSERT INTO ledger_day (member_id, day, reputation, earned, lots)
        SELECT member_id, effective_day,
          SUM(CASE WHEN account = 'reputation' THEN granted ELSE 0 END),
          SUM(CASE WHEN account = 'spendable' AND kind IN ('earn', 'reverse') THEN granted ELSE 0 END),
          SUM(CASE WHEN account = 'spendable' AND (kind IN ('earn', 'reverse', 'refund')
            OR (kind = 'adjust' AND granted > 0)) THEN granted ELSE 0 END)
        FROM ledger_entry WHERE kind NOT IN ('spend', 'expire') GROUP BY member_id, effective_day"""
    )
    _checks(True)
    _known((*CAUSES, "gift"))
    _rename("cause_type = 'gift', cause_id = substr(cause_id, 6)", "cause_type = 'coupon' AND cause_id LIKE 'gift-%'")


def downgrade():
    _rename("cause_type = 'coupon', cause_id = 'gift-' || cause_id", "cause_type = 'gift'")
    _known(CAUSES)
    _checks(False)
    op.drop_table("ledger_day")


def _checks(there):
    """Two checks that the models have had from the beginning."""
    wanted = {
        "category": ("policy", ("pre", "trust", "post", "reactive")),
        "post_link": ("kind", ("duplicate", "related")),
    }
    for table, (column, values) in wanted.items():
        name = op.f(f"ck_{table}_{column}_known")
        with op.batch_alter_table(table) as batch:
            if there:
                batch.create_check_constraint(name, sa.column(column).in_(values))
            else:
                batch.drop_constraint(name, type_="check")


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
