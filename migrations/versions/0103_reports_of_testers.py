"""reports of testers are heard as well

Revision ID: 0103
Revises: 0102

"""

import sqlalchemy as sa
from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

NAME = "ck_said_in_week_source_known"
BEFORE = ("question", "answer", "review", "satisfaction")


def _known(values):
    with op.batch_alter_table("said_in_week") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), sa.column("source").in_(values))


def upgrade():
    _known((*BEFORE, "trial"))


def downgrade():
    op.execute("DELETE FROM said_in_week WHERE source = 'trial'")
    _known(BEFORE)
