"""the shop: secrets, what it told, uses of codes, exports

Revision ID: 0040
Revises: 0039
Create Date: 2026-11-22 23:50:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TARGETS = ("shopify", "woocommerce", "stripe", "voucherify", "csv")


def _known(name, column, values):
    return sa.CheckConstraint(sa.column(column).in_(values), name=name)


def _to(table, name, target):
    return sa.ForeignKeyConstraint([name], [f"{target}.id"], name=f"fk_{table}_{name}_{target}")


def upgrade():
    op.create_table(
        "shop_secret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("place IS NULL OR place IN (1, 2)", name="two_places"),
        sa.CheckConstraint("(place IS NULL) = (retired_at IS NOT NULL)", name="retired_has_no_place"),
        _to("shop_secret", "created_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name="pk_shop_secret"),
        sa.UniqueConstraint("place", name="uq_shop_secret_place"),
    )
    op.create_table(
        "shop_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("redemption", sa.String(80), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("parked_until", UTCDateTime(), nullable=True),
        _known("eventkind_known", "kind", ("redeem", "cancel")),
        sa.PrimaryKeyConstraint("id", name="pk_shop_event"),
        sa.UniqueConstraint("event_id", name="uq_shop_event_event_id"),
    )
    op.create_index("ix_shop_event_redemption", "shop_event", ["redemption"])
    op.create_index("ix_shop_event_parked_until", "shop_event", ["parked_until"])
    op.create_table(
        "redemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(80), nullable=False),
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("order_ref", sa.String(80), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        _to("redemption", "coupon_id", "coupon"),
        sa.PrimaryKeyConstraint("id", name="pk_redemption"),
        sa.UniqueConstraint("event_id", name="uq_redemption_event_id"),
        sa.UniqueConstraint("coupon_id", name="uq_redemption_coupon_id"),
    )
    op.create_index("ix_redemption_occurred_at", "redemption", ["occurred_at"])
    op.execute(
        "INSERT INTO redemption (event_id, coupon_id, order_ref, amount_minor, currency, occurred_at, received_at) "
        "SELECT 'before-' || coupon.id, coupon.id, coalesce(order_ref, ''), coalesce(amount_minor, 0), currency,"
        " redeemed_at, redeemed_at FROM coupon JOIN promotion ON promotion.id = promotion_id"
        " WHERE state = 'redeemed' AND redeemed_at IS NOT NULL"
    )
    op.create_table(
        "shop_lookups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_id", sa.Integer(), nullable=False),
        sa.Column("hour", UTCDateTime(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        _to("shop_lookups", "secret_id", "shop_secret"),
        sa.PrimaryKeyConstraint("id", name="pk_shop_lookups"),
        sa.UniqueConstraint("secret_id", "hour", name="uq_shop_lookups_secret_id_hour"),
    )
    op.create_table(
        "code_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(24), nullable=False),
        sa.Column("reference", sa.String(120), nullable=False),
        sa.Column("code_count", sa.Integer(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        _known("target_known", "target", TARGETS),
        _to("code_export", "promotion_id", "promotion"),
        _to("code_export", "made_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name="pk_code_export"),
    )
    op.create_index("ix_code_export_promotion_id", "code_export", ["promotion_id"])
    op.create_table(
        "exported_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(24), nullable=False),
        sa.Column("deactivate_since", UTCDateTime(), nullable=True),
        sa.Column("deactivated_at", UTCDateTime(), nullable=True),
        _known("target_known", "target", TARGETS),
        _to("exported_code", "export_id", "code_export"),
        _to("exported_code", "coupon_id", "coupon"),
        sa.PrimaryKeyConstraint("id", name="pk_exported_code"),
        sa.UniqueConstraint("coupon_id", "target", name="uq_exported_code_coupon_id_target"),
    )
    op.create_index("ix_exported_code_export", "exported_code", ["export_id", "id"])
    op.create_index("ix_exported_code_deactivate", "exported_code", ["deactivate_since"])
    op.add_column("coupon", sa.Column("replaced_at", UTCDateTime(), nullable=True))


def downgrade():
    with op.batch_alter_table("coupon") as batch:
        batch.drop_column("replaced_at")
    for table in (
        "exported_code",
        "code_export",
        "shop_lookups",
        "redemption",
        "shop_event",
        "shop_secret",
    ):
        op.drop_table(table)
