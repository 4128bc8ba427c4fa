"""versions of the charter and the terms, and who accepted which

Revision ID: 0068
Revises: 0067
Create Date: 2026-11-23 06:50:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

DOCUMENTS = ("charter", "terms")


def upgrade():
    op.create_table(
        "terms_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("changes_fr", sa.Text(), nullable=False),
        sa.Column("changes_en", sa.Text(), nullable=False),
        sa.Column("is_significant", sa.Boolean(), nullable=False),
        sa.Column("effective_at", UTCDateTime(), nullable=True),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(sa.column("document").in_(DOCUMENTS), name="document_known"),
        sa.CheckConstraint(sa.column("state").in_(("draft", "published")), name="versionstate_known"),
        sa.ForeignKeyConstraint(["made_by_id"], ["member.id"], name="fk_terms_version_made_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_terms_version"),
        sa.UniqueConstraint("document", "number", name="uq_terms_version_document_number"),
    )
    op.create_table(
        "terms_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(12), nullable=False),
        sa.Column("accepted_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(sa.column("document").in_(DOCUMENTS), name="document_known"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_terms_acceptance_member_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_terms_acceptance"),
        sa.UniqueConstraint("member_id", "document", "number", name="uq_terms_acceptance_member_id_document_number"),
    )
    op.create_index("ix_terms_acceptance_version", "terms_acceptance", ["document", "number"])
    for statement in append_only_ddl("terms_acceptance", op.get_bind().dialect.name, but_for_retention=True):
        op.execute(statement)


def downgrade():
    op.drop_table("terms_acceptance")
    op.drop_table("terms_version")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION terms_acceptance_append_only()")
