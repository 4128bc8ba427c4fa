"""budgets of discounts hold large sums

Revision ID: 0039
Revises: 0038
Create Date: 2026-11-22 23:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

COLUMNS = ("budget_minor", "liability_minor")


def upgrade():
    _become(sa.Integer(), sa.BigInteger())


def downgrade():
    _become(sa.BigInteger(), sa.Integer())


def _become(before, after):
    with op.batch_alter_table("promotion") as batch:
        for column in COLUMNS:
            batch.alter_column(column, existing_type=before, type_=after)
