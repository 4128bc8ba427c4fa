"""official guides: texts with steps and models, their versions, whom they helped

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-22 13:41:24.195063

"""

from alembic import op
import sqlalchemy as sa
from common.db import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "guide",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("intro_html", sa.Text(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("models", sa.JSON(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "withdrawn",
                name="guidestate_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("edited_at", UTCDateTime(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("checked_at", UTCDateTime(), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("check_due_at", UTCDateTime(), nullable=True),
        sa.Column("helped_count", sa.Integer(), nullable=False),
        sa.Column("unhelped_count", sa.Integer(), nullable=False),
        sa.Column("view_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_guide_guide_language_known")),
        sa.CheckConstraint(
            "state = 'draft' OR published_at IS NOT NULL", name=op.f("ck_guide_guide_published_dated")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_guide_author_id_member")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_guide_category_id_category")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["member.id"], name=op.f("fk_guide_checked_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide")),
    )
    with op.batch_alter_table("guide", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guide_category_id"), ["category_id"], unique=False)
        batch_op.create_index("ix_guide_edited", ["edited_at", "id"], unique=False)
        batch_op.create_index("ix_guide_read", ["state", "view_count", "id"], unique=False)

    op.create_table(
        "guide_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guide_id", sa.Integer(), nullable=False),
        sa.Column("voter", sa.String(length=80), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(length=400), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["guide_id"], ["guide.id"], name=op.f("fk_guide_verdict_guide_id_guide")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_verdict")),
        sa.UniqueConstraint("guide_id", "voter", name=op.f("uq_guide_verdict_guide_id_voter")),
    )
    op.create_table(
        "guide_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guide_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("models", sa.JSON(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["member.id"], name=op.f("fk_guide_version_editor_id_member")),
        sa.ForeignKeyConstraint(["guide_id"], ["guide.id"], name=op.f("fk_guide_version_guide_id_guide")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_version")),
        sa.UniqueConstraint("guide_id", "version", name=op.f("uq_guide_version_guide_id_version")),
    )


def downgrade():
    op.drop_table("guide_version")
    op.drop_table("guide_verdict")
    with op.batch_alter_table("guide", schema=None) as batch_op:
        batch_op.drop_index("ix_guide_read")
        batch_op.drop_index("ix_guide_edited")
        batch_op.drop_index(batch_op.f("ix_guide_category_id"))

    op.drop_table("guide")
