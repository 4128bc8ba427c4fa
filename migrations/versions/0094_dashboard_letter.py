"""managers who want the week's figures by mail

Revision ID: 0094
Revises: 0093

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "dashboard_reader",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_dashboard_reader_member_id_member"),
        sa.PrimaryKeyConstraint("member_id", name="pk_dashboard_reader"),
    )


def downgrade():
    op.drop_table("dashboard_reader")
