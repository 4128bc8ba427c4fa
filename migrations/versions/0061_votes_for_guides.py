"""somebody whom a guide helped is a cause of the ledger

Revision ID: 0061
Revises: 0060
Create Date: 2026-11-23 05:45:00

"""

from migrations import ledger_causes

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
    ledger_causes.allow((*CAUSES, "guide-helped"))


def downgrade():
    ledger_causes.rename("cause_type = 'adjustment', cause_id = 'helped-' || cause_id", "cause_type = 'guide-helped'")
    ledger_causes.allow(CAUSES)
