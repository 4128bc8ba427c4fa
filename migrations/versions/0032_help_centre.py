"""articles of the brand's help centre, their words, and the reading of its feed

Revision ID: 0032
Revises: 0031
Create Date: 2026-11-22 20:10:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "help_article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("product_marks", sa.String(400), nullable=False),
        sa.Column(
            "source",
            sa.Enum("file", "api", "feed", name="source_known", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_help_article_category_id_category"),
        sa.PrimaryKeyConstraint("id", name="pk_help_article"),
        sa.UniqueConstraint("key", name="uq_help_article_key"),
    )
    op.create_index("ix_help_article_changed", "help_article", ["changed_at", "id"])
    op.create_index("ix_help_article_category_id", "help_article", ["category_id"])
    op.create_table(
        "help_term",
        sa.Column("term", sa.String(64), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("says", sa.Float(), nullable=False),
        sa.Column("in_title", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["help_article.id"], name="fk_help_term_article_id_help_article", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("term", "article_id", name="pk_help_term"),
    )
    op.create_index("ix_help_term_article_id", "help_term", ["article_id"])
    op.create_table(
        "help_feed",
        sa.Column("address", sa.String(2000), nullable=False),
        sa.Column("etag", sa.String(300), nullable=False),
        sa.Column("modified", sa.String(100), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=True),
        sa.Column("failed_at", UTCDateTime(), nullable=True),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_help_feed"),
    )


def downgrade():
    op.drop_table("help_feed")
    op.drop_table("help_term")
    op.drop_table("help_article")
