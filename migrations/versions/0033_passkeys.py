"""passkeys, and what sessions were begun with

Revision ID: 0033
Revises: 0032
Create Date: 2026-11-22 20:10:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("credential_key", sa.String(64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("handle", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_passkey_member_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_key", name="uq_passkey_credential_key"),
    )
    op.create_index("ix_passkey_member_id", "passkey", ["member_id"])
    op.add_column(
        "member_session", sa.Column("proof", sa.String(12), nullable=False, server_default="")
    )


def downgrade():
    with op.batch_alter_table("member_session") as table:
        table.drop_column("proof")
    op.drop_table("passkey")
