"""mentors accompany members

Revision ID: 0075
Revises: 0074
Create Date: 2026-11-23 07:55:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def _link(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def upgrade():
    op.create_table(
        "mentoring",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer()),
        sa.Column("category_id", sa.Integer()),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("begun_at", UTCDateTime()),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_mentoring"),
        sa.CheckConstraint(
            "(mentor_id is null) = (begun_at is null)", name=op.f("ck_mentoring_begun_with_a_mentor")
        ),
        sa.CheckConstraint(
            "mentor_id is null or mentor_id <> member_id", name=op.f("ck_mentoring_two_members")
        ),
        _link("mentoring", "member_id", "member"),
        _link("mentoring", "mentor_id", "member"),
        _link("mentoring", "category_id", "category"),
    )
    op.create_index("ix_mentoring_mentor_id", "mentoring", ["mentor_id"])
    op.create_index("ix_mentoring_ends_at", "mentoring", ["ends_at"])
    op.create_table(
        "mentoring_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("declined_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_mentoring_offer"),
        sa.UniqueConstraint("mentor_id", "member_id", name="uq_mentoring_offer_mentor_id_member_id"),
        _link("mentoring_offer", "mentor_id", "member"),
        _link("mentoring_offer", "member_id", "member"),
    )
    op.create_index("ix_mentoring_offer_member_id", "mentoring_offer", ["member_id"])
    op.create_index("ix_mentoring_offer_ends_at", "mentoring_offer", ["ends_at"])


def downgrade():
    op.drop_table("mentoring_offer")
    op.drop_table("mentoring")
