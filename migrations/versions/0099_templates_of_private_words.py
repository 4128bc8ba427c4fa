"""a template may stand behind the first words of a private talk, which are no post

Revision ID: 0099
Revises: 0098

"""

import sqlalchemy as sa
from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None


def _required(yes):
    with op.batch_alter_table("macro_use") as batch:
        batch.alter_column("post_id", existing_type=sa.Integer(), nullable=not yes)


def upgrade():
    _required(False)


def downgrade():
    op.execute("DELETE FROM macro_use WHERE post_id IS NULL")
    _required(True)
