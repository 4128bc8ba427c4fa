"""what staff made letters say

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-22 14:28:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "letter_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("button", sa.String(length=80), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("is_original", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_letter_text_author_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text")),
        sa.UniqueConstraint("name", "language", "version", name=op.f("uq_letter_text_name_language_version")),
    )


def downgrade():
    op.drop_table("letter_text")
