"""outside desks say where their cases stand; consents to the customer file

Revision ID: 0091
Revises: 0090
Create Date: 2026-11-23 13:00:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def _link(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def upgrade():
    stands = ("in_progress", "waiting", "returned", "resolved")
    op.create_table(
        "outside_case",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=False),
        sa.Column(
            "stand",
            sa.Enum(*stands, native_enum=False, create_constraint=True, length=24, name="stand_known"),
            nullable=False,
        ),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_outside_case"),
        _link("outside_case", "case_id", "support_case"),
        _link("outside_case", "api_key_id", "api_key"),
    )
    op.create_table(
        "outside_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outside_call"),
        sa.UniqueConstraint("api_key_id", "key", name="uq_outside_call_api_key_id_key"),
        _link("outside_call", "api_key_id", "api_key"),
    )
    op.create_index("ix_outside_call_at", "outside_call", ["at"])
    op.create_table(
        "crm_consent",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime()),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("exported_at", UTCDateTime()),
        sa.Column("exported_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_crm_consent"),
        _link("crm_consent", "member_id", "member"),
    )
    op.create_index("ix_crm_consent_changed_at", "crm_consent", ["changed_at"])


def downgrade():
    for table in ("crm_consent", "outside_call", "outside_case"):
        op.drop_table(table)
