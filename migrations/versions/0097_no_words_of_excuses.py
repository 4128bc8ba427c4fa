"""no word of an excuse in a notification's key

Revision ID: 0097
Revises: 0096

"""

from alembic import op

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("UPDATE notification SET cause = 'trial:no-excuse:' || id WHERE cause LIKE 'trial:%:no-excuse:%'")


def downgrade():
    """Nothing: what was there is gone on purpose."""
