"""Until when a closed account may be taken back."""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("member", sa.Column("erase_at", UTCDateTime()))
    op.create_index("ix_member_erase_at", "member", ["erase_at"])


def downgrade():
    op.drop_index("ix_member_erase_at", "member")
    op.drop_column("member", "erase_at")
