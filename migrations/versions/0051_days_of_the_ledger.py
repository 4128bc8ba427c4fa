"""sums of each day of the ledger; gifts and reports of trials are causes; two checks of the models

Revision ID: 0051
Revises: 0050
Create Date: 2026-11-23 02:40:00

"""

import sqlalchemy as sa
from alembic import op

from migrations import ledger_causes

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
    ledger_causes.allow((*CAUSES, "gift"))
    ledger_causes.rename("cause_type = 'gift', cause_id = substr(cause_id, 6)", "cause_type = 'coupon' AND cause_id LIKE 'gift-%'")


def downgrade():
    ledger_causes.rename("cause_type = 'coupon', cause_id = 'gift-' || cause_id", "cause_type = 'gift'")
    ledger_causes.allow(CAUSES)
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
