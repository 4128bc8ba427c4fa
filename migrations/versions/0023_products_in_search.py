"""the search index holds the names of products: PostgreSQL's is emptied and made anew

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-22 16:50:00

"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    """The index is a cache: the job worker finds it empty and makes it anew."""
    op.execute("DELETE FROM search_word")
    op.execute("DELETE FROM search_term")
    op.execute("DELETE FROM search_document")


def downgrade():
    pass
