"""a code to be switched off in the shop stands in one list, and that list is said to be done

Revision ID: 0106
Revises: 0105

"""

import sqlalchemy as sa
from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exported_code", sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("exported_code") as table:
        table.drop_column("listed_at")
