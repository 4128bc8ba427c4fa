"""no word of an excuse in a notification's key

Revision ID: 0105
Revises: 0104

"""

from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(r"UPDATE notification SET cause = 'trial\:no-excuse\:' || id WHERE cause LIKE 'trial\:%\:no-excuse\:%'")


def downgrade():
    """Nothing: what was there is gone on purpose."""
