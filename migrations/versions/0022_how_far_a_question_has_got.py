"""how far a question has got: kinds of replies, what readers found helpful, proposed solutions

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-22 13:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STATES = (
    "held", "open", "answered", "needs_info", "linked", "private", "solved", "presumed_solved", "stale", "closed",
)  # fmt: skip
OLD_STATES = ("open", "answered", "solved", "closed")
HOW = ("asker", "staff", "automatic")
ENDINGS = ("confirmed", "automatic", "declined", "taken_back", "overtaken")
MOMENTS = (
    "outscored_at", "self_solved_at", "unsolved_at", "presumed_at", "info_asked_at", "left_at", "private_at",
    "incident_at", "proposed_at",
)  # fmt: skip
POSTS = ("info_post_id", "proposed_answer_id")
INDEXES = {"ix_question_info_asked": ["info_asked_at"], "ix_question_proposed": ["proposed_at"]}


def upgrade():
    op.execute(
        "ALTER TABLE post ADD COLUMN reply_kind VARCHAR(24) NOT NULL DEFAULT 'answer' "
        "CONSTRAINT ck_post_replykind_known CHECK (reply_kind IN ('answer', 'tip', 'needs_info'))"
    )
    for name in ("helped_count", "not_helped_count"):
        op.add_column("post", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    _question_grows()
    op.execute("UPDATE question SET accepted_how = 'asker' WHERE accepted_answer_id IS NOT NULL")
    op.execute(
        "UPDATE question SET help_state = 'linked' WHERE help_state = 'closed' AND duplicate_of_id IS NOT NULL"
    )
    op.execute(
        "UPDATE question SET help_state = 'private' WHERE help_state = 'closed' AND closed_reason = 'private'"
    )
    op.execute(
        "UPDATE question SET help_state = 'held' WHERE id IN "
        "(SELECT id FROM post WHERE kind = 'question' AND state != 'published')"
    )
    _new_tables()


def _question_grows():
    with op.batch_alter_table("question") as batch:
        batch.drop_constraint(op.f("ck_question_helpstate_known"), type_="check")
        for name in MOMENTS:
            batch.add_column(sa.Column(name, UTCDateTime(), nullable=True))
        for name in POSTS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(f"fk_question_{name}_post", "post", [name], ["id"])
        batch.add_column(sa.Column("accepted_how", sa.String(24), nullable=True))
        batch.add_column(sa.Column("info_reminder_count", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint("helpstate_known", sa.column("help_state").in_(STATES))
        batch.create_check_constraint("acceptedhow_known", sa.column("accepted_how").in_(HOW))
        for name, columns in INDEXES.items():
            batch.create_index(name, columns)


def _new_tables():
    op.create_table(
        "helped_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("visitor", sa.String(32), nullable=True),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(member_id IS NULL) != (visitor IS NULL)", name="one_giver"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_helped_mark_member_id_member"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_helped_mark_post_id_post"),
        sa.PrimaryKeyConstraint("id", name="pk_helped_mark"),
        sa.UniqueConstraint("post_id", "member_id", name="uq_helped_mark_post_id_member_id"),
        sa.UniqueConstraint("post_id", "visitor", name="uq_helped_mark_post_id_visitor"),
    )
    op.create_index("ix_helped_mark_member_id", "helped_mark", ["member_id"])
    op.create_table(
        "solution_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ending", sa.String(24), nullable=True),
        sa.Column("words", sa.String(200), nullable=False),
        sa.CheckConstraint(sa.column("ending").in_(ENDINGS), name="ending_known"),
        sa.ForeignKeyConstraint(["answer_id"], ["post.id"], name="fk_solution_proposal_answer_id_post"),
        sa.ForeignKeyConstraint(["ended_by_id"], ["member.id"], name="fk_solution_proposal_ended_by_id_member"),
        sa.ForeignKeyConstraint(["proposer_id"], ["member.id"], name="fk_solution_proposal_proposer_id_member"),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name="fk_solution_proposal_question_id_post"),
        sa.PrimaryKeyConstraint("id", name="pk_solution_proposal"),
        sa.UniqueConstraint("answer_id", name="uq_solution_proposal_answer_id"),
    )
    op.create_index("ix_solution_proposal_question_id", "solution_proposal", ["question_id"])


def downgrade():
    op.drop_table("solution_proposal")
    op.drop_table("helped_mark")
    op.execute("UPDATE question SET help_state = 'closed' WHERE help_state IN ('linked', 'private')")
    op.execute("UPDATE question SET help_state = 'answered' WHERE help_state = 'presumed_solved'")
    op.execute("UPDATE question SET help_state = 'open' WHERE help_state IN ('held', 'needs_info', 'stale')")
    with op.batch_alter_table("question") as batch:
        for name in ("ck_question_helpstate_known", "ck_question_acceptedhow_known"):
            batch.drop_constraint(op.f(name), type_="check")
        for name in INDEXES:
            batch.drop_index(name)
        for name in POSTS:
            batch.drop_constraint(f"fk_question_{name}_post", type_="foreignkey")
            batch.drop_column(name)
        for name in (*MOMENTS, "accepted_how", "info_reminder_count"):
            batch.drop_column(name)
        batch.create_check_constraint("helpstate_known", sa.column("help_state").in_(OLD_STATES))
    for name in ("not_helped_count", "helped_count", "reply_kind"):
        op.execute(f"ALTER TABLE post DROP COLUMN {name}")
