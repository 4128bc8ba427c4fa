"""what a member wants to hear by which channel

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22 13:35:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "notification_channel_wish",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_notification_channel_wish_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", "event", "channel", name=op.f("pk_notification_channel_wish")),
    )


def downgrade():
    op.drop_table("notification_channel_wish")
