"""products, devices, proofs of purchase, keys of programs

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-22 13:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("name", name=op.f("uq_api_key_name")),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("brand", sa.String(length=60), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("picture", sa.String(length=200), nullable=False),
        sa.Column("manual_url", sa.String(length=400), nullable=False),
        sa.Column("warranty_fr", sa.String(length=400), nullable=False),
        sa.Column("warranty_en", sa.String(length=400), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("search_text", sa.String(length=250), nullable=False),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("owner_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_product_category_id_category")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["product.id"], name=op.f("fk_product_replaced_by_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("key", name=op.f("uq_product_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_slug")),
    )
    op.create_index("ix_product_asked", "product", ["active", "question_count", "id"])
    op.create_index("ix_product_category", "product", ["category_id", "active", "question_count"])
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("model_name", sa.String(length=80), nullable=False),
        sa.Column("serial", sa.String(length=80), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("owner_hash", sa.String(length=64), nullable=False),
        sa.Column("verified_at", UTCDateTime(), nullable=True),
        sa.Column("verified_by", sa.String(length=40), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_device_member_id_member")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_device_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("member_id", "product_id", name=op.f("uq_device_member_id_product_id")),
    )
    op.create_index("ix_device_owner", "device", ["product_id", "owner_hash"])
    op.create_index("ix_device_shown", "device", ["product_id", "shown", "id"])
    op.create_table(
        "owner_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("owner_hash", sa.String(length=64), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_owner_proof_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_proof")),
        sa.UniqueConstraint("product_id", "owner_hash", name=op.f("uq_owner_proof_product_id_owner_hash")),
    )
    op.create_index(op.f("ix_owner_proof_owner_hash"), "owner_proof", ["owner_hash"])
    op.create_table(
        "catalogue_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("lines_total", sa.Integer(), nullable=False),
        sa.Column("lines_done", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["member.id"], name=op.f("fk_catalogue_import_created_by_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_import")),
    )
    no = sa.false()
    op.add_column("post", sa.Column("verified_owner", sa.Boolean(), server_default=no, nullable=False))
    op.add_column("question", sa.Column("product_id", sa.Integer(), nullable=True))
    op.add_column("question", sa.Column("details", sa.JSON(), server_default="{}", nullable=False))
    op.create_index("ix_question_product_active", "question", ["product_id", "active_at", "id"])


def downgrade():
    op.drop_index("ix_question_product_active", "question")
    op.drop_column("question", "details")
    op.drop_column("question", "product_id")
    op.drop_column("post", "verified_owner")
    for table in ("catalogue_import", "owner_proof", "device", "product", "api_key"):
        op.drop_table(table)
