"""many items decided at once are noted as one go, and what became of each

Revision ID: 0086
Revises: 0085
Create Date: 2026-11-23 09:10:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "review_bulk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column(
            "by",
            sa.Enum(
                "author",
                "text",
                "domain",
                "ticked",
                name="by_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "approve", "refuse", name="choice_known", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "advertising",
                "insult",
                "hate",
                "defamation",
                "personal_data",
                "off_topic",
                "duplicate",
                "unreadable",
                "wrong_place",
                "not_an_experience",
                "about_delivery",
                "undisclosed_interest",
                "illegal_product",
                "dangerous_advice",
                "impersonation",
                "minors",
                "intellectual_property",
                "junk",
                "other",
                name="reason_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "running",
                "done",
                "stopped",
                "cancelled",
                "expired",
                name="bulkstate_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("decided_count", sa.Integer(), nullable=False),
        sa.Column("passed_count", sa.Integer(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state != 'proposed' or expires_at is not null", name=op.f("ck_review_bulk_proposal_ends")
        ),
        sa.CheckConstraint(
            "confirmed_by_id is null or confirmed_by_id != author_id",
            name=op.f("ck_review_bulk_second_is_another"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_review_bulk_author_id_member")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["member.id"], name=op.f("fk_review_bulk_confirmed_by_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["member.id"], name=op.f("fk_review_bulk_ended_by_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_bulk")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_review_bulk_author_id_key")),
    )
    with op.batch_alter_table("review_bulk") as batch:
        batch.create_index("ix_review_bulk_state", ["state", "expires_at"], unique=False)

    op.create_table(
        "review_bulk_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulk_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(length=40), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "waiting",
                "decided",
                "undone",
                "leased",
                "changed",
                "settled",
                "gone",
                "not_yours",
                "unfit",
                "failed",
                name="outcome_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["bulk_id"], ["review_bulk.id"], name=op.f("fk_review_bulk_item_bulk_id_review_bulk")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_item.id"], name=op.f("fk_review_bulk_item_item_id_review_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_bulk_item")),
        sa.UniqueConstraint("bulk_id", "item_id", name=op.f("uq_review_bulk_item_bulk_id_item_id")),
    )
    with op.batch_alter_table("review_bulk_item") as batch:
        batch.create_index(batch.f("ix_review_bulk_item_item_id"), ["item_id"], unique=False)


def downgrade():
    with op.batch_alter_table("review_bulk_item") as batch:
        batch.drop_index(batch.f("ix_review_bulk_item_item_id"))

    op.drop_table("review_bulk_item")
    with op.batch_alter_table("review_bulk") as batch:
        batch.drop_index("ix_review_bulk_state")

    op.drop_table("review_bulk")
