"""a notice of illegal content may be answered by blacking words out

Revision ID: 0104
Revises: 0103

"""

import sqlalchemy as sa
from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None


def upgrade():
    _outcomes("restricted", "changed", "kept", "gone")


def downgrade():
    op.execute("UPDATE legal_notices SET outcome = 'kept' WHERE outcome = 'changed'")
    _outcomes("restricted", "kept", "gone")


def _outcomes(*values):
    name = op.f("ck_legal_notices_noticeoutcome_known")
    with op.batch_alter_table("legal_notices") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.column("outcome").in_(values))
