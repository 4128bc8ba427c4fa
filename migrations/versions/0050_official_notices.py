"""official notices of a category, and who put which away

Revision ID: 0050
Revises: 0049
Create Date: 2026-11-23 03:06:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("product_ids", sa.JSON(), nullable=False),
        sa.Column("title_fr", sa.String(120), nullable=False),
        sa.Column("title_en", sa.String(120), nullable=False),
        sa.Column("text_fr", sa.String(600), nullable=False),
        sa.Column("text_en", sa.String(600), nullable=False),
        sa.Column("url", sa.String(300), nullable=False),
        sa.Column("begins_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_bulletin_category_id_category"),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name="fk_bulletin_created_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_bulletin"),
    )
    op.create_index("ix_bulletin_category_id", "bulletin", ["category_id"])
    op.create_table(
        "bulletin_put_away",
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name="fk_bulletin_put_away_bulletin_id_bulletin"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_bulletin_put_away_member_id_member"),
        sa.PrimaryKeyConstraint("bulletin_id", "member_id", name="pk_bulletin_put_away"),
    )
    op.create_index("ix_bulletin_put_away_member_id", "bulletin_put_away", ["member_id"])


def downgrade():
    op.drop_table("bulletin_put_away")
    op.drop_table("bulletin")
