"""lists in every order

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 11:10:00

"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_question_wanted": ["me_too_count", "id"],
    "ix_question_viewed": ["view_count", "id"],
    "ix_question_accepted": ["accepted_at"],
}


def upgrade():
    for name, columns in INDEXES.items():
        op.create_index(name, "question", columns)


def downgrade():
    for name in INDEXES:
        op.drop_index(name, "question")
