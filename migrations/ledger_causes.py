"""What lines of the ledger are for: migrations that allow another cause, or give one another name."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from common.db import append_only_ddl


def rename(values: str, where: str) -> None:
    """Another name for what a line was for; its points stay. The only change ever made to lines that are written."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER ledger_entry_no_update")
    op.execute(f"UPDATE ledger_entry SET {values} WHERE {where}")
    if postgresql:
        op.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    else:
        op.execute(append_only_ddl("ledger_entry", "sqlite")[0])


def allow(values: Iterable[str]) -> None:
    """Other causes are allowed; on SQLite that is a new table, which must be protected like the one before."""
    with op.batch_alter_table("ledger_entry") as batch:
        batch.drop_constraint(op.f("ck_ledger_entry_causetype_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_ledger_entry_causetype_known"), sa.column("cause_type").in_(values)
        )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS ledger_entry_no_{verb}")
        for statement in append_only_ddl("ledger_entry", "sqlite"):
            op.execute(statement)
