"""sealed addresses of gifts and of trials stand in one table

Revision ID: 0063
Revises: 0062
Create Date: 2026-11-23 06:05:00

"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

KEPT = timedelta(days=30)
"""How long the address of a gift was kept after it was sent."""


def _to(table, name, target):
    return sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}_{target}"))


def upgrade():
    one = op.create_table(
        "sealed_address",
        sa.Column("of", sa.String(24), nullable=False),
        sa.Column("about_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("delete_at", UTCDateTime(), nullable=True),
        _to("sealed_address", "member_id", "member"),
        sa.PrimaryKeyConstraint("of", "about_id", name=op.f("pk_sealed_address")),
        sa.CheckConstraint(sa.column("of").in_(("gift", "trial")), name=op.f("ck_sealed_address_addressof_known")),
    )
    op.create_index(op.f("ix_sealed_address_member_id"), "sealed_address", ["member_id"])
    op.create_index(op.f("ix_sealed_address_delete_at"), "sealed_address", ["delete_at"])
    gift, order = _table("gift_address"), _table("gift_order")
    trial, application = _table("trial_address"), _table("trial_application")
    bind = op.get_bind()
    gifts = sa.select(gift, order.c.closed_at).join(order, order.c.id == gift.c.order_id)
    trials = sa.select(trial, application.c.member_id).join(
        application, application.c.id == trial.c.application_id
    )
    rows = [
        {
            "of": "gift", "about_id": row.order_id, "member_id": row.member_id, "cipher": row.cipher, "given_at": row.given_at,
            "delete_at": row.closed_at + KEPT if row.closed_at else None,
        }
        for row in bind.execute(gifts)
    ] + [
        {
            "of": "trial", "about_id": row.application_id, "member_id": row.member_id, "cipher": row.cipher,
            "given_at": row.given_at, "delete_at": row.delete_at,
        }
        for row in bind.execute(trials)
    ]  # fmt: skip
    if rows:
        op.bulk_insert(one, rows)
    op.drop_table("gift_address")
    op.drop_table("trial_address")


def downgrade():
    gift = op.create_table(
        "gift_address",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        _to("gift_address", "order_id", "gift_order"),
        _to("gift_address", "member_id", "member"),
        sa.PrimaryKeyConstraint("order_id", name="pk_gift_address"),
    )
    op.create_index("ix_gift_address_member_id", "gift_address", ["member_id"])
    trial = op.create_table(
        "trial_address",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("delete_at", UTCDateTime(), nullable=False),
        _to("trial_address", "application_id", "trial_application"),
        sa.PrimaryKeyConstraint("application_id", name="pk_trial_address"),
    )
    op.create_index("ix_trial_address_delete_at", "trial_address", ["delete_at"])
    one, bind = _table("sealed_address"), op.get_bind()
    found = bind.execute(sa.select(one)).all()
    gifts = [
        {"order_id": row.about_id, "member_id": row.member_id, "cipher": row.cipher, "given_at": row.given_at}
        for row in found
        if row.of == "gift"
    ]
    trials = [
        {
            "application_id": row.about_id, "cipher": row.cipher, "given_at": row.given_at,
            "delete_at": row.delete_at or row.given_at + timedelta(days=90),
        }
        for row in found
        if row.of == "trial"
    ]  # fmt: skip
    for table, rows in ((gift, gifts), (trial, trials)):
        if rows:
            op.bulk_insert(table, rows)
    op.drop_table("sealed_address")


COLUMNS = {
    "gift_address": ("order_id", "member_id", "cipher", "given_at"),
    "gift_order": ("id", "closed_at"),
    "trial_address": ("application_id", "cipher", "given_at", "delete_at"),
    "trial_application": ("id", "member_id"),
    "sealed_address": ("of", "about_id", "member_id", "cipher", "given_at", "delete_at"),
}


def _table(name):
    types = {"cipher": sa.LargeBinary(), "given_at": UTCDateTime(), "delete_at": UTCDateTime(), "closed_at": UTCDateTime()}
    return sa.table(name, *(sa.column(one, types.get(one, sa.Integer() if one != "of" else sa.String())) for one in COLUMNS[name]))
