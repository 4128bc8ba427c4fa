"""me too of visitors, the box beside it as the member left it, and mails once a week

Revision ID: 0048
Revises: 0047
Create Date: 2026-11-23 02:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "visitor_me_too",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(32), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name="fk_visitor_me_too_question_id_post"),
        sa.PrimaryKeyConstraint("question_id", "visitor", name="pk_visitor_me_too"),
    )
    op.add_column("question", sa.Column("visitor_me_too_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("me_too", sa.Column("followed", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_index("ix_me_too_member", "me_too", ["member_id", "given_at"])
    op.drop_index("ix_me_too_member_id", "me_too")
    _paces(("now", "hourly", "daily", "weekly", "off"))


def downgrade():
    op.execute("UPDATE notification_preference SET mail = 'daily' WHERE mail = 'weekly'")
    _paces(("now", "hourly", "daily", "off"))
    op.create_index("ix_me_too_member_id", "me_too", ["member_id"])
    op.drop_index("ix_me_too_member", "me_too")
    op.drop_column("me_too", "followed")
    op.drop_column("question", "visitor_me_too_count")
    op.drop_table("visitor_me_too")


def _paces(values):
    with op.batch_alter_table("notification_preference") as batch:
        batch.drop_constraint(op.f("ck_notification_preference_mail_known"), type_="check")
        batch.create_check_constraint("mail_known", sa.column("mail").in_(values))
