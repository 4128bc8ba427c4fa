"""gifts beyond codes

Revision ID: 0043
Revises: 0042
Create Date: 2026-11-23 00:10:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

KINDS = ("goods", "donation", "perk")
STATUSES = ("draft", "active", "paused", "ended")
STATES = ("proposed", "address", "placed", "sent", "done", "cancelled", "refused")


def _known(name, column, values):
    return sa.CheckConstraint(sa.column(column).in_(values), name=name)


def _to(table, name, target):
    return sa.ForeignKeyConstraint([name], [f"{target}.id"], name=f"fk_{table}_{name}_{target}")


def upgrade():
    op.create_table(
        "gift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("title_fr", sa.String(80), nullable=False),
        sa.Column("title_en", sa.String(80), nullable=False),
        sa.Column("text_fr", sa.String(300), nullable=False),
        sa.Column("text_en", sa.String(300), nullable=False),
        sa.Column("cost_points", sa.Integer(), nullable=False),
        sa.Column("min_rank", sa.Integer(), nullable=False),
        sa.Column("value_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("per_member_limit", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("stock IS NULL OR stock >= 0", name="stock_positive"),
        sa.CheckConstraint("cost_points >= 0 AND value_minor >= 0", name="worth_positive"),
        _known("giftkind_known", "kind", KINDS),
        _known("promotionstatus_known", "status", STATUSES),
        _to("gift", "made_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name="pk_gift"),
        sa.UniqueConstraint("key", name="uq_gift_key"),
    )
    op.create_table(
        "gift_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gift_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(120), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("is_thanks", sa.Boolean(), nullable=False),
        sa.Column("cost_points", sa.Integer(), nullable=False),
        sa.Column("value_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("tracking", sa.String(120), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("ordered_at", UTCDateTime(), nullable=False),
        sa.Column("placed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        _known("orderstate_known", "state", STATES),
        _to("gift_order", "gift_id", "gift"),
        _to("gift_order", "member_id", "member"),
        _to("gift_order", "proposed_by_id", "member"),
        _to("gift_order", "decided_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name="pk_gift_order"),
        sa.UniqueConstraint("cause", name="uq_gift_order_cause"),
    )
    op.create_index("ix_gift_order_gift_id", "gift_order", ["gift_id"])
    op.create_index("ix_gift_order_member", "gift_order", ["member_id", "ordered_at"])
    op.create_index("ix_gift_order_state", "gift_order", ["state", "ordered_at", "id"])
    op.create_index("ix_gift_order_placed", "gift_order", ["placed_at"])
    op.create_table(
        "gift_address",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        _to("gift_address", "order_id", "gift_order"),
        _to("gift_address", "member_id", "member"),
        sa.PrimaryKeyConstraint("order_id", name="pk_gift_address"),
    )
    op.create_index("ix_gift_address_member_id", "gift_address", ["member_id"])


def downgrade():
    for table in ("gift_address", "gift_order", "gift"):
        op.drop_table(table)
