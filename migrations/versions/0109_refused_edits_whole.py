"""a refused change is kept whole, so that it waits again when its refusal is undone

Revision ID: 0109
Revises: 0108

"""

import sqlalchemy as sa
from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("refused_edit") as batch:
        batch.add_column(sa.Column("reason", sa.String(length=300), nullable=False, server_default=""))
        batch.add_column(sa.Column("facts", sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table("refused_edit") as batch:
        batch.drop_column("facts")
        batch.drop_column("reason")
