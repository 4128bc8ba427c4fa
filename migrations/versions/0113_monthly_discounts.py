"""discounts that come anew each month

Revision ID: 0113
Revises: 0112

"""

import sqlalchemy as sa
from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None
BY_MEMBER, BY_MONTH = "uq_promotion_use_promotion_id_member_id", "uq_promotion_use_promotion_id_member_id_month"


def upgrade():
    op.add_column("promotion", sa.Column("is_monthly", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("promotion_use") as table:
        table.add_column(sa.Column("month", sa.String(7), nullable=False, server_default=""))
        table.drop_constraint(BY_MEMBER, type_="unique")
        table.create_unique_constraint(BY_MONTH, ["promotion_id", "member_id", "month"])


def downgrade():
    # what was had in several months becomes what was had in all
    op.execute(
        "UPDATE promotion_use SET count = (SELECT sum(count) FROM promotion_use AS u WHERE u.promotion_id = "
        "promotion_use.promotion_id AND u.member_id = promotion_use.member_id)"
    )
    op.execute(
        "DELETE FROM promotion_use WHERE id NOT IN (SELECT min(id) FROM promotion_use GROUP BY promotion_id, member_id)"
    )
    with op.batch_alter_table("promotion_use") as table:
        table.drop_constraint(BY_MONTH, type_="unique")
        table.drop_column("month")
        table.create_unique_constraint(BY_MEMBER, ["promotion_id", "member_id"])
    op.drop_column("promotion", "is_monthly")
