"""one picture is hidden alone, with its own statement of reasons

Revision ID: 0100
Revises: 0099

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None

MEASURES = (
    "rejected", "edit_rejected", "hidden", "removed", "warned", "silenced", "suspended", "banned", "coupon_revoked",
)  # fmt: skip


def upgrade():
    op.create_table(
        "hidden_image",
        sa.Column("file_key", sa.String(length=48), nullable=False),
        sa.Column("hidden_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("file_key", name="pk_hidden_image"),
    )
    _measures((*MEASURES, "picture_hidden"))


def downgrade():
    _measures(MEASURES, "UPDATE statement SET measure = 'hidden' WHERE measure = 'picture_hidden'")
    op.drop_table("hidden_image")


def _measures(values, rename=None):
    """Other measures are allowed; on SQLite that is a new table, which must be protected like the one before. ``rename`` gives
    rows that are there a measure the former schema knows: they are never changed else."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS statement_no_{verb}")
    elif rename:
        op.execute("ALTER TABLE statement DISABLE TRIGGER USER")
    name = op.f("ck_statement_measure_known")
    if rename:
        with op.batch_alter_table("statement") as batch:
            batch.drop_constraint(name, type_="check")
        op.execute(rename)
        with op.batch_alter_table("statement") as batch:
            batch.create_check_constraint(name, sa.column("measure").in_(values))
    else:
        with op.batch_alter_table("statement") as batch:
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, sa.column("measure").in_(values))
    if sqlite:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS statement_no_{verb}")
        for statement in append_only_ddl("statement", "sqlite", but_for_retention=True):
            op.execute(statement)
    elif rename:
        op.execute("ALTER TABLE statement ENABLE TRIGGER USER")
