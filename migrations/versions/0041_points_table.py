"""the points table in editions, trials of one, lines by hand, and two more causes of points

Revision ID: 0041
Revises: 0040
Create Date: 2026-11-22 23:30:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

CAUSES = (
    "answer-accepted", "answer-endorsed", "answer-fast", "asker-accepted", "kudos", "question-kudos", "me-too",
    "imported-upvote", "first-question", "first-answer", "first-accept", "duplicate-linked", "coupon", "lot", "adjustment",
)  # fmt: skip
NEW = ("answer-rescue", "report-upheld")


def _member(table, column):
    return sa.ForeignKeyConstraint([column], ["member.id"], name=f"fk_{table}_{column}_member")


def upgrade():
    op.create_table(
        "rule_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("trial_since", UTCDateTime(), nullable=True),
        sa.Column("trial_until", UTCDateTime(), nullable=True),
        sa.Column("running", sa.Integer(), nullable=True),
        _member("rule_edition", "made_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_edition"),
        sa.UniqueConstraint("number", name="uq_rule_edition_number"),
        sa.UniqueConstraint("running", name="uq_rule_edition_running"),
    )
    op.create_table(
        "trial_sum",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reputation", sa.Integer(), nullable=False),
        sa.Column("spendable", sa.Integer(), nullable=False),
        sa.Column("reputation_on_trial", sa.Integer(), nullable=False),
        sa.Column("spendable_on_trial", sa.Integer(), nullable=False),
        sa.Column("counted_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["rule_edition.id"], name="fk_trial_sum_edition_id_rule_edition"),
        _member("trial_sum", "member_id"),
        sa.PrimaryKeyConstraint("edition_id", "member_id", name="pk_trial_sum"),
    )
    op.create_index("ix_trial_sum_member_id", "trial_sum", ["member_id"])
    op.create_table(
        "point_adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reputation", sa.Integer(), nullable=False),
        sa.Column("spendable", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "booked", "refused", name="adjustmentstate_known", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("reputation <> 0 OR spendable <> 0", name="something"),
        sa.CheckConstraint(
            "NOT needs_second OR state = 'asked' OR decided_by_id IS NULL OR decided_by_id <> asked_by_id "
            "OR state = 'refused'",
            name="two_people",
        ),
        _member("point_adjustment", "member_id"),
        _member("point_adjustment", "asked_by_id"),
        _member("point_adjustment", "decided_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_point_adjustment"),
        sa.UniqueConstraint("key", name="uq_point_adjustment_key"),
    )  # fmt: skip
    op.create_index("ix_point_adjustment_state", "point_adjustment", ["state", "id"])
    op.create_index("ix_point_adjustment_asked", "point_adjustment", ["asked_by_id", "member_id", "asked_at"])
    _causes((*CAUSES, *NEW))


def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER ledger_entry_no_update")
    for cause in NEW:
        op.execute(
            f"UPDATE ledger_entry SET cause_type = 'adjustment', cause_id = '{cause}-' || cause_id "
            f"WHERE cause_type = '{cause}'"
        )
    if postgresql:
        op.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    _causes(CAUSES)
    for table in ("point_adjustment", "trial_sum", "rule_edition"):
        op.drop_table(table)


def _causes(values):
    """Other causes are allowed; on SQLite that is a new table, which must be protected like the one before."""
    with op.batch_alter_table("ledger_entry") as batch:
        batch.drop_constraint(op.f("ck_ledger_entry_causetype_known"), type_="check")
        batch.create_check_constraint("causetype_known", sa.column("cause_type").in_(values))
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS ledger_entry_no_{verb}")
        for statement in append_only_ddl("ledger_entry", "sqlite"):
            op.execute(statement)
