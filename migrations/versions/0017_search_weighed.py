"""what words say in a question, what a question is worth, and how often words occur, kept by PostgreSQL's search

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-22 14:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "search_term",
        sa.Column("term", sa.String(64), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", name="pk_search_term"),
    )
    op.add_column("search_document", sa.Column("worth", sa.Float(), server_default="1", nullable=False))
    op.add_column("search_document", sa.Column("day", sa.Integer(), server_default="0", nullable=False))
    _empty()


def downgrade():
    op.drop_column("search_document", "day")
    op.drop_column("search_document", "worth")
    op.drop_table("search_term")
    _empty()


def _empty():
    """The index is a cache: the job worker finds it empty and makes it anew."""
    op.execute("DELETE FROM search_word")
    op.execute("DELETE FROM search_document")
