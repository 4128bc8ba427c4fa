"""outside connections: receivers, events, deliveries and their attempts

Revision ID: 0088
Revises: 0087
Create Date: 2026-11-23 12:30:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

KINDS = (
    "question.asked", "question.answered", "question.commented", "question.solved", "question.unsolved", "question.closed",
    "question.reopened", "item.edited", "item.removed", "item.restored", "review.published", "stage.reached", "case.opened",
    "case.moved", "case.closed", "case.private", "incident.announced", "member.closed", "test",
)  # fmt: skip
TABLES = ("outside_attempt", "outside_delivery", "outside_event", "outside_receiver")


def _id():
    return sa.Column("id", sa.Integer(), nullable=False)


def _known(values, name):
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=24, name=name)


def _link(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def upgrade():
    op.create_table(
        "outside_receiver",
        _id(),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("old_cipher", sa.LargeBinary()),
        sa.Column("old_until", UTCDateTime()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer()),
        sa.Column("delivered_at", UTCDateTime()),
        sa.Column("failure_count", sa.Integer(), nullable=False),
        sa.Column("failing_since", UTCDateTime()),
        sa.Column("rests_until", UTCDateTime()),
        sa.Column("paused_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_outside_receiver"),
        sa.UniqueConstraint("name", name="uq_outside_receiver_name"),
        _link("outside_receiver", "created_by_id", "member"),
    )
    op.create_table(
        "outside_event",
        _id(),
        sa.Column("uid", sa.String(40), nullable=False),
        sa.Column("kind", _known(KINDS, "kind_known"), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("once", sa.String(80)),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outside_event"),
        sa.UniqueConstraint("uid", name="uq_outside_event_uid"),
        sa.UniqueConstraint("once", name="uq_outside_event_once"),
    )
    op.create_index("ix_outside_event_at", "outside_event", ["at"])
    op.create_table(
        "outside_delivery",
        _id(),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("state", _known(("waiting", "delivered", "failed"), "state_known"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("next_at", UTCDateTime()),
        sa.Column("ended_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_outside_delivery"),
        sa.UniqueConstraint("receiver_id", "event_id", name="uq_outside_delivery_receiver_id_event_id"),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ends_once"),
        _link("outside_delivery", "receiver_id", "outside_receiver"),
        _link("outside_delivery", "event_id", "outside_event"),
    )
    op.create_index("ix_outside_delivery_state", "outside_delivery", ["state", "id"])
    op.create_index("ix_outside_delivery_event", "outside_delivery", ["event_id"])
    op.create_table(
        "outside_attempt",
        _id(),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outside_attempt"),
        sa.UniqueConstraint("delivery_id", "round", "number", name="uq_outside_attempt_delivery_id_round_number"),
        _link("outside_attempt", "delivery_id", "outside_delivery"),
    )


def downgrade():
    for table in TABLES:
        op.drop_table(table)
