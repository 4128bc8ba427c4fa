"""internal notes of cases are sealed in the database

Revision ID: 0107
Revises: 0106

"""

import sqlalchemy as sa
from alembic import op

from common.secrecy import seal, unseal

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None

USE = "fourmi-notes"
BATCH = 500
NOTE = sa.table("support_case_note", sa.column("id"), sa.column("body", sa.Text))


def _rewrite(change):
    """Every note anew; empty ones stay empty."""
    bind, last = op.get_bind(), 0
    while rows := bind.execute(sa.select(NOTE).where(NOTE.c.id > last).order_by(NOTE.c.id).limit(BATCH)).all():
        for row in rows:
            if row.body:
                bind.execute(NOTE.update().where(NOTE.c.id == row.id).values(body=change(row.body)))
        last = rows[-1].id


def upgrade():
    _rewrite(lambda text: seal(USE, text).decode())


def downgrade():
    """Needs the key: stops, and changes nothing, where a note cannot be opened."""
    _rewrite(lambda text: unseal(USE, text.encode()))
