"""a member's published guide is a cause of the ledger

Revision ID: 0058
Revises: 0057
Create Date: 2026-11-23 03:45:00

"""

from migrations import ledger_causes

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

CAUSES = (
    "answer-accepted", "answer-endorsed", "mission", "answer-fast", "asker-accepted", "kudos", "question-kudos",
    "me-too", "imported-upvote", "first-question", "first-answer", "first-accept", "duplicate-linked",
    "answer-rescue", "report-upheld", "trial-report", "gift", "coupon", "lot", "adjustment",
)  # fmt: skip


def upgrade():
    ledger_causes.allow((*CAUSES, "guide-published"))


def downgrade():
    ledger_causes.rename("cause_type = 'adjustment', cause_id = 'guide-' || cause_id", "cause_type = 'guide-published'")
    ledger_causes.allow(CAUSES)
