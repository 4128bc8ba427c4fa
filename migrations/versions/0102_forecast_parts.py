"""the parts of a forecast stand in rows of their own, and one that cannot be played says so

Revision ID: 0102
Revises: 0101

"""

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None

STATE = "ck_forecast_state_known"


def _known(values):
    with op.batch_alter_table("forecast") as batch:
        batch.drop_constraint(op.f(STATE), type_="check")
        batch.create_check_constraint(op.f(STATE), sa.column("state").in_(values))


def upgrade():
    op.create_table(
        "forecast_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"], ["forecast.id"], name="fk_forecast_part_forecast_id_forecast", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_forecast_part"),
        sa.UniqueConstraint("forecast_id", "after_id", name="uq_forecast_part_forecast_id_after_id"),
    )
    _known(("running", "done", "failed"))
    # what was under way was begun with other figures: it can be begun again
    op.execute("UPDATE forecast SET state = 'failed', ended_at = begun_at WHERE state = 'running'")


def downgrade():
    op.execute("DELETE FROM forecast WHERE state = 'failed'")
    _known(("running", "done"))
    op.drop_table("forecast_part")
