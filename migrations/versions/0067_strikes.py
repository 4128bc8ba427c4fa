"""strike points, bans by two persons, second appeals, warnings that are read

Revision ID: 0067
Revises: 0066
Create Date: 2026-11-23 06:00:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

MEASURES = ("rejected", "edit_rejected", "hidden", "removed", "silenced", "suspended")
MORE_MEASURES = ("warned", "banned", "coupon_revoked")
ENDS = ("undone", "restored", "lifted", "overturned")
KINDS = ("silence", "suspension")
STATES = ("active", "lifted", "overturned")
APPEALS = ("submitted", "upheld", "overturned")
DECISIONS = (
    "approve", "approve_and_mask", "reject", "remove", "restore", "no_action", "uphold", "overturn",
)  # fmt: skip
CAUSES = (
    "off_topic_again", "link_dropping", "insult", "careless_with_data", "undisclosed_interest", "harassment", "vote_ring",
    "fake_review", "threat", "hate", "doxxing", "paid_mass_messages", "child_safety",
)  # fmt: skip
ONE_BAN = sa.text("kind = 'ban' AND state IN ('proposed', 'active')")


def upgrade():
    op.add_column("member", sa.Column("has_warning", sa.Boolean(), server_default=sa.false(), nullable=False))
    _known("statement", "measure", "measure", (*MEASURES, *MORE_MEASURES))
    _known("statement_end", "how", "end", (*ENDS, "amended"))
    _known("review_decision", "decision", "decision", (*DECISIONS, "amend"))
    op.create_table(
        "strike",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Enum(*CAUSES, name="strikecause_known", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_how", sa.String(length=12), nullable=False),
        sa.CheckConstraint("points in (1, 3, 6, 12)", name=op.f("ck_strike_points_known")),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_strike_actor_id_member")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["member.id"], name=op.f("fk_strike_ended_by_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_strike_member_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_strike_post_id_post")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_strike_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strike")),
        sa.UniqueConstraint("key", name=op.f("uq_strike_key")),
    )  # fmt: skip
    op.create_index("ix_strike_member", "strike", ["member_id", "expires_at"])
    op.create_index(op.f("ix_strike_statement_id"), "strike", ["statement_id"])
    with op.batch_alter_table("sanction") as batch:
        _check(batch, "sanction", "kind", "sanctionkind", ("warning", *KINDS, "ban"))
        _check(batch, "sanction", "state", "sanctionstate", ("proposed", *STATES, "expired", "dropped"))
        batch.add_column(sa.Column("strike_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("confirmed_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("confirmed_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("read_at", UTCDateTime(), nullable=True))
        batch.create_foreign_key("fk_sanction_strike_id_strike", "strike", ["strike_id"], ["id"])
        batch.create_foreign_key("fk_sanction_confirmed_by_id_member", "member", ["confirmed_by_id"], ["id"])
    op.create_index("ix_sanction_ending", "sanction", ["state", "ends_at"])
    op.create_index(
        "uq_sanction_one_ban", "sanction", ["member_id"], unique=True, sqlite_where=ONE_BAN, postgresql_where=ONE_BAN
    )
    with op.batch_alter_table("appeal") as batch:
        _check(batch, "appeal", "state", "appealstate", (*APPEALS, "assigned", "partly"))
        batch.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("assigned_to_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("assigned_at", UTCDateTime(), nullable=True))
        batch.create_foreign_key("fk_appeal_assigned_to_id_member", "member", ["assigned_to_id"], ["id"])
        batch.drop_constraint(op.f("uq_appeal_statement_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_appeal_statement_id_round"), ["statement_id", "round"])
    op.create_index("ix_appeal_state", "appeal", ["state", "item_id"])
    op.create_index("ix_appeal_created", "appeal", ["created_at", "id"])
    op.create_table(
        "banned_address",
        sa.Column("sanction_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kept_until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sanction_id"], ["sanction.id"], name=op.f("fk_banned_address_sanction_id_sanction")),
        sa.PrimaryKeyConstraint("sanction_id", name=op.f("pk_banned_address")),
    )
    op.create_index(op.f("ix_banned_address_digest"), "banned_address", ["digest"])
    op.create_index(op.f("ix_banned_address_kept_until"), "banned_address", ["kept_until"])
    op.create_table(
        "refused_edit",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_refused_edit_statement_id_statement")),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_refused_edit")),
    )
    op.create_index(op.f("ix_refused_edit_kept_until"), "refused_edit", ["kept_until"])
    _transparency()


def _transparency():
    """What was handed over and published, and in which months members were here."""
    op.create_table(
        "seen_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_seen_month_member_id_member")),
        sa.PrimaryKeyConstraint("month", "member_id", name=op.f("pk_seen_month")),
    )
    op.create_table(
        "statement_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["member.id"], name=op.f("fk_statement_file_made_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_file")),
    )
    op.create_table(
        "filed_statement",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["statement_file.id"], name=op.f("fk_filed_statement_file_id_statement_file")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_filed_statement_statement_id_statement")),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_filed_statement")),
    )
    op.create_index(op.f("ix_filed_statement_file_id"), "filed_statement", ["file_id"])
    op.create_table(
        "published_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("yearly", "recipients", name="reportkind_known", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["published_by_id"], ["member.id"], name=op.f("fk_published_report_published_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_report")),
        sa.UniqueConstraint("kind", "name", "edition", name=op.f("uq_published_report_kind_name_edition")),
    )  # fmt: skip
    for statement in append_only_ddl("published_report", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade():
    for table in ("published_report", "filed_statement", "statement_file", "seen_month"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS published_report_append_only()")
    op.drop_table("refused_edit")
    op.drop_table("banned_address")
    op.execute("DELETE FROM appeal WHERE round > 1")
    op.execute("UPDATE appeal SET state = 'submitted' WHERE state = 'assigned'")
    op.execute("UPDATE appeal SET state = 'upheld' WHERE state = 'partly'")
    op.drop_index("ix_appeal_created", "appeal")
    op.drop_index("ix_appeal_state", "appeal")
    with op.batch_alter_table("appeal") as batch:
        batch.drop_constraint(op.f("uq_appeal_statement_id_round"), type_="unique")
        batch.create_unique_constraint(op.f("uq_appeal_statement_id"), ["statement_id"])
        batch.drop_constraint("fk_appeal_assigned_to_id_member", type_="foreignkey")
        for name in ("assigned_at", "assigned_to_id", "round"):
            batch.drop_column(name)
        _check(batch, "appeal", "state", "appealstate", APPEALS)
    op.drop_index("uq_sanction_one_ban", "sanction")
    op.drop_index("ix_sanction_ending", "sanction")
    op.execute("DELETE FROM sanction WHERE kind IN ('warning', 'ban') OR state IN ('proposed', 'dropped')")
    op.execute("UPDATE sanction SET state = 'active' WHERE state = 'expired'")
    with op.batch_alter_table("sanction") as batch:
        batch.drop_constraint("fk_sanction_strike_id_strike", type_="foreignkey")
        batch.drop_constraint("fk_sanction_confirmed_by_id_member", type_="foreignkey")
        for name in ("read_at", "confirmed_at", "confirmed_by_id", "strike_id"):
            batch.drop_column(name)
        _check(batch, "sanction", "kind", "sanctionkind", KINDS)
        _check(batch, "sanction", "state", "sanctionstate", STATES)
    op.drop_table("strike")
    _known("review_decision", "decision", "decision", DECISIONS, "UPDATE review_decision SET decision = 'uphold' WHERE decision = 'amend'")
    _known("statement_end", "how", "end", ENDS, "UPDATE statement_end SET how = 'overturned' WHERE how = 'amended'")
    _known(
        "statement", "measure", "measure", MEASURES,
        "UPDATE statement SET measure = 'suspended' WHERE measure IN ('warned', 'banned', 'coupon_revoked')",
    )  # fmt: skip
    with op.batch_alter_table("member") as batch:
        batch.drop_column("has_warning")


def _check(batch, table, column, enum, values):
    """Other values of an enum are allowed."""
    name = op.f(f"ck_{table}_{enum}_known")
    batch.drop_constraint(name, type_="check")
    batch.create_check_constraint(name, sa.column(column).in_(values))


def _known(table, column, enum, values, rename=None):
    """The same for a table whose rows never change; on SQLite that is a new table, which must be protected like the one
    before. ``rename`` gives rows that are there a value the former schema knows: they are never changed else."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if not postgresql:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
    elif rename:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    if rename:
        op.execute(rename)
    with op.batch_alter_table(table) as batch:
        _check(batch, table, column, enum, values)
    if not postgresql:
        for statement in append_only_ddl(table, "sqlite", but_for_retention=True):
            op.execute(statement)
    elif rename:
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
