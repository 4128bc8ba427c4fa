"""replies that came in by mail

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-22 14:12:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("made_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "posted", "held", "repeated", "refused", "ignored",
                name="outcome_known", native_enum=False, create_constraint=True, length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_incoming_mail_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("message_key", name=op.f("uq_incoming_mail_message_key")),
    )  # fmt: skip
    op.create_index("ix_incoming_mail_member", "incoming_mail", ["member_id", "received_at"])


def downgrade():
    op.drop_table("incoming_mail")
