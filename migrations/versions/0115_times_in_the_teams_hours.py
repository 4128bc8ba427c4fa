"""first answers of members and of the team in the team's hours; whether whom an answer helped would have contacted the team

Revision ID: 0115
Revises: 0114

"""

import sqlalchemy as sa
from alembic import op

revision = "0115"
down_revision = "0114"
branch_labels = None
depends_on = None

NEW = ("members_work_seconds", "team_work_seconds")
"""Empty until the first night counts all questions anew."""


def upgrade():
    for name in NEW:
        op.add_column("question_outcome", sa.Column(name, sa.Integer()))
    op.add_column("helped_mark", sa.Column("would_contact", sa.Boolean()))
    op.create_index("ix_helped_mark_given_at", "helped_mark", ["given_at"])


def downgrade():
    op.drop_index("ix_helped_mark_given_at", "helped_mark")
    with op.batch_alter_table("helped_mark") as batch:
        batch.drop_column("would_contact")
    with op.batch_alter_table("question_outcome") as batch:
        for name in NEW:
            batch.drop_column(name)
