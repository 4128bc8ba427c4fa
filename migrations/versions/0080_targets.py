"""policies of targets, more promises, ladders by category

Revision ID: 0080
Revises: 0079
Create Date: 2026-11-23 09:40:00

"""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

PRIORITIES = ("urgent", "high", "normal", "low")
FIRST = dict(zip(PRIORITIES, (60, 240, 480, 1920), strict=True))
BEFORE = ("first_reply_any", "first_reply_staff")
METRICS = (*BEFORE, "next_reply", "periodic_update", "resolution")
RESTS = {
    "first_reply_any": ["needs_info", "linked"],
    "first_reply_staff": ["needs_info", "linked"],
    "next_reply": [],
    "periodic_update": ["needs_info"],
    "resolution": ["needs_info", "linked"],
}
KEPT = ("sla_terms", "sla_version", "sla_applied")
SETTINGS = sa.table(
    "site_setting",
    sa.column("key", sa.String),
    sa.column("value", sa.JSON),
    sa.column("changed_at", UTCDateTime()),
)


def _set_of(name, values, **more):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24, **more)


def _link(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _values(*keys):
    """Settings that were changed, taken away."""
    names = [f"escalation.{key}" for key in keys]
    found = op.get_bind().execute(sa.select(SETTINGS.c.key, SETTINGS.c.value).where(SETTINGS.c.key.in_(names)))
    read = {
        row.key.removeprefix("escalation."): (json.loads(row.value) if isinstance(row.value, str) else row.value)["v"]
        for row in found
    }
    op.execute(SETTINGS.delete().where(SETTINGS.c.key.in_(names)))
    return read


def upgrade():
    _terms("sla_policy", "sla_terms", "policy_id", "terms_id")
    with op.batch_alter_table("ladder") as batch:
        batch.add_column(sa.Column("alarm_at", UTCDateTime()))
        batch.add_column(sa.Column("with_super_users", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("skip_cause", sa.String(24)))
        batch.create_index("ix_ladder_alarm", ["alarm_at"])
    op.execute("UPDATE ladder SET with_super_users = with_staff, alarm_at = due_at")
    with op.batch_alter_table("ladder") as batch:
        batch.alter_column("with_super_users", server_default=None)
    _events(BEFORE, METRICS)
    _policies()
    for table in KEPT[1:]:
        _protect(table)


def _policies():
    op.create_table(
        "sla_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16)),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sla_policy"),
        sa.UniqueConstraint("key", name="uq_sla_policy_key"),
        sa.UniqueConstraint("name", name="uq_sla_policy_name"),
        sa.CheckConstraint("key IS NULL OR active", name=op.f("ck_sla_policy_fallback_is_active")),
    )
    op.create_table(
        "sla_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("metric", _set_of("metric_known", METRICS), nullable=False),
        sa.Column("priority", _set_of("priority_known", PRIORITIES), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer()),
        sa.Column("warn_percent", sa.Integer(), nullable=False),
        sa.Column("rests_for", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sla_target"),
        sa.UniqueConstraint("policy_id", "metric", "priority", name="uq_sla_target_policy_id_metric_priority"),
        sa.CheckConstraint("minutes > 0 AND warn_percent BETWEEN 1 AND 100", name=op.f("ck_sla_target_some_time")),
        _link("sla_target", "policy_id", "sla_policy"),
        _link("sla_target", "calendar_id", "work_calendar"),
    )
    op.create_table(
        "sla_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed_by_id", sa.Integer()),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sla_version"),
        sa.UniqueConstraint("policy_id", "version", name="uq_sla_version_policy_id_version"),
        _link("sla_version", "policy_id", "sla_policy"),
        _link("sla_version", "changed_by_id", "member"),
    )
    op.create_table(
        "sla_applied",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("applied_at", UTCDateTime(), nullable=False),
        sa.Column("priority", _set_of("priority_known", PRIORITIES), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sla_applied"),
        sa.UniqueConstraint("question_id", "cycle", name="uq_sla_applied_question_id_cycle"),
        _link("sla_applied", "question_id", "post"),
        _link("sla_applied", "policy_id", "sla_policy"),
        _link("sla_applied", "terms_id", "sla_terms"),
    )
    op.create_table(
        "category_ladder",
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Double(), nullable=False),
        sa.Column("with_super_users", sa.Boolean(), nullable=False),
        sa.Column("with_team", sa.Boolean(), nullable=False),
        sa.Column("calendar_id", sa.Integer()),
        sa.PrimaryKeyConstraint("category_id", name="pk_category_ladder"),
        sa.CheckConstraint("factor BETWEEN 0.01 AND 100", name=op.f("ck_category_ladder_sensible")),
        _link("category_ladder", "category_id", "category"),
        _link("category_ladder", "calendar_id", "work_calendar"),
    )
    targets = _values(*(f"{one}_target" for one in PRIORITIES))
    told = _values("warn_percent", "category_factors", "categories_without_team")
    _fallback({one: targets.get(f"{one}_target", FIRST[one]) for one in PRIORITIES}, told.get("warn_percent", 75))
    _categories(told.get("category_factors", {}), told.get("categories_without_team", ["lounge"]))


def _fallback(first, warn):
    policies = sa.table(
        "sla_policy", *(sa.column(name) for name in ("id", "key", "position", "name", "version")),
        sa.column("filter", sa.JSON), sa.column("active", sa.Boolean),
    )  # fmt: skip
    row = {"id": 1, "key": "fallback", "position": 0, "name": "Every question", "filter": {}, "active": True, "version": 1}
    op.bulk_insert(policies, [row])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('sla_policy', 'id'), 1)")
    targets = sa.table(
        "sla_target", *(sa.column(name) for name in ("policy_id", "metric", "priority", "minutes", "warn_percent")),
        sa.column("rests_for", sa.JSON),
    )  # fmt: skip
    op.bulk_insert(
        targets,
        [
            {"policy_id": 1, "metric": metric, "priority": one, "minutes": first[one] * (8 if metric == "resolution" else 1),
             "warn_percent": warn, "rests_for": RESTS[metric]}
            for metric in METRICS
            for one in PRIORITIES
        ],
    )  # fmt: skip


