"""what each word of a question says is looked up on PostgreSQL, not read from the whole vector

Revision ID: 0024
Revises: 0023
Create Date: 2026-11-22 17:00:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

QUICKLY_PACKED = """
DO $$ BEGIN ALTER TABLE search_document ALTER COLUMN says SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN NULL; END $$
"""
"""A third of the time of a search is spent unpacking; a PostgreSQL built without lz4 keeps its own."""


def upgrade():
    """The index is a cache: the job worker finds it empty and makes it anew."""
    _empty()
    says = sa.JSON().with_variant(JSONB(), "postgresql")
    op.add_column("search_document", sa.Column("says", says, nullable=False, server_default="{}"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(QUICKLY_PACKED)


def downgrade():
    _empty()
    op.drop_column("search_document", "says")


def _empty():
    for table in ("search_word", "search_term", "search_document"):
        op.execute(f"DELETE FROM {table}")
