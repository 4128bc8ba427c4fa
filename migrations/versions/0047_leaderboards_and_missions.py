"""leaderboards, missions, and lines of the ledger by day

Revision ID: 0047
Revises: 0046
Create Date: 2026-11-23 00:05:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

CAUSES = (
    "answer-accepted", "answer-endorsed", "answer-fast", "asker-accepted", "kudos", "question-kudos", "me-too",
    "imported-upvote", "first-question", "first-answer", "first-accept", "duplicate-linked", "answer-rescue",
    "report-upheld", "coupon", "lot", "adjustment",
)  # fmt: skip
KINDS = ("guide", "profile", "product", "question", "answer", "mark", "solution", "duplicate")


def _member(table, column):
    return sa.ForeignKeyConstraint([column], ["member.id"], name=f"fk_{table}_{column}_member")


def upgrade():
    op.create_table(
        "leaderboard_sum",
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("solutions", sa.Integer(), nullable=False),
        _member("leaderboard_sum", "member_id"),
        sa.PrimaryKeyConstraint("days", "category_id", "member_id", name="pk_leaderboard_sum"),
    )
    op.create_index("ix_leaderboard_place", "leaderboard_sum", ["days", "category_id", "points", "member_id"])
    op.create_table(
        "leaderboard_unlisted",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        _member("leaderboard_unlisted", "member_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_leaderboard_unlisted"),
    )
    op.create_table(
        "mission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("title_fr", sa.String(80), nullable=False),
        sa.Column("title_en", sa.String(80), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reputation", sa.Integer(), nullable=False),
        sa.Column("spendable", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("form_key", sa.String(40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("activated_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(sa.column("kind").in_(("onboarding", "campaign")), name="missionkind_known"),
        sa.CheckConstraint(sa.column("state").in_(("draft", "active", "ended")), name="missionstate_known"),
        sa.CheckConstraint("spent >= 0 AND spent <= budget", name="within_budget"),
        sa.CheckConstraint("reputation >= 0 AND spendable >= 0", name="rewards"),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="lasts"),
        sa.CheckConstraint("kind = 'onboarding' OR ends_at IS NOT NULL", name="campaign_ends"),
        _member("mission", "created_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mission"),
        sa.UniqueConstraint("form_key", name="uq_mission_form_key"),
    )
    op.create_index("ix_mission_state", "mission", ["state"])
    op.create_table(
        "mission_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mission_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="stepkind_known"),
        sa.CheckConstraint("wanted BETWEEN 1 AND 50", name="step_wanted"),
        sa.ForeignKeyConstraint(["mission_id"], ["mission.id"], name="fk_mission_step_mission_id_mission"),
        sa.PrimaryKeyConstraint("id", name="pk_mission_step"),
        sa.UniqueConstraint("mission_id", "position", name="uq_mission_step_mission_id_position"),
    )
    op.create_table(
        "mission_step_done",
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["mission_step.id"], name="fk_mission_step_done_step_id_mission_step"),
        _member("mission_step_done", "member_id"),
        sa.PrimaryKeyConstraint("step_id", "member_id", name="pk_mission_step_done"),
    )
    op.create_index("ix_mission_step_done_member", "mission_step_done", ["member_id"])
    op.create_table(
        "mission_done",
        sa.Column("mission_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["mission_id"], ["mission.id"], name="fk_mission_done_mission_id_mission"),
        _member("mission_done", "member_id"),
        sa.PrimaryKeyConstraint("mission_id", "member_id", name="pk_mission_done"),
    )
    op.create_index("ix_mission_done_member", "mission_done", ["member_id"])
    op.create_index("ix_ledger_day", "ledger_entry", ["account", "effective_day", "kind", "member_id"])
    _known((*CAUSES, "mission"))


def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER ledger_entry_no_update")
    op.execute(
        "UPDATE ledger_entry SET cause_type = 'adjustment', cause_id = 'mission-' || cause_id "
        "WHERE cause_type = 'mission'"
    )
    if postgresql:
        op.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    _known(CAUSES)
    op.drop_index("ix_ledger_day", "ledger_entry")
    for table in (
        "mission_done", "mission_step_done", "mission_step", "mission", "leaderboard_unlisted", "leaderboard_sum",
    ):  # fmt: skip
        op.drop_table(table)


def _known(values):
    """Other causes are allowed; on SQLite that is a new table, which must be protected like the one before."""
    with op.batch_alter_table("ledger_entry") as batch:
        batch.drop_constraint(op.f("ck_ledger_entry_causetype_known"), type_="check")
        batch.create_check_constraint("causetype_known", sa.column("cause_type").in_(values))
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS ledger_entry_no_{verb}")
        for statement in append_only_ddl("ledger_entry", "sqlite"):
            op.execute(statement)