def _categories(factors, without):
    category = sa.table("category", sa.column("id", sa.Integer), sa.column("key", sa.String))
    rows = []
    for id, key in op.get_bind().execute(sa.select(category.c.id, category.c.key)):
        factor = factors.get(key, 1.0)
        factor = float(factor) if isinstance(factor, int | float) and 0.01 <= factor <= 100 else 1.0
        calls = key not in without
        if factor != 1.0 or calls == (key == "lounge"):
            rows.append({"category_id": id, "factor": factor, "with_super_users": calls, "with_team": calls})
    columns = ("category_id", "factor", "with_super_users", "with_team")
    op.bulk_insert(sa.table("category_ladder", *(sa.column(name) for name in columns)), rows)


def downgrade():
    _give_back()
    for table in ("category_ladder", "sla_applied", "sla_version", "sla_target", "sla_policy"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT[1:]:
            op.execute(f"DROP FUNCTION IF EXISTS {table}_append_only()")
    _events(METRICS, BEFORE)
    with op.batch_alter_table("ladder") as batch:
        batch.drop_index("ix_ladder_alarm")
        for column in ("alarm_at", "with_super_users", "skip_cause"):
            batch.drop_column(column)
    _terms("sla_terms", "sla_policy", "terms_id", "policy_id")


def _give_back():
    bind = op.get_bind()
    found = bind.execute(
        sa.text(
            "SELECT t.priority, t.minutes, t.warn_percent FROM sla_target t JOIN sla_policy p ON p.id = t.policy_id"
            " WHERE p.key = 'fallback' AND t.metric = 'first_reply_any'"
        )
    ).all()
    kept = {f"{row.priority}_target": row.minutes for row in found if row.minutes != FIRST[row.priority]}
    if found and found[0].warn_percent != 75:
        kept["warn_percent"] = found[0].warn_percent
    manners = bind.execute(
        sa.text("SELECT c.key, l.factor, l.with_team FROM category_ladder l JOIN category c ON c.id = l.category_id")
    ).all()
    if manners:
        kept["category_factors"] = {row.key: row.factor for row in manners if row.factor != 1}
        without = {row.key for row in manners if not row.with_team}
        lounge = {"lounge"} - {row.key for row in manners}
        kept["categories_without_team"] = sorted(without | lounge)
    rows = [{"key": f"escalation.{key}", "value": {"v": value}, "changed_at": datetime.now(UTC)} for key, value in kept.items()]
    op.bulk_insert(SETTINGS, rows)


def _terms(before, after, column, wanted):
    """The kept terms under another name: their table, and the ladder's link to it."""
    op.create_table(
        after,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{after}"),
        sa.UniqueConstraint("digest", name=f"uq_{after}_digest"),
    )
    op.execute(f"INSERT INTO {after} (id, digest, content, created_at) SELECT id, digest, content, created_at FROM {before}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"SELECT setval(pg_get_serial_sequence('{after}', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM {after}), false)")
    with op.batch_alter_table("ladder") as batch:
        batch.drop_constraint(f"fk_ladder_{column}_{before}", type_="foreignkey")
        batch.alter_column(column, new_column_name=wanted, existing_type=sa.Integer(), existing_nullable=False)
    with op.batch_alter_table("ladder") as batch:
        batch.create_foreign_key(f"fk_ladder_{wanted}_{after}", after, [wanted], ["id"])
    op.drop_table(before)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION IF EXISTS {before}_append_only()")
    _protect(after)


def _events(before, after):
    """Promises known from now on; those that may come again are numbered."""
    grows = len(after) > len(before)
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not grows:
        gone = ", ".join(f"'{one}'" for one in before if one not in after)
        for verb in ("update", "delete"):
            if sqlite:
                op.execute(f"DROP TRIGGER IF EXISTS sla_event_no_{verb}")
        if not sqlite:
            op.execute("ALTER TABLE sla_event DISABLE TRIGGER USER")
        op.execute(f"DELETE FROM sla_event WHERE metric IN ({gone})")
        if not sqlite:
            op.execute("ALTER TABLE sla_event ENABLE TRIGGER USER")
    fewer = ["question_id", "cycle", "metric", "type", "source"]
    more = ["question_id", "cycle", "metric", "instance", "type", "source"]
    old, new = (fewer, more) if grows else (more, fewer)
    with op.batch_alter_table("sla_event") as batch:
        batch.drop_constraint(op.f("ck_sla_event_metric_known"), type_="check")
        batch.drop_constraint(op.f(f"uq_sla_event_{'_'.join(old)}"), type_="unique")
        if grows:
            batch.add_column(sa.Column("instance", sa.Integer(), nullable=False, server_default="1"))
        else:
            batch.drop_column("instance")
    with op.batch_alter_table("sla_event") as batch:
        if grows:
            batch.alter_column("instance", server_default=None, existing_type=sa.Integer(), existing_nullable=False)
        batch.create_check_constraint(op.f("ck_sla_event_metric_known"), sa.column("metric").in_(after))
        batch.create_unique_constraint(op.f(f"uq_sla_event_{'_'.join(new)}"), new)
    if sqlite:
        _protect("sla_event")


def _protect(table):
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
    for statement in append_only_ddl(table, op.get_bind().dialect.name):
        op.execute(statement)
