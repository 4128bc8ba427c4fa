"""incidents, and questions that go on in private

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-22 16:55:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE question ADD COLUMN incident_over_at " + _moment())
    _incidents()
    op.create_table(
        "private_talk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('offered', 'going', 'declined', 'ended')", name="state_known"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_private_talk_{name}_{table}")
            for name, table in (
                ("question_id", "post"), ("case_id", "support_case"), ("agent_id", "member"), ("asker_id", "member"),
                ("answer_id", "post"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_private_talk"),
    )  # fmt: skip
    live = sa.text("state IN ('offered', 'going')")
    op.create_index(
        "uq_private_talk_live", "private_talk", ["question_id"], unique=True, sqlite_where=live, postgresql_where=live
    )  # fmt: skip
    op.create_index("ix_private_talk_question", "private_talk", ["question_id", "id"])


def _moment():
    return "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"


def _incidents():
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_fr", sa.String(120), nullable=False),
        sa.Column("title_en", sa.String(120), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("resolved_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("category_id IS NOT NULL OR product_id IS NOT NULL", name="about_something"),
        sa.CheckConstraint("state IN ('announced', 'resolved')", name="state_known"),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_incident_category_id_category"),
        sa.ForeignKeyConstraint(["opened_by_id"], ["member.id"], name="fk_incident_opened_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_state", "incident", ["state", "id"])
    op.create_table(
        "incident_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("text_fr", sa.String(600), nullable=False),
        sa.Column("text_en", sa.String(600), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('announced', 'news', 'resolved', 'again')", name="kind_known"),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name="fk_incident_update_actor_id_member"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_incident_update_incident_id_incident"),
        sa.PrimaryKeyConstraint("id", name="pk_incident_update"),
    )
    op.create_index("ix_incident_update_incident_id", "incident_update", ["incident_id"])
    for statement in append_only_ddl("incident_update", op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "incident_question",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", UTCDateTime(), nullable=False),
        sa.Column("linked_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("was_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_incident_question_incident_id_incident"),
        sa.ForeignKeyConstraint(["linked_by_id"], ["member.id"], name="fk_incident_question_linked_by_id_member"),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name="fk_incident_question_question_id_post"),
        sa.PrimaryKeyConstraint("incident_id", "question_id", name="pk_incident_question"),
    )
    op.create_index("ix_incident_question_question_id", "incident_question", ["question_id"])
    op.create_table(
        "incident_follower",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_incident_follower_incident_id_incident"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_incident_follower_member_id_member"),
        sa.PrimaryKeyConstraint("incident_id", "member_id", name="pk_incident_follower"),
    )


def downgrade():
    for table in ("private_talk", "incident_follower", "incident_question", "incident_update", "incident"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS incident_update_append_only()")
    op.execute("ALTER TABLE question DROP COLUMN incident_over_at")
