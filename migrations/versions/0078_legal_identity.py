"""What the law keeps about who wrote, sealed; requests to read it, and the log of them."""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

KINDS = ("member", "post", "case")
STEPS = ("asked", "granted", "refused", "fetched")


def _link(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")


def upgrade():
    op.create_table(
        "kept_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nature", sa.String(24), nullable=False),
        sa.Column("person_key", sa.String(64), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(sa.column("nature").in_(("identity", "account")), name="nature_known"),
        sa.PrimaryKeyConstraint("id", name="pk_kept_identity"),
        sa.UniqueConstraint("person_key", "nature", name="uq_kept_identity_person_key_nature"),
    )
    op.create_index("ix_kept_identity_ended", "kept_identity", ["nature", "ended_at"])
    op.create_table(
        "kept_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.String(64), nullable=False),
        sa.Column("thing_key", sa.String(64), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_source"),
    )
    for column in ("person_key", "thing_key", "at"):
        op.create_index(f"ix_kept_source_{column}", "kept_source", [column])
    op.create_table(
        "legal_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("target_key", sa.String(64), nullable=False),
        sa.Column("cipher", sa.LargeBinary()),
        sa.Column("reference", sa.String(120), nullable=False),
        sa.Column("authority", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer()),
        sa.Column("decided_at", UTCDateTime()),
        sa.Column("is_granted", sa.Boolean()),
        sa.Column("until_at", UTCDateTime()),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="holdkind_known"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_access"),
        sa.UniqueConstraint("target_key", "reference", name="uq_legal_access_target_key_reference"),
        _link("legal_access", "asked_by_id", "member"),
        _link("legal_access", "decided_by_id", "member"),
    )
    op.create_index("ix_legal_access_asked", "legal_access", ["asked_at", "id"])
    op.create_index("ix_legal_access_until_at", "legal_access", ["until_at"])
    op.create_table(
        "legal_access_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("access_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("step", sa.String(24), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("note", sa.String(500), nullable=False),
        sa.CheckConstraint(sa.column("step").in_(STEPS), name="step_known"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_access_entry"),
        _link("legal_access_entry", "access_id", "legal_access"),
        _link("legal_access_entry", "actor_id", "member"),
    )
    op.create_index("ix_legal_access_entry_access_id", "legal_access_entry", ["access_id"])
    for statement in append_only_ddl("legal_access_entry", op.get_bind().dialect.name, but_for_retention=True):
        op.execute(statement)


def downgrade():
    for table in ("legal_access_entry", "legal_access", "kept_source", "kept_identity"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION legal_access_entry_append_only()")
