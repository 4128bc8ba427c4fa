"""What many report at once is suspected; incidents are confirmed before they are announced, and closed in the end."""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

STATES = ("confirmed", "announced", "monitoring", "resolved", "closed")
SUSPICIONS = ("suspected", "dismissed", "confirmed")


def _link(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")


def upgrade():
    with op.batch_alter_table("incident") as batch:
        batch.add_column(sa.Column("reminded_at", UTCDateTime(), nullable=True))
        batch.drop_constraint(op.f("ck_incident_state_known"), type_="check")
        batch.create_check_constraint("incidentstate_known", sa.column("state").in_(STATES))
    op.create_table(
        "incident_reply",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        _link("incident_reply", "incident_id", "incident"),
        _link("incident_reply", "member_id", "member"),
        sa.PrimaryKeyConstraint("incident_id", "cycle", "member_id", name="pk_incident_reply"),
    )
    op.create_table(
        "outbreak_term",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", name="pk_outbreak_term"),
    )
    op.create_table(
        "question_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_question_group"),
    )
    op.create_index("ix_question_group_last_at", "question_group", ["last_at"])
    op.create_table(
        "group_anchor",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        _link("group_anchor", "group_id", "question_group"),
        sa.PrimaryKeyConstraint("term", "group_id", name="pk_group_anchor"),
    )
    op.create_index("ix_group_anchor_group_id", "group_anchor", ["group_id"])
    op.create_table(
        "question_print",
        sa.Column("question_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("simhash", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        _link("question_print", "group_id", "question_group"),
        _link("question_print", "question_id", "post"),
        sa.PrimaryKeyConstraint("question_id", name="pk_question_print"),
    )
    op.create_index("ix_question_print_asked_at", "question_print", ["asked_at"])
    op.create_index("ix_question_print_group", "question_print", ["group_id", "asked_at"])
    op.create_table(
        "suspicion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("open_key", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("people", sa.Double(), nullable=False),
        sa.Column("usual", sa.Double(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(sa.column("state").in_(SUSPICIONS), name="suspicionstate_known"),
        _link("suspicion", "decided_by_id", "member"),
        _link("suspicion", "group_id", "question_group"),
        _link("suspicion", "incident_id", "incident"),
        sa.PrimaryKeyConstraint("id", name="pk_suspicion"),
        sa.UniqueConstraint("open_key", name="uq_suspicion_open_key"),
    )
    op.create_index("ix_suspicion_group_id", "suspicion", ["group_id"])
    op.create_index("ix_suspicion_incident_id", "suspicion", ["incident_id"])
    op.create_table(
        "outbreak_watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        _link("outbreak_watch", "begun_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name="pk_outbreak_watch"),
    )
    op.create_index("ix_outbreak_watch_until_at", "outbreak_watch", ["until_at"])


def downgrade():
    for table in ("outbreak_watch", "suspicion", "question_print", "group_anchor", "question_group", "outbreak_term", "incident_reply"):
        op.drop_table(table)
    op.execute("UPDATE incident SET state = 'announced' WHERE state = 'monitoring'")
    op.execute("UPDATE incident SET state = 'resolved' WHERE state IN ('confirmed', 'closed')")
    with op.batch_alter_table("incident") as batch:
        batch.drop_constraint(op.f("ck_incident_incidentstate_known"), type_="check")
        batch.create_check_constraint("state_known", "state IN ('announced', 'resolved')")
        batch.drop_column("reminded_at")
