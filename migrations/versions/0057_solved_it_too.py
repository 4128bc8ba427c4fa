"""answers beside the solution that solved it too

Revision ID: 0057
Revises: 0056
Create Date: 2026-11-23 03:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("post", sa.Column("also_solves_id", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("post", "also_solves_id")
