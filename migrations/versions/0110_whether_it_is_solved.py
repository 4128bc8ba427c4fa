"""how often an asker was asked whether it is solved

Revision ID: 0110
Revises: 0109

"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("question", sa.Column("check_count", sa.Integer(), nullable=False, server_default="0"))
    question = sa.table(
        "question", sa.column("check_count", sa.Integer()), sa.column("first_answer_at", sa.DateTime(timezone=True))
    )
    now = datetime.now(UTC)
    for number, days in ((1, 3), (2, 8)):  # the day in which each was asked until now
        old = question.c.first_answer_at <= now - timedelta(days=days)
        op.execute(question.update().where(old).values(check_count=number))


def downgrade():
    op.drop_column("question", "check_count")
