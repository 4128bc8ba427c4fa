"""several calendars

Revision ID: 0076
Revises: 0075
Create Date: 2026-11-23 09:15:00

"""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-20:00") | {"sat": "09:00-18:00", "sun": ""}
USUAL = {"zone": "Europe/Paris", "week": WEEK, "exceptions": {}, "holidays": "FR"}
SETTINGS = sa.table(
    "site_setting",
    sa.column("key", sa.String),
    sa.column("value", sa.JSON),
    sa.column("changed_at", UTCDateTime()),
)
CALENDARS = sa.table(
    "work_calendar",
    sa.column("key", sa.String),
    sa.column("name", sa.String),
    sa.column("zone", sa.String),
    sa.column("week", sa.JSON),
    sa.column("holidays", sa.String),
    sa.column("days", sa.JSON),
    sa.column("version", sa.Integer),
    sa.column("changed_at", UTCDateTime()),
)


def _name(key):
    return f"escalation.calendar_{key}"


def _value(found):
    found = json.loads(found) if isinstance(found, str) else found
    return found["v"]


def upgrade():
    op.create_table(
        "work_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16)),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.Column("holidays", sa.String(8), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_work_calendar"),
        sa.UniqueConstraint("key", name="uq_work_calendar_key"),
        sa.UniqueConstraint("name", name="uq_work_calendar_name"),
        sa.CheckConstraint("key IS NULL OR retired_at IS NULL", name=op.f("ck_work_calendar_kept")),
    )
    names = [_name(key) for key in USUAL]
    rows = op.get_bind().execute(sa.select(SETTINGS.c.key, SETTINGS.c.value).where(SETTINGS.c.key.in_(names)))
    usual = USUAL | {row.key.removeprefix(_name("")): _value(row.value) for row in rows}
    always = {day: "00:00-24:00" for day in (*list(WEEK),)}
    common = {"version": 1, "changed_at": datetime.now(UTC)}
    days = {day: [hours or "closed", ""] for day, hours in usual["exceptions"].items()}
    op.bulk_insert(
        CALENDARS,
        [
            {"key": "default", "name": "Team", "zone": usual["zone"], "week": usual["week"], "holidays": usual["holidays"],
             "days": days, **common},
            {"key": "always", "name": "Day and night", "zone": "UTC", "week": always, "holidays": "none", "days": {}, **common},
        ],
    )  # fmt: skip
    op.execute(SETTINGS.delete().where(SETTINGS.c.key.in_(names)))


def downgrade():
    query = sa.select(CALENDARS.c.zone, CALENDARS.c.week, CALENDARS.c.holidays, CALENDARS.c.days)
    row = op.get_bind().execute(query.where(CALENDARS.c.key == "default")).first()
    if row is not None:
        days = {day: found[0] for day, found in row.days.items()}
        kept = {"zone": row.zone, "week": row.week, "holidays": row.holidays, "exceptions": days}
        now = datetime.now(UTC)
        op.bulk_insert(
            SETTINGS,
            [
                {"key": _name(key), "value": {"v": value}, "changed_at": now}
                for key, value in kept.items()
                if value != USUAL[key]
            ],
        )
    op.drop_table("work_calendar")
