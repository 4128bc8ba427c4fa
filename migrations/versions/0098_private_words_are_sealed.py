"""private messages, and the first words of private talks, are sealed in the database

Revision ID: 0098
Revises: 0097

"""

import sqlalchemy as sa
from alembic import op

from common.secrecy import seal, unseal

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None

USE = "fourmi-messages"
TEXTS = (("message", ("body", "body_html")), ("private_talk", ("words",)))
BATCH = 500


def _rewrite(change):
    """Every text of these columns anew; empty ones stay empty."""
    bind = op.get_bind()
    for name, columns in TEXTS:
        table = sa.table(name, sa.column("id"), *(sa.column(one, sa.Text) for one in columns))
        last = 0
        while rows := bind.execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(BATCH)).all():
            for row in rows:
                new = {one: change(text) for one in columns if (text := getattr(row, one))}
                if new:
                    bind.execute(table.update().where(table.c.id == row.id).values(**new))
            last = rows[-1].id


def upgrade():
    _rewrite(lambda text: seal(USE, text).decode())


def downgrade():
    """Needs the key: stops, and changes nothing, where a text cannot be opened."""
    _rewrite(lambda text: unseal(USE, text.encode()))
