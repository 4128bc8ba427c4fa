"""unusual votes: cases and their evidence, pairs that pay nothing, annulled votes, places as keyed hashes

Revision ID: 0037
Revises: 0036
Create Date: 2026-11-22 21:00:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

SIGNS = ("V1", "V2", "V3", "V4", "V5", "V6", "V8", "copies")
STATES = ("open", "confirmed", "cleared", "automatic")


def _known(name, values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _member(table, column):
    return sa.ForeignKeyConstraint([column], ["member.id"], name=f"fk_{table}_{column}_member")


def _case(table):
    return sa.ForeignKeyConstraint(["case_id"], ["abuse_case.id"], name=f"fk_{table}_case_id_abuse_case")


def upgrade():
    op.create_table(
        "member_origin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        _member("member_origin", "member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_member_origin"),
        sa.UniqueConstraint("member_id", "origin", name="uq_member_origin_member_id_origin"),
    )
    op.create_index("ix_member_origin_place", "member_origin", ["origin", "seen_at"])
    op.create_index("ix_member_origin_seen_at", "member_origin", ["seen_at"])
    op.create_table(
        "abuse_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign", _known("sign_known", SIGNS), nullable=False),
        sa.Column("state", _known("casestate_known", STATES), nullable=False),
        sa.Column("open_key", sa.String(200), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("found_at", UTCDateTime(), nullable=False),
        sa.Column("held_until", UTCDateTime(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        _member("abuse_case", "decided_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_abuse_case"),
        sa.UniqueConstraint("open_key", name="uq_abuse_case_open_key"),
    )
    op.create_index("ix_abuse_case_state", "abuse_case", ["state", "found_at", "id"])
    op.create_table(
        "abuse_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("annulled_at", UTCDateTime(), nullable=True),
        _case("abuse_evidence"),
        _member("abuse_evidence", "voter_id"),
        _member("abuse_evidence", "author_id"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_abuse_evidence_post_id_post"),
        sa.PrimaryKeyConstraint("id", name="pk_abuse_evidence"),
        sa.UniqueConstraint("case_id", "kind", "target_id", name="uq_abuse_evidence_case_id_kind_target_id"),
    )
    op.create_index("ix_abuse_evidence_target", "abuse_evidence", ["kind", "target_id"])
    op.create_index("ix_abuse_evidence_post", "abuse_evidence", ["post_id"])
    op.create_index("ix_abuse_evidence_voter", "abuse_evidence", ["voter_id"])
    op.create_index("ix_abuse_evidence_author", "abuse_evidence", ["author_id"])
    op.create_table(
        "vote_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("sign", _known("sign_known", SIGNS), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        _case("vote_pause"),
        _member("vote_pause", "voter_id"),
        _member("vote_pause", "author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_vote_pause"),
        sa.UniqueConstraint("case_id", "voter_id", "author_id", name="uq_vote_pause_case_id_voter_id_author_id"),
    )
    op.create_index("ix_vote_pause_pair", "vote_pause", ["voter_id", "author_id"])
    for table in ("kudos", "me_too"):
        op.add_column(table, sa.Column("annulled_at", UTCDateTime(), nullable=True))
        op.create_index(f"ix_{table}_given", table, ["given_at"])


def downgrade():
    for table in ("me_too", "kudos"):
        op.drop_index(f"ix_{table}_given", table)
        with op.batch_alter_table(table) as batch:
            batch.drop_column("annulled_at")
    for table in ("vote_pause", "abuse_evidence", "abuse_case", "member_origin"):
        op.drop_table(table)
