"""who decides a judicial request may see whom it is about, and that is logged

Revision ID: 0085
Revises: 0084
Create Date: 2026-11-23 10:52:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import append_only_ddl

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None
STEPS = ("asked", "granted", "refused", "fetched")


def upgrade():
    _steps((*STEPS, "shown"))


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE legal_access_entry DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER legal_access_entry_no_delete")
    op.execute("DELETE FROM legal_access_entry WHERE step = 'shown'")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE legal_access_entry ENABLE TRIGGER USER")
    _steps(STEPS)


def _steps(values):
    """Other steps are allowed; on SQLite that is a new table, which must be protected like the one before."""
    with op.batch_alter_table("legal_access_entry") as batch:
        batch.drop_constraint(op.f("ck_legal_access_entry_step_known"), type_="check")
        batch.create_check_constraint("step_known", sa.column("step").in_(values))
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS legal_access_entry_no_{verb}")
        for statement in append_only_ddl("legal_access_entry", "sqlite", but_for_retention=True):
            op.execute(statement)
