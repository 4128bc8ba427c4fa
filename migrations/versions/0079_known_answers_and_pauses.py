"""items whose answer is known, pauses of moderators, and more types of items

Revision ID: 0079
Revises: 0078
Create Date: 2026-11-23 09:15:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

TYPES = ("post", "edit", "flag_case", "sample", "appeal")
MORE = ("post", "edit", "flag_case", "review", "image", "profile", "message", "sample", "appeal", "audit")
NAME = "ck_review_item_itemtype_known"
DECISIONS = (
    "approve", "approve_and_mask", "reject", "remove", "hide_pending_author_edit", "restore", "no_action", "uphold",
    "overturn", "amend",
)  # fmt: skip


def upgrade():
    _known(MORE)
    op.add_column("review_item", sa.Column("shown_as", sa.String(24)))
    op.create_table(
        "review_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer()),
        sa.Column("served_at", UTCDateTime(), nullable=False),
        sa.Column("decision", sa.String(24)),
        sa.Column("agreed", sa.Boolean()),
        sa.Column("seconds", sa.Integer()),
        sa.Column("decided_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_review_audit"),
        sa.UniqueConstraint("item_id", name="uq_review_audit_item_id"),
        sa.UniqueConstraint("moderator_id", "source_id", name="uq_review_audit_moderator_id_source_id"),
        sa.CheckConstraint(sa.column("decision").in_(DECISIONS), name=op.f("ck_review_audit_decision_known")),
        _link("review_audit", "moderator_id", "member"),
        _link("review_audit", "source_id", "review_decision"),
        _link("review_audit", "item_id", "review_item"),
    )
    op.create_index(op.f("ix_review_audit_source_id"), "review_audit", ["source_id"])
    op.create_index(op.f("ix_review_audit_decided_at"), "review_audit", ["decided_at"])
    op.create_table(
        "moderator_pace",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("working_since", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("paused_until", UTCDateTime()),
        sa.Column("rest_told_at", UTCDateTime()),
        sa.Column("rest_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_moderator_pace"),
        _link("moderator_pace", "member_id", "member"),
    )
    op.create_table(
        "moderator_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_moderator_pause"),
        sa.CheckConstraint(sa.column("kind").in_(("soft", "rest")), name=op.f("ck_moderator_pause_pausekind_known")),
        _link("moderator_pause", "member_id", "member"),
    )
    op.create_index(op.f("ix_moderator_pause_begun_at"), "moderator_pause", ["begun_at"])


def downgrade():
    for table in ("moderator_pause", "moderator_pace", "review_audit"):
        op.drop_table(table)
    for table in ("review_note", "review_skip"):
        op.execute(f"DELETE FROM {table} WHERE item_id IN (SELECT id FROM review_item WHERE kind = 'audit')")
    op.execute("DELETE FROM review_item WHERE kind = 'audit'")
    op.drop_column("review_item", "shown_as")
    _known(TYPES)


def _link(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _known(values):
    with op.batch_alter_table("review_item") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), sa.column("kind").in_(values))
