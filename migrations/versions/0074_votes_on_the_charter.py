"""mentors vote on changes of the charter and the terms

Revision ID: 0074
Revises: 0073
Create Date: 2026-11-23 07:55:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "charter_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["begun_by_id"], ["member.id"], name="fk_charter_vote_begun_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_charter_vote"),
        sa.UniqueConstraint(
            "document", "number", "saved_at", name="uq_charter_vote_document_number_saved_at"
        ),
        sa.CheckConstraint(sa.column("document").in_(("charter", "terms")), name="document_known"),
    )
    op.create_table(
        "charter_ballot",
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=24), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("cast_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["vote_id"], ["charter_vote.id"], name="fk_charter_ballot_vote_id_charter_vote"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_charter_ballot_member_id_member"),
        sa.PrimaryKeyConstraint("vote_id", "member_id", name="pk_charter_ballot"),
        sa.CheckConstraint(sa.column("choice").in_(("for", "against", "abstain")), name="choice_known"),
    )
    op.create_index("ix_charter_ballot_member", "charter_ballot", ["member_id", "vote_id"])


def downgrade():
    op.drop_table("charter_ballot")
    op.drop_table("charter_vote")
