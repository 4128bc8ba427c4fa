"""the queue is read along an index, and how long each item waited is kept

Revision ID: 0071
Revises: 0070
Create Date: 2026-11-23 05:55:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

OPEN = sa.text("open_key IS NOT NULL")


def upgrade():
    op.add_column("review_item", sa.Column("waited_seconds", sa.Integer()))
    postgresql = op.get_bind().dialect.name == "postgresql"
    waited = (
        "EXTRACT(EPOCH FROM decided_at - created_at)"
        if postgresql
        else "(julianday(decided_at) - julianday(created_at)) * 86400"
    )
    op.execute(
        f"UPDATE review_item SET waited_seconds = CAST({waited} AS INTEGER) WHERE state = 'decided' AND decided_at IS NOT NULL"
    )
    op.create_index(
        "ix_review_item_order",
        "review_item",
        ["class", "due_at", "id", "kind"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    for column in ("created_at", "decided_at"):
        op.create_index(op.f(f"ix_review_item_{column}"), "review_item", [column])


def downgrade():
    for column in ("decided_at", "created_at"):
        op.drop_index(op.f(f"ix_review_item_{column}"), "review_item")
    op.drop_index("ix_review_item_order", "review_item")
    op.drop_column("review_item", "waited_seconds")
