"""who is answering just now, and versions that readers do not see

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-22 14:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NEVER_SHOWN = """
UPDATE revision SET withheld_at = created_at
WHERE imported_key IS NULL AND EXISTS (
  SELECT 1 FROM revision AS later JOIN post ON post.id = later.post_id
  WHERE later.post_id = revision.post_id AND later.version > revision.version
  AND (post.published_at IS NULL OR later.created_at < post.published_at)
)
"""
"""Texts that were changed while they waited for a review were never public."""


def upgrade():
    op.create_table(
        "answering_claim",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_answering_claim_member_id_member")),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_answering_claim_question_id_post")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_answering_claim")),
        sa.UniqueConstraint("question_id", name=op.f("uq_answering_claim_question_id")),
    )
    with op.batch_alter_table("revision") as batch_op:
        batch_op.add_column(sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withheld_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_revision_withheld_by_id_member"), "member", ["withheld_by_id"], ["id"]
        )
    op.execute(NEVER_SHOWN)


def downgrade():
    with op.batch_alter_table("revision") as batch_op:
        batch_op.drop_constraint(op.f("fk_revision_withheld_by_id_member"), type_="foreignkey")
        batch_op.drop_column("withheld_by_id")
        batch_op.drop_column("withheld_at")
    op.drop_table("answering_claim")
