"""when an event of a promise was written down; the promise of news about an incident

Revision ID: 0097
Revises: 0096

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None

TYPES = ("activate", "pause", "resume", "retarget", "fulfil", "restore", "cancel", "warn", "breach")


def upgrade():
    op.add_column("sla_event", sa.Column("recorded_at", UTCDateTime()))
    op.create_index(op.f("ix_sla_event_recorded_at"), "sla_event", ["recorded_at"])
    op.create_table(
        "incident_promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("instance", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_incident_promise"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_incident_promise_incident_id_incident"),
        sa.UniqueConstraint(
            "incident_id", "instance", "type", name="uq_incident_promise_incident_id_instance_type"
        ),
        sa.CheckConstraint(sa.column("type").in_(TYPES), name=op.f("ck_incident_promise_slatype_known")),
    )
    for statement in append_only_ddl("incident_promise", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade():
    op.drop_table("incident_promise")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS incident_promise_append_only()")
    op.drop_index(op.f("ix_sla_event_recorded_at"), "sla_event")
    op.drop_column("sla_event", "recorded_at")
