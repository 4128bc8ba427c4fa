"""words of priority as versions, teams, routing rules, where a case stands

Revision ID: 0083
Revises: 0082
Create Date: 2026-11-23 09:20:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def _link(table, column, to):
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.{'case_id' if to == 'case_desk' else 'id'}"], name=f"fk_{table}_{column}_{to}"
    )


def upgrade():
    op.create_table(
        "lexicon_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer()),
        sa.PrimaryKeyConstraint("number", name="pk_lexicon_version"),
        _link("lexicon_version", "created_by_id", "member"),
    )
    for statement in append_only_ddl("lexicon_version", op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table("ladder") as batch:
        batch.add_column(sa.Column("lexicon_version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("reach", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("cleared_words", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("danger_read_at", UTCDateTime()))
        batch.add_column(sa.Column("danger_read_by_id", sa.Integer()))
        batch.create_foreign_key("fk_ladder_danger_read_by_id_member", "member", ["danger_read_by_id"], ["id"])
    with op.batch_alter_table("agent_desk") as batch:
        batch.add_column(sa.Column("seen_at", UTCDateTime()))
        batch.add_column(sa.Column("away_at", UTCDateTime()))
    op.create_table(
        "support_team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("name_fr", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("lead_id", sa.Integer()),
        sa.Column("overflow_id", sa.Integer()),
        sa.Column("is_outside", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("takes_danger", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_fallback", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("archived_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_support_team"),
        sa.UniqueConstraint("key", name="uq_support_team_key"),
        _link("support_team", "lead_id", "member"),
        _link("support_team", "overflow_id", "support_team"),
    )
    for name, column in (("uq_support_team_danger", "takes_danger"), ("uq_support_team_fallback", "is_fallback")):
        where = sa.text(column)
        op.create_index(name, "support_team", [column], unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "support_team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_support_team_member"),
        sa.UniqueConstraint("team_id", "member_id", name="uq_support_team_member_team_id_member_id"),
        _link("support_team_member", "team_id", "support_team"),
        _link("support_team_member", "member_id", "member"),
    )
    op.create_index("ix_support_team_member_member_id", "support_team_member", ["member_id"])
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("categories", "products", "words", "languages")),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_routing_rule"),
        sa.UniqueConstraint("name", name="uq_routing_rule_name"),
        _link("routing_rule", "team_id", "support_team"),
        _link("routing_rule", "changed_by_id", "member"),
    )
    op.create_table(
        "case_desk",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer()),
        sa.Column("rule_name", sa.String(60), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("routed_at", UTCDateTime(), nullable=False),
        sa.Column("reroute_count", sa.Integer(), nullable=False),
        sa.Column("triage_due_at", UTCDateTime()),
        sa.Column("triage_told_at", UTCDateTime()),
        sa.Column("opened_at", UTCDateTime()),
        sa.Column("passed_over_id", sa.Integer()),
        sa.Column("snoozed_until", UTCDateTime()),
        sa.Column("snoozed_by_id", sa.Integer()),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_desk"),
        _link("case_desk", "case_id", "support_case"),
        _link("case_desk", "team_id", "support_team"),
        _link("case_desk", "passed_over_id", "member"),
        _link("case_desk", "snoozed_by_id", "member"),
    )
    op.create_index("ix_case_desk_team", "case_desk", ["team_id"])
    op.create_index("ix_case_desk_triage", "case_desk", ["triage_due_at"])


def downgrade():
    for table in ("case_desk", "routing_rule", "support_team_member", "support_team", "lexicon_version"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS lexicon_version_append_only()")
    with op.batch_alter_table("agent_desk") as batch:
        batch.drop_column("away_at")
        batch.drop_column("seen_at")
    with op.batch_alter_table("ladder") as batch:
        batch.drop_constraint("fk_ladder_danger_read_by_id_member", type_="foreignkey")
        for name in ("danger_read_by_id", "danger_read_at", "cleared_words", "reach", "lexicon_version"):
            batch.drop_column(name)
