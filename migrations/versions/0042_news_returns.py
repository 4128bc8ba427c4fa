"""news that comes back with its post, apart from what is true no more

Revision ID: 0042
Revises: 0041
Create Date: 2026-11-23 00:05:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("notification", sa.Column("returns", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column("notification", "returns")
