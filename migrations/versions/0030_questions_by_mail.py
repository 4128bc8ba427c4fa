"""questions by mail: an address of one's own, mails that reply to nothing

Revision ID: 0030
Revises: 0029
Create Date: 2026-11-22 18:50:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "ask_address",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_ask_address_member_id_member"),
        sa.PrimaryKeyConstraint("member_id", name="pk_ask_address"),
    )
    with op.batch_alter_table("incoming_mail") as batch:
        batch.alter_column("post_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("returned", sa.Text(), nullable=False, server_default=""))


def downgrade():
    op.execute("DELETE FROM incoming_mail WHERE post_id IS NULL")
    with op.batch_alter_table("incoming_mail") as batch:
        batch.drop_column("returned")
        batch.alter_column("post_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("ask_address")
