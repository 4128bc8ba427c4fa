"""messages by weight, tone by week, and watches told outside

Revision ID: 0092
Revises: 0091
Create Date: 2026-11-23 13:12:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

KINDS = (
    "question.asked", "question.answered", "question.commented", "question.solved", "question.unsolved", "question.closed",
    "question.reopened", "item.edited", "item.removed", "item.restored", "review.published", "stage.reached", "case.opened",
    "case.moved", "case.closed", "case.private", "incident.announced", "member.closed", "test",
)  # fmt: skip
NEW = "watch.matched"


def upgrade():
    op.create_table(
        "heard_text",
        sa.Column("post_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lexicon", sa.Integer(), nullable=False),
        sa.Column("tone", sa.Integer(), nullable=False),
        sa.Column("importance", sa.Double(), nullable=False),
        sa.Column("influence", sa.Double(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_heard_text_post_id_post", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", name="pk_heard_text"),
    )
    op.create_index("ix_heard_text_said_at", "heard_text", ["said_at"])
    op.create_index("ix_heard_text_weight", "heard_text", ["weight", "post_id"])
    sources = sa.Enum(
        "question", "answer", "review", "satisfaction", name="source_known", native_enum=False, create_constraint=True, length=24
    )  # fmt: skip
    op.create_table(
        "said_in_week",
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("source", sources, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        *_sums(),
        sa.PrimaryKeyConstraint("monday", "source", "language", name="pk_said_in_week"),
    )
    op.create_table(
        "topic_week",
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("term", sa.String(100), nullable=False),
        sa.Column("shown", sa.String(100), nullable=False),
        *_sums(),
        sa.PrimaryKeyConstraint("monday", "language", "term", name="pk_topic_week"),
    )
    _known((*KINDS, NEW))


def downgrade():
    told = f"SELECT id FROM outside_event WHERE kind = '{NEW}'"
    deliveries = f"SELECT id FROM outside_delivery WHERE event_id IN ({told})"
    op.execute(f"DELETE FROM outside_attempt WHERE delivery_id IN ({deliveries})")
    op.execute(f"DELETE FROM outside_delivery WHERE event_id IN ({told})")
    op.execute(f"DELETE FROM outside_event WHERE kind = '{NEW}'")
    _known(KINDS)
    for table in ("topic_week", "said_in_week", "heard_text"):
        op.drop_table(table)


def _sums():
    return [sa.Column(name, sa.Integer(), nullable=False) for name in ("texts", "unhappy", "points")]


def _known(values):
    with op.batch_alter_table("outside_event") as batch:
        batch.drop_constraint(op.f("ck_outside_event_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_outside_event_kind_known"), sa.column("kind").in_(values))
