"""who is on duty, what is handed over, looks of trusted members, greetings

Revision ID: 0069
Revises: 0068
Create Date: 2026-11-23 06:20:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def _half():
    return sa.CheckConstraint(sa.column("half").in_(("am", "pm")), name="half_known")


def upgrade():
    op.create_table(
        "duty_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(24), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=True),
        sa.Column("planned_at", UTCDateTime(), nullable=False),
        _half(),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_duty_shift_category_id_category"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_duty_shift_member_id_member"),
        sa.ForeignKeyConstraint(["planned_by_id"], ["member.id"], name="fk_duty_shift_planned_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_shift"),
        sa.UniqueConstraint("day", "half", "category_id", "member_id", name="uq_duty_shift_day_half_category_id_member_id"),
    )
    op.create_index("ix_duty_shift_member", "duty_shift", ["member_id", "day"])
    op.create_table(
        "duty_feed",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_duty_feed_member_id_member"),
        sa.PrimaryKeyConstraint("member_id", name="pk_duty_feed"),
    )
    op.create_table(
        "duty_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(24), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Integer(), nullable=False),
        sa.Column("oldest_at", UTCDateTime(), nullable=True),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        _half(),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_duty_handover_category_id_category"),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name="fk_duty_handover_author_id_member"),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["member.id"], name="fk_duty_handover_acknowledged_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_handover"),
        sa.UniqueConstraint(
            "category_id", "day", "half", "author_id", name="uq_duty_handover_category_id_day_half_author_id"
        ),
    )
    op.create_index("ix_duty_handover_written_at", "duty_handover", ["written_at"])
    _looks()


OPINIONS = ("fine", "bad")

def _looks():
    op.create_table(
        "look_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fine", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(24), nullable=True),
        sa.Column("proved_fine", sa.Boolean(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(sa.column("kind").in_(("first", "late", "sample", "audit")), name="lookkind_known"),
        sa.CheckConstraint(sa.column("outcome").in_(OPINIONS), name="opinion_known"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_look_case_post_id_post"),
        sa.ForeignKeyConstraint(["decision_id"], ["review_decision.id"], name="fk_look_case_decision_id_review_decision"),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name="fk_look_case_item_id_review_item"),
        sa.PrimaryKeyConstraint("id", name="pk_look_case"),
        sa.UniqueConstraint("post_id", "version", "kind", name="uq_look_case_post_id_version_kind"),
    )
    op.create_index("ix_look_case_decision_id", "look_case", ["decision_id"])
    op.create_index("ix_look_case_item_id", "look_case", ["item_id"])
    op.create_table(
        "look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("opinion", sa.String(24), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(sa.column("opinion").in_(OPINIONS), name="opinion_known"),
        sa.ForeignKeyConstraint(["case_id"], ["look_case.id"], name="fk_look_case_id_look_case"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_look_member_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_look"),
        sa.UniqueConstraint("case_id", "member_id", name="uq_look_case_id_member_id"),
    )
    op.create_index("ix_look_member", "look", ["member_id", "looked_at"])
    op.create_table(
        "greeting",
        sa.Column("newcomer_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("greeted_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["newcomer_id"], ["member.id"], name="fk_greeting_newcomer_id_member"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_greeting_by_id_member"),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name="fk_greeting_question_id_post"),
        sa.ForeignKeyConstraint(["comment_id"], ["post.id"], name="fk_greeting_comment_id_post"),
        sa.PrimaryKeyConstraint("newcomer_id", name="pk_greeting"),
    )
    op.create_index("ix_greeting_by", "greeting", ["by_id", "greeted_at"])


def downgrade():
    op.drop_table("greeting")
    op.drop_table("look")
    op.drop_table("look_case")
    op.drop_table("duty_handover")
    op.drop_table("duty_feed")
    op.drop_table("duty_shift")
