"""accounts of the brand connected to members, tickets used up

Revision ID: 0029
Revises: 0028
Create Date: 2026-11-22 18:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("claim_hash", sa.String(64), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("told_role", sa.String(24), nullable=True),
        sa.Column("given_role", sa.String(24), nullable=True),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_identity_member_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_identity"),
        sa.UniqueConstraint("issuer", "subject", name="uq_identity_issuer_subject"),
        sa.UniqueConstraint("claim_hash", name="uq_identity_claim_hash"),
    )
    op.create_index("ix_identity_member_id", "identity", ["member_id"])
    op.create_table(
        "spent_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spent_ticket"),
        sa.UniqueConstraint("key", name="uq_spent_ticket_key"),
    )
    op.create_index("ix_spent_ticket_expires_at", "spent_ticket", ["expires_at"])


def downgrade():
    op.drop_table("spent_ticket")
    op.drop_table("identity")
