"""edits that members suggest

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-22 14:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = ("open", "approved", "rejected", "withdrawn", "outdated")
OPEN = sa.text("state = 'open'")


def upgrade():
    state = sa.Enum(
        *STATES, name="suggestionstate_known", native_enum=False, create_constraint=True, length=24
    )
    op.create_table(
        "suggested_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_suggested_edit_decided_by_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_suggested_edit_member_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_suggested_edit_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggested_edit")),
    )
    op.create_index("ix_suggested_edit_member", "suggested_edit", ["member_id", "created_at"])
    op.create_index("ix_suggested_edit_post", "suggested_edit", ["post_id"])
    op.create_index("ix_suggested_edit_state", "suggested_edit", ["state", "id"])
    op.create_index(
        "uq_suggested_edit_open", "suggested_edit", ["post_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade():
    op.drop_table("suggested_edit")
