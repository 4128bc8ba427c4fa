"""fields of categories, visits to the ask page, texts carried across signing in

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-22 14:20:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "category_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("label_fr", sa.String(length=60), nullable=False),
        sa.Column("label_en", sa.String(length=60), nullable=False),
        sa.Column("hint_fr", sa.String(length=160), nullable=False),
        sa.Column("hint_en", sa.String(length=160), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("text", "choice", "number", name="fieldkind_known", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_category_field_category_id_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_field")),
    )
    op.create_index(op.f("ix_category_field_category_id"), "category_field", ["category_id"])
    outcomes = ("", "settled", "followed", "asked", "asked_later", "left")
    op.create_table(
        "ask_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("shown_at", UTCDateTime(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(*outcomes, name="outcome_known", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_visit")),
        sa.UniqueConstraint("key", name=op.f("uq_ask_visit_key")),
    )
    op.create_table(
        "parked_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_draft")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_parked_draft_secret_hash")),
    )
    op.create_index(op.f("ix_parked_draft_created_at"), "parked_draft", ["created_at"])
    op.create_index("ix_ask_visit_outcome", "ask_visit", ["outcome", "shown_at"])
    op.create_index("ix_ask_visit_settled", "ask_visit", ["settled_by_id", "shown_at"])


def downgrade():
    op.drop_table("parked_draft")
    op.drop_table("ask_visit")
    op.drop_table("category_field")
