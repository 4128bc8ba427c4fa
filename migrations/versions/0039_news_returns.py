"""news that comes back with its post, apart from what is true no more

Revision ID: 0039
Revises: 0038
Create Date: 2026-11-23 00:05:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("notification", sa.Column("returns", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column("notification", "returns")
