"""mandates: offers, terms, the charter that was signed, former super-users

Revision ID: 0045
Revises: 0044
Create Date: 2026-11-23 00:05:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def _member(table, column):
    return sa.ForeignKeyConstraint([column], ["member.id"], name=f"fk_{table}_{column}_member")


WHYS = ("earned", "imported", "appointed", "mandate_end")


def _whys(values):
    with op.batch_alter_table("rank_change") as batch:
        batch.drop_constraint(op.f("ck_rank_change_why_known"), type_="check")
        batch.create_check_constraint("why_known", sa.column("why").in_(values))


def upgrade():
    op.create_table(
        "rank_offer",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.CheckConstraint("rank in (5, 6)", name="rank_high"),
        _member("rank_offer", "member_id"),
        _member("rank_offer", "offered_by_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_rank_offer"),
    )
    op.create_table(
        "rank_charter",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_rank_charter"),
    )
    op.create_table(
        "rank_alumnus",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        _member("rank_alumnus", "member_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_rank_alumnus"),
    )
    op.create_table(
        "rank_grace",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        _member("rank_grace", "member_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_rank_grace"),
    )
    op.create_index("ix_rank_grace_until", "rank_grace", ["until"])
    _whys((*WHYS, "fraud"))
    op.add_column("rank_mandate", sa.Column("charter_hash", sa.String(64), nullable=True))
    op.add_column("rank_mandate", sa.Column("ends_at", UTCDateTime(), nullable=True))
    op.add_column("rank_mandate", sa.Column("warned_at", UTCDateTime(), nullable=True))
    op.add_column("rank_mandate", sa.Column("rank_before", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_rank_mandate_ends_at", "rank_mandate", ["ends_at"])
    # A mandate given before there were terms lasts one term from when it was given.
    later = "given_at + interval '1 year'" if op.get_bind().dialect.name == "postgresql" else "datetime(given_at, '+1 year')"
    op.execute(f"UPDATE rank_mandate SET ends_at = {later}, rank_before = 4")


def downgrade():
    op.execute("UPDATE rank_change SET why = 'mandate_end' WHERE why = 'fraud'")
    _whys(WHYS)
    op.drop_index("ix_rank_mandate_ends_at", "rank_mandate")
    with op.batch_alter_table("rank_mandate") as batch:
        for column in ("charter_hash", "ends_at", "warned_at", "rank_before"):
            batch.drop_column(column)
    for table in ("rank_grace", "rank_alumnus", "rank_charter", "rank_offer"):
        op.drop_table(table)
