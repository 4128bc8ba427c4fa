"""which night was counted last, also when nothing rose in it

Revision ID: 0095
Revises: 0094

"""

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "counted_night",
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_counted_night"),
    )
    op.execute("INSERT INTO counted_night (day) SELECT DISTINCT day FROM rising_topic")


def downgrade():
    op.drop_table("counted_night")
