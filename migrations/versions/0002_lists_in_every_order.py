"""lists in every order, and titles by themselves in PostgreSQL's search

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 11:10:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_question_wanted": ["me_too_count", "id"],
    "ix_question_viewed": ["view_count", "id"],
    "ix_question_accepted": ["accepted_at"],
}


def upgrade():
    for name, columns in INDEXES.items():
        op.create_index(name, "question", columns)
    vector = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")
    op.add_column("search_document", sa.Column("title", vector, server_default="", nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE search_document SET title = ts_filter(terms, '{a}')")


def downgrade():
    op.drop_column("search_document", "title")
    for name in INDEXES:
        op.drop_index(name, "question")
